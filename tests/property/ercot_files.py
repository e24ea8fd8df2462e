# SPDX-License-Identifier: MIT
"""Random files of ERCOT: an interval a file by the names of its market system, zips of zips, yearly files and workbooks, flags, runs."""
import datetime as dt
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "fixtures"))
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "unit", "workbook"))
import make_ercot  # noqa: E402
import workbooks  # noqa: E402
from cases import packed  # noqa: E402
from pjm_files import price_text  # noqa: E402

DAYS = ["2024-03-10", "2024-11-03", "2025-11-02", "2023-12-31", "2024-02-29", "2010-12-01", "2006-04-02", "2006-10-29", "2019-07-04"]
POINTS = [("7RNCHSLR_ALL", "RN"), ("HB_HOUSTON", "HU"), ("LZ_AEN", "LZ"), ("LZ_AEN", "LZEW"), ("DC_E", "LZ_DC"), ("DC_E", "LZ_DCEW"),
          ("HB_BUSAVG", "SH"), ("ZÜRICH № 1", "PUN"), ("A, B", "RN"), ("a", "RN"), ("A", ""), ("A B", "PCCRN")]
PRODUCTS = ["REGDN", "REGUP", "RRS", "NSPIN", "ECRS", "NEWONE"]
FLAGS = ["DSTFlag", "DSTFlag    ", "RepeatedHourFlag", "Repeated Hour Flag", "RepeatHourFlag"]
SPELLED = {"Y": ["Y", "Y", "Y", "y", "true", "1"], "N": ["N", "N", "N", "n", "false", "0", ""]}
# report: (minutes, names of time columns, columns of what, price)
REPORTS = {
    "NP4-190": (60, "HourEnding", ["SettlementPoint"], "SettlementPointPrice"),
    "NP4-183": (60, "HourEnding", ["BusName"], "LMP"),
    "NP6-905": (15, "DeliveryHour", ["SettlementPointName", "SettlementPointType"], "SettlementPointPrice"),
    "NP4-188": (60, "HourEnding", ["AncillaryType"], "MCPC"),
    "NP6-331": (15, "DeliveryHour", ["ASType"], "MCPC"),
    "NP6-788": (5, None, ["SettlementPoint"], "LMP"),
    "NP6-787": (5, None, ["ElectricalBus"], "LMP"),
    "NP6-332": (5, None, ["ASType"], "MCPC"),
}
SERVICES = {"NP4-188", "NP6-331", "NP6-332"}
NUMBERS = {"NP4-190": (12331, "DAMSPNP4190"), "NP4-183": (12328, "DAMHRLMPNP4183"), "NP4-188": (12329, "DAMCPCNP4188"),
           "NP6-905": (12301, "SPPHLZNP6905"), "NP6-331": (24898, "RTASMCPCNP6331"), "NP6-788": (12300, "LMPSROSNODENP6788"),
           "NP6-787": (11485, "LMPSELECTRICALBUSNP6787"), "NP6-332": (24891, "RTASMCPCNP6332")}
KINDS = list(REPORTS) + ["NP6-905"] * 3 + ["NP6-788", "NP4-181", "NP4-181", "NP4-180", "NP6-785"]


