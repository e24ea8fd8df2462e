# SPDX-License-Identifier: MIT
"""NYISO's files: zonal and generators' prices, custom reports, reserves of three eras (RULES 2, 3, 7, 8, 12, 15, 17 to 19)."""
import bisect
import datetime as dt
import re

from containers import Failed
from records import is_blank
from tables import AS_KEY, Dataset, Market, Part
from values import Reject, fold, is_null, number, plain_fields, stamp, text_or_none, trim, whole

PRODUCTS = {"10 Min Spinning Reserve": "SPIN", "10 Min Non-Synchronous Reserve": "NON_SPIN", "30 Min Operating Reserve": "RESERVE_30",
            "Regulation": "REG", "NYCA Regulation Capacity": "REG", "NYCA Regulation Movement": "REG_MILEAGE"}
MARKET = Market("nyiso", "NYISO", "America/New_York", PRODUCTS)
DATASETS = {d.name: d for d in [
    Dataset(MARKET, "da_energy_hourly", "DA", 60, 672, derives=True),
    Dataset(MARKET, "rt_energy_hourly", "RT", 60, 672, derives=True),
    Dataset(MARKET, "rt_energy_5min", "RT", 5, 168, derives=True, off_grid=True, tiles=True),
    Dataset(MARKET, "rtc_energy_15min", "RT", 15, 168, derives=True),
    Dataset(MARKET, "da_ancillary_hourly", "DA", 60, 0, key=AS_KEY),
    Dataset(MARKET, "rt_ancillary_5min", "RT", 5, 0, key=AS_KEY, off_grid=True, tiles=True),
]}
ENDS = {"rt_energy_5min", "rtc_energy_15min", "rt_ancillary_5min"}  # whose stamps end the interval
# What a column is, by the start of its name: the unit in brackets was cut off before 2016-07.
MIS = {"timestamp": "stamp", "name": "name", "ptid": "id", "lbmp": "lmp_total", "marginalcostlosses": "lmp_loss",
       "marginalcostcongestion": "lmp_congestion"}
RTC = {"rtcendtimestamp": "stamp", "zonename": "name", "zoneptid": "id", "rtczonallbmp": "lmp_total", "rtczonallosses": "lmp_loss",
       "rtczonalcongestion": "lmp_congestion", "rtczonalpriceversion": "version"}
DAM = {"easterndatehour": "stamp", "easterndatehourtimezone": "zone", "zonename": "name", "zoneptid": "id", "damzonallbmp": "lmp_total",
       "damzonallosses": "lmp_loss", "damzonalcongestion": "lmp_congestion", "damzonalpriceversion": "version"}
RESERVES = {"timestamp": "stamp", "timezone": "zone", "name": "name"}
LAYOUTS = [(MIS, None), (RTC, "rtc_energy_15min"), (DAM, "da_energy_hourly")]
PRICES = ["lmp_total", "lmp_loss", "lmp_congestion"]
NO_HEADER = list(MIS)
NAMES = {"damlbmp": "da_energy_hourly", "rtlbmp": "rt_energy_hourly", "realtime": "rt_energy_5min", "rtc": "rtc_energy_15min",
         "damasp": "da_ancillary_hourly", "rtasp": "rt_ancillary_5min"}
REGIONS = {"east", "west", "seny"}
QUARTER_S, HOUR_S = 900, 3600


class Layout:
    """What the columns are: 'column' by role, 'cells' the prices: (column, value, product, region, unit)."""

    def __init__(self, names, roles, dataset=None):
        self.names, self.dataset = names, dataset
        self.column = {roles[bare(name)]: i for i, name in reversed(list(enumerate(names))) if bare(name) in roles}
        self.cells = [(self.column[p], p, None, None, None) for p in PRICES if p in self.column]
        self.reserves = False

    @property
    def weight(self):
        """Partial rows of a line."""
        return len(self.cells) if self.reserves else 1


def bare(name):
    return name.split("(")[0]


def product_of(header):
    """(product, region, unit) of a column of reserves: 'East 10 Min Spinning Reserve ($/MWHr' is of the east; None: is none."""
    text, _, unit = trim(header).partition("(")
    words = text.split(None, 1)
    region = words[0] if len(words) == 2 and words[0].lower() in REGIONS else None
    product = trim(words[1] if region else text)
    if fold(product) not in {fold(name) for name in PRODUCTS}:
        return None
    return product, region, trim(unit.split(")")[0]) or None


def reserves_layout(texts, names):
    layout = Layout(names, RESERVES)
    layout.reserves = True
    found = [(i, product_of(text)) for i, text in enumerate(texts)]
    layout.cells = [(i, "market_clearing_price", *what) for i, what in found if what]
    if "stamp" not in layout.column or not layout.cells:
        return None
    told = [cell[2:4] for cell in layout.cells]
    if len(set(told)) != len(told):
        raise Failed("two columns of one name")
    return layout


