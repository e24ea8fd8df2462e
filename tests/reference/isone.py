# SPDX-License-Identifier: MIT
"""ISO-NE's reports: lines that say what they are, hours and five minutes, reserves (RULES 3, 8, 11, 12, 14, 17 to 19, 21, 23)."""
import datetime as dt
import re

from containers import FINAL, PRELIM, UNMARKED, Failed, LeftOut
from records import is_blank
from tables import AS_KEY, Dataset, Market, Part
from values import EPOCH, EPOCH_DATE, Reject, fold, is_null, number, plain_fields, stamp, text_or_none, trim

PRODUCTS = {"Ten Minute Spinning Reserve": "SPIN", "Ten Minute Reserve": "NON_SPIN", "Total Thirty Reserve": "RESERVE_30", "FER Price": None,
            "Ten-Minute Spinning Reserve": "SPIN", "Ten-Minute Reserve": "NON_SPIN", "Total Reserve": "RESERVE_30"}
MARKET = Market("isone", "ISONE", "America/New_York", PRODUCTS)
DATASETS = {d.name: d for d in [
    Dataset(MARKET, "da_energy_hourly", "DA", 60, 672),
    Dataset(MARKET, "rt_energy_hourly", "RT", 60, 672),
    Dataset(MARKET, "rt_energy_5min", "RT", 5, 96),
    Dataset(MARKET, "da_ancillary_hourly", "DA", 60, 0, key=AS_KEY),
    Dataset(MARKET, "rt_reserve_5min", "RT", 5, 0, key=AS_KEY),
]}
PRICE, CLEARED, REQUIRED = "market_clearing_price", "cleared_quantity_mw", "requirement_mw"
PRICES = [(("Locational Marginal Price", "LMP"), "lmp_total"), (("Energy Component",), "lmp_energy"),
          (("Congestion Component",), "lmp_congestion"), (("Marginal Loss Component", "Loss Component"), "lmp_loss")]
# of a column of reserves: the product whose price it goes with, and what it is
DA_RESERVES = {
    "Ten Minute Spinning Reserve Requirement": ("Ten Minute Spinning Reserve", REQUIRED),
    "Total Ten Minute Reserve Requirement": ("Ten Minute Reserve", REQUIRED),
    "Total Thirty Minute Reserve Requirement": ("Total Thirty Reserve", REQUIRED),
    "Forecasted MW Requirement": ("FER Price", REQUIRED),
    "Ten Minute Spinning Reserve Clearing Price": ("Ten Minute Spinning Reserve", PRICE),
    "Ten Minute Reserve Clearing Price": ("Ten Minute Reserve", PRICE),
    "Total Thirty Reserve Clearing Price": ("Total Thirty Reserve", PRICE),
    "FER Price": ("FER Price", PRICE),
    "TMSR Designated MW": ("Ten Minute Spinning Reserve", CLEARED),
    "TMNSR Designated MW": ("Ten Minute Reserve", CLEARED),
    "TMOR Designated MW": ("Total Thirty Reserve", CLEARED),
    "EIR Designated MW": ("FER Price", CLEARED),
}
RT_RESERVES = {
    "Ten-Minute Spinning Requirement": ("Ten-Minute Spinning Reserve", REQUIRED),
    "Ten-Minute Requirement": ("Ten-Minute Reserve", REQUIRED),
    "Total Requirement": ("Total Reserve", REQUIRED),
    "Ten Minute Spinning Reserve Designated MW": ("Ten-Minute Spinning Reserve", CLEARED),
    "Ten Minute Non Spinning Reserve Designated MW": ("Ten-Minute Reserve", CLEARED),
    "Thirty Minute OperatingReserve Designated MW": ("Total Reserve", CLEARED),
    "Ten-Minute Spinning Reserve Clearing Price": ("Ten-Minute Spinning Reserve", PRICE),
    "Ten-Minute Reserve Clearing Price": ("Ten-Minute Reserve", PRICE),
    "Total Reserve Clearing Price": ("Total Reserve", PRICE),
}
TITLES = {"day-ahead energy market hourly lmp report": "da_energy_hourly", "real-time energy market hourly lmp report": "rt_energy_hourly",
          "real-time hourly": "rt_energy_hourly"}
