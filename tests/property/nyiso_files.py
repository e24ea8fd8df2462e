# SPDX-License-Identifier: MIT
"""Random files of NYISO: hours by the order of lines, runs off the grid, quarters, custom reports, reserves of three eras, months in zips."""
import datetime as dt
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "fixtures"))
import make_miso  # noqa: E402
import make_nyiso  # noqa: E402
import make_nyiso_reserves  # noqa: E402
from cases import packed  # noqa: E402
from miso_files import cell  # noqa: E402

DAYS = ["2024-03-10", "2024-11-03", "2025-11-02", "2006-04-02", "2006-10-29", "2001-10-28", "2023-12-31", "2016-06-22", "2024-02-29", "2019-07-04"]
PLACES = make_nyiso.ZONES + [("ZÜRICH № 1", 1), ("A, B", 2), ('THE "Q"', 3), ("a", 4), ("A", ""), ("A B", 6)]
KINDS = ["damlbmp", "rtlbmp", "realtime", "realtime", "realtime", "rtc", "custom_rtc", "custom_dam", "damasp", "rtasp", "rtasp"]
STYLE = make_miso.REAL_TIME
CUSTOM = {"custom_rtc": make_nyiso.CUSTOM_RTC.replace('"', ""), "custom_dam": make_nyiso.CUSTOM_DAM}


class Dialect:
    """How one file is spelled: 'columns' are names of the header, rows dictionaries."""

    def __init__(self, rng, header):
        self.rng, self.columns = rng, list(header)
        self.end = rng.choice(["\n", "\n", "\r\n"])
        self.bom, self.quotes = rng.random() < .1, rng.random() < .3
        self.surplus = rng.choice([0] * 7 + [2])
        self.repeat_header = rng.choice([0, 0, 0, .02])
        self.blank_lines = rng.choice([0, 0, 0, .02])
        self.last_newline = rng.random() < .85
        self.above = rng.choice([[], [], [], [""], ["", " "]])
        if rng.random() < .1:
            rng.shuffle(self.columns)

    def field(self, text):
        return '"%s"' % text.replace('"', '""') if self.quotes or any(c in text for c in ',"') else text

    def line(self, row):
        return ",".join(self.field(row[c]) for c in self.columns) + "," * self.surplus

    def text(self, rows):
        """The file; a row that is no dictionary is a line as it is."""
        header = ",".join(self.field(c) for c in self.columns)
        out = self.above + [header]
        for row in rows:
            if self.rng.random() < self.repeat_header:
                out.append(header)
            if self.rng.random() < self.blank_lines:
                out.append(self.rng.choice(["", " "]))
            out.append(row if isinstance(row, str) else self.line(row))
        text = self.end.join(out) + (self.end if self.last_newline else "")
        return (b"\xef\xbb\xbf" if self.bom and not self.above else b"") + text.encode("utf-8", "surrogateescape")


# ---- what a day has ----

def times_of(rng, kind, day):
    if kind in ("realtime", "rtasp"):
        more, late, gaps = rng.choice([(0, 0, 0), (0, 0, 0), (17, 2, 0), (5, 3, 9), (0, 0, 1), (60, 9, 30)])
        return make_nyiso.runs(day, more, late, gaps)
    if kind in ("rtc", "custom_rtc"):
        return make_nyiso.instants(day, 15, True)
    return make_nyiso.instants(day, 60)


def header_of(rng, kind):
    if kind in CUSTOM:
        return CUSTOM[kind].split(",")
    if kind in ("damasp", "rtasp"):
        return make_nyiso_reserves.ERAS[rng.choice(list(make_nyiso_reserves.ERAS))][kind == "rtasp"]
    return rng.choice([make_nyiso.LBMP, make_nyiso.LBMP, make_nyiso.CUT]).split(",")


def stamp_of(kind, t):
    if kind in CUSTOM:
        return f"{t:%Y/%m/%d %H:%M:%S}"
    return f"{t:%m/%d/%Y %H:%M:%S}" if kind in ("realtime", "rtc", "rtasp") else f"{t:%m/%d/%Y %H:%M}"


def rows_of(rng, kind, header, times, places):
    """By time, then place: {column: text}; which columns are prices is the second thing given."""
    prices = [c for c in header if any(word in c for word in ("LBMP", "Losses", "Congestion", "Reserve", "Regulation"))]
    found = []
    for t in times:
        for name, ptid in places if any("Name" in c for c in header) else [("", "")]:
            row = {c: "" for c in header}
            row[header[0]] = stamp_of(kind, t)
            for c in header[1:]:
                if "Time Zone" in c:
                    row[c] = t.tzname()
                elif c in ("Name", "Zone Name"):
                    row[c] = name
                elif "PTID" in c:
                    row[c] = str(ptid)
                elif "Version" in c:
                    row[c] = rng.choice(["1", "1", "2"])
                else:
                    row[c] = cell(rng, STYLE)
            found.append(row)
    return found, prices