def layout_of(texts):
    names = [fold(text) for text in texts]
    have = {bare(name) for name in names}
    for roles, dataset in LAYOUTS:
        if {"stamp", "name", "lmp_total"} <= {role for name, role in roles.items() if name in have}:
            return Layout(names, roles, dataset)
    return reserves_layout(texts, names)


def find(entry, lines, assumed=None):
    at = next((i for i, record in enumerate(lines) if not is_blank(record)), None)
    if at is None or lines[at][3] is None:
        return None
    texts = [f.decode("utf-8", "replace") for f in lines[at][3]]
    layout = layout_of(texts)
    assumed = assumed.split("/")[1] if assumed and assumed.startswith("nyiso/") else None
    if layout is None and assumed in NAMES.values() and assumed not in RESERVES and len(texts) == len(NO_HEADER):
        at, layout = None, Layout(NO_HEADER, MIS)
    if layout is None:
        return None
    entry.iso = "NYISO"
    found = seen_lines(entry, lines, at, layout)
    name = layout.dataset or dataset_of(layout, [line.civil for line in found if line.civil is not None], entry, assumed)
    entry.datasets = [name]
    resolve([line for line in found if line.civil is not None and line.utc is None], DATASETS[name].minutes == 60)
    return lambda source, asked: read(entry, source, found, layout, DATASETS[name], asked)


# ---- which market ----

def share_off(stamps, step):
    """Whether more than one in a hundred is off a grid."""
    return sum(s % step != 0 for s in stamps) * 100 > len(stamps)


def dataset_of(layout, stamps, entry, assumed):
    hourly = ["da_ancillary_hourly"] if layout.reserves else ["da_energy_hourly", "rt_energy_hourly"]
    five, quarterly = ("rt_ancillary_5min", []) if layout.reserves else ("rt_energy_5min", ["rtc_energy_15min"])
    if share_off(stamps, HOUR_S if layout.reserves else QUARTER_S):
        return five
    one = len(set(stamps)) < 2
    candidates = quarterly if share_off(stamps, HOUR_S) else hourly
    if one:
        candidates = [five] + quarterly + (hourly if candidates == hourly else [])
    if len(candidates) == 1:
        return candidates[0]
    if assumed in candidates:
        return assumed
    for part in reversed(entry.stored_name.split("!")):  # the file's name, then those of the archives around it
        told = {name for word, name in NAMES.items() if word in part.lower() and name in candidates}
        if len(told) == 1:
            return told.pop()
    raise Failed("ambiguous: neither stamps nor names tell which of " + ", ".join(candidates))


# ---- lines ----

class Line:
    """A data line: what stands there, and the instant its stamp means once the passes of repeated hours are counted."""

    def __init__(self, seq, record):
        self.seq, self.record, self.fields, self.problem = seq, record, None, None
        self.place = self.civil = self.utc = None
        self.blank = False


def seen_lines(entry, lines, at, layout):
    """The data lines; decoration goes to the account."""
    found = []
    entry.lines = len(lines)
    for seq, record in enumerate(lines):
        if is_blank(record):
            entry.blank_lines += 1
        elif seq == at or is_header(record, layout.names):
            entry.header_lines += 1
        else:
            found.append(look_at(Line(seq, record), layout))
    return found


def is_header(record, names):
    if record[3] is None or len(record[3]) < len(names):
        return False
    folded = [fold(f.decode("utf-8", "replace").removeprefix("\ufeff")) for f in record[3]]
    return folded[:len(names)] == names and not any(folded[len(names):])


STAMP_YEAR_FIRST = re.compile(r"(\d{4})/(\d{1,2})/(\d{1,2}) (.*)")


def look_at(line, layout):
    try:
        line.fields = plain_fields(line.record, len(layout.names))
        line.blank = all(is_null(line.fields[cell[0]]) for cell in layout.cells)
        text = line.fields[layout.column["stamp"]]
        m = STAMP_YEAR_FIRST.fullmatch(trim(text))
        civil, fraction, offset = stamp("{}-{}-{} {}".format(*m.groups()) if m else text)
        if fraction:
            raise Reject("grid")
        line.place = text_or_none(line.fields[layout.column["name"]]) if "name" in layout.column else None
        if line.place is None and not layout.reserves:
            raise Reject("key_missing")
        line.utc = civil - offset if offset is not None else by_zone(civil, line.fields, layout)
        line.civil = civil
    except Reject as reject:
        line.problem = str(reject)
    return line


def passes_of(civil):
    """The instants at which the wall clock shows a time: none, one or two."""
    naive = dt.datetime.fromtimestamp(civil, dt.timezone.utc).replace(tzinfo=None)
    found = {int(naive.replace(tzinfo=MARKET.zone, fold=fold_).timestamp()) for fold_ in (0, 1)}
    return sorted(utc for utc in found if MARKET.local_of(utc)[0] == civil)


