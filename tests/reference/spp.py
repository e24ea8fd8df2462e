# SPDX-License-Identifier: MIT
"""SPP's files: prices of locations and of price nodes, months with the hours across, reserves (RULES 2, 4, 6, 14, 17 to 19, 21)."""
import datetime as dt
import re

from containers import PRELIM, REPRICED, Failed, LeftOut
from records import is_blank
from tables import AS_KEY, Dataset, Market, Part
from values import EPOCH_DATE, Reject, date_us, fold, is_null, number, plain_fields, stamp, text_or_none, trim

PRODUCTS = {"RegUP": "REG_UP", "RegDN": "REG_DOWN", "RegUPService": "REG_UP", "RegDNService": "REG_DOWN",
            "RegUpMile": "REG_UP_MILEAGE", "RegDNMile": "REG_DOWN_MILEAGE", "Spin": "SPIN", "Supp": "SUPPLEMENTAL",
            "RampUP": "RAMP_UP", "RampDN": "RAMP_DOWN", "UncUP": "UNCERTAINTY_UP"}
MARKET = Market("spp", "SPP", "America/Chicago", PRODUCTS)
DATASETS = {d.name: d for d in [
    Dataset(MARKET, "da_energy_hourly", "DA", 60, 672),
    Dataset(MARKET, "rt_energy_5min", "RT", 5, 96),
    Dataset(MARKET, "rt_energy_hourly", "RT", 60, 672),
    Dataset(MARKET, "da_energy_hourly_bus", "DA", 60, 168, key=("id",)),
    Dataset(MARKET, "rt_energy_5min_bus", "RT", 5, 8, "month", key=("id",)),
    Dataset(MARKET, "da_ancillary_hourly", "DA", 60, 0, key=AS_KEY),
    Dataset(MARKET, "rt_ancillary_5min", "RT", 5, 0, key=AS_KEY),
]}
ENDS, LOCATIONS, NODES = ["gmtintervalend", "gmtinterval"], ["settlementlocation", "settlementlocationname"], ["pnode", "pnodename"]
RTBM_WORDS = {"gmtinterval", "settlementlocationname", "pnodename"}  # that only real-time headers have
LMP = {"lmp": "lmp_total", "mec": "lmp_energy", "mcc": "lmp_congestion", "mlc": "lmp_loss"}
DA_RESERVES, RT_RESERVES = {"regup", "regdn", "spin", "supp"}, {"regupservice", "regdnservice", "spin", "supp"}
HOURS = [f"he{h:02d}" for h in range(1, 25)]


class Layout:
    """Of a header: the dataset, or the two that it may be; the columns that count."""

    def __init__(self, names, kind, datasets):
        self.names, self.kind, self.datasets = names, kind, datasets
        self.at = {name: i for i, name in reversed(list(enumerate(names)))}

    def column(self, alternatives):
        return next((self.at[name] for name in alternatives if name in self.at), None)


def layout_of(names):
    there = set(names)
    end, prices = there & set(ENDS), set(LMP) <= there
    if "reservezone" in there and end:
        if DA_RESERVES <= there and "gmtintervalend" in there:
            return Layout(names, "reserves", ["da_ancillary_hourly"])
        return Layout(names, "reserves", ["rt_ancillary_5min"]) if RT_RESERVES <= there else None
    if end and prices and there & set(LOCATIONS):
        return Layout(names, "lines", ["rt_energy_5min"] if there & RTBM_WORDS else ["da_energy_hourly", "rt_energy_5min"])
    if end and prices and there & set(NODES):
        return Layout(names, "lines", ["rt_energy_5min_bus"] if there & RTBM_WORDS else ["da_energy_hourly_bus", "rt_energy_5min_bus"])
    hours = [re.sub(r"^he0?", "he", name) for name in names]
    if {"date", "pricetype"} <= there and there & set(LOCATIONS) and {f"he{h}" for h in range(1, 25)} <= set(hours):
        return Layout(hours, "month", ["da_energy_hourly", "rt_energy_hourly"])
    return None


