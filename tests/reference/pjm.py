# SPDX-License-Identifier: MIT
"""PJM's files: Data Miner 2 exports, a line a row (RULES 2, 4, 6, 17, 18)."""
import re

from containers import Failed, LeftOut, Unrecognised
from records import is_blank
from tables import AS_KEY, Dataset, Market, Part
from values import Reject, fold, is_null, number, plain_fields, stamp, stamp_utc, text_or_none, trim, voltage, whole

# The standard names of services that tests use; what is not here has none (RULES 19, PJM Manual 11).
STANDARD_PRODUCTS = {"REG": "REG", "SR": "SPIN", "NSR": "NON_SPIN", "30MIN": "RESERVE_30", "RTO Synchronized Reserve": "SPIN",
                     "MAD Non-Synchronized Reserve": "NON_SPIN", "RTO Regulation Mileage": "REG_MILEAGE"}
MARKET = Market("pjm", "PJM", "America/New_York", STANDARD_PRODUCTS)


def datasets():
    def energy(name, market_type, minutes, block_hours, partition="year", key=("id",), derives=False):
        return Dataset(MARKET, name, market_type, minutes, block_hours, partition, key, derives)

    def ancillary(name, market_type, minutes):
        return Dataset(MARKET, name, market_type, minutes, 0, key=AS_KEY)

    return [
        energy("da_energy_hourly", "DA", 60, 168),
        energy("rt_energy_hourly", "RT", 60, 168),
        energy("rt_energy_5min", "RT", 5, 24, "month"),
        energy("rt_energy_hourly_unverified", "RT", 60, 168, key=("name",), derives=True),
        energy("rt_energy_5min_unverified", "RT", 5, 24, "month", derives=True),
        ancillary("da_ancillary_hourly", "DA", 60),
        ancillary("rt_ancillary_hourly", "RT", 60),
        ancillary("rt_ancillary_5min", "RT", 5),
        ancillary("da_reserve_hourly", "DA", 60),
        ancillary("rt_reserve_hourly", "RT", 60),
        ancillary("rt_reserve_5min", "RT", 5),
        ancillary("rt_regulation_hourly", "RT", 60),
        ancillary("rt_regulation_30min", "RT", 30),
        ancillary("rt_regulation_5min", "RT", 5),
    ]


DATASETS = {d.name: d for d in datasets()}

UTC = "datetimebeginningutc"
# header name, folded -> what it is to a row
ENERGY_TEXTS = {"pnodename": "name", "pnodeid": "id", "type": "type", "zone": "zone"}
CELLS = {
    "da": {"totallmpda": "lmp_total", "systemenergypriceda": "lmp_energy", "congestionpriceda": "lmp_congestion",
           "marginallosspriceda": "lmp_loss"},
    "rt": {"totallmprt": "lmp_total", "systemenergypricert": "lmp_energy", "congestionpricert": "lmp_congestion",
           "marginallosspricert": "lmp_loss"},
    "ancillary": {"value": "market_clearing_price"},
    "reserve": {"mcp": "market_clearing_price", "totalmw": "cleared_quantity_mw", "asreqmw": "requirement_mw"},
    "reg_results": {"totalmw": "cleared_quantity_mw", "requirement": "requirement_mw"},
    "reg_prices": {"marketclearingprice": "market_clearing_price", "reservequantity": "cleared_quantity_mw",
                   "reserverequirement": "requirement_mw"},
}
AS_TEXTS = {
    "ancillary": {"ancillaryservice": "product", "unit": "unit"},
    "reserve": {"service": "product", "locale": "region"},
    "reg_results": {},
    "reg_prices": {"area": "region"},
}


def first_instants(rows, at):
    """The first two distinct readable instants."""
    found = []
    for fields in rows:
        try:
            utc, fraction = stamp_utc(fields[at].decode("utf-8"))
            if fraction:
                continue
        except (Reject, IndexError, UnicodeDecodeError):
            continue
        if utc not in found:
            found.append(utc)
            if len(found) == 2:
                break
    return found


