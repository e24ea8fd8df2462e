# SPDX-License-Identifier: MIT
"""Sheets of workbooks (ECMA-376) as lines of text: a line for each row up to the last that says something."""
import posixpath
import re
import xml.etree.ElementTree as ElementTree
import zipfile

CONTENT_TYPES = "[Content_Types].xml"
WORKBOOK_TYPE = "spreadsheetml.sheet.main+xml"
PAD_COLUMNS = 256  # a line is as wide as the widest above it, if that is not wider


def local(element):
    return element.tag.rsplit("}", 1)[-1]


def children(element, name):
    return [child for child in element if local(child) == name]


def relations(archive, part):
    """{id: (kind, part)} of a part."""
    folder, name = posixpath.split(part)
    root = ElementTree.fromstring(archive.read(posixpath.join(folder, "_rels", name + ".rels")))
    return {r.get("Id"): (r.get("Type").rsplit("/", 1)[-1], posixpath.normpath(posixpath.join("/" + folder, r.get("Target"))).lstrip("/"))
            for r in root}


def workbook_part(archive):
    """The part that lists the sheets, or None: the archive is no workbook."""
    if CONTENT_TYPES not in archive.namelist():
        return None
    root = ElementTree.fromstring(archive.read(CONTENT_TYPES))
    return next((item.get("PartName").lstrip("/") for item in root if (item.get("ContentType") or "").endswith(WORKBOOK_TYPE)), None)


def texts_of(element):
    """The text of a string: its own and those of its runs, not how it is read aloud; _x000D_ is a character."""
    runs = children(element, "t") + [t for run in children(element, "r") for t in children(run, "t")]
    return re.sub("_x([0-9A-Fa-f]{4})_", lambda m: chr(int(m[1], 16)), "".join(t.text or "" for t in runs))


def column_of(reference):
    number = 0
    for letter in re.match("[A-Z]+", reference)[0]:
        number = number * 26 + ord(letter) - 64
    return number


def rows_of(sheet, shared):
    """{row: {column: text}} of what is not empty."""
    rows, at = {}, 0
    for row in (row for data in children(sheet, "sheetData") for row in children(data, "row")):
        at = int(row.get("r") or at + 1)
        column = 0
        for cell in children(row, "c"):
            column = column_of(cell.get("r")) if cell.get("r") else column + 1
            value = next((v.text or "" for v in children(cell, "v")), "")
            kind = cell.get("t")
            if kind == "s" and value:
                value = shared[int(value)]
            elif kind == "inlineStr":
                value = "".join(texts_of(item) for item in children(cell, "is"))
            elif kind == "b" and value:
                value = "TRUE" if value == "1" else "FALSE"
            if value:
                rows.setdefault(at, {})[column] = value
    return rows


def field(text):
    return '"' + text.replace('"', '""') + '"' if re.search('[",\r\n]', text) else text


def text_of(rows):
    lines, width = [], 0
    for number in range(1, max(rows, default=0) + 1):
        cells = rows.get(number, {})
        own = max(cells, default=0)
        width = max(width, own if own <= PAD_COLUMNS else 0)
        lines.append(",".join(field(cells.get(c, "")) for c in range(1, max(own, width) + 1)) if cells else "")
    return "".join(line + "\n" for line in lines).encode()


def sheets_of(archive):
    """[(name, text)] of a workbook, None of another archive. Raises what zipfile and ElementTree do where it is damaged."""
    part = workbook_part(archive)
    if part is None:
        return None
    parts = relations(archive, part)
    strings = next((target for kind, target in parts.values() if kind == "sharedStrings"), None)
    shared = [texts_of(item) for item in ElementTree.fromstring(archive.read(strings))] if strings else []
    found = []
    for sheet in (s for group in children(ElementTree.fromstring(archive.read(part)), "sheets") for s in group):
        target = parts[next(value for name, value in sheet.attrib.items() if name.endswith("}id"))][1]
        found.append((sheet.get("name"), text_of(rows_of(ElementTree.fromstring(archive.read(target)), shared))))
    return found


DAMAGE = (ElementTree.ParseError, KeyError, IndexError, StopIteration, zipfile.BadZipFile)
