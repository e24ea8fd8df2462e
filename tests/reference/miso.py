# SPDX-License-Identifier: MIT
"""MISO's files: hours across, by component or product; five-minute prices in long form (RULES 3, 5, 11, 14, 18, 21)."""
import re

from containers import FINAL, PRELIM, Failed, LeftOut
from records import is_blank
from tables import AS_KEY, Dataset, Market, Part
from values import Reject, date_us, fold, is_null, number, plain_fields, stamp, text_or_none, trim

# GEN, DEM and SER variants of one product share its standard name (RULES 19).
PRODUCTS = {f"{kind}{product}MCP": standard for kind in ("GEN", "DEM", "SER")
            for product, standard in (("REG", "REG"), ("SPIN", "SPIN"), ("SUPP", "SUPPLEMENTAL"))}
PRODUCTS["REGMILEAGEMCP"] = "REG_MILEAGE"
MARKET = Market("miso", "MISO", "Etc/GMT+5", PRODUCTS)
DATASETS = {d.name: d for d in [
    Dataset(MARKET, "da_energy_hourly", "DA", 60, 168, derives=True),
    Dataset(MARKET, "da_energy_hourly_exante", "DA", 60, 168, derives=True),
    Dataset(MARKET, "rt_energy_hourly", "RT", 60, 168, derives=True),
    Dataset(MARKET, "rt_energy_5min", "RT", 5, 48, "month", derives=True),
    Dataset(MARKET, "da_ancillary_hourly", "DA", 60, 168, key=AS_KEY),
    Dataset(MARKET, "da_ancillary_hourly_exante", "DA", 60, 168, key=AS_KEY),
    Dataset(MARKET, "rt_ancillary_hourly", "RT", 60, 168, key=AS_KEY),
]}
EST_S = 5 * 3600
COMPONENTS = {"LMP": "lmp_total", "MCC": "lmp_congestion", "MLC": "lmp_loss"}
HOURS = [f"he{h}" for h in range(1, 25)]
# header -> what it is; the hours follow
WIDE = {("node", "type", "value"): "lmp", ("marketday", "node", "type", "value"): "bundle", ("", "", "mcptype"): "wide_mcp",
        ("pnode", "zone", "mcptype"): "resource_mcp", ("epnode", "value"): "epnode"}
LONG = ["mkthourest", "pnodename", "lmp", "conlmp", "losslmp"]
TITLES = {"dayaheadmarketexpostlmps": "da_energy_hourly", "dayaheadmarketexantelmps": "da_energy_hourly_exante",
          "realtimemarketlmps": "rt_energy_hourly", "dayaheadmarketmcps.": "da_ancillary", "realtimemarketmcps.": "rt_ancillary_hourly"}
FOOTER_LINES = 2
PREAMBLE_LINES = 8


def texts_of(record):
    return [f.decode("utf-8", "replace") for f in record[3]] if record[3] is not None else []


def kind_of(record):
    """(what the record heads, its column names), or None: it is no header."""
    names = [fold(text) for text in texts_of(record)]
    while names and not names[-1] and len(names) > 27:
        names.pop()
    if len(names) > 24 and names[-24:] == HOURS and tuple(names[:-24]) in WIDE:
        return WIDE[tuple(names[:-24])], names
    if set(LONG) <= set(names):
        return "long", names
    return None


def by_name(base, title, words):
    """RULES 3: the dataset that the title tells, else the name's word, else nothing."""
    if title and title in DATASETS:
        return title
    low = base.lower()
    found = {dataset for word, dataset in words.items() if word in low}
    if len(found) != 1:
        raise Failed("ambiguous: neither title nor name tells the dataset")
    return found.pop()


def dataset_of(kind, title, base):
    if kind == "long":
        return "rt_energy_5min"
    if kind == "lmp":
        return by_name(base, title, {"da_expost_lmp": "da_energy_hourly", "da_exante_lmp": "da_energy_hourly_exante",
                                     "rt_lmp": "rt_energy_hourly"})
    if kind == "bundle":
        return by_name(base, None, {"da_lmps": "da_energy_hourly", "rt_lmps": "rt_energy_hourly"})
    return by_name(base, title if title != "da_ancillary" else None,
                   {"asm_expost_damcp": "da_ancillary_hourly", "asm_exante_damcp": "da_ancillary_hourly_exante",
                    "asm_rtmcp": "rt_ancillary_hourly"})


def finality_of(base):
    low = base.lower()
    return FINAL if re.search("(?<![a-z])final", low) else PRELIM if re.search("(?<![a-z])prelim", low) else None