def interval_minutes(instants, base, lengths):
    """RULES 2: which of the lengths a file has: by its step, by one instant off the hour, by its name; None: nothing tells."""
    if len(instants) == 2:
        step = abs(instants[1] - instants[0]) // 60
        return next((n for n in sorted(lengths, reverse=True) if step % n == 0), None)
    if len(instants) == 1 and instants[0] % 3600 and min(lengths) < 60:
        return min(lengths)
    low = base.lower()
    if 5 in lengths and ("five" in low or "5min" in low):
        return 5
    return 60 if "hrl" in low else None


def is_day_ahead(base, own_name):
    """RULES 2 for feeds whose header stands for both markets."""
    low = base.lower()
    if re.search("(?<![a-z])da_", low):
        return True
    if own_name in low:
        return False
    raise Failed("ambiguous: neither content nor name tells day-ahead from real-time")


def recognise(names, base, rows):
    """(feed, kind of cells for each output, dataset names) of a header."""
    have = set(names)
    if UTC not in have:
        raise Unrecognised("no known header")
    instants = None

    def minutes(*lengths):
        nonlocal instants
        instants = first_instants(rows, names.index(UTC)) if instants is None else instants
        return interval_minutes(instants, base, lengths)

    def certain(length):
        if not length:
            raise Failed("ambiguous: neither step nor name tells the length of the interval")
        return length

    if "itscedlmp" in have:
        raise LeftOut("five_min_itsced_lmps")
    if "totallmpda" in have or "totallmprt" in have:
        verified = have & {"systemenergypricert", "rowiscurrent", "versionnbr"}
        if "pnodeid" not in have and (verified or "totallmpda" in have):
            raise Failed("pnode_id is missing")
        if "totallmpda" in have and "totallmprt" in have:
            # the hourly feed's own name tells, where no step does
            if certain(minutes(5, 60) or ("monthly" in base.lower() and 60)) == 5:
                return "rt_fivemin_mnt_lmps", ["rt"], ["rt_energy_5min"]
            return "rt_da_monthly_lmps", ["rt", "da"], ["rt_energy_hourly", "da_energy_hourly"]
        if "totallmpda" in have:
            return "da_hrl_lmps", ["da"], ["da_energy_hourly"]
        if verified:
            if certain(minutes(5, 60)) == 5:
                return "rt_fivemin_hrl_lmps", ["rt"], ["rt_energy_5min"]
            return "rt_hrl_lmps", ["rt"], ["rt_energy_hourly"]
        if "pnodeid" not in have:
            if "pnodename" not in have:
                raise Failed("pnode_name is missing")
            return "rt_unverified_hrl_lmps", ["rt"], ["rt_energy_hourly_unverified"]
        return "rt_unverified_fivemin_lmps", ["rt"], ["rt_energy_5min_unverified"]
    if {"ancillaryservice", "value"} <= have:
        length = minutes(5, 60)
        if length == 5:
            return "ancillary_services_fivemin_hrl", ["ancillary"], ["rt_ancillary_5min"]
        if is_day_ahead(base, "ancillary_services"):
            return "da_ancillary_services", ["ancillary"], ["da_ancillary_hourly"]
        return "ancillary_services", ["ancillary"], ["rt_ancillary_hourly"]
    if {"service", "mcp"} <= have:
        length = minutes(5, 60)
        if length != 5 and not have & {"regccp", "regpcp", "tier1mw", "regdmw"} and is_day_ahead(base, "reserve_market_results"):
            return "da_reserve_market_results", ["reserve"], ["da_reserve_hourly"]
        size = "5min" if certain(length) == 5 else "hourly"
        return "reserve_market_results", ["reserve"], [f"rt_reserve_{size}"]
    if {"requirement", "totalmw"} <= have:
        size = "30min" if certain(minutes(30, 60)) == 30 else "hourly"
        return "reg_market_results", ["reg_results"], [f"rt_regulation_{size}"]
    if "marketclearingprice" in have:
        return "reg_prices", ["reg_prices"], ["rt_regulation_5min"]
    raise Unrecognised("no known header")


# ---- lines ----

