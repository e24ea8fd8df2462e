# SPDX-License-Identifier: MIT
"""Random files of CAISO: components in any order and any number of files, reports made again, bad lines, every layout."""
import datetime as dt
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "fixtures"))
import make_caiso  # noqa: E402
from pjm_files import price_text  # noqa: E402

DAYS = ["2024-03-10", "2024-11-03", "2025-03-09", "2018-11-04", "2023-12-31", "2024-02-29", "2024-06-30", "2009-04-01", "2019-07-04"]
NODES = ["0096WD_7_N001", "NP15SLAK_5_N001", "TH_SP15_GEN-APND", "DLAP_PGAE-APND", "ZÜRICH № 1", "NODE, WITH COMMA", 'THE "QUOTED" ONE',
         "a", "A", "A B", "ÿ last", "N.1"]
OPTIONAL = {"OPR_DT", "OPR_HR", "OPR_INTERVAL", "NODE_ID_XML", "NODE_ID", "XML_DATA_ITEM", "PNODE_RESMRID", "GRP_TYPE", "POS",
            "GROUP", "OPR_TYPE"}
LMP = ["PRC_LMP", "PRC_LMP", "PRC_RTPD_LMP", "PRC_INTVL_LMP", "PRC_INTVL_LMP_v1", "PRC_HASP_LMP", "PRC_HASP_LMP_hourly"]


class Dialect:
    """How one file is spelled."""

    def __init__(self, rng, header):
        self.end = rng.choice(["\n", "\n", "\r\n"])
        self.bom = rng.random() < .1
        self.quotes = rng.random() < .15
        self.surplus = rng.choice([0] * 6 + [2])
        self.repeat_header = rng.choice([0, 0, 0, .02])
        self.blank_lines = rng.choice([0, 0, 0, .02])
        self.last_newline = rng.random() < .85
        self.columns = header.split(",")
        if rng.random() < .2:
            self.columns = [c for c in self.columns if c not in OPTIONAL or rng.random() < .6]
        if rng.random() < .2:
            rng.shuffle(self.columns)

    def field(self, text):
        quoted = self.quotes or any(c in text for c in ',\n"')
        return '"%s"' % text.replace('"', '""') if quoted else text

    def line(self, row):
        return ",".join(self.field(row[c]) for c in self.columns) + "," * self.surplus

    def text(self, rng, rows):
        """The file; a row that is no dictionary is a line as it is."""
        header = ",".join(self.columns)
        out = [header]
        for row in rows:
            if rng.random() < self.repeat_header:
                out.append(header)
            if rng.random() < self.blank_lines:
                out.append(rng.choice(["", " "]))
            out.append(row if isinstance(row, str) else self.line(row))
        text = self.end.join(out) + (self.end if self.last_newline or not rows else "")
        return (b"\xef\xbb\xbf" if self.bom else b"") + text.encode("utf-8", "surrogateescape")


# ---- rows ----