def by_zone(civil, fields, layout):
    """The instant, where the hour stands once or a column tells EDT from EST; None in the hour that stands twice."""
    passes = passes_of(civil)
    if not passes:
        raise Reject("stamp")
    told = trim(fields[layout.column["zone"]]).upper() if "zone" in layout.column else ""
    if told in ("", "NULL"):
        return passes[0] if len(passes) == 1 else None
    offset = {"EDT": -4 * 3600, "EST": -5 * 3600}.get(told)
    meant = [utc for utc in passes if civil - utc == offset]
    if not meant:
        raise Reject("repeated")
    return meant[0]


def resolve(lines, hourly):
    """Rows of repeated hours by the order of lines of one place: two passes, else none of them is known (RULES 8)."""
    groups = {}
    for line in lines:
        groups.setdefault((line.place, line.civil // 86400), []).append(line)
    for group in groups.values():
        passes = [[]]
        for before, line in zip([None] + group, group):
            if before is not None and (line.civil < before.civil or hourly and line.civil == before.civil):
                passes.append([])
            passes[-1].append(line)
        for number_, members in enumerate(passes):
            for line in members:
                if len(passes) == 2:
                    line.utc = passes_of(line.civil)[number_]
                else:
                    line.problem = "unresolved"


# ---- rows ----

def read(entry, source, lines, layout, dataset, asked):
    """Blank lines first, then what is wrong with a line, in the order of its fields; then where its interval begins."""
    starts = starts_of(lines) if dataset.off_grid else {}
    looking_ahead = ahead_of(lines) if dataset.off_grid else set()
    out, off_grid = [], 0
    for line in lines:
        entry.data_lines += 1
        entry.partial_rows += layout.weight
        if line.blank:
            entry.counts["blank"] += layout.weight
            continue
        try:
            rows = rows_of(line, layout, dataset)
        except Reject as reject:
            off_grid += str(reject) == "grid"
            entry.counts["rejected"] += layout.weight
            entry.rejects.append((*line.record[:3], str(reject)))
            continue
        entry.counts["blank"] += layout.weight - len(rows)
        start = starts[line.place, line.utc] if dataset.off_grid else line.utc
        if dataset.name == "rtc_energy_15min":
            start -= QUARTER_S
        end = line.utc if dataset.name in ENDS else start + HOUR_S
        for texts, values in rows:
            if line.utc in looking_ahead or not asked(dataset, start, texts):
                entry.counts["outside"] += 1
            else:
                out.append(Part(dataset, start, texts, values, values.get("version"), source, line.seq, end))
    if off_grid * 100 > entry.data_lines:
        raise Failed("off the grid")
    return [(dataset, out)]


def rows_of(line, layout, dataset):
    """[(texts, values)] of a line."""
    if line.problem:
        raise Reject(line.problem)
    if not dataset.off_grid and line.utc % (dataset.minutes * 60):
        raise Reject("grid")
    if not layout.reserves:
        values = {cell[1]: number(line.fields[cell[0]]) for cell in layout.cells}
        if values.get("lmp_congestion") is not None:
            values["lmp_congestion"] = -values["lmp_congestion"] or 0.0  # published with the other sign
        values["version"] = whole(line.fields[layout.column["version"]]) if "version" in layout.column else None
        texts = {"name": line.place, "id": text_or_none(line.fields[layout.column["id"]]) if "id" in layout.column else None}
        return [(texts, values)]
    prices = [(cell, number(line.fields[cell[0]])) for cell in layout.cells]
    return [({"product": product, "region": region or line.place, "unit": unit}, {kind: value})
            for (_, kind, product, region, unit), value in prices if value is not None]


def stamps_by_place(lines):
    found = {}
    for line in lines:
        if line.utc is not None:
            found.setdefault(line.place, set()).add(line.utc)
    return found


def starts_of(lines):
    """{(place, end): start} by RULES 7."""
    starts = {}
    for place, ends in stamps_by_place(lines).items():
        ends = sorted(ends)
        for end in ends:
            midnight = MARKET.midnight(MARKET.local_of(end - 1)[0] // 86400)
            at = bisect.bisect_left(ends, end)
            before = ends[at - 1] if at and ends[at - 1] > midnight else None
            if before is None:
                starts[place, end] = midnight if end - midnight <= 600 else end - 300
            else:
                starts[place, end] = before if end - before < 600 else end - 300
    return starts


def ahead_of(lines):
    """The stamps at a file's end that stand 15 minutes apart on quarters: RTC looking ahead, none if it is only one."""
    ends = sorted(set().union(*stamps_by_place(lines).values()))
    run = []
    for end in reversed(ends):
        if end % QUARTER_S or run and run[-1] - end != QUARTER_S:
            break
        run.append(end)
    return set(run) if len(run) > 1 else set()
