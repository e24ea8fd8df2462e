# SPDX-License-Identifier: MIT
"""CAISO's files: OASIS reports in long form, a line for each component of a price (RULES 4, 6, 17 to 21)."""
import datetime as dt
import re

from containers import Failed, LeftOut, Unrecognised
from records import is_blank
from tables import AS_KEY, Dataset, Market, Part
from values import EPOCH, Reject, date_iso, fold, is_null, number, plain_fields, stamp_utc, text_or_none, trim

# Product of ANC_TYPE; old reports have the data item's name in its place (both spellings: gridstatus, caiso_constants.py).
PRODUCTS = {"NR": "NON_SPIN", "SR": "SPIN", "RU": "REG_UP", "RD": "REG_DOWN", "RMU": "REG_UP_MILEAGE", "RMD": "REG_DOWN_MILEAGE",
            "NS_CLR_PRC": "NON_SPIN", "SP_CLR_PRC": "SPIN", "RU_CLR_PRC": "REG_UP", "RD_CLR_PRC": "REG_DOWN",
            "RMU_CLR_PRC": "REG_UP_MILEAGE", "RMD_CLR_PRC": "REG_DOWN_MILEAGE"}
MARKET = Market("caiso", "CAISO", "America/Los_Angeles", PRODUCTS)
DATASETS = {d.name: d for d in [
    Dataset(MARKET, "da_energy_hourly", "DA", 60, 96),
    Dataset(MARKET, "rt_energy_15min", "RT", 15, 24, "month"),
    Dataset(MARKET, "rt_energy_5min", "RT", 5, 8, "month"),
    Dataset(MARKET, "hasp_energy_hourly", "RT", 60, 96),
    Dataset(MARKET, "hasp_energy_15min", "RT", 15, 24, "month"),
    Dataset(MARKET, "da_ancillary_hourly", "DA", 60, 0, key=AS_KEY),
    Dataset(MARKET, "rt_ancillary_15min", "RT", 15, 0, key=AS_KEY),
]}
# the market runs of a report, and what its lines feed
ENERGY_RUNS = [({"DAM"}, ["da_energy_hourly"]), ({"RTPD"}, ["rt_energy_15min"]), ({"RTM", "RTD"}, ["rt_energy_5min"]),
               ({"HASP"}, ["hasp_energy_hourly", "hasp_energy_15min"])]
AS_RUNS = [({"DAM"}, ["da_ancillary_hourly"]), ({"RTM", "RTPD"}, ["rt_ancillary_15min"])]
COMPONENTS = {"LMP": "lmp_total", "MCE": "lmp_energy", "MCC": "lmp_congestion", "MCL": "lmp_loss", "MGHG": "lmp_ghg"}
START, END, RUN = "intervalstarttimegmt", "intervalendtimegmt", "marketrunid"
PRICES = ["mw", "prc", "value"]  # by the report's version


def publish_stamp(stored_name):
    """Seconds since 1970 of the time of making in the name, else in that of the archive around it; 0: none (RULES 21)."""
    for name in reversed(stored_name.split("!")):
        for m in reversed(list(re.finditer(r"_(\d{4})(\d\d)(\d\d)_(\d\d)_(\d\d)_(\d\d)_v", name, re.IGNORECASE))):
            try:
                return int((dt.datetime(*map(int, m.groups()), tzinfo=dt.timezone.utc) - EPOCH).total_seconds())
            except ValueError:
                pass
    return 0


