#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes workbooks by hand-written XML into FOLDER, and what their sheets say into FOLDER/expected.tsv: the file, the sheet, the
size and CRC-32 of its text as CSV, or '-' and a piece of the reason. Usage: workbooks.py FOLDER

The text comes from what was written, by RFC 4180, never from what reads it."""
import io
import os
import random
import sys
import zipfile
import zlib
from xml.sax.saxutils import escape, quoteattr

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"
REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STRICT_REL = "http://purl.oclc.org/ooxml/officeDocument/relationships"
PACKAGE_REL = "http://schemas.openxmlformats.org/package/2006/relationships"
TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
WORKBOOK_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
PAD = 256  # columns up to which lines are as wide as those before


def letters(column):
    text = ""
    while column:
        column, digit = divmod(column - 1, 26)
        text = chr(65 + digit) + text
    return text


class Cell:
    """What stands in the XML, and the text that it means."""

    def __init__(self, text, kind="n", raw=None, inner=None):
        self.text, self.kind, self.raw, self.inner = text, kind, raw, inner


def number(text):
    return Cell(text)


def shared(text, inner=None):
    return Cell(text, "s", inner=inner)


def inline(text, inner=None):
    return Cell(text, "inlineStr", inner=inner)


class Book:
    """Sheets are (name, rows), rows (number, {column: Cell})."""

    def __init__(self, sheets, **options):
        self.sheets, self.options = sheets, options
        self.strings, self.numbers = [], {}

    def string(self, cell):
        key = (cell.text, cell.inner)
        if key not in self.numbers:
            self.numbers[key] = len(self.strings)
            self.strings.append(cell)
        return self.numbers[key]

    def cell(self, row, column, cell):
        where = f' r="{letters(column)}{row}"' if self.options.get("references", True) else ""
        if cell.kind == "s":
            return f'<c{where} s="1" t="s"><v>{self.string(cell)}</v></c>'
        if cell.kind == "inlineStr":
            inner = cell.inner or f'<t xml:space="preserve">{escape(cell.text)}</t>'
            return f'<c{where} t="inlineStr"><is>{inner}</is></c>'
        raw = escape(cell.text if cell.raw is None else cell.raw)
        kind = "" if cell.kind == "n" else f' t="{cell.kind}"'
        formula = "<f>SUM(A1:A2)</f>" if cell.kind == "str" else ""
        return f"<c{where}{kind}>{formula}<v>{raw}</v></c>"

    def sheet(self, rows):
        lines = []
        for number_, cells in rows:
            where = f' r="{number_}" spans="1:5"' if self.options.get("references", True) else ""
            lines.append(f"<row{where}>" + "".join(self.cell(number_, c, cells[c]) for c in sorted(cells)) + "</row>")
        data = "<sheetData>" + "".join(lines) + "</sheetData>" if lines else "<sheetData/>"
        return (f'{HEAD}<worksheet xmlns="{self.main}" xmlns:r="{REL}"><dimension ref="A1"/><cols><col min="1" max="1"/></cols>'
                f'{data}<autoFilter ref="A1:B2"/></worksheet>')

    def parts(self):
        strict = self.options.get("strict", False)
        self.main, rel = (STRICT, STRICT_REL) if strict else (MAIN, REL)
        folder, main = self.options.get("folder", "xl/"), self.options.get("main", "workbook.xml")
        prefix = self.options.get("absolute", False)
        sheets = [(f"worksheets/sheet{i + 1}.xml", self.sheet(rows)) for i, (_, rows) in enumerate(self.sheets)]
        if self.options.get("prefixed"):
            sheets = [(n, prefixed(x)) for n, x in sheets]
        strings = "".join("<si>" + (c.inner or f'<t xml:space="preserve">{escape(c.text)}</t>') + "</si>" for c in self.strings)
        relations = "".join(f'<Relationship Id="rId{i + 1}" Type="{rel}/worksheet" Target="{"/" + folder if prefix else ""}{n}"/>'
                            for i, (n, _) in enumerate(sheets))
        if self.strings:
            relations += f'<Relationship Target="sharedStrings.xml" Id="rIdS" Type="{rel}/sharedStrings"/>'
        listed = "".join(f'<sheet name={quoteattr(n)} sheetId="{i + 1}" r:id="rId{i + 1}"/>'
                         for i, (n, _) in enumerate(self.sheets))
        yield "_rels/.rels", (f'{HEAD}<Relationships xmlns="{PACKAGE_REL}"><Relationship Id="rId1" Type="{rel}/officeDocument" '
                              f'Target="{"/" if prefix else ""}{folder}{main}"/></Relationships>')
        yield folder + main, f'{HEAD}<workbook xmlns="{self.main}" xmlns:r="{rel}"><sheets>{listed}</sheets></workbook>'
        yield f"{folder}_rels/{main}.rels", f'{HEAD}<Relationships xmlns="{PACKAGE_REL}">{relations}</Relationships>'
        for name, xml in sheets:
            yield folder + name, xml
        if self.strings:
            yield folder + "sharedStrings.xml", f'{HEAD}<sst xmlns="{self.main}" count="9">{strings}</sst>'
        yield "[Content_Types].xml", (
            f'{HEAD}<Types xmlns="{TYPES}"><Default Extension="xml" ContentType="application/xml"/>'
            f'<Override PartName="/{folder}{main}" ContentType="{self.options.get("type", WORKBOOK_TYPE)}"/></Types>')

    def packed(self):
        encoding = self.options.get("encoding", "utf-8")
        sink = io.BytesIO()
        with zipfile.ZipFile(sink, "w", self.options.get("method", zipfile.ZIP_DEFLATED)) as archive:
            for name, xml in self.parts():
                if encoding != "utf-8":
                    xml = xml.replace('encoding="UTF-8"', f'encoding="{encoding}"')
                archive.writestr(name, xml.encode(encoding))
        return sink.getvalue()

    def texts(self):
        for name, rows in self.sheets:
            yield name, csv_text(rows)


def prefixed(xml):
    """The same part with a prefix before each name."""
    for name in ("worksheet", "sheetData", "row", "c", "v", "is", "t", "r", "f", "dimension", "cols", "col", "autoFilter"):
        for mark in (" ", ">", "/>"):
            xml = xml.replace(f"<{name}{mark}", f"<x:{name}{mark}").replace(f"</{name}{mark}", f"</x:{name}{mark}")
    return xml.replace("xmlns=", "xmlns:x=")


def quoted(text):
    """RFC 4180: what holds a comma, a quote or a line end stands in quotes."""
    return '"' + text.replace('"', '""') + '"' if any(c in text for c in ',"\n\r') else text


def csv_text(rows):
    """Lines by row number, each as wide as the widest so far, empty where nothing stands; none behind the last that says something."""
    by_row = {n: {c: cell.text for c, cell in cells.items() if cell.text} for n, cells in rows}
    last = max((n for n, cells in by_row.items() if cells), default=0)
    out, width = [], 0
    for n in range(1, last + 1):
        cells = by_row.get(n, {})
        if not cells:
            out.append("")
            continue
        own = max(cells)
        if own <= PAD:
            width = max(width, own)
        out.append(",".join(quoted(cells.get(c, "")) for c in range(1, max(own, width) + 1)))
    return "".join(line + "\n" for line in out).encode()


def month(seed, hours, names):
    """A sheet as ERCOT publishes them: all but the price are shared strings."""
    draw = random.Random(seed)
    head = ["Delivery Date", "Hour Ending", "Repeated Hour Flag", "Settlement Point", "Settlement Point Price"]
    rows = [(1, {c + 1: shared(t) for c, t in enumerate(head)})]
    for hour in range(hours):
        for name in names:
            rows.append((len(rows) + 1, {
                1: shared("%02d/%02d/2024" % (seed, hour // 24 + 1)), 2: shared("%02d:00" % (hour % 24 + 1)), 3: shared("N"),
                4: shared(name), 5: number("%.2f" % draw.gauss(30, 40))}))
    return rows


def odd_cells():
    rich = "<r><rPr><b/></rPr><t>Ri</t></r><r><t xml:space=\"preserve\">ch </t></r><rPh sb=\"0\" eb=\"1\"><t>reading</t></rPh>"
    return [
        (1, {1: shared("a,b"), 2: shared('say "so"'), 3: shared("two\nlines"), 4: shared(" blanks "), 5: shared("plain")}),
        (2, {1: number("1.10"), 2: number("-3.5E-05"), 3: number("9007199254740993"), 4: number("0.1000000000000000055"),
             5: number("1e400")}),
        (3, {1: Cell("TRUE", "b", "1"), 2: Cell("FALSE", "b", "0"), 3: Cell("#N/A", "e"), 4: Cell("made", "str"),
             5: Cell("2024-03-10T02:00:00", "d")}),
        (4, {1: inline("in line"), 2: inline("Rich ", rich), 3: shared("Rich ", rich), 4: Cell("", "s_none"), 5: number("")}),
        (5, {1: shared("x_y_x00_"), 2: shared("line\rend", "<t>line_x000D_end</t>"),
             3: shared("_x0041_", "<t>_x005F_x0041_</t>"), 4: inline("\u20ac", "<t>_x20AC_</t>"), 5: shared("_xD83D_")}),
        (9, {2: shared("caf\u00e9 \u20ac \U0001f600"), 3: number("45292.041666666664")}),
        (10, {1: shared("&<>'"), 28: number("7")}),
        (11, {2: shared("narrow")}),
        (12, {}),
        (14, {}),
    ]


def simple(cells):
    """Cells of a kind that only this file knows become empty ones."""
    return [(n, {c: Cell("", "n", "") if cell.kind == "s_none" else cell for c, cell in row.items()}) for n, row in cells]


def books():
    months = [("Jan", month(1, 72, ["HB_NORTH", "LZ_WEST", "DC_E"])), ("Feb", month(2, 48, ["HB_NORTH"])), ("Mar", [])]
    odd = simple(odd_cells())
    yield "months", Book(months)
    yield "stored", Book(months, method=zipfile.ZIP_STORED)
    yield "odd", Book([("Odd & <so>", odd), ("caf\u00e9", odd[:3])])
    yield "prefixed", Book([("P", odd)], prefixed=True)
    yield "strict", Book([("S", odd)], strict=True, absolute=True)
    yield "elsewhere", Book([("E", odd)], folder="some/where/", main="book.xml")
    yield "at_root", Book([("R", odd)], folder="", main="book.xml")
    yield "utf16", Book([("U", odd)], encoding="utf-16")
    plain = [(n + 1, {c: number(str(n * c)) for c in range(1, 6)}) for n in range(2000)]
    yield "no_references", Book([("N", plain)], references=False)
    yield "latin", Book([("L", [(n, {1: inline("\u00e9" * 90), 2: inline("\u00fc")}) for n in range(1, 900)])], encoding="iso-8859-1")
    yield "far", Book([("F", [(1, {1: number("1"), 3: number("2")}), (2, {16384: number("3")}), (1048576, {2: number("4")})])])
    yield "long", Book([("L", [(n, {1: shared(chr(96 + n) * 32767), 2: inline("\u20ac" * 32767)}) for n in range(1, 9)])])
    draw = random.Random(7)
    many = [(n, {1: shared("text %07d of a workbook with many" % n), 2: shared("text %07d of a workbook with many" % draw.randint(1, n)),
                 3: number(str(n))}) for n in range(1, 80001)]
    yield "many_strings", Book([("M", many), ("Again", [(i + 1, row) for i, (_, row) in enumerate(many[::-1])])])
    yield "empty", Book([("Nothing", []), ("Blank", [(3, {2: Cell("", "n", "")})])])


def main(folder):
    with open(os.path.join(folder, "expected.tsv"), "w", encoding="utf-8") as expected:
        for name, book in books():
            with open(os.path.join(folder, name + ".xlsx"), "wb") as file:
                file.write(book.packed())
            for sheet, text in book.texts():
                expected.write("%s\t%s\t%d\t%08x\n" % (name, sheet, len(text), zlib.crc32(text)))


if __name__ == "__main__":
    main(sys.argv[1])
