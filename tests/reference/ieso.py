# SPDX-License-Identifier: MIT
"""IESO's nodal prices: the date above the header, hours ending by a clock without summer time (RULES 1, 5, 14, 15, 21)."""
import datetime as dt
import re

from containers import Failed, LeftOut
from records import is_blank
from tables import Dataset, Market, Part
from values import EPOCH, EPOCH_DATE, Reject, fold, is_null, number, plain_fields, text_or_none, trim

MARKET = Market("ieso", "IESO", "Etc/GMT+5", {})
DATASETS = {d.name: d for d in [
    Dataset(MARKET, "da_energy_hourly", "DA", 60, 672, derives=True),
    Dataset(MARKET, "rt_energy_5min", "RT", 5, 96, derives=True),
]}
COLUMNS = {"deliveryhour": "hour", "interval": "interval", "pricinglocation": "name", "lmp": "lmp_total", "energylossprice": "lmp_loss",
           "energycongestionprice": "lmp_congestion"}
PRICES = ["lmp_total", "lmp_loss", "lmp_congestion"]
OFFSET_S = 5 * 3600


def names_of(record):
    return [fold(f.decode("utf-8", "replace").removeprefix("\ufeff")) for f in record[3]] if record[3] is not None else []


def find(entry, lines, assumed=None):
    told = [at for at, record in enumerate(lines) if not is_blank(record)][:2]
    at = next((at for at in told if {"deliveryhour", "pricinglocation", "lmp", "energylossprice", "energycongestionprice"} <= set(names_of(lines[at]))),
              None)
    if at is None:
        return None
    names = names_of(lines[at])
    if any(names.count(name) > 1 for name in names if name):
        raise Failed("two columns of one name")
    entry.iso = "IESO"
    name = "rt_energy_5min" if "interval" in names else by_name(entry)
    above = lines[told[0]][2].decode("utf-8", "replace") if told[0] != at else ""
    day = re.search(r" FOR (\d{4})/(\d{2})/(\d{2})", above)
    made = re.search(r"CREATED AT (\d{4})/(\d{2})/(\d{2}) (\d{2}):(\d{2}):(\d{2})", above)
    if not day:
        raise Failed("no delivery date")
    if made:
        entry.published = int((dt.datetime(*map(int, made.groups()), tzinfo=dt.timezone.utc) - EPOCH).total_seconds())
    entry.datasets = [name]
    days = (dt.date(*map(int, day.groups())) - EPOCH_DATE).days
    return lambda source, asked: read(entry, source, lines, at, names, DATASETS[name], days, asked)


def by_name(entry):
    for part in reversed(entry.stored_name.lower().split("!")):
        if "predisphourlyenergylmp" in part:
            raise LeftOut("a forecast")
        if "dahourlyenergylmp" in part:
            return "da_energy_hourly"
    raise Failed("ambiguous: day-ahead or pre-dispatch")


def read(entry, source, lines, at, names, dataset, day, asked):
    column = {COLUMNS[name]: i for i, name in enumerate(names) if name in COLUMNS}
    header, out, repeated = lines[at][2].removeprefix(b"\xef\xbb\xbf").rstrip(b"\r\n"), [], 0
    entry.lines = len(lines)
    for seq, record in enumerate(lines):
        if is_blank(record):
            entry.blank_lines += 1
            continue
        if seq <= at or record[2].rstrip(b"\r\n") == header:
            entry.header_lines += 1
            repeated += seq > at
            continue
        entry.data_lines += 1
        entry.partial_rows += 1
        try:
            found = row_of(record, column, len(names), dataset, day)
        except Reject as reject:
            entry.counts["rejected"] += 1
            entry.rejects.append((*record[:3], str(reject)))
            continue
        if found is None:
            entry.counts["blank"] += 1
        elif asked(dataset, *found[:2]):
            out.append(Part(dataset, *found, None, source, seq))
        else:
            entry.counts["outside"] += 1
    if repeated:
        raise Failed("put together")
    return [(dataset, out)]


def row_of(record, column, n_names, dataset, day):
    """(start, texts, values), None of a blank line."""
    fields = plain_fields(record, n_names)
    if all(is_null(fields[column[price]]) for price in PRICES):
        return None
    start = day * 86400 + OFFSET_S + (counted(fields[column["hour"]], 24, r"(\d{1,2})(?::00)?") - 1) * 3600
    if "interval" in column:
        start += (counted(fields[column["interval"]], 60 // dataset.minutes, r"(\d+)") - 1) * dataset.minutes * 60
    values = {price: number(fields[column[price]]) for price in PRICES}
    name = text_or_none(fields[column["name"]])
    if name is None:
        raise Reject("key_missing")
    return start, {"name": name}, values


def counted(text, most, pattern):
    if is_null(text):
        raise Reject("stamp_missing")
    if re.fullmatch(r"\d{1,2}[Xx*]", trim(text)):
        raise Reject("repeated")
    m = re.fullmatch(pattern, trim(text))
    if not m or not 1 <= int(m[1]) <= most:
        raise Reject("stamp")
    return int(m[1])