NAMES = {"dalmp": "da_energy_hourly", "da_lmp": "da_energy_hourly", "lmp_rt": "rt_energy_hourly", "rt_lmp": "rt_energy_hourly",
         "hourlylmp": "rt_energy_hourly"}
KINDS = {"C", "H", "D", "T"}
MOST_ABOVE = 8


def kind_of(record):
    """Of a line above the rows: its first field, if that is one of the letters to the byte."""
    m = re.match(rb'(?:"([A-Z])"|([A-Z]))(?:,|$)', record[2].rstrip(b"\r\n"))
    return (m[1] or m[2]).decode() if m and record[3] is not None else None


class Head:
    """What stands above the rows."""

    def __init__(self, lines):
        self.at, self.above = None, []
        for at, record in enumerate(lines):
            if is_blank(record):
                continue
            kind = kind_of(record)
            if kind == "H" and self.above:
                self.at = at
                self.names = [f.decode("utf-8", "replace") for f in record[3]]
            if kind != "C" or len(self.above) == MOST_ABOVE:
                break
            self.above.append([f.decode("utf-8", "replace") for f in record[3]])

    def behind(self, text):
        """What follows a text in one of the lines, to the end of its field."""
        return next((field.split(text, 1)[1] for fields in self.above for field in fields if text in field), "").strip()

    @property
    def title(self):
        found = [name for fields in self.above for field in fields[:2] for title, name in TITLES.items()
                 if trim(field).lower().startswith(title)]
        return found[0] if found else None

    @property
    def published(self):
        m = re.match(r"(\d{2})/(\d{2})/(\d{4}) (\d{2}):(\d{2}):(\d{2})(?: ([A-Z])([A-Z])T)?(?: |$)", self.behind("Report generated: "))
        if not m:
            return 0
        month, day, year, *clock = (int(part) for part in m.groups()[:6])
        try:
            told = dt.datetime(year, month, day, *clock, tzinfo=dt.timezone.utc)
        except ValueError:
            return 0
        return int((told - EPOCH).total_seconds()) + (3600 if m[8] == "S" else 0)

    @property
    def day(self):
        """The delivery date of all rows; None where several are told, or none is."""
        days = re.findall(r"\d{1,2}/\d{1,2}/\d{4}", self.behind("Report for: "))[:2]
        try:
            found = {(dt.datetime.strptime(day, "%m/%d/%Y").date() - EPOCH_DATE).days for day in days}
        except ValueError:
            return None
        return found.pop() if len(found) == 1 else None

    @property
    def finality(self):
        told = [finality_of(",".join(fields)) for fields in self.above]
        return next((finality for finality in told if finality != UNMARKED), UNMARKED)


def finality_of(text):
    text = text.lower()
    return FINAL if "final" in text else PRELIM if "prelim" in text else UNMARKED


def named(text):
    """The datasets that words of a name mean."""
    return {dataset for word, dataset in NAMES.items() if word in text.lower()}


class Layout:
    """'cells' of a line: (product or None, [(column, value)]) of each of its rows."""

    def __init__(self, names):
        self.names = [fold(name) for name in names]
        self.dataset, self.cells, self.region = None, [], None
        self.name = self.id = self.type = self.date = self.hour = self.time = None

    def at(self, *names):
        found = [self.names.index(fold(name)) for name in names if fold(name) in self.names]
        return found[0] if found else None

    def products(self, columns):
        found = {}
        for name, (product, kind) in columns.items():
            if self.at(name) is not None:
                found.setdefault(product, []).append((self.at(name), kind))
        self.cells = sorted(found.items(), key=lambda item: min(at for at, _ in item[1]))