def find(entry, lines):
    """How the file is to be read: the first line with content is its header."""
    at = next((i for i, record in enumerate(lines) if not is_blank(record)), None)
    if at is None:
        raise Unrecognised("empty")
    if lines[at][3] is None:
        raise Unrecognised("no header")
    try:
        names = [fold(f.decode("utf-8")) for f in lines[at][3]]
    except UnicodeDecodeError:
        raise Unrecognised("the header is not UTF-8") from None
    entry.feed, kinds, chosen = recognise(names, entry.base, (x[3] for x in lines[at + 1:] if x[3] is not None))
    entry.datasets = list(chosen)
    return lambda source, asked: read(entry, source, lines[:at], lines[at + 1:], names, kinds, chosen, asked)


def read(entry, source, above, lines, names, kinds, chosen, asked):
    column = {name: i for i, name in reversed(list(enumerate(names)))}
    out = {name: [] for name in chosen}
    off_grid = 0
    entry.lines = len(above) + 1 + len(lines)
    entry.blank_lines, entry.header_lines = len(above), 1
    for seq, record in enumerate(lines):
        offset, line_number, raw, fields, _ = record
        if is_blank(record):
            entry.blank_lines += 1
            continue
        if fields is not None and is_header(fields, names):
            entry.header_lines += 1
            continue
        entry.data_lines += 1
        entry.partial_rows += len(chosen)
        try:
            rows = parse_line(entry, source, seq, record, column, len(names), kinds, chosen, asked)
        except Reject as reject:
            off_grid += str(reject) == "grid"
            entry.counts["rejected"] += len(chosen)
            entry.rejects.append((offset, line_number, raw, str(reject)))
            continue
        for name, part in zip(chosen, rows):
            if isinstance(part, str):
                entry.counts[part] += 1
            else:
                out[name].append(part)
    if off_grid * 100 > entry.data_lines:
        raise Failed("off the grid")
    return [(DATASETS[name], parts) for name, parts in out.items()]


def is_header(fields, names):
    if len(fields) < len(names):
        return False
    try:
        folded = [fold(f.decode("utf-8")) for f in fields]
    except UnicodeDecodeError:
        return False
    return folded[:len(names)] == names and not any(folded[len(names):])


def parse_line(entry, source, seq, record, column, n_names, kinds, chosen, asked):
    fields = plain_fields(record, n_names)

    def field(name):
        return fields[column[name]] if name in column else ""

    cell_fields = [{out: field(name) for name, out in CELLS[kind].items()} for kind in kinds]
    blank = [all(is_null(f) for f in cells.values()) for cells in cell_fields]
    if all(blank):
        return ["blank"] * len(kinds)
    utc, fraction = stamp_utc(field(UTC))
    first = DATASETS[chosen[0]]
    if fraction or utc % (first.minutes * 60):
        raise Reject("grid")
    if first.table == "energy":
        texts = {out: text_or_none(field(name)) for name, out in ENERGY_TEXTS.items()}
    else:
        texts = {out: text_or_none(field(name)) for name, out in AS_TEXTS[kinds[0]].items()}
        texts.setdefault("product", "REG" if kinds[0].startswith("reg_") else None)
    parts = []
    numbers = [{out: number(text) for out, text in cells.items()} for cells in cell_fields]
    version = whole(field("versionnbr"))
    kv, understood = voltage(field("voltage"))
    for name, values, is_empty in zip(chosen, numbers, blank):
        dataset = DATASETS[name]
        must = "product" if dataset.table == "ancillary" else dataset.key[0]
        if texts.get(must) is None:
            raise Reject("key_missing")
        if is_empty:
            parts.append("blank")
        elif not asked(dataset, utc, texts):
            parts.append("outside")
        else:
            parts.append(Part(dataset, utc, texts, {**values, "version": version, "voltage_kv": kv}, version, source, seq))
    entry.voltage_warnings += not understood
    if "datetimebeginningept" in column:
        try:
            civil, fraction, offset = stamp(field("datetimebeginningept"))
            wrong = civil != MARKET.local_of(utc)[0] if offset is None else civil - offset != utc
        except Reject as reject:
            wrong = str(reject) != "stamp_missing"
        entry.local_warnings += wrong
    return parts
