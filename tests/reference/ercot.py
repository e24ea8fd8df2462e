# SPDX-License-Identifier: MIT
"""ERCOT's files: daily ones of settlement points, buses and services, yearly ones (RULES 8, 9, 14, 18, 19, 21)."""
import datetime as dt
import re

from containers import Failed, LeftOut
from records import is_blank
from tables import AS_KEY, Dataset, Market, Part
from values import EPOCH, Reject, fold, is_null, number, plain_fields, stamp, text_or_none, trim

PRODUCTS = {"REGUP": "REG_UP", "REGDN": "REG_DOWN", "RRS": "SPIN", "ECRS": "ECRS", "NSPIN": "NON_SPIN"}
MARKET = Market("ercot", "ERCOT", "America/Chicago", PRODUCTS)
DATASETS = {d.name: d for d in [
    Dataset(MARKET, "da_energy_hourly", "DA", 60, 672),
    Dataset(MARKET, "da_energy_hourly_bus", "DA", 60, 96),
    Dataset(MARKET, "rt_energy_15min", "RT", 15, 168, key=("name", "type")),
    Dataset(MARKET, "da_ancillary_hourly", "DA", 60, 0, key=AS_KEY),
    Dataset(MARKET, "rt_ancillary_15min", "RT", 15, 0, key=AS_KEY),
    Dataset(MARKET, "rt_energy_sced", "RT", 5, 96, off_grid=True),
    Dataset(MARKET, "rt_energy_sced_bus", "RT", 5, 8, "month", off_grid=True),
    Dataset(MARKET, "rt_ancillary_sced", "RT", 5, 0, key=AS_KEY, off_grid=True),
]}
FLAGS = ["dstflag", "repeatedhourflag", "repeathourflag"]
POINTS = ["settlementpoint", "settlementpointname"]
ACROSS = ["REGDN", "REGUP", "RRS", "NSPIN", "ECRS"]
HOURLY, QUARTERLY = ["deliverydate", "hourending"], ["deliverydate", "deliveryhour", "deliveryinterval"]
# what a header must have: (names, one of these), dataset, the columns of name or product, type, price
LAYOUTS = [
    (HOURLY + ["settlementpointprice"], POINTS, "da_energy_hourly", None, "settlementpointprice"),
    (HOURLY + ["busname", "lmp"], ["busname"], "da_energy_hourly_bus", None, "lmp"),
    (QUARTERLY + ["settlementpointtype", "settlementpointprice"], POINTS, "rt_energy_15min", "settlementpointtype",
     "settlementpointprice"),
    (HOURLY + ["ancillarytype", "mcpc"], ["ancillarytype"], "da_ancillary_hourly", None, "mcpc"),
    (HOURLY + ["regup", "rrs"], ["regup"], "da_ancillary_hourly", None, None),
    (QUARTERLY + ["astype", "mcpc"], ["astype"], "rt_ancillary_15min", None, "mcpc"),
    (["scedtimestamp", "lmp"], POINTS, "rt_energy_sced", None, "lmp"),
    (["scedtimestamp", "cappedlmp"], POINTS, "rt_energy_sced", None, "cappedlmp"),
    (["scedtimestamp", "lmp"], ["electricalbus"], "rt_energy_sced_bus", None, "lmp"),
    (["scedtimestamp", "cappedlmp"], ["electricalbus"], "rt_energy_sced_bus", None, "cappedlmp"),
    (["scedtimestamp", "mcpc"], ["astype"], "rt_ancillary_sced", None, "mcpc"),
    (["scedtimestamp", "cappedmcpc"], ["astype"], "rt_ancillary_sced", None, "cappedmcpc"),
]
NO_HEADER = ["deliverydate", "hourending", "settlementpoint", "settlementpointprice", "dstflag"]
LAMBDAS = {"systemlambda", "cappedsystemlambda"}


def moment(*texts):
    try:
        when = dt.datetime.strptime("".join(texts), "%Y%m%d%H%M%S").replace(tzinfo=dt.timezone.utc)
        return int((when - EPOCH).total_seconds())
    except ValueError:
        return 0


def publish_stamp(stored_name):
    """The member's own stamp, else that of the nearest archive (RULES 21)."""
    for part in reversed(stored_name.split("!")):
        m = (re.match(r"cdr\.[^.]*\.[^.]*\.(\d{8})\.(\d{6})(?:\d{3})?\.", part, re.IGNORECASE) or
             re.match(r"\d{8}_(\d{8})_(\d{6})(?:\d{3})?_", part))
        if m and moment(*m.groups()):
            return moment(*m.groups())
    return 0


def names_of(record):
    return [fold(f.decode("utf-8", "replace").removeprefix("\ufeff")) for f in record[3]] if record[3] is not None else []


def layout_of(names):
    if "scedtimestamp" in names and LAMBDAS & set(names):
        raise LeftOut("the system lambda")
    for must, one_of, *rest in LAYOUTS:
        if set(must) <= set(names) and set(one_of) & set(names):
            return [one_of] + rest
    return None


def find(entry, lines, assumed=None):
    at = next((i for i, record in enumerate(lines) if not is_blank(record)), None)
    if at is None:
        return None
    names = names_of(lines[at])
    layout = layout_of(names)
    if layout is None and assumed == "ercot/da_energy_hourly" and len(names) == len(NO_HEADER):
        at, names, layout = None, NO_HEADER, layout_of(NO_HEADER)
    if layout is None:
        return None
    if any(names.count(name) > 1 for name in names if name):
        raise Failed("two columns of one name")
    entry.datasets = [layout[1]]
    entry.published = publish_stamp(entry.stored_name)
    column = {name: i for i, name in enumerate(names)}
    for generic, names_there in (("flag", FLAGS), ("lead", layout[0]), ("hour", ["hourending", "deliveryhour"])):
        column[generic] = next((column[name] for name in names_there if name in column), None)
    return lambda source, asked: read(entry, source, lines, at, names, column, layout, asked)