def layout_of(head):
    layout = Layout(head.names)
    if any(layout.names.count(name) > 1 for name in layout.names if name):
        raise Failed("two columns of one name")
    prices = [(layout.at(*names), kind) for names, kind in PRICES]
    date, hour = layout.at("Date", "Local Date"), layout.at("Hour Ending", "Local Time")
    layout.id, layout.name, layout.type = layout.at("Location ID"), layout.at("Location Name", "Location"), layout.at("Location Type")
    if all(at is not None for at, _ in prices):
        layout.cells = [(None, prices)]
        if date is not None and hour is not None:
            layout.date, layout.hour = date, hour
            return layout
        if layout.at("Local Time") is not None and layout.at("Date", "Local Date", "Hour Ending") is None:
            layout.time, layout.dataset = layout.at("Local Time"), "rt_energy_5min"
            return layout
    for columns, name in ((DA_RESERVES, "da_ancillary_hourly"), (RT_RESERVES, "rt_reserve_5min")):
        if all(layout.at(header) is not None for header in columns if header.endswith("Clearing Price")):
            layout.products(columns)
            layout.dataset, layout.region = name, layout.at("Location ID", "Reserve Zone ID")
            layout.date, layout.hour = layout.at("Local Date", "Date"), layout.at("Hour Ending")
            layout.time = layout.at("Local Time") if name == "rt_reserve_5min" else None
            return layout
    return None


def find(entry, lines, assumed=None):
    head = Head(lines)
    if head.at is None:
        return None
    layout = layout_of(head)
    if layout is None:
        raise LeftOut("a report with other columns")
    entry.iso = "ISONE"
    if layout.dataset is None:
        layout.dataset = head.title or dataset_by_name(head, entry)
    entry.datasets = [layout.dataset]
    entry.published = head.published
    entry.finality = head.finality if head.finality != UNMARKED else finality_of(entry.base)
    return lambda source, asked: read(entry, source, lines, head, layout, asked)


def dataset_by_name(head, entry):
    for name in [head.behind("Filename: ")] + entry.stored_name.split("!")[::-1]:
        told = named(name)
        if len(told) == 1:
            return told.pop()
    raise Failed("ambiguous: day-ahead or real-time")


# ---- lines ----

class Line:
    def __init__(self, seq, record):
        self.seq, self.record = seq, record
        self.fields = self.problem = self.place = self.civil = self.utc = None
        self.blank = self.marked = False


def passes_of(civil):
    """The instants at which the wall clock shows a time: none, one or two."""
    naive = dt.datetime.fromtimestamp(civil, dt.timezone.utc).replace(tzinfo=None)
    found = {int(naive.replace(tzinfo=MARKET.zone, fold=fold_).timestamp()) for fold_ in (0, 1)}
    return sorted(utc for utc in found if MARKET.local_of(utc)[0] == civil)


def date_of(text):
    if is_null(text):
        raise Reject("stamp_missing")
    m = re.fullmatch(r"(\d{1,2})/(\d{1,2})/(\d{4})", trim(text))
    try:
        return (dt.date(int(m[3]), int(m[1]), int(m[2])) - EPOCH_DATE).days
    except (TypeError, ValueError):
        raise Reject("stamp") from None


def told_of(fields, layout, day):
    """(wall clock of the interval's start, whether it is marked as the second pass, instant where an offset tells it)"""
    if layout.time is None:
        date = date_of(fields[layout.date])
        if is_null(fields[layout.hour]):
            raise Reject("stamp_missing")
        m = re.fullmatch(r"(\d{1,2})(?::00|([Xx*]))?", trim(fields[layout.hour]))
        if not m or not 1 <= int(m[1]) <= 24:
            raise Reject("stamp")
        return date * 86400 + (int(m[1]) - 1) * 3600, bool(m[2]), None
    text = trim(fields[layout.time])
    if day is not None and re.fullmatch(r"\d{1,2}:\d{2}(:\d{2})?", text):
        civil, fraction, offset = stamp("1970-01-01 " + text)
        civil += day * 86400
    else:
        civil, fraction, offset = stamp(text)
    if fraction:
        raise Reject("grid")
    return civil, False, None if offset is None else civil - offset