def lmp_truth(rng, query, size):
    minutes, components = make_caiso.QUERIES[query][1], rng.choice([make_caiso.FOUR, make_caiso.FIVE, make_caiso.FIVE])
    times = make_caiso.instants(rng.choice(DAYS), rng.choice([1, 1, 2, 6]), minutes)
    nodes = rng.sample(NODES, rng.randrange(1, 7)) + [f"NODE_{i}_N001" for i in range(rng.choice([0, 0, 0, 40]))]
    while len(times) * len(nodes) * len(components) > size and len(times) > 3:
        times = times[len(times) // 2:] if rng.random() < .5 else times[:-(len(times) // 2)]
    style, salt, rows = rng.choice(["published"] * 3 + ["few", "odd"]), rng.random(), []
    for node in nodes:
        for t in times:
            known = make_caiso.prices_of(salt, node, t, components)
            for component in components:
                price = known[component] if style == "published" else price_text(rng, style).strip()
                rows.append(make_caiso.node_row(query, t, minutes, 1, node, component, price))
    if query == "PRC_HASP_LMP" and rng.random() < .3:  # both lengths in one report
        rows += lmp_truth(rng, "PRC_HASP_LMP_hourly", size // 2)
    return rows


def as_truth(rng, query, size):
    minutes = make_caiso.QUERIES[query][1]
    times = make_caiso.instants(rng.choice(DAYS), rng.choice([1, 1, 3]), minutes)
    places = [(r, k) for r in rng.sample(make_caiso.REGIONS, rng.randrange(1, 4)) for k in rng.sample(list(make_caiso.ANC), 3)]
    while len(times) * len(places) > size and len(times) > 3:
        times = times[:len(times) // 2]
    return [make_caiso.row_of(query, t, minutes, 1, price_text(rng, rng.choice(["few", "cents", "odd"])).strip(), OPR_TYPE="CLR_PRC", ANC_TYPE=kind,
                              ANC_REGION=region, XML_DATA_ITEM=make_caiso.ANC[kind]) for region, kind in places for t in times]


def bad_row(rng, row):
    """A copy of a row that gives none, or a line."""
    start = dt.datetime.fromisoformat(row["INTERVALSTARTTIME_GMT"][:19])
    end = dt.datetime.fromisoformat(row["INTERVALENDTIME_GMT"][:19])
    seconds = rng.choice([60, 61, 150])
    kinds = [dict(INTERVALENDTIME_GMT=make_caiso.stamp(end + dt.timedelta(minutes=rng.choice([7, -720, 1440])))),
             dict(MARKET_RUN_ID=rng.choice(["RUC", "", "dam"])), dict(INTERVALSTARTTIME_GMT=rng.choice(["", "null", "yesterday"])),
             dict(INTERVALENDTIME_GMT=rng.choice(["", "2024-02-30T00:00:00-00:00"])),
             dict(MW="x", PRC="x", VALUE="x"), dict(MW="1e999", PRC="1e999", VALUE="1e999"), "few", "many", "utf8"]
    if "LMP_TYPE" in row:
        kinds += [dict(LMP_TYPE=rng.choice(["MLC", "", "lmp"])), dict(NODE="", NODE_ID="")]
    else:
        kinds += [dict(ANC_TYPE="")]
    if rng.random() < .2:
        kinds = [dict(INTERVALSTARTTIME_GMT=make_caiso.stamp(start + dt.timedelta(seconds=seconds)),
                      INTERVALENDTIME_GMT=make_caiso.stamp(end + dt.timedelta(seconds=seconds)))]
    return rng.choice(kinds)


def with_bad_rows(rng, rows, dialect):
    out, grid_left = [], len(rows) // 130
    for i, row in enumerate(rows):
        out.append(row)
        if not i or rng.random() > .03:
            continue
        good = dict(row, MW="1", PRC="1", VALUE="1")
        bad = bad_row(rng, good)
        if isinstance(bad, dict):
            if "INTERVALENDTIME_GMT" in bad and "INTERVALSTARTTIME_GMT" in bad:
                grid_left -= 1
                if grid_left < 0:
                    continue
            out.append(dict(good, **bad))
        elif bad == "few":
            out.append(",".join(["1"] * rng.randrange(2, len(dialect.columns))))
        elif bad == "many":
            out.append(dialect.line(good) + ",surplus")
        else:
            out.append(dialect.line(good) + ",\udcc3")
    return out


def in_order(rng, rows):
    how = rng.choice(["published", "published", "shuffle", "time", "component", "backwards"])
    if how == "shuffle":
        rng.shuffle(rows)
    elif how == "time":
        rows.sort(key=lambda r: r["INTERVALSTARTTIME_GMT"])
    elif how == "component":
        rows.sort(key=lambda r: r["XML_DATA_ITEM"])
    elif how == "backwards":
        rows.reverse()
    elif rng.random() < .7:  # hours shuffled inside the block of a node and component
        rows.sort(key=lambda r: (r["OPR_DT"], r.get("NODE", ""), r["XML_DATA_ITEM"], rng.random()))
    return rows


# ---- files ----

def name_of(rng, query, part):
    first = f"{rng.choice([2023, 2024])}0{rng.randrange(1, 10)}0{rng.randrange(1, 10)}"
    made = f"202501{rng.randrange(10, 29)}_{rng.randrange(10, 24)}_{rng.randrange(10, 60)}_{rng.randrange(10, 60)}"
    made = rng.choice([made, made, "20250115_10_10_10", None])
    return rng.choice([make_caiso.name(query, first, first, made, rng.choice([1, 2, 3, 12]), part)] * 3 + [f"nodal_{query.lower()}_{rng.randrange(99)}.csv"])


def parts_of(rng, rows):
    """Slices of the rows, each a file: by component, hour, node, or just so, with overlaps."""
    how = rng.choice(["one", "one", "component", "hour", "node", "slices"])
    if how == "one":
        return [("", rows)]
    if how == "slices":
        n = rng.choice([2, 3, 5])
        cuts = [len(rows) * i // n for i in range(n + 1)]
        return [("", rows[max(0, a - rng.choice([0, 0, 30])):b]) for a, b in zip(cuts, cuts[1:])]
    of = {"component": lambda r: r.get("LMP_TYPE", r.get("ANC_TYPE")), "hour": lambda r: r["INTERVALSTARTTIME_GMT"][:13],
          "node": lambda r: r.get("NODE", r.get("ANC_REGION"))}[how]
    groups = {}
    for row in rows:
        groups.setdefault(of(row), []).append(row)
    groups = list(groups.items())
    if len(groups) > 30:
        groups = groups[:30]
    return [(value if how == "component" else "", group) for value, group in groups if rng.random() < .95]


def said_again(rng, rows):
    """What a later report says: some rows, some of them otherwise, some empty."""
    some = [dict(r) for r in rows if rng.random() < rng.choice([.3, 1])]
    for row in some:
        if rng.random() < .2:
            price = rng.choice(["", price_text(rng, "few").strip()])
            row.update(MW=price, PRC=price, VALUE=price)
    return some


def files_of(rng, query, rows):
    made = []
    reports = [rows] + [said_again(rng, rows) for _ in range(rng.choice([0, 0, 1, 2]))]
    for report in reports:
        for part, some in parts_of(rng, report):
            if not some:
                continue
            dialect = Dialect(rng, make_caiso.QUERIES[query][2])
            some = in_order(rng, [dict(r) for r in some])
            if rng.random() < .3:
                for row in some[1:]:
                    if rng.random() < .02:
                        row.update(MW="", PRC="", VALUE="null")
            if rng.random() < .4:
                some = with_bad_rows(rng, some, dialect)
            made.append((name_of(rng, query, part), dialect.text(rng, some)))
    return made


def make_files(rng, size=2500):
    """Names and bytes of CAISO's files."""
    made = []
    for query in rng.sample(LMP, rng.choice([1, 1, 2])):
        made += files_of(rng, query, lmp_truth(rng, query, size))
    if rng.random() < .3:
        query = rng.choice(["PRC_AS", "PRC_INTVL_AS"])
        made += files_of(rng, query, as_truth(rng, query, size // 2))
    if rng.random() < .1:
        made.append((f"{rng.randrange(99)}.csv", rng.choice([b"<?xml version='1.0'?><m:OASISReport/>", b"<html>busy</html>", b"",
                                                             b"No data exists for this period.\n"])))
    return made