def read(entry, source, lines, at, names, column, layout, asked):
    _, name, type_column, price = layout
    dataset = DATASETS[name]
    lead = "product" if dataset.table == "ancillary" else "name"
    cell = "market_clearing_price" if dataset.table == "ancillary" else "lmp_total"
    # of a line: each product's column and its name; of others the price, its name being told by the line
    cells = [(column[price], None)] if price else [(column[p.lower()], p) for p in ACROSS if p.lower() in column]
    out, off_grid = [], 0
    entry.lines = len(lines)
    for seq, record in enumerate(lines):
        if is_blank(record):
            entry.blank_lines += 1
            continue
        if seq == at or (at is not None and record[2].rstrip(b"\r\n") == lines[at][2].removeprefix(b"\xef\xbb\xbf").rstrip(b"\r\n")):
            entry.header_lines += 1
            continue
        entry.data_lines += 1
        entry.partial_rows += len(cells)
        try:
            rows = parse_line(record, column, len(names), dataset, cells)
        except Reject as reject:
            off_grid += str(reject) == "grid"
            entry.counts["rejected"] += len(cells)
            entry.rejects.append((record[0], record[1], record[2], str(reject)))
            continue
        entry.counts["blank"] += len(cells) - len(rows)
        for utc, fields, product, value in rows:
            texts = {lead: product or text_or_none(fields[column["lead"]])}
            if type_column:
                texts["type"] = text_or_none(fields[column[type_column]])
            if asked(dataset, utc, texts):
                out.append(Part(dataset, utc, texts, {cell: value}, None, source, seq))
            else:
                entry.counts["outside"] += 1
    if off_grid * 100 > entry.data_lines:
        raise Failed("off the grid")
    return [(dataset, out)]


def parse_line(record, column, n_names, dataset, cells):
    """[(start, fields, product, value)] of a line: nothing where it is blank."""
    fields = plain_fields(record, n_names)
    if all(is_null(fields[at]) for at, _ in cells):
        return []
    utc = run_start(fields, column) if dataset.off_grid else start_of(fields, column, dataset)
    values = [(product, number(fields[at])) for at, product in cells]
    if cells[0][1] is None and text_or_none(fields[column["lead"]]) is None:
        raise Reject("key_missing")
    return [(utc, fields, product, value) for product, value in values if value is not None]


def date_of(text):
    text = trim(text)
    if is_null(text):
        raise Reject("stamp_missing")
    m = re.fullmatch(r"(\d{1,2})/(\d{1,2})/(\d{4})", text)
    iso = re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})", text)
    try:
        return dt.date(int(m[3]), int(m[1]), int(m[2])) if m else dt.date(*(int(part) for part in iso.groups()))
    except (AttributeError, ValueError):
        raise Reject("stamp") from None


def start_of(fields, column, dataset):
    """Seconds since 1970 of the interval's start (RULES 8, 9)."""
    date = date_of(fields[column["deliverydate"]])
    if is_null(fields[column["hour"]]):
        raise Reject("stamp_missing")
    m = re.fullmatch(r"(\d{1,2})(?::00|([Xx*]))?", trim(fields[column["hour"]]))
    if not m or not 1 <= int(m[1]) <= 24:
        raise Reject("stamp")
    second_pass, minute = bool(m[2]), 0
    if "deliveryinterval" in column:
        interval = trim(fields[column["deliveryinterval"]])
        if is_null(interval):
            raise Reject("stamp_missing")
        if not re.fullmatch(r"\d+", interval) or not 1 <= int(interval) <= 60 // dataset.minutes:
            raise Reject("stamp")
        minute = (int(interval) - 1) * dataset.minutes
    second_pass |= flagged(fields, column)
    return passed(instants_of(dt.datetime(date.year, date.month, date.day, int(m[1]) - 1, minute)), second_pass)


def flagged(fields, column):
    flag = trim(fields[column["flag"]]).lower() if column["flag"] is not None else ""
    if flag not in ("y", "true", "1", "n", "false", "0", "", "null"):
        raise Reject("repeated")
    return flag in ("y", "true", "1")


def run_start(fields, column):
    """The second at which a run of the dispatch began (RULES 10)."""
    second_pass = flagged(fields, column)
    civil, fraction, offset = stamp(fields[column["scedtimestamp"]])
    if fraction:
        raise Reject("grid")
    if offset is not None:
        return civil - offset
    return passed(instants_of(dt.datetime.fromtimestamp(civil, dt.timezone.utc).replace(tzinfo=None)), second_pass)


def passed(passes, second_pass):
    if not passes:
        raise Reject("stamp")
    if second_pass and len(passes) == 1:
        raise Reject("repeated")
    utc = passes[second_pass]
    if not 0 <= utc < 2**32:
        raise Reject("stamp")
    return utc


def instants_of(naive):
    """The instants at which the market's clock shows a time: none, one or two."""
    civil = int((naive.replace(tzinfo=dt.timezone.utc) - EPOCH).total_seconds())
    found = {int(naive.replace(tzinfo=MARKET.zone, fold=fold_).timestamp()) for fold_ in (0, 1)}
    return sorted(utc for utc in found if MARKET.local_of(utc)[0] == civil)