def named(entry):
    """'weis', 'rtbm', 'da' or None: what the first part of the name that says something says."""
    for part in reversed(entry.stored_name.split("!")):
        low = part.lower()
        for word, pattern in (("weis", "weis"), ("rtbm", "rtbm"), ("da", r"da-lmp|(?<![a-z])da_|damkt|da-mcp")):
            if re.search(pattern, low):
                return word
    return None


def choose(entry, layout, lines, at):
    """The one dataset (RULES 2)."""
    word = named(entry)
    if word == "weis" and layout.kind != "reserves":
        raise LeftOut("Western Energy Imbalance Service")
    if len(layout.datasets) == 1:
        return layout.datasets[0]
    da, rt = layout.datasets
    if word == "rtbm":
        return rt
    if layout.kind == "lines":
        instants = []
        for record in lines[at + 1:]:
            try:
                civil, _, offset = stamp(record[3][layout.column(ENDS)].decode("utf-8", "replace"))
            except (Reject, IndexError, TypeError):
                continue
            if civil - (offset or 0) not in instants:
                instants.append(civil - (offset or 0))
            if len(instants) == 2:
                break
        if len(instants) == 2:
            step = abs(instants[1] - instants[0])
            if step % 300 == 0:
                return rt if step % 3600 else da
        elif instants and instants[0] % 3600:
            return rt
    if word == "da":
        return da
    raise Failed("ambiguous: day-ahead or real-time")


def find(entry, lines):
    at = next((i for i, record in enumerate(lines) if not is_blank(record)), None)
    if at is None or lines[at][3] is None:
        return None
    names = [fold(f.decode("utf-8", "replace").removeprefix("\ufeff")) for f in lines[at][3]]
    layout = layout_of(names)
    if layout is None:
        return None
    name = choose(entry, layout, lines, at)
    for alternatives in (ENDS, LOCATIONS, NODES, *([n] for n in {*LMP, *HOURS, "interval", "baa", "date", "pricetype", "reservezone",
                                                                 *(p.lower() for p in PRODUCTS)})):
        if sum(layout.names.count(n) for n in alternatives) > 1:
            raise Failed("two columns for one thing")
    entry.datasets = [name]
    entry.finality = PRELIM if layout.kind == "month" else finality_of(entry)
    return lambda source, asked: read(entry, source, lines, at, layout, DATASETS[name], asked)


def finality_of(entry):
    repriced = "reprice" in entry.path.lower() or re.search("-r[123]-", entry.base.lower())
    return REPRICED if repriced else entry.finality


def read(entry, source, lines, at, layout, dataset, asked):
    parts, off_grid = [], 0
    header = lines[at][2].removeprefix(b"\xef\xbb\xbf").rstrip(b"\r\n")
    line_of = {"lines": price_line, "month": month_line, "reserves": reserve_line}[layout.kind]
    weight = {"lines": 1, "month": 24, "reserves": sum(p.lower() in layout.at for p in PRODUCTS)}[layout.kind]
    entry.lines = len(lines)
    for seq, record in enumerate(lines):
        if is_blank(record):
            entry.blank_lines += 1
            continue
        if seq == at or record[2].rstrip(b"\r\n") == header:
            entry.header_lines += 1
            continue
        entry.data_lines += 1
        entry.partial_rows += weight
        try:
            rows = line_of(entry, record, layout, dataset)
        except Reject as reject:
            off_grid += str(reject) == "grid"
            entry.counts["rejected"] += weight
            entry.rejects.append((record[0], record[1], record[2], str(reject)))
            continue
        for row in rows:
            if row is None:
                entry.counts["blank"] += 1
            elif isinstance(row, str):  # a number of an hour that cannot be told
                entry.counts["rejected"] += 1
                entry.rejects.append((record[0], record[1], record[2], row))
            elif asked(dataset, row[0], row[1]):
                parts.append(Part(dataset, *row, None, source, seq))
            else:
                entry.counts["outside"] += 1
    if off_grid * 100 > entry.data_lines:
        raise Failed("off the grid")
    return [(dataset, parts)]


