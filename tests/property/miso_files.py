# SPDX-License-Identifier: MIT
"""Random files of MISO: hours across with blanks and bad cells, preliminary and final days, bundles, reserves, five minutes."""
import datetime as dt
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "fixtures"))
import make_miso  # noqa: E402

DAYS = ["2024-03-10", "2024-11-03", "2025-03-09", "2023-12-30", "2024-02-28", "2024-06-29", "2005-04-01", "2019-07-07"]
NODES = [("AECI", "Interface"), ("AECI.ALTW", "Loadzone"), ("ALTW.X", "Gennode"), ("MINN.HUB", "Hub"), ("ÜBER", "Hub"), ("A, B", "Hub"),
         ('Q"1', "Gennode"), ("a", "Hub"), ("A", "Hub"), ("A B", "Loadzone")]
KINDS = ["lmp"] * 4 + ["bundle", "asm", "asm", "5min"]


def cell(rng, style):
    """A price, of at most 15 digits: binary64 keeps those, so that a derived energy has one right answer."""
    if rng.random() < .03:
        return rng.choice(["", "", "null", " ", "NULL"])
    if rng.random() < .02:
        return rng.choice(["1,234.56", "-1,000", "+3.5", "100.", "1e3", "-0.0", "0", " 7.25 ", "123456789.123456", "0.0000001", "-.5", "1E-3"])
    return style.number(rng.choice([0, rng.randint(-9000, 40000), rng.randint(-9000, 9000)]))


class Dialect:
    def __init__(self, rng, report):
        base = rng.choice([make_miso.style_of(report)] * 3 + [make_miso.DAY_AHEAD, make_miso.REAL_TIME])
        self.style = make_miso.Style(rng.choice([base.end] * 3 + ["\n", "\r\n"]), base.padded, base.two_decimals)
        self.bom = rng.random() < .1
        self.quotes = rng.random() < .1
        self.surplus = rng.choice([0] * 7 + [2])
        self.blank_lines = rng.choice([0, 0, 0, .05])
        self.repeat_header = rng.choice([0, 0, 0, .05])
        self.last_newline = rng.random() < .85
        self.spaced = rng.random() < .3

    def field(self, text):
        return '"%s"' % text.replace('"', '""') if self.quotes or any(c in text for c in ',"') else text

    def line(self, fields):
        return ",".join(self.field(f) for f in fields) + "," * self.surplus

    def hours(self, gap=" "):
        return [(" " if self.spaced else "") + f"HE{gap}{h}" for h in range(1, 25)]

    def date(self, day):
        return self.style.date(make_miso.on(day) if isinstance(day, str) else day)

    def table(self, rng, header, rows):
        """Lines of a table; a row that is a text is a line as it is."""
        out = [header]
        for row in rows:
            if rng.random() < self.repeat_header:
                out.append(header)
            if rng.random() < self.blank_lines:
                out.append(rng.choice(["", " "]))
            out.append(row if isinstance(row, str) else self.line(row))
        return out

    def text(self, lines):
        text = self.style.end.join(lines) + (self.style.end if self.last_newline else "")
        return (b"\xef\xbb\xbf" if self.bom else b"") + text.encode("utf-8", "surrogateescape")


def bad_row(rng, row, dialect, at_name, at_kind):
    """A line that gives no row; numbers begin behind the last text."""
    row = list(row)
    kind = rng.choice(["number", "range", "few", "many", "utf8", "name"] + ["component"] * (at_kind is not None))
    row[-24:] = ["1.00"] * 24
    if kind == "number":
        row[-rng.randrange(1, 24)] = rng.choice(["abc", "1.2.3", "nan", "-", "#N/A", "1,23"])
    elif kind == "range":
        row[-rng.randrange(1, 24)] = "1e999"
    elif kind == "few":
        return ",".join(["1"] * rng.randrange(4, len(row)))
    elif kind == "many":
        return dialect.line(row) + ",surplus"
    elif kind == "utf8":
        row[at_name] = "\udcff" + row[at_name]
    elif kind == "name":
        row[at_name] = rng.choice(["", " "])
    else:
        row[at_kind] = rng.choice(["MEC", "", "lmp"])
    return row