def find(entry, lines):
    above = 0
    for at, record in enumerate(lines):
        if is_blank(record):
            continue
        head = kind_of(record)
        if head:
            break
        above += 1
        if above > PREAMBLE_LINES:
            return None
    else:
        return None
    kind, names = head
    if kind == "epnode":
        raise LeftOut("prices of EPNodes")
    preamble = [texts_of(r) for r in lines[:at] if not is_blank(r)]
    title = next((TITLES[fold(t[0])] for t in preamble if t and fold(t[0]) in TITLES), None)
    name = dataset_of(kind, title, entry.base)
    entry.datasets, entry.iso = [name], "MISO"
    if name in ("rt_energy_hourly", "rt_ancillary_hourly") and finality_of(entry.base) is not None:
        entry.finality = finality_of(entry.base)
    day = None
    if kind not in ("bundle", "long"):
        day = next((d for d in (preamble_date(t) for t in preamble) if d is not None), None)
        if day is None:
            raise Failed("no line above the header has the date")
    return lambda source, asked: read(entry, source, lines, at, kind, names, DATASETS[name], day, asked)


def preamble_date(texts):
    try:
        return date_us(texts[0]) if texts else None
    except Reject:
        return None


def read(entry, source, lines, at, kind, names, dataset, day, asked):
    parts, off_grid = [], 0
    entry.lines = len(lines)
    last = [i for i, record in enumerate(lines) if not is_blank(record)][-FOOTER_LINES:] if kind == "long" else []
    for seq, record in enumerate(lines):
        if is_blank(record):
            entry.blank_lines += 1
            continue
        head = kind_of(record) if seq >= at else None
        if seq > at and head == (kind, names) and day is not None:
            raise Failed("its header stands again: of files put together only the first one's date is known")
        if seq < at or head:
            entry.header_lines += 1
            kind, names = head or (kind, names)
            continue
        weight = 1 if kind == "long" else 24
        try:
            rows = long_line(record, names, dataset) if kind == "long" else wide_line(record, kind, names, day)
        except Reject as reject:
            if seq in last and seq > at and str(reject) in ("fields_few", "stamp", "stamp_missing") and \
               all(is_blank(lines[i]) or i in last for i in range(seq, len(lines))):
                entry.header_lines += 1  # a footer
                continue
            off_grid += str(reject) == "grid"
            entry.counts["rejected"] += weight
            entry.rejects.append((record[0], record[1], record[2], str(reject)))
            rows = None
        entry.data_lines += 1
        entry.partial_rows += weight
        for row in rows or ():
            if row is None:
                entry.counts["blank"] += 1
            elif asked(dataset, row[0], row[1]):
                parts.append(Part(dataset, *row, None, source, seq))
            else:
                entry.counts["outside"] += 1
    if off_grid * 100 > entry.data_lines:
        raise Failed("off the grid")
    return [(dataset, parts)]


def wide_line(record, kind, names, day):
    """24 rows (start, texts, values), None for a blank one."""
    fields = plain_fields(record, len(names))
    hours = fields[len(names) - 24:len(names)]
    if all(is_null(f) for f in hours):
        return [None] * 24
    if kind == "bundle":
        day, fields = date_us(fields[0]), fields[1:]
    if kind in ("lmp", "bundle"):
        texts = {"name": text_or_none(fields[0]), "type": text_or_none(fields[1])}
        cell = COMPONENTS.get(trim(fields[2]))
        if cell is None:
            raise Reject("component")
    else:
        cell = "market_clearing_price"
        texts = {"product": text_or_none(fields[2])}
        if kind == "wide_mcp":
            texts["region"] = text_or_none(fields[0])
        else:
            texts.update(resource=text_or_none(fields[0]), region=text_or_none(fields[1]))
    if texts.get("name", texts.get("product")) is None:
        raise Reject("key_missing")
    values = [number(f) for f in hours]
    start = day * 86400 + EST_S
    return [None if v is None else (start + h * 3600, texts, {cell: v}) for h, v in enumerate(values)]


def long_line(record, names, dataset):
    fields = plain_fields(record, len(names))
    field = dict(zip(reversed(names), reversed(fields[:len(names)])))
    cells = {"lmp_total": field["lmp"], "lmp_congestion": field["conlmp"], "lmp_loss": field["losslmp"]}
    if all(is_null(f) for f in cells.values()):
        return [None]
    civil, fraction, offset = stamp(field["mkthourest"])
    utc = civil - offset if offset is not None else civil + EST_S
    if fraction or utc % (dataset.minutes * 60):
        raise Reject("grid")
    name = text_or_none(field["pnodename"])
    if name is None:
        raise Reject("key_missing")
    return [(utc, {"name": name}, {cell: number(f) for cell, f in cells.items()})]
