# SPDX-License-Identifier: MIT
"""Random files of SPP: intervals, days and months of the same prices, repriced ones, other column orders, bad lines."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "fixtures"))
import make_spp  # noqa: E402
from pjm_files import price_text  # noqa: E402

DAYS = ["2026-03-08", "2025-11-02", "2014-03-09", "2014-11-02", "2025-12-31", "2024-02-29", "2025-06-30", "2019-07-04"]
OPTIONAL = {"Interval", "Pnode", "BAA", "PNODE Name"}
NAMES = ["AEC", "SPPNORTH_HUB", "ZÜRICH № 1", "NODE, WITH COMMA", 'THE "QUOTED" ONE', "a", "A", "A B", "ÿ last", "N.1"]
LAYOUTS = ["da_sl", "da_sl_baa", "da_sl_capitals", "rt_sl", "rt_sl_baa", "rt_daily", "rt_daily_baa", "da_bus", "rt_bus", "da_mcp", "da_mcp_first",
           "rt_mcp", "rt_mcp_first"]
PRICES = ["LMP", "MLC", "MCC", "MEC"]


class Dialect:
    """How one file is spelled."""

    def __init__(self, rng, layout):
        self.layout, self.end = layout, rng.choice(["\n", "\n", "\r\n"])
        self.bom, self.quotes = rng.random() < .1, rng.random() < .15
        self.surplus = rng.choice([0] * 6 + [2])
        self.repeat_header = rng.choice([0, 0, 0, .02])
        self.blank_lines = rng.choice([0, 0, 0, .02])
        self.last_newline = rng.random() < .85
        self.spelling = rng.choice(list(make_spp.SPELLINGS))
        self.clock = rng.choice(["spp", "start", "end"])
        self.header = make_spp.HEADERS[layout].split(",")
        if rng.random() < .2:
            keep = {"Pnode", "PNODE Name"} if "bus" in layout else set()
            self.header = [c for c in self.header if c.strip() not in OPTIONAL - keep or rng.random() < .6]
        if rng.random() < .2:
            rng.shuffle(self.header)

    def line(self, row):
        row = dict(row, interval=make_spp.SPELLINGS[self.spelling](make_spp.local(row["end"], make_spp.minutes(self.layout), self.clock)),
                   gmtintervalend=make_spp.SPELLINGS[self.spelling](row["end"]))
        row.update(row.get("spoilt", {}))
        row["gmtinterval"] = row["gmtintervalend"]
        return ",".join(self.field(str(row[key_of(c)])) for c in self.header) + "," * self.surplus

    def field(self, text):
        quoted = self.quotes or any(c in text for c in ',\n"')
        return '"%s"' % text.replace('"', '""') if quoted else text

    def text(self, rng, rows):
        """The file; a row that is no dictionary is a line as it is."""
        header = ",".join(self.header)
        out = [header]
        for row in rows:
            if rng.random() < self.repeat_header:
                out.append(header)
            if rng.random() < self.blank_lines:
                out.append(rng.choice(["", " "]))
            out.append(row if isinstance(row, str) else self.line(row))
        text = self.end.join(out) + (self.end if self.last_newline or not rows else "")
        return (b"\xef\xbb\xbf" if self.bom else b"") + text.encode("utf-8", "surrogateescape")


def key_of(column):
    key = column.strip().replace(" ", "").replace("_", "").lower()
    return {"settlementlocationname": "settlementlocation", "pnodename": "pnode"}.get(key, key)


# ---- rows ----

def truth(rng, layout, size):
    """[{folded column: text}] in order of time; 'end' is the instant."""
    ends = make_spp.ends(rng.choice(DAYS), rng.choice([1, 1, 2]), make_spp.minutes(layout))
    if "mcp" in layout:
        places = rng.sample(make_spp.ZONES, rng.randrange(1, 6))
    else:
        places = [(name, rng.choice(["P", name, "Q 1"]), rng.choice(["SPP", "SWPW"])) for name in rng.sample(NAMES, rng.randrange(1, 7))]
        places += [(f"NODE_{i}", f"N{i // 2}", "SPP") for i in range(rng.choice([0, 0, 0, 40]))]
    while len(ends) * len(places) > size and len(ends) > 3:
        ends = ends[len(ends) // 2:] if rng.random() < .5 else ends[:-(len(ends) // 2)]
    style, rows = rng.choice(["published"] * 3 + ["few", "odd"]), []
    products = [key_of(c) for c in make_spp.HEADERS[layout].split(",")[3:] if c != "BAA"]
    for end in ends:
        for place in places:
            row = {"end": end, "baa": place[-1]}
            if "mcp" in layout:
                row["reservezone"] = place[0]
                row.update((p, f"{rng.randint(0, 300000) / 10000:.4f}" if style == "published" else price_text(rng, style)) for p in products)
            else:
                row.update(settlementlocation=place[0], pnode=place[0] if "bus" in layout else place[1])
                known = make_spp.prices(end, place[0]).split(",") if style == "published" else [price_text(rng, style) for _ in PRICES]
                row.update(zip(map(str.lower, PRICES), known))
            rows.append(row)
    return rows


def columns_of_numbers(layout):
    return [key_of(c) for c in make_spp.HEADERS[layout].split(",") if key_of(c) not in
            ("interval", "gmtintervalend", "gmtinterval", "baa", "settlementlocation", "pnode", "reservezone")]


def with_bad_rows(rng, rows, dialect):
    out, seen, grid_left = [], set(), len(rows) // 130
    for row in rows:
        out.append(row)
        seen.add(row["end"])
        if len(seen) < 2 or rng.random() > .03:  # what tells the step stands above
            continue
        number = columns_of_numbers(dialect.layout)[-1]
        kinds = [{number: "x"}, {number: "1e999"}, {"gmtintervalend": rng.choice(["", "null", "yesterday", "2/30/2024 1:00"])}, "few", "many", "utf8"]
        if "mcp" not in dialect.layout:
            kinds.append({"pnode": ""} if "bus" in dialect.layout else {"settlementlocation": " "})
        if grid_left > 0 and rng.random() < .2:
            grid_left -= 1
            kinds = [{"gmtintervalend": "07/04/2019 06:07:00"}]
        bad = rng.choice(kinds)
        if isinstance(bad, dict):
            out.append(dict(row, spoilt=bad))
        else:
            line = dialect.line(row)
            out.append(",".join(["1"] * rng.randrange(2, len(dialect.header))) if bad == "few" else
                       line + ",surplus" if bad == "many" else line + ",\udcc3")
    return out


def said_again(rng, layout, rows):
    """What a later file says: some rows, some of them otherwise, some empty."""
    some = [dict(r) for r in rows if rng.random() < rng.choice([.3, 1])]
    for row in some:
        if rng.random() < .2:
            for column in columns_of_numbers(layout):
                row[column] = rng.choice(["", price_text(rng, "few").strip(), row[column]])
    return some


def parts_of(rng, layout, rows):
    how = rng.choice(["one", "one", "interval", "slices"])
    if how == "interval" and layout.startswith("rt"):
        groups = {}
        for row in rows:
            groups.setdefault(row["end"], []).append(row)
        return list(groups.values())[:30]
    if how == "slices" and len({r["end"] for r in rows}) > 4:
        n = rng.choice([2, 3])
        cuts = [len(rows) * i // n for i in range(n + 1)]
        return [rows[max(0, a - rng.choice([0, 0, 30])):b] for a, b in zip(cuts, cuts[1:])]
    return [rows]


def name_of(rng, layout):
    kind = {"da_sl": "DA-LMP-SL", "da_bus": "DA-LMP-B", "rt_sl": "RTBM-LMP-SL", "rt_dai": "RTBM-LMP-DAILY-SL", "rt_bus": "RTBM-LMP-B",
            "da_mcp": "DA-MCP", "rt_mcp": "RTBM-MCP"}[layout[:6].rstrip("_")]
    stem = f"{kind}-2025{rng.randrange(10, 13)}{rng.randrange(10, 29)}{rng.choice(['', '0100', '0005d'])}"
    if rng.random() < .15:
        stem = f"DAMKT-LMP-SL-20250101-R{rng.randrange(1, 4)}-RC4" if kind == "DA-LMP-SL" else f"{stem}-R1-x"
    return rng.choice(["", "", "", "2025/", "RePrice/", "x-R1-y/"]) + stem + ".csv"


def month_of(rng):
    """A month's file and its days: the numbers of one are those of the other, or not."""
    day, kind = rng.choice(DAYS[:6]), rng.choice(["da", "rt"])
    types = rng.choice([["LMP", "MCC", "MLC"], ["LMP", "MCC", "MLC", "MEC"], ["LMP"]])
    rows = make_spp.month_rows(kind, day, rng.choice([1, 2, 3]), types=types, date=rng.choice(["us", "iso"]), salt=rng.choice(["", "mean"]),
                               spring=rng.choice(["", "", "1.5"]))
    if rng.random() < .3:
        rng.shuffle(rows)
    made = [(f"{'DA' if kind == 'da' else 'RTBM'}-LMP-MONTHLY-SL-{day[:7].replace('-', '')}.csv", make_spp.month(rows))]
    if kind == "da" and rng.random() < .7:
        layout = rng.choice(["da_sl", "da_sl_baa"])
        made.append((name_of(rng, layout), make_spp.text(layout, make_spp.lines(layout, day))))
    return made


def make_files(rng, size):
    if rng.random() < .2:
        return month_of(rng)
    layout, made = rng.choice(LAYOUTS), []
    rows = truth(rng, layout, size)
    for report in [rows] + [said_again(rng, layout, rows) for _ in range(rng.choice([0, 0, 1, 2]))]:
        for some in parts_of(rng, layout, report):
            if not some:
                continue
            dialect, some = Dialect(rng, layout), [dict(r) for r in some]
            if rng.random() < .3:
                rng.shuffle(some)
            if rng.random() < .4:
                some = with_bad_rows(rng, some, dialect)
            made.append((name_of(rng, layout), dialect.text(rng, some)))
    return made