def with_bad_rows(rng, rows, dialect, at_name, at_kind):
    out = []
    share = rng.choice([0, 0, .05])
    for row in rows:
        out.append(row)
        if rng.random() < share:
            out.append(bad_row(rng, row, dialect, at_name, at_kind))
    return out


# ---- hourly prices ----

def lmp_rows(rng, dialect, nodes):
    rows = [[node, kind, value] + [cell(rng, dialect.style) for _ in range(24)] for value in ("LMP", "MCC", "MLC") for node, kind in nodes]
    rows = [row for row in rows if rng.random() < .98]
    if rng.random() < .1:
        rows.append(["BLANK", "Hub", "LMP"] + [""] * 24)
    if rng.random() < .1 and rows:
        rows.append(list(rng.choice(rows)))
    if rng.random() < .1 and rows:
        rows.append([rows[0][0], "Retyped"] + rows[0][2:])
    if rng.random() < .3:
        rng.shuffle(rows)
    return rows


def said_again(rng, rows, dialect):
    return [[cell(rng, dialect.style) if i >= 3 and rng.random() < .1 else field for i, field in enumerate(row)]
            for row in rows if rng.random() < .9]


def lmp_file(rng, report, day, rows):
    dialect = Dialect(rng, report)
    dialect.repeat_header *= rng.random() < .1  # such a file gives nothing: the date of what follows is not known
    above = [make_miso.TITLES[report], dialect.date(day)] + [""] * rng.choice([1, 1, 1, 0, 2])
    above += [",,," + make_miso.EST_NOTE] * (rng.random() < .9)
    rows = with_bad_rows(rng, rows, dialect, 0, 2)
    return dialect.text(above + dialect.table(rng, dialect.line(["Node", "Type", "Value"] + dialect.hours()), rows))


def days_of(rng):
    first, n = make_miso.on(rng.choice(DAYS)), rng.choice([1, 2, 3, 9])
    return [first + dt.timedelta(days=i) for i in range(n)]