def find(entry, lines):
    at = next((i for i, record in enumerate(lines) if not is_blank(record)), None)
    if at is None or lines[at][3] is None:
        return None
    names = [fold(f.decode("utf-8", "replace")) for f in lines[at][3]]
    if "resourcebidseq" in names:
        raise LeftOut("bids made public")
    reports = ENERGY_RUNS if "lmptype" in names else AS_RUNS if "anctype" in names else None
    if START not in names or reports is None:
        return None
    prices = [name for name in PRICES if name in names]
    if not prices:
        raise Unrecognised("no price column")
    at_run = names.index(RUN)
    first = next((r[3] for r in lines[at + 1:] if not is_blank(r) and r[3] is not None and r[3] != lines[at][3]), [])
    run = trim(first[at_run].decode("utf-8", "replace")) if len(first) > at_run else None
    runs, entry.datasets = next((report for report in reports if run in report[0]), (None, []))
    if not runs:
        raise Failed(f"the market run {run} is none that is known")
    entry.datasets = list(entry.datasets)
    entry.published = publish_stamp(entry.stored_name)
    column = {name: i for i, name in reversed(list(enumerate(names)))}
    column["price"] = column[prices[0]]
    return lambda source, asked: read(entry, source, lines, at, names, column, runs, asked)


def read(entry, source, lines, at, names, column, runs, asked):
    out = {name: [] for name in entry.datasets}
    off_grid = 0
    entry.lines = len(lines)
    for seq, record in enumerate(lines):
        if is_blank(record):
            entry.blank_lines += 1
            continue
        if seq == at or (record[3] is not None and [fold(f.decode("utf-8", "replace")) for f in record[3]][:len(names)] == names):
            entry.header_lines += 1
            continue
        entry.data_lines += 1
        entry.partial_rows += 1
        try:
            taken = parse_line(entry, record, column, len(names), runs)
        except Reject as reject:
            off_grid += str(reject) == "grid"
            entry.counts["rejected"] += 1
            entry.rejects.append((record[0], record[1], record[2], str(reject)))
            continue
        if taken is None:
            entry.counts["blank"] += 1
            continue
        dataset, utc, texts, values = taken
        if asked(dataset, utc, texts):
            out[dataset.name].append(Part(dataset, utc, texts, values, None, source, seq))
        else:
            entry.counts["outside"] += 1
    if off_grid * 100 > entry.data_lines:
        raise Failed("off the grid")
    return [(DATASETS[name], parts) for name, parts in out.items()]


def parse_line(entry, record, column, n_names, runs):
    """(dataset, start, texts, values) of a line, None of a blank one."""
    fields = plain_fields(record, n_names)

    def field(name):
        return fields[column[name]] if name in column else ""

    if is_null(field("price")):
        return None
    if trim(field(RUN)) not in runs:
        raise Reject("market")
    utc, fraction = stamp_utc(field(START))
    end, end_fraction = stamp_utc(field(END))
    lengths = {DATASETS[name].minutes * 60: DATASETS[name] for name in entry.datasets}
    dataset = lengths.get(end - utc)
    if dataset is None or end_fraction:
        raise Reject("length")
    if fraction or utc % (dataset.minutes * 60):
        raise Reject("grid")
    if "lmptype" in column:
        cell = COMPONENTS.get(trim(field("lmptype")))
        if cell is None:
            raise Reject("component")
        texts = {"name": text_or_none(field("node")) or text_or_none(field("nodeid")), "id": text_or_none(field("nodeid"))}
    else:
        cell = "market_clearing_price"
        texts = {"product": text_or_none(field("anctype")), "region": text_or_none(field("ancregion"))}
    if texts.get("name", texts.get("product")) is None:
        raise Reject("key_missing")
    values = {cell: number(field("price"))}
    check_local(entry, utc, field("oprdt"), field("oprhr"))
    return dataset, utc, texts, values


def check_local(entry, utc, date, hour):
    """The trade date and the hour ending are compared; 25 is the second pass of a repeated hour (RULES 6)."""
    local, _, second_pass = MARKET.local_of(utc)
    wanted = 25 if second_pass else local % 86400 // 3600 + 1
    wrong = not is_null(date) and date_iso(date) != local // 86400
    wrong |= not is_null(hour) and trim(hour).lstrip("0") != str(wanted)
    entry.local_warnings += wrong