def in_order(rng, kind, rows, header):
    """By time as published, by name, or so that the repeated hour cannot be told."""
    how = rng.choice(["published"] * 5 + ["name", "name", "missing"] + ["stamp", "backwards"] * (kind not in ("realtime", "rtasp")))
    name = next((c for c in header if c.endswith("Name")), header[0])
    if how == "name":
        return sorted(rows, key=lambda r: r[name])
    if how == "stamp":
        return sorted(rows, key=lambda r: r[header[0]])
    return rows[::-1] if how == "backwards" else [r for r in rows if rng.random() < .98] if how == "missing" else rows


def with_bad_rows(rng, rows, header, prices, dialect):
    """A line now and then that gives no row, for one reason."""
    share, out = rng.choice([0, 0, 0, .03]), []
    name = next((c for c in header if c.endswith("Name")), None)
    reserves = "asp" in dialect.kind
    for row in rows:
        if rng.random() >= share:
            out.append(row)
            continue
        good = dict(row, **{c: "1" for c in prices})
        once = " 01:" not in row[header[0]]  # else a line may have two faults, and either word is right
        kinds = [{rng.choice(prices): rng.choice(["x", "1.2.3", "nan", "1e999"]) if once else ""}, "few", "many", "utf8", {c: "" for c in prices},
                 {header[0]: rng.choice(["", "noon", "02/30/2024 01:00"])}]
        kinds += [{name: " "}] if name and not reserves else []
        bad = rng.choice(kinds)
        if isinstance(bad, dict):
            out.append(dict(good, **bad))
        elif bad == "few":
            out.append(",".join(["1"] * rng.randrange(2, len(header))))
        else:
            out.append(dialect.line(good) + (",surplus" if bad == "many" else ",\udcc3"))
    return out


# ---- files ----

def name_of(rng, kind, day):
    stem = {"damlbmp": "damlbmp_zone", "rtlbmp": "rtlbmp_gen", "realtime": "realtime_zone"}.get(kind, kind)
    return rng.choice([make_nyiso.named(day, stem)] * 4 + [f"{stem}{rng.randrange(99)}.csv", f"{rng.choice('abz')}{day[5:]}.csv"])


def day_file(rng, kind, header, day, rows, prices):
    dialect = Dialect(rng, header)
    dialect.kind = kind
    if rng.random() < .1 and kind == "realtime":  # the tail of a day that is under way
        dialect.last_newline = True
    return name_of(rng, kind, day), dialect.text(with_bad_rows(rng, in_order(rng, kind, rows, header), header, prices, dialect))


def said_again(rng, rows, prices):
    return [dict(row, **{c: cell(rng, STYLE) for c in prices if rng.random() < .1}) for row in rows if rng.random() < .95]


def looking_ahead(rng, day, times):
    """What is known at some hour, and quarters of the hours to come."""
    seen = times[:rng.randrange(3, len(times))]
    return seen + [t for t in make_nyiso.instants(day, 15, True) if t.timestamp() > seen[-1].timestamp()][:rng.choice([1, 2, 9])]


def kind_files(rng, kind, size):
    header = header_of(rng, kind)
    places = rng.sample(PLACES, rng.randrange(1, 5)) + [(f"UNIT___{i}", 23500 + i) for i in range(rng.choice([0, 0, 20]))]
    first, made = rng.choice(DAYS), []
    days = [make_nyiso.day_of(first, n) for n in range(-rng.choice([0, 0, 1]), rng.choice([1, 1, 2, 4]))]
    for day in days[:max(1, size // 1500 + 1)]:
        times = times_of(rng, kind, day)
        if kind in ("realtime", "rtasp") and rng.random() < .2:
            times = looking_ahead(rng, day, times)
        while len(times) * len(places) > size and len(times) > 30:
            times = times[len(times) // 2:] if rng.random() < .5 else times[:-(len(times) // 2)]
        rows, prices = rows_of(rng, kind, header, times, places)
        for again in range(rng.choice([1, 1, 1, 2])):
            made.append(day_file(rng, kind, header, day, said_again(rng, rows, prices) if again else rows, prices))
    if rng.random() < .4:
        stem = {"rtlbmp": "rtlbmp_gen", "damlbmp": "damlbmp_zone"}.get(kind, kind)
        distinct = list({name: content for name, content in made}.items())
        return [(make_nyiso.month_zip(first, stem), packed(distinct, pipe=rng.random() < .7))] + [f for f in made if f not in distinct]
    return made


def make_files(rng, size=2500):
    """Names and bytes of NYISO's files."""
    made = []
    for kind in rng.sample(KINDS, rng.choice([1, 1, 2, 3])):
        made += kind_files(rng, kind, size)
    if rng.random() < .1:
        made.append((f"{rng.randrange(99)}damlbmp.csv", rng.choice([b"<html>404</html>", b"", b"Time Stamp,Name,PTID,Load\n"])))
    return made