def lmp_files(rng, size):
    made = []
    nodes = rng.sample(NODES, rng.randrange(1, 9)) + [(f"NODE.{i}", "Gennode") for i in range(rng.choice([0, 0, 30]))]
    kind = rng.choice(["da_expost_lmp", "da_exante_lmp", "rt", "rt", "rt"])
    for day in days_of(rng)[:max(1, size // (72 * len(nodes)))]:
        plain = Dialect(rng, "rt_lmp_final")
        rows = lmp_rows(rng, plain, nodes)
        reports = [kind] if kind != "rt" else rng.sample(["rt_lmp_final", "rt_lmp_prelim", "rt_lmp_final"], rng.choice([1, 2, 2, 3]))
        for report in reports:
            name = rng.choice([f"{day:%Y%m%d}_{report}.csv"] * 4 + [f"{day:%Y%m%d}.csv", f"{rng.choice('abz')}{day:%m%d}.csv"])
            made.append((name, lmp_file(rng, report, day, rows if rng.random() < .5 else said_again(rng, rows, plain))))
    return made


def bundle_files(rng, size):
    nodes, market = rng.sample(NODES, rng.randrange(1, 5)), rng.choice(["DA", "RT"])
    dialect, rows = Dialect(rng, "rt_" if market == "RT" else "da_"), []
    dialect.repeat_header = 0
    for day in days_of(rng)[:max(1, size // (72 * len(nodes)))]:
        rows += [[f"{day:%m/%d/%Y}"] + row for row in lmp_rows(rng, dialect, nodes)]
    if rng.random() < .2:
        rng.shuffle(rows)
    rows = with_bad_rows(rng, rows, dialect, 1, 3)
    above = rng.choice([[], [""], ["", ""], ["Historical LMPs"]])
    header = dialect.line(["MARKET_DAY", "NODE", "TYPE", "VALUE"] + dialect.hours(""))
    return [(rng.choice([f"2024-Jul-Sep_{market}_LMPs.csv", f"{market.lower()}_lmps_{rng.randrange(9)}.csv"]), dialect.text(above + dialect.table(rng, header, rows)))]


# ---- reserves ----

def asm_files(rng, size):
    made = []
    kind = rng.choice(["asm_expost_damcp", "asm_exante_damcp", "rt", "rt"])
    resources = rng.sample(make_miso.RESOURCES, rng.randrange(1, 4)) + [("R, 1", "Zone 2"), ("Ü", "")][:rng.choice([0, 0, 2])]
    for day in days_of(rng)[:max(1, size // 400)]:
        for report in [kind] if kind != "rt" else rng.sample(["asm_rtmcp_final", "asm_rtmcp_prelim"], rng.choice([1, 2])):
            dialect = Dialect(rng, report)
            dialect.repeat_header = 0
            real_time = "rtmcp" in report
            title = "Real Time Market MCPs." + ",Not settlement quality data." * ("prelim" in report) if real_time else "Dayahead Market MCPs."
            whole = [["Miso-Wide" if real_time else "MISO Wide", "-", t] + [cell(rng, dialect.style) for _ in range(24)]
                     for t in rng.sample(make_miso.WIDE_TYPES, rng.randrange(1, 6))]
            each = [[n, z, t] + [cell(rng, dialect.style) for _ in range(24)] for n, z in resources for t in make_miso.RESOURCE_TYPES]
            whole, each = with_bad_rows(rng, whole, dialect, 2, None), with_bad_rows(rng, each, dialect, 2, None)
            hours = [" " + h.strip() for h in dialect.hours()]
            lines = [title] + [""] * rng.choice([1, 1, 0]) + [f"{dialect.date(day)},,{make_miso.EST_NOTE}", ""]
            lines += dialect.table(rng, dialect.line(["", "", "MCP Type"] + hours), whole) + [""] * rng.choice([1, 2, 3])
            lines += dialect.table(rng, dialect.line(["Pnode", "Zone", "MCP Type"] + hours), each)
            made.append((f"{day:%Y%m%d}_{report}.csv", dialect.text(lines)))
    return made


# ---- five minutes ----

def five_minute_files(rng, size):
    made, nodes = [], rng.sample(NODES, rng.randrange(1, 5))
    start = dt.datetime.combine(rng.choice(days_of(rng)), dt.time(rng.choice([0, 0, 20])))
    steps = min(size // len(nodes), rng.choice([30, 300, 700]))
    for number in range(rng.choice([1, 1, 2])):
        dialect = Dialect(rng, "rt_")
        columns = ["MKTHOUR_EST", "PNODENAME", "LMP", "CON_LMP", "LOSS_LMP"]
        if rng.random() < .3:
            rng.shuffle(columns)
        rows = []
        for step in range(steps):
            t = start + dt.timedelta(minutes=5 * (step + number * rng.choice([steps, steps, steps - 3])))
            for node, _ in nodes:
                row = {"MKTHOUR_EST": f"{t:%m/%d/%Y %H:%M}", "PNODENAME": node, **{c: cell(rng, dialect.style) for c in ("LMP", "CON_LMP", "LOSS_LMP")}}
                rows.append([row[c] for c in columns])
                if 5 < len(rows) and len(rows) % 200 == 0:
                    rows.append([{**row, "LMP": "x", "CON_LMP": "1"}[c] for c in columns])
                if 5 < len(rows) and len(rows) % 331 == 0:
                    rows.append([{**row, "LMP": "1", "MKTHOUR_EST": f"{t:%m/%d/%Y %H}:07"}[c] for c in columns])
        if rng.random() < .2:
            last = rows[-3:]
            rows = rng.sample(rows[:-3], len(rows) - 3) + last
        above = rng.choice([["MISO", f"{start:%m/%d/%Y}", "", "EST"], ["", ""], []])
        footer = rng.choice([[], ["End of report"], ["Rows: 5", "End of report"], ["", "End of report"]])
        if footer:
            dialect.last_newline = True
        made.append((f"{start:%Y%m%d}_{number}_5MIN_LMP.csv", dialect.text(above + dialect.table(rng, dialect.line(columns), rows) + footer)))
    return made


def make_files(rng, size=2500):
    """Names and bytes of MISO's files."""
    made = []
    for kind in rng.sample(KINDS, rng.choice([1, 1, 2, 3])):
        made += {"lmp": lmp_files, "bundle": bundle_files, "asm": asm_files, "5min": five_minute_files}[kind](rng, size)
    if rng.random() < .1:
        made.append((f"{rng.randrange(99)}_rt_lmp_final.csv", rng.choice([b"<html>404</html>", b"", make_miso.lmp_file(
            "rt_lmp_final", "2024-05-06", date="")])))
    return made
