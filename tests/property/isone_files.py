# SPDX-License-Identifier: MIT
"""Random reports of ISO-NE: hours and five minutes, reserves, revised, doubled, with bad lines, repeated hours told in any way."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "fixtures"))
import make_isone as make  # noqa: E402
from pjm_files import price_text  # noqa: E402

DAYS = ["2025-11-02", "2025-11-02", "2024-11-03", "2025-03-09", "2024-02-29", "2023-12-31", "2026-06-04", "2006-10-29"]
NAMES = ["UN.A", "UN.B    13.8", ".Z.MAINE", "LD.A & B", 'THE "QUOTED" ONE', "WITH, COMMA", "Ü", "a", "A", "A B", "4000"]
KINDS = ["da", "rt", "rt", "5min", "daas", "reserve"]


class Dialect:
    """How one report is spelled."""

    def __init__(self, rng):
        self.end = rng.choice(["\n", "\n", "\r\n"])
        self.newline = rng.random() < .5
        self.quotes = rng.choice(["texts"] * 4 + ["all", "none"])
        self.bare_hour = rng.random() < .5
        self.marks = rng.random() < .6
        self.surplus = rng.choice([0] * 6 + [2])
        self.blanks = rng.choice([0, 0, 0, .02])
        self.more_remarks = rng.choice([0, 0, 0, .02])
        self.style = rng.choice(["cents"] * 4 + ["few", "odd"])
        self.shuffled = rng.random() < .2
        self.bom = rng.random() < .05

    def field(self, text, number=False, bare=False):
        if any(c in text for c in ',"\n'):
            return '"%s"' % text.replace('"', '""')
        return text if self.quotes == "none" or (number or bare) and self.quotes != "all" else f'"{text}"'


def prices(rng, dialect, n):
    return [price_text(rng, dialect.style).strip() if rng.random() < .97 else rng.choice(["", "null", "0", "-0.0"]) for _ in range(n)]


class Row:
    """A line: its texts, then its numbers."""

    def __init__(self, hour, texts, numbers):
        self.hour, self.texts, self.numbers = hour, texts, numbers


def spoilt(rng, row, dialect):
    """A line that gives no row, or another one."""
    kind = rng.choice(["kind", "date", "hour", "number", "few", "many", "place", "blank", "utf8", "mark"])
    texts, numbers = list(row.texts), list(row.numbers)
    if kind == "kind":
        return ",".join([rng.choice(["X", "", "DD", "d"]), *texts, *numbers])
    if kind == "date":
        texts[0] = rng.choice(["", "null", "13/45/2025", "soon", "02/30/2025"])
    if kind == "hour":
        texts[row.hour] = rng.choice(["", "0", "25", "x", "03Y"])
    if kind == "mark" and row.hour:
        texts[row.hour] = rng.choice(["05X", "02*", "24X"])
    if kind == "number":
        numbers[rng.randrange(len(numbers))] = rng.choice(["x", "1e999", "1.2.3", "--"])
    if kind == "place":
        texts[row.hour + 1] = texts[-1] = ""
        texts[row.hour + 1:] = [""] * len(texts[row.hour + 1:])
    if kind == "blank":
        numbers = [""] * len(numbers)
    if kind == "few":
        numbers = numbers[:rng.randrange(len(numbers))]
    if kind == "many":
        numbers = numbers + ["1"]
    if kind == "utf8":
        texts[-1] = "\udcff"
    return Row(row.hour, texts, numbers)


def written(row, dialect):
    if isinstance(row, str):
        return row
    texts = [dialect.field(text, bare=row.hour == i and dialect.bare_hour) for i, text in enumerate(row.texts)]
    return ",".join([dialect.field("D"), *texts, *(dialect.field(n, number=True) for n in row.numbers)]) + "," * dialect.surplus


def report(rng, dialect, title, header, rows, day, name, to=None, made=None):
    if dialect.shuffled and rng.random() < .5:
        rows = rng.sample(rows, len(rows))
    lines, count = [], 0
    for row in rows:
        if rng.random() < dialect.blanks:
            lines.append(rng.choice(["", " "]))
        if rng.random() < dialect.more_remarks:
            lines.append(rng.choice(['"C","a remark"', "C,another", '"H","more names"']))
        lines.append(written(row, dialect))
        count += 1
        if count > 5 and rng.random() < .01:
            lines.append(written(spoilt(rng, row, dialect) if not isinstance(row, str) else row, dialect))
            count += 1
    told = count + rng.choice([0] * 12 + [1, -1])
    trailer = rng.choice([f'"T","{told} lines"'] * 6 + [f"T,{told} lines", f'"T","{told}"']) if rng.random() < .96 else None
    made = made or f"{rng.randrange(1, 13):02d}/{rng.randrange(1, 29):02d}/2026 {rng.randrange(24):02d}:00:00 {rng.choice(['EDT', 'EST'])}"
    content = make.report(title, header, lines, day if rng.random() < .95 or "Five-Minute Loc" in title else "", name if rng.random() < .8 else "",
                          made=made if rng.random() < .9 else "", trailer=False, end=dialect.end, to=to, raw=True)
    if trailer:
        content += dialect.end + trailer
    content += dialect.end if dialect.newline else ""
    return (b"\xef\xbb\xbf" if dialect.bom else b"") + content.encode("utf-8", "surrogateescape")


def hours_of(day, days, dialect):
    return [(f"{t:%m/%d/%Y}", make.hour_of(t, dialect.marks)) for t in make.instants(day, 60, days)]


def places_of(rng, most):
    names = rng.sample(NAMES, rng.randrange(1, most))
    return [(str(321 + n), name, rng.choice(["NETWORK NODE", "HUB", "LOAD ZONE", ""])) for n, name in enumerate(names)]


def hourly(rng, size, market):
    made, places = [], places_of(rng, 7)
    day = rng.choice(DAYS)
    for n in range(rng.choice([1, 1, 2, 3])):
        dialect, days = Dialect(rng), min(rng.choice([1, 1, 1, 3]), max(1, size // (24 * len(places))))
        first = make.day_of(day, n * rng.choice([0, 1]))
        rows = [Row(1, [*hour, *place], prices(rng, dialect, 4)) for hour in hours_of(first, days, dialect) for place in places]
        if rng.random() < .1:
            rows = [row for row in rows if rng.random() < .97]
        finality = rng.choice(["final", "prelim"])
        name = make.da_name(first) if market == "da" else make.rt_name(first, finality)
        title = make.DA_TITLE if market == "da" else make.RT_TITLE
        made.append((name, report(rng, dialect, title, make.HOURLY, rows, first, name, make.day_of(first, days - 1))))
    return made


def five_minutes(rng, size):
    made, places = [], places_of(rng, 4)
    day = rng.choice(DAYS)
    for first in rng.sample(range(0, 24, 4), rng.choice([1, 2, 6])):
        dialect = Dialect(rng)
        times = [t for t in make.instants(day, 5) if first <= t.hour < first + 4]
        rows = [Row(0, [f"{t:%H:%M:%S}", place[0]], prices(rng, dialect, 4)) for t in times for place in places]
        name = f"lmp_5min_{day.replace('-', '')}_{first:02d}-{first + 4:02d}.csv"
        if len(rows) <= size:
            made.append((name, report(rng, dialect, make.FIVE_TITLE, make.FIVE, rows, day, name)))
    return made


def reserves(rng, size, kind):
    day, dialect, days = rng.choice(DAYS), Dialect(rng), rng.choice([1, 1, 2])
    if kind == "daas":
        rows = [Row(1, [*hour, "7000"], prices(rng, dialect, 12)) for hour in hours_of(day, days, dialect)]
        content = report(rng, dialect, "Day-Ahead Hourly Reserves", make.DAAS, rows, day, "daasreservedata.csv", make.day_of(day, days - 1))
        return [("daasreservedata.csv", content)]
    rows = [Row(0, [f"{t:%m/%d/%Y %H:%M:%S}", *zone], prices(rng, dialect, 9)) for t in make.instants(day, 5, days)[:size // 4] for zone in make.ZONES[:2]]
    return [("fiveminreserveprice.csv", report(rng, dialect, "Five-Minute Reserve Zone Prices", make.RESERVE_5MIN, rows, day, "", make.day_of(day, days - 1)))]


def make_files(rng, size=2500):
    """Names and bytes of ISO-NE's files."""
    made = []
    for kind in rng.sample(KINDS, rng.choice([1, 1, 2, 3])):
        made += {"da": lambda: hourly(rng, size, "da"), "rt": lambda: hourly(rng, size, "rt"), "5min": lambda: five_minutes(rng, size),
                 "daas": lambda: reserves(rng, size, "daas"), "reserve": lambda: reserves(rng, size, "reserve")}[kind]()
    if rng.random() < .1:
        made.append(("lmp_rt_final_20260101.csv", rng.choice([b"No data exists for this period.", b"C,Other\nH,a,b\nH,c,d\nD,1,2\n"])))
    return made