def look_at(line, layout, day, dataset):
    """What is wrong with a line, in the order in which it is looked at; its instant, but in a repeated hour that nothing marks."""
    try:
        if trim((line.record[3] or [b""])[0].decode("utf-8", "replace")) != "D" and line.record[4] is None:
            raise Reject("record_kind")
        line.fields = plain_fields(line.record, len(layout.names))
        columns = [at for _, cells in layout.cells for at, _ in cells]
        line.blank = all(is_null(line.fields[at]) for at in columns)
        if line.blank:
            return line
        line.civil, line.marked, line.utc = told_of(line.fields, layout, day)
        if line.utc is None:
            passes = passes_of(line.civil)
            if not passes:
                raise Reject("stamp")
            if line.marked and len(passes) == 1:
                raise Reject("repeated")
            if line.marked or len(passes) == 1:
                line.utc = passes[line.marked]
        if line.civil % (dataset.minutes * 60):
            raise Reject("grid")
        for at in columns:
            number(line.fields[at])
        line.place = place_of(line.fields, layout)
    except Reject as reject:
        line.problem = str(reject)
    return line


def place_of(fields, layout):
    texts = {kind: text_or_none(fields[at]) if at is not None else None
             for kind, at in (("name", layout.name), ("id", layout.id), ("type", layout.type), ("region", layout.region))}
    if layout.region is not None:
        return (("region", texts["region"]),)
    name = texts["id"] if layout.name is None else texts["name"]  # the id where nothing else is published
    if name is None:
        raise Reject("key_missing")
    return (("name", name), ("id", texts["id"]), ("type", texts["type"]))


def resolve(lines, hourly):
    """Rows of a repeated hour: the first pass where the file marks the second ones; else by order (RULES 8)."""
    waiting = [line for line in lines if line.problem is None and not line.blank and line.utc is None]
    if any(line.marked and line.problem is None and not line.blank for line in lines):
        for line in waiting:
            line.utc = passes_of(line.civil)[0]
        return
    groups = {}
    for line in waiting:
        groups.setdefault((line.place, line.civil // 86400), []).append(line)
    for group in groups.values():
        passes = [[]]
        for before, line in zip([None] + group, group):
            if before is not None and (line.civil < before.civil or hourly and line.civil == before.civil):
                passes.append([])
            passes[-1].append(line)
        for pass_, members in enumerate(passes):
            for line in members:
                if len(passes) == 2:
                    line.utc = passes_of(line.civil)[pass_]
                else:
                    line.problem = "unresolved"


def rows_told(record):
    """What a trailer says; nothing that is no number there."""
    m = re.match(r"\d{0,12}", trim(record[3][1].decode("utf-8", "replace"))) if len(record[3]) > 1 else None
    return int(m[0]) if m and m[0] else 0


def read(entry, source, lines, head, layout, asked):
    dataset, found, told = DATASETS[layout.dataset], [], []
    weight = len(layout.cells)
    entry.lines = len(lines)
    for seq, record in enumerate(lines):
        kind = trim(record[3][0].decode("utf-8", "replace")) if record[3] else None
        if is_blank(record):
            entry.blank_lines += 1
        elif kind in KINDS - {"D"}:
            entry.header_lines += 1
            told += [rows_told(record)] if kind == "T" and seq > head.at else []
        else:
            found.append(look_at(Line(seq, record), layout, head.day, dataset))
    entry.data_lines, entry.partial_rows = len(found), len(found) * weight
    if not told:
        raise Failed("no trailer")
    if sum(told) != len(found):
        raise Failed("another number of rows than the trailer says")
    if len(told) > 1 and layout.dataset == "rt_energy_5min":
        raise Failed("put together")
    resolve(found, dataset.minutes == 60)
    out, off_grid = [], 0
    for line in found:
        if line.blank:
            entry.counts["blank"] += weight
        elif line.problem:
            off_grid += line.problem == "grid"
            entry.counts["rejected"] += weight
            entry.rejects.append((*line.record[:3], line.problem))
        else:
            out += parts_of(entry, source, line, layout, dataset, asked)
    if off_grid * 100 > entry.data_lines:
        raise Failed("off the grid")
    return [(dataset, out)]


def parts_of(entry, source, line, layout, dataset, asked):
    out = []
    for product, cells in layout.cells:
        values = {kind: number(line.fields[at]) for at, kind in cells}
        texts = dict(line.place)
        if product is not None:
            texts["product"] = product
        if all(value is None for value in values.values()):
            entry.counts["blank"] += 1
        elif asked(dataset, line.utc, texts):
            out.append(Part(dataset, line.utc, texts, values, None, source, line.seq))
        else:
            entry.counts["outside"] += 1
    return out