class Dialect:
    """How one file is spelled."""

    def __init__(self, rng, report):
        self.rng, self.report = rng, report
        minutes, hour, what, price = REPORTS[report]
        time = ["DeliveryDate", hour] + ["DeliveryInterval"] * (minutes == 15) if hour else ["SCEDTimestamp"]
        self.flag = rng.choice(FLAGS)
        self.columns = time + what + [price, self.flag] if hour else time + [self.flag] + what + [price]
        self.spaced = rng.random() < .2
        if rng.random() < .15:
            rng.shuffle(self.columns)
        self.end = rng.choice(["\n", "\n", "\r\n"])
        self.bom, self.quotes = rng.random() < .1, rng.random() < .1
        self.surplus = rng.choice([0] * 6 + [2])
        self.repeat_header = rng.choice([0, 0, 0, .02])
        self.blank_lines = rng.choice([0, 0, 0, .02])
        self.last_newline = rng.random() < .85
        self.padding = rng.choice(["", "", " ", "       "])
        self.plain_hours = rng.random() < .2
        self.years_first = rng.random() < .1

    def header(self):
        names = ["".join(" " * (c.isupper() and at > 0 and name[at - 1].islower()) + c for at, c in enumerate(name)) if self.spaced else name
                 for name in self.columns]
        return ",".join(names) + "," * self.surplus

    def date(self, t):
        return f"{t:%Y-%m-%d}" if self.years_first else f"{t:%m/%d/%Y}"

    def row(self, t, what, price):
        minutes, hour, names, price_name = REPORTS[self.report]
        row = dict(zip(names, what))
        row[self.flag] = self.rng.choice(SPELLED["Y" if t.fold else "N"])
        row[price_name] = self.padding + price
        if hour is None:
            row["SCEDTimestamp"] = self.date(t) + f" {t:%H:%M:%S}"
            return row
        row["DeliveryDate"] = self.date(t)
        row[hour] = f"{t.hour + 1:02d}:00" if hour == "HourEnding" and not self.plain_hours else str(t.hour + 1)
        row["DeliveryInterval"] = str(t.minute // 15 + 1)
        return row

    def field(self, text):
        return '"%s"' % text.replace('"', '""') if self.quotes or any(c in text for c in ',"') else text

    def line(self, row):
        return ",".join(self.field(row[c]) for c in self.columns) + "," * self.surplus

    def text(self, rows):
        """The file; a row that is no dictionary is a line as it is."""
        header = self.header()
        out = [header]
        for row in rows:
            if self.rng.random() < self.repeat_header:
                out.append(header)
            if self.rng.random() < self.blank_lines:
                out.append(self.rng.choice(["", " "]))
            out.append(row if isinstance(row, str) else self.line(row))
        text = self.end.join(out) + (self.end if self.last_newline else "")
        return (b"\xef\xbb\xbf" if self.bom else b"") + text.encode("utf-8", "surrogateescape")


# ---- rows ----

def times_of(rng, report):
    day, days = rng.choice(DAYS), rng.choice([1, 1, 2, 6])
    minutes, hour = REPORTS[report][:2]
    if hour is None:
        return list(make_ercot.run_starts(day, 1))
    return make_ercot.starts(day, days, minutes)


def things_of(rng, report):
    if report in SERVICES:
        return [(p,) for p in rng.sample(PRODUCTS, rng.randrange(1, 6))]
    width = len(REPORTS[report][2])
    found = [point[:width] for point in rng.sample(POINTS, rng.randrange(1, 8))] + [(f"NODE_{i}", "RN")[:width] for i in range(rng.choice([0, 0, 30]))]
    return list(dict.fromkeys(found))


def truth(rng, report, size):
    """[(time, what, price)]: by time, then what, as published, or otherwise."""
    times, things = times_of(rng, report), things_of(rng, report)
    while len(times) * len(things) > size and len(times) > 3:
        times = times[len(times) // 2:] if rng.random() < .5 else times[:-(len(times) // 2)]
    style = rng.choice(["cents", "cents", "few", "odd"])
    return [(t, what, price_text(rng, style).strip()) for t in times for what in things]


def said_again(rng, rows):
    return [(t, what, price_text(rng, "few").strip() if rng.random() < .1 else price) for t, what, price in rows if rng.random() < .9]


def bad_row(rng, dialect, row):
    """A line that gives no row for one reason."""
    minutes, hour, names, price = REPORTS[dialect.report]
    kinds = [{price: rng.choice(["x", "1.2.3", "nan", "1e999"])}, {dialect.flag: "Q"}, {names[0]: " "}, "few", "many", "utf8"]
    if hour:
        kinds += [{hour: rng.choice(["25", "0", "", "noon"])}, {"DeliveryDate": rng.choice(["02/30/2024", "", "x"])},
                  {"DeliveryDate": "03/10/2024", hour: "3"}, {"DeliveryDate": "07/10/2024", dialect.flag: "Y"}]
        kinds += [{"DeliveryInterval": rng.choice(["5", "0", "x", ""])}] * (minutes == 15)
    else:
        kinds += [{"SCEDTimestamp": rng.choice(["", "07/01/2024", "03/10/2024 02:30:00", "2024-07-01T00:01:00.5"]), dialect.flag: "N"},
                  {"SCEDTimestamp": "07/01/2024 10:00:00", dialect.flag: "Y"}]
    bad = rng.choice(kinds)
    good = dict(row, **{price: "1", dialect.flag: row[dialect.flag]})
    if isinstance(bad, dict):
        return dict(good, **bad)
    if bad == "few":
        return ",".join(["1"] * rng.randrange(2, len(dialect.columns)))
    return dialect.line(good) + (",surplus" if bad == "many" else ",\udcc3")


def rows_as_said(rng, dialect, rows):
    out, share = [], rng.choice([0, 0, 0, .03])
    price = REPORTS[dialect.report][3]
    for t, what, value in rows:
        row = dialect.row(t, what, value)
        if out and rng.random() < .01:
            row[price] = rng.choice(["", "null", " "])
        out.append(row)
        if rng.random() < share:
            out.append(bad_row(rng, dialect, row))
    return out


def in_order(rng, rows):
    how = rng.choice(["published", "published", "published", "shuffle", "what", "backwards"])
    if how == "shuffle":
        return rng.sample(rows, len(rows))
    return sorted(rows, key=lambda r: r[1]) if how == "what" else rows[::-1] if how == "backwards" else rows


# ---- files ----

def published_after(rng, t):
    return (t + dt.timedelta(minutes=rng.choice([1, 15, 20, 800]), seconds=rng.randrange(60), milliseconds=rng.randrange(1000))).replace(tzinfo=None)


def member_name(rng, report, when):
    number, word = NUMBERS[report]
    stamp = f"{when:%Y%m%d.%H%M%S}" + rng.choice(["", f"{when.microsecond // 1000:03d}"])
    return rng.choice([f"cdr.{number:08d}.0000000000000000.{stamp}.{word}.csv"] * 4 + [f"{word}_{rng.randrange(99)}.csv", f"dam_{when:%m-%d-%y}.csv"])


def in_zips(rng, report, made):
    """Some of the files in archives of their own, named by the document; several of those in one more."""
    out, inner = [], []
    for name, content, when in made:
        if rng.random() < .5:
            document = f"{NUMBERS[report][0]:08d}_{when:%Y%m%d_%H%M%S}{when.microsecond // 1000:03d}_{rng.randrange(10**8, 10**9)}.zip"
            some = [(name, content)] + ([(name.replace(".csv", ".xml"), b"<?xml version='1.0'?><a/>")] if rng.random() < .05 else [])
            inner.append((document, packed(some, pipe=rng.random() < .8)))
        else:
            out.append((name, content))
    if rng.random() < .5 and inner:
        cut = rng.randrange(len(inner) + 1)
        inner = inner[cut:] + ([(f"{report}_{rng.randrange(999)}.zip", packed(inner[:cut]))] if cut else [])
    return out + inner


def report_files(rng, report, size):
    rows = truth(rng, report, size)
    one_each = REPORTS[report][0] != 60 and rng.random() < .7 or rng.random() < .2
    made = []
    for again in range(rng.choice([1, 1, 2])):
        said = said_again(rng, rows) if again else rows
        groups = [said]
        if one_each:
            by_time = {}
            for row in said:
                by_time.setdefault(row[0].timestamp(), []).append(row)
            groups = list(by_time.values())[:150]
        dialect = Dialect(rng, report)
        for group in groups:
            if not group:
                continue
            if rng.random() < .1:
                dialect = Dialect(rng, report)
            when = published_after(rng, group[-1][0])
            made.append((member_name(rng, report, when), dialect.text(rows_as_said(rng, dialect, in_order(rng, group))), when))
    return in_zips(rng, report, made)


def yearly_files(rng, kind, size):
    """Columns of products, and points of hubs and zones, as text or as a workbook with a sheet a month."""
    minutes = 15 if kind == "NP6-785" else 60
    day, days = rng.choice(DAYS), rng.choice([1, 2, 5])
    times = make_ercot.starts(day, days, minutes)[:max(4, size // 4)]
    if kind == "NP4-181":
        products = rng.choice([["REGDN", "REGUP ", "RRS", "NSPIN"], ["REGDN", "REGUP ", "RRS", "NSPIN", "ECRS"]])
        header = ["Delivery Date", "Hour Ending", "Repeated Hour Flag"] + products
        rows = [[f"{t:%m/%d/%Y}", f"{t.hour + 1:02d}:00", make_ercot.flag(t)] +
                [rng.choice(["", price_text(rng, "cents").strip(), price_text(rng, "cents").strip()]) for _ in products] for t in times]
    else:
        points = rng.sample(POINTS[:8], rng.randrange(1, 4))
        header = make_ercot.HEADERS[kind].split(",")
        rows = []
        for what in points:
            for t in times:
                time = [f"{t:%m/%d/%Y}"] + ([f"{t.hour + 1:02d}:00"] if minutes == 60 else [str(t.hour + 1), str(t.minute // 15 + 1)])
                rows.append(time + [make_ercot.flag(t)] + list(what[:len(header) - len(time) - 2]) + [price_text(rng, "cents").strip()])
    name = {"NP4-181": "DAMASMCPC", "NP4-180": "DAMLZHBSPP", "NP6-785": "RTMLZHBSPP"}[kind] + f"_{day[:4]}"
    if rng.random() < .5 or kind == "NP4-181":
        return [(name + ".csv", "".join(",".join(row) + "\r\n" for row in [header] + rows).encode())]
    cut = rng.randrange(len(rows) + 1)
    sheets = [("Jan", [header] + rows[:cut]), ("Feb", [header] + rows[cut:]), ("Mar", rng.choice([[], [header]]))]
    cells = [(title, [(n, {c: workbooks.number(text) if c == len(header) and n > 1 else workbooks.shared(text)
                           for c, text in enumerate(row, 1)}) for n, row in enumerate(lines, 1)]) for title, lines in sheets]
    return [(rng.choice([name, f"rpt.00013060.0000000000000000.{name}"]) + ".xlsx", workbooks.Book(cells).packed())]


def make_files(rng, size=2500):
    """Names and bytes of ERCOT's files."""
    made = []
    for kind in rng.sample(KINDS, rng.choice([1, 1, 2, 3])):
        made += report_files(rng, kind, size) if kind in REPORTS else yearly_files(rng, kind, size)
    if rng.random() < .1:
        made.append((f"{rng.randrange(99)}.csv", rng.choice([b"SCEDTimeStamp,RepeatedHourFlag,SystemLambda\n12/01/2010 01:10:23,N,22.10\n", b"",
                                                             b"<html>404</html>"])))
    return made