def start_of(entry, fields, layout, dataset):
    """An interval begins its length before its end, in UTC; the wall clock's end is compared."""
    civil, fraction, offset = stamp(fields[layout.column(ENDS)])
    end = civil - (offset or 0)
    start = end - dataset.minutes * 60
    if not 0 <= end < 2**32:
        raise Reject("stamp")
    if fraction:
        raise Reject("grid")
    if start < 0:
        raise Reject("stamp")
    if start % (dataset.minutes * 60):
        raise Reject("grid")
    return start


def compare_local(entry, fields, layout, dataset, start):
    if "interval" not in layout.at or is_null(fields[layout.at["interval"]]):
        return
    end = start + dataset.minutes * 60
    try:
        civil, _, offset = stamp(fields[layout.at["interval"]])
    except Reject:
        entry.local_warnings += 1
        return
    # at a clock change by the clock of either side
    shown = {end + MARKET.local_of(t)[1] for t in (start, end)} if offset is None else {end + offset}
    entry.local_warnings += civil not in shown


def price_line(entry, record, layout, dataset):
    fields = plain_fields(record, len(layout.names))
    cells = {LMP[name]: fields[layout.at[name]] for name in LMP}
    if all(is_null(f) for f in cells.values()):
        return [None]
    start = start_of(entry, fields, layout, dataset)
    compare_local(entry, fields, layout, dataset, start)
    values = {cell: number(f) for cell, f in cells.items()}
    texts = {}
    for text, alternatives in (("name", LOCATIONS), ("id", NODES), ("zone", ["baa"])):
        if layout.column(alternatives) is not None and not (text == "name" and dataset.key == ("id",)):
            texts[text] = text_or_none(fields[layout.column(alternatives)])
    if texts.get(dataset.key[0]) is None:
        raise Reject("key_missing")
    return [(start, texts, values)]


def reserve_line(entry, record, layout, dataset):
    fields = plain_fields(record, len(layout.names))
    products = [(p, fields[layout.at[p.lower()]]) for p in PRODUCTS if p.lower() in layout.at]
    if all(is_null(f) for _, f in products):
        return [None] * len(products)
    start = start_of(entry, fields, layout, dataset)
    compare_local(entry, fields, layout, dataset, start)
    values = [(product, number(f)) for product, f in products]
    region = text_or_none(fields[layout.at["reservezone"]])
    return [None if v is None else (start, {"product": p, "region": region}, {"market_clearing_price": v}) for p, v in values]


def date_of(field):
    m = re.fullmatch(r"(\d{4})[/-](\d{1,2})[/-](\d{1,2})", trim(field))
    if not m:
        return date_us(field)
    try:
        return (dt.date(int(m[1]), int(m[2]), int(m[3])) - EPOCH_DATE).days
    except ValueError:
        raise Reject("stamp") from None


def hour_start(day, hour):
    """The instant at which the wall clock shows an hour of a day, or the reason that it is none."""
    midnight, wanted = MARKET.midnight(day), day * 86400 + hour * 3600
    found = [t for t in range(midnight, midnight + 26 * 3600, 3600) if MARKET.local_of(t)[0] == wanted]
    return found[0] if len(found) == 1 else "unresolved" if found else "stamp"


def month_line(entry, record, layout, dataset):
    fields = plain_fields(record, len(layout.names))
    hours = [fields[layout.at[f"he{h}"]] for h in range(1, 25)]
    if all(is_null(f) for f in hours):
        return [None] * 24
    numbers_first = None
    try:
        values = [number(f) for f in hours]
    except Reject as reject:
        numbers_first = reject
    day = date_of(fields[layout.at["date"]])
    if numbers_first:
        raise numbers_first
    cell = LMP.get(trim(fields[layout.at["pricetype"]]).lower()) if trim(fields[layout.at["pricetype"]]).isupper() else None
    if cell is None:
        raise Reject("component")
    texts = {"name": text_or_none(fields[layout.column(LOCATIONS)])}
    for text, alternatives in (("id", NODES), ("zone", ["baa"])):
        if layout.column(alternatives) is not None:
            texts[text] = text_or_none(fields[layout.column(alternatives)])
    if texts["name"] is None:
        raise Reject("key_missing")
    rows = []
    for h, value in enumerate(values):
        start = hour_start(day, h) if value is not None else None
        rows.append(start if value is None or isinstance(start, str) else (start, texts, {cell: value}))
    return rows
