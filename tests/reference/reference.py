# SPDX-License-Identifier: MIT
"""What gridpq has to write for a set of PJM files, computed a second time with the standard library only.

It follows the text of the rules and not the program: slow, whole files in memory, one dictionary a row. Tests compare the
program's Parquet with what convert() gives.

    python3 tests/reference/reference.py INPUT...      prints datasets, rows, sums and the account of each file
"""
import argparse
import ctypes
import ctypes.util
import datetime as dt
import functools
import gzip
import json
import math
import os
import re
import sys
import zlib
from decimal import Decimal
from zoneinfo import ZoneInfo

MAX_RECORD_BYTES = 1 << 20
ZONE = ZoneInfo("America/New_York")
EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.timezone.utc)
EPOCH_DATE = dt.date(1970, 1, 1)
MONDAY_DAYS = (dt.date(1970, 1, 5) - EPOCH_DATE).days

TIME_COLUMNS = ["datetime_utc", "interval_end_utc", "interval_minutes", "datetime_local", "utc_offset_minutes",
                "delivery_date", "delivery_hour", "delivery_interval", "iso", "market_type", "dataset"]
LMP = ["lmp_total", "lmp_energy", "lmp_congestion", "lmp_loss", "lmp_ghg"]
ENERGY_COLUMNS = TIME_COLUMNS + ["settlement_location", "settlement_location_id", "settlement_location_type", "zone",
                                 "voltage_kv"] + LMP + ["version", "is_current", "source_file", "finality"]
ANCILLARY_COLUMNS = TIME_COLUMNS + ["as_product", "as_product_standard", "as_region", "settlement_location",
                                    "market_clearing_price", "cleared_quantity_mw", "requirement_mw", "unit", "version",
                                    "is_current", "source_file", "finality"]
TABLE_COLUMNS = {"energy": ENERGY_COLUMNS, "ancillary": ANCILLARY_COLUMNS}
# Arrow's names of the types of docs/OUTPUT.md; "not null" where REQUIRED.
REQUIRED = set(TIME_COLUMNS) | {"is_current", "source_file"}
COLUMN_TYPES = {"datetime_utc": "timestamp[us, tz=UTC]", "interval_end_utc": "timestamp[us, tz=UTC]",
                "datetime_local": "timestamp[us]", "delivery_date": "date32[day]", "voltage_kv": "double",
                "is_current": "bool", "interval_minutes": "int32", "utc_offset_minutes": "int32", "delivery_hour": "int32",
                "delivery_interval": "int32", "version": "int32", "market_clearing_price": "double",
                "cleared_quantity_mw": "double", "requirement_mw": "double", **{name: "double" for name in LMP}}


def required_columns(table):
    return REQUIRED | ({"settlement_location"} if table == "energy" else {"as_product"})


class Dataset:
    def __init__(self, name, table, market, minutes, block_days, partition="year", key=("id",), derives=False):
        self.name, self.table, self.market, self.minutes = name, table, market, minutes
        self.block_days, self.partition, self.key, self.derives = block_days, partition, key, derives


AS_KEY = ("product", "region", "resource")
DATASETS = {d.name: d for d in [
    Dataset("da_energy_hourly", "energy", "DA", 60, 7),
    Dataset("rt_energy_hourly", "energy", "RT", 60, 7),
    Dataset("rt_energy_5min", "energy", "RT", 5, 1, "month"),
    Dataset("rt_energy_hourly_unverified", "energy", "RT", 60, 7, key=("name",), derives=True),
    Dataset("rt_energy_5min_unverified", "energy", "RT", 5, 1, "month", derives=True),
    Dataset("da_ancillary_hourly", "ancillary", "DA", 60, 0, key=AS_KEY),
    Dataset("rt_ancillary_hourly", "ancillary", "RT", 60, 0, key=AS_KEY),
    Dataset("rt_ancillary_5min", "ancillary", "RT", 5, 0, key=AS_KEY),
    Dataset("da_reserve_hourly", "ancillary", "DA", 60, 0, key=AS_KEY),
    Dataset("rt_reserve_hourly", "ancillary", "RT", 60, 0, key=AS_KEY),
    Dataset("rt_reserve_5min", "ancillary", "RT", 5, 0, key=AS_KEY),
    Dataset("rt_regulation_hourly", "ancillary", "RT", 60, 0, key=AS_KEY),
    Dataset("rt_regulation_30min", "ancillary", "RT", 30, 0, key=AS_KEY),
    Dataset("rt_regulation_5min", "ancillary", "RT", 5, 0, key=AS_KEY),
]}

# The standard names of services that tests use; what is not here has none (RULES 19, PJM Manual 11).
STANDARD_PRODUCTS = {"REG": "REG", "SR": "SPIN", "NSR": "NON_SPIN", "30MIN": "RESERVE_30", "RTO Synchronized Reserve": "SPIN",
                     "MAD Non-Synchronized Reserve": "NON_SPIN", "RTO Regulation Mileage": "REG_MILEAGE"}

UTC = "datetimebeginningutc"
# header name, folded -> what it is to a row
ENERGY_TEXTS = {"pnodename": "name", "pnodeid": "id", "type": "type", "zone": "zone"}
CELLS = {
    "da": {"totallmpda": "lmp_total", "systemenergypriceda": "lmp_energy", "congestionpriceda": "lmp_congestion",
           "marginallosspriceda": "lmp_loss"},
    "rt": {"totallmprt": "lmp_total", "systemenergypricert": "lmp_energy", "congestionpricert": "lmp_congestion",
           "marginallosspricert": "lmp_loss"},
    "ancillary": {"value": "market_clearing_price"},
    "reserve": {"mcp": "market_clearing_price", "totalmw": "cleared_quantity_mw", "asreqmw": "requirement_mw"},
    "reg_results": {"totalmw": "cleared_quantity_mw", "requirement": "requirement_mw"},
    "reg_prices": {"marketclearingprice": "market_clearing_price", "reservequantity": "cleared_quantity_mw",
                   "reserverequirement": "requirement_mw"},
}
AS_TEXTS = {
    "ancillary": {"ancillaryservice": "product", "unit": "unit"},
    "reserve": {"service": "product", "locale": "region"},
    "reg_results": {},
    "reg_prices": {"area": "region"},
}

COUNTS = ["written", "joined", "duplicate", "superseded", "blank", "rejected", "outside"]


class Failed(Exception):
    """The file gives nothing."""


class Unrecognised(Exception):
    pass


class LeftOut(Exception):
    pass


# ---- bytes to records ----

def read_input(path):
    """The decompressed bytes of a file. Failed where the container is not whole."""
    with open(path, "rb") as f:
        stored = f.read()
    if stored[:2] != b"\x1f\x8b":
        return stored
    try:
        return gzip.decompress(stored)
    except (EOFError, OSError, zlib.error) as error:
        raise Failed(f"gzip: {error}") from error


def quoted_fields(line):
    """The fields of one whole record that holds a quote, by RFC 4180: '"' is special as a field's first byte only."""
    fields, at, n = [], 0, len(line)
    while True:
        if at < n and line[at] == 0x22:
            content, at = bytearray(), at + 1
            while True:
                end = line.index(b'"', at)
                content += line[at:end]
                if line[end + 1:end + 2] == b'"':
                    content.append(0x22)
                    at = end + 2
                    continue
                at = end + 1
                break
            comma = line.find(b",", at)
            content += line[at:comma if comma >= 0 else n]
            fields.append(bytes(content))
        else:
            comma = line.find(b",", at)
            fields.append(line[at:comma if comma >= 0 else n])
        if comma < 0:
            return fields
        at = comma + 1


def record_end(data, start):
    """Where the record that begins at 'start' has its LF (or len(data)); -1 if a quote of it stays open."""
    at = start
    while True:  # at a field's first byte
        if data[at:at + 1] == b'"':
            at += 1
            while True:
                at = data.find(b'"', at)
                if at < 0 or at - start > MAX_RECORD_BYTES:
                    return -1
                if data[at + 1:at + 2] == b'"':
                    at += 2
                    continue
                at += 1
                break
        lf, comma = data.find(b"\n", at), data.find(b",", at)
        if lf < 0:
            lf = len(data)
        if comma < 0 or comma > lf:
            return lf
        at = comma + 1


def records(data):
    """Yields (byte offset, line number, raw bytes with line end, fields or None, reason) of each record."""
    at, line_number, n = 0, 1, len(data)
    if data[:3] == b"\xef\xbb\xbf":
        at = 3
    while at < n:
        lf = data.find(b"\n", at)
        end = n if lf < 0 else lf
        reason = None
        if b'"' in data[at:end]:
            whole = record_end(data, at)
            if whole < 0:
                reason = "quote"  # its first line is given up, the next is a record again
            else:
                end = whole
        if reason is None and end - at > MAX_RECORD_BYTES:
            reason = "long"
        raw = data[at:end + 1]
        body = raw[:-1] if raw.endswith(b"\n") else raw
        if body.endswith(b"\r"):
            body = body[:-1]
        if reason:
            fields = None
        elif b'"' in body:
            fields = quoted_fields(body)
        else:
            fields = body.split(b",")
        yield at, line_number, raw, fields, reason
        line_number += raw.count(b"\n")
        at = end + 1


# ---- fields to values ----

class Reject(Exception):
    pass


def trim(field):
    """Blanks (space, tab, no-break space) off both ends."""
    return field.strip(" \t\u00a0")


NUMBER = re.compile(r"[+-]?(?:[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]*)?|[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")


def number(field):
    text = trim(field)
    if text == "" or text.lower() == "null":
        return None
    if not NUMBER.fullmatch(text):
        raise Reject("number")
    value = float(text.replace(",", ""))
    if math.isinf(value):
        raise Reject("number_range")
    return value if value != 0 else 0.0


def whole(field):
    text = trim(field)
    if text == "" or text.lower() == "null":
        return None
    if not re.fullmatch(r"[+-]?[0-9]+(\.0*)?", text):
        raise Reject("version")
    value = int(text.split(".")[0])
    if not -2**31 < value < 2**31:
        raise Reject("version")
    return value


STAMP_US = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4}) +(\d{1,2}):(\d{2})(?::(\d{2}))?(?: *([AaPp][Mm]))?")
STAMP_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})[T ](\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d+))?)?"
                       r"(?:([Zz])|([+-])(\d{2}):?(\d{2}))?")


@functools.lru_cache(maxsize=200_000)
def stamp(field):
    """(seconds since 1970 of the digits as written, whether a fraction follows, offset in seconds or None)"""
    text = trim(field)
    if text == "" or text.lower() == "null":
        raise Reject("stamp_missing")
    fraction, offset = False, None
    m = STAMP_US.fullmatch(text)
    if m:
        month, day, year, hour, minute = (int(m[i]) for i in range(1, 6))
        second = int(m[6] or 0)
        if m[7]:
            if not 1 <= hour <= 12:
                raise Reject("stamp")
            hour = hour % 12 + (12 if m[7].lower() == "pm" else 0)
    else:
        m = STAMP_ISO.fullmatch(text)
        if not m:
            raise Reject("stamp")
        year, month, day, hour, minute = (int(m[i]) for i in range(1, 6))
        second = int(m[6] or 0)
        fraction = bool(m[7]) and int(m[7][:6].ljust(6, "0")) != 0
        if m[8]:
            offset = 0
        elif m[9]:
            if int(m[10]) > 23 or int(m[11]) > 59:
                raise Reject("stamp")
            offset = (int(m[10]) * 3600 + int(m[11]) * 60) * (1 if m[9] == "+" else -1)
    days = 0
    if hour == 24 and minute == 0 and second == 0:
        hour, days = 0, 1
    try:
        civil = dt.datetime(year, month, day, hour, minute, second, tzinfo=dt.timezone.utc) + dt.timedelta(days=days)
    except ValueError:
        raise Reject("stamp") from None
    return int((civil - EPOCH).total_seconds()), fraction, offset


def stamp_utc(field):
    civil, fraction, offset = stamp(field)
    utc = civil - (offset or 0)
    if not 0 <= utc < 2**32:
        raise Reject("stamp")
    return utc, fraction


def voltage(field):
    """(kV or None, whether it was understood)"""
    text = trim(field)
    if text == "" or text.lower() == "null":
        return None, True
    m = re.fullmatch(r"(.*?)[ \t]*(?:[kK][vV])?", text, re.DOTALL)
    if not NUMBER.fullmatch(m[1]):
        return None, False
    value = float(m[1].replace(",", ""))
    return (None, False) if math.isinf(value) else (value or 0.0, True)


@functools.lru_cache(maxsize=400_000)
def local_of(utc):
    """(wall clock as seconds, offset in seconds) of an instant"""
    offset = dt.datetime.fromtimestamp(utc, ZONE).utcoffset()
    seconds = int(offset.total_seconds())
    return utc + seconds, seconds


def text_or_none(field):
    return trim(field) or None


# ---- files ----

def fold(name):
    return re.sub(r"[ \t\u00a0_]", "", name).lower()


def base_name(path):
    name = os.path.basename(path)
    return name[:-3] if name.lower().endswith(".gz") else name


def shown_name(base):
    """As source_file has it: bytes that are no UTF-8 as %XX (RULES 13)."""
    return "".join(f"%{ord(c) - 0xDC00:02X}" if "\udc80" <= c <= "\udcff" else c for c in base)


class Input:
    def __init__(self, path):
        self.path, self.base, self.stored_name = path, base_name(path), os.path.basename(path)
        self.state, self.reason, self.feed, self.datasets = "converted", None, None, []
        self.lines = self.header_lines = self.blank_lines = self.data_lines = self.partial_rows = 0
        self.counts = dict.fromkeys(COUNTS, 0)
        self.rejects = []  # (byte offset, line number, raw bytes, reason)
        self.local_warnings = self.voltage_warnings = 0
        self.rank = None

    def as_json(self):
        return {"file": self.path, "feed": self.feed, "datasets": self.datasets, "state": self.state, "reason": self.reason,
                "lines": self.lines, "header_lines": self.header_lines, "blank_lines": self.blank_lines,
                "data_lines": self.data_lines, "partial_rows": self.partial_rows, **self.counts}


class Libxxhash:
    class Hash(ctypes.Structure):
        _fields_ = [("low", ctypes.c_uint64), ("high", ctypes.c_uint64)]
    library = None

    @classmethod
    def xxh3_128(cls, data):
        if cls.library is None:
            found = ctypes.util.find_library("xxhash") or "libxxhash.so.0"
            try:
                cls.library = ctypes.CDLL(found)
            except OSError:
                raise SystemExit("reference: two files share a name and differ: needs libxxhash (Debian: libxxhash0)")
            cls.library.XXH3_128bits.restype = cls.Hash
            cls.library.XXH3_128bits.argtypes = [ctypes.c_char_p, ctypes.c_size_t]
        h = cls.library.XXH3_128bits(data, len(data))
        return h.high, h.low


def first_instants(rows, at):
    """The first two distinct readable instants."""
    found = []
    for fields in rows:
        try:
            utc, fraction = stamp_utc(fields[at].decode("utf-8"))
            if fraction:
                continue
        except (Reject, IndexError, UnicodeDecodeError):
            continue
        if utc not in found:
            found.append(utc)
            if len(found) == 2:
                break
    return found


def interval_minutes(instants, base, lengths):
    """RULES 2: which of the lengths a file has: by its step, by one instant off the hour, by its name; None: nothing tells."""
    if len(instants) == 2:
        step = abs(instants[1] - instants[0]) // 60
        return next((n for n in sorted(lengths, reverse=True) if step % n == 0), None)
    if len(instants) == 1 and instants[0] % 3600 and min(lengths) < 60:
        return min(lengths)
    low = base.lower()
    if 5 in lengths and ("five" in low or "5min" in low):
        return 5
    return 60 if "hrl" in low else None


def is_day_ahead(base, own_name):
    """RULES 2 for feeds whose header stands for both markets."""
    low = base.lower()
    if re.search("(?<![a-z])da_", low):
        return True
    if own_name in low:
        return False
    raise Failed("ambiguous: neither content nor name tells day-ahead from real-time")


def recognise(names, base, rows):
    """(feed, kind of cells for each output, dataset names) of a header."""
    have = set(names)
    if UTC not in have:
        raise Unrecognised("no known header")
    instants = None

    def minutes(*lengths):
        nonlocal instants
        instants = first_instants(rows, names.index(UTC)) if instants is None else instants
        return interval_minutes(instants, base, lengths)

    def certain(length):
        if not length:
            raise Failed("ambiguous: neither step nor name tells the length of the interval")
        return length

    if "itscedlmp" in have:
        raise LeftOut("five_min_itsced_lmps")
    if "totallmpda" in have or "totallmprt" in have:
        verified = have & {"systemenergypricert", "rowiscurrent", "versionnbr"}
        if "pnodeid" not in have and (verified or "totallmpda" in have):
            raise Failed("pnode_id is missing")
        if "totallmpda" in have and "totallmprt" in have:
            # the hourly feed's own name tells, where no step does
            if certain(minutes(5, 60) or ("monthly" in base.lower() and 60)) == 5:
                return "rt_fivemin_mnt_lmps", ["rt"], ["rt_energy_5min"]
            return "rt_da_monthly_lmps", ["rt", "da"], ["rt_energy_hourly", "da_energy_hourly"]
        if "totallmpda" in have:
            return "da_hrl_lmps", ["da"], ["da_energy_hourly"]
        if verified:
            if certain(minutes(5, 60)) == 5:
                return "rt_fivemin_hrl_lmps", ["rt"], ["rt_energy_5min"]
            return "rt_hrl_lmps", ["rt"], ["rt_energy_hourly"]
        if "pnodeid" not in have:
            if "pnodename" not in have:
                raise Failed("pnode_name is missing")
            return "rt_unverified_hrl_lmps", ["rt"], ["rt_energy_hourly_unverified"]
        return "rt_unverified_fivemin_lmps", ["rt"], ["rt_energy_5min_unverified"]
    if {"ancillaryservice", "value"} <= have:
        length = minutes(5, 60)
        if length == 5:
            return "ancillary_services_fivemin_hrl", ["ancillary"], ["rt_ancillary_5min"]
        if is_day_ahead(base, "ancillary_services"):
            return "da_ancillary_services", ["ancillary"], ["da_ancillary_hourly"]
        return "ancillary_services", ["ancillary"], ["rt_ancillary_hourly"]
    if {"service", "mcp"} <= have:
        length = minutes(5, 60)
        if length != 5 and not have & {"regccp", "regpcp", "tier1mw", "regdmw"} and is_day_ahead(base, "reserve_market_results"):
            return "da_reserve_market_results", ["reserve"], ["da_reserve_hourly"]
        size = "5min" if certain(length) == 5 else "hourly"
        return "reserve_market_results", ["reserve"], [f"rt_reserve_{size}"]
    if {"requirement", "totalmw"} <= have:
        size = "30min" if certain(minutes(30, 60)) == 30 else "hourly"
        return "reg_market_results", ["reg_results"], [f"rt_regulation_{size}"]
    if "marketclearingprice" in have:
        return "reg_prices", ["reg_prices"], ["rt_regulation_5min"]
    raise Unrecognised("no known header")


class Part:
    """One partial row. 'known' holds what it knows, in the order of its dataset's attributes."""
    __slots__ = ("utc", "key", "texts", "version", "known", "source", "seq")

    def rank(self, inputs):
        return (self.version is not None, self.version or 0, inputs[self.source].rank, self.seq)


ENERGY_CELLS = ["lmp_total", "lmp_energy", "lmp_congestion", "lmp_loss"]
AS_CELLS = ["market_clearing_price", "cleared_quantity_mw", "requirement_mw"]
ENERGY_ATTRIBUTES = ["version", "name", "id", "type", "zone", "voltage_kv"] + ENERGY_CELLS
AS_ATTRIBUTES = ["version", "unit"] + AS_CELLS


def read_file(source, inputs, asked):
    """Parses one input to {dataset: [Part]}, filling its account. Raises Failed, Unrecognised, LeftOut."""
    entry = inputs[source]
    data = read_input(entry.path)
    # one name and content, once packed and once not, cannot be told apart but for source_file: the plain one gives it
    entry.rank = (os.fsencode(entry.base), Libxxhash.xxh3_128(data), entry.stored_name == entry.base)
    header, names, lines = None, None, []
    for item in records(data):
        if header is None:
            if item[3] is not None and all(not f.strip() for f in item[3]) and len(item[3]) == 1:
                entry.blank_lines += 1
                continue
            if item[3] is None:
                raise Unrecognised("no header")
            try:
                header = [trim(f.decode("utf-8")) for f in item[3]]
            except UnicodeDecodeError:
                raise Unrecognised("the header is not UTF-8") from None
            names = [fold(name) for name in header]
            entry.header_lines += 1
            continue
        lines.append(item)
    if header is None:
        raise Unrecognised("empty")
    entry.lines = len(lines) + entry.blank_lines + entry.header_lines
    entry.feed, kinds, datasets = recognise(names, entry.base, (x[3] for x in lines if x[3] is not None))
    entry.datasets = list(datasets)
    column = {name: i for i, name in reversed(list(enumerate(names)))}
    out = {name: [] for name in datasets}
    off_grid = 0
    for seq, (offset, line_number, raw, fields, reason) in enumerate(lines):
        if fields is not None and len(fields) == 1 and not fields[0].strip(b" \t"):
            entry.blank_lines += 1
            continue
        if fields is not None and is_header(fields, names):
            entry.header_lines += 1
            continue
        entry.data_lines += 1
        entry.partial_rows += len(datasets)
        try:
            if reason:
                raise Reject(reason)
            rows = parse_line(entry, fields, raw, column, len(names), kinds, datasets, asked)
        except Reject as reject:
            word = str(reject)
            off_grid += word == "grid"
            entry.counts["rejected"] += len(datasets)
            entry.rejects.append((offset, line_number, raw, word))
            continue
        for dataset, part in zip(datasets, rows):
            if isinstance(part, str):
                entry.counts[part] += 1
                continue
            part.source, part.seq = source, seq
            out[dataset].append(part)
    if off_grid * 100 > entry.data_lines:
        raise Failed("off the grid")
    return out


def is_header(fields, names):
    if len(fields) < len(names):
        return False
    try:
        folded = [fold(f.decode("utf-8")) for f in fields]
    except UnicodeDecodeError:
        return False
    return folded[:len(names)] == names and not any(folded[len(names):])


def parse_line(entry, fields, raw, column, n_names, kinds, datasets, asked):
    if b"\0" in raw:
        raise Reject("nul")
    try:
        fields = [f.decode("utf-8") for f in fields]
    except UnicodeDecodeError:
        raise Reject("utf8") from None
    if len(fields) < n_names:
        raise Reject("fields_few")
    if any(trim(f) for f in fields[n_names:]):
        raise Reject("fields_many")

    def field(name):
        return fields[column[name]] if name in column else ""

    cell_fields = [{out: field(name) for name, out in CELLS[kind].items()} for kind in kinds]
    blank = [all(trim(f).lower() in ("", "null") for f in cells.values()) for cells in cell_fields]
    if all(blank):
        return ["blank"] * len(kinds)
    utc, fraction = stamp_utc(field(UTC))
    if fraction or utc % (DATASETS[datasets[0]].minutes * 60):
        raise Reject("grid")
    table = DATASETS[datasets[0]].table
    if table == "energy":
        texts = {out: text_or_none(field(name)) for name, out in ENERGY_TEXTS.items()}
    else:
        texts = {out: text_or_none(field(name)) for name, out in AS_TEXTS[kinds[0]].items()}
        texts.setdefault("product", "REG" if kinds[0].startswith("reg_") else None)
    parts = []
    numbers = [{out: number(text) for out, text in cells.items()} for cells in cell_fields]
    version = whole(field("versionnbr"))
    kv, understood = voltage(field("voltage"))
    for name, values, is_blank in zip(datasets, numbers, blank):
        dataset = DATASETS[name]
        if dataset.key == ("id",) and texts.get("id") is None or dataset.key == ("name",) and texts.get("name") is None \
           or table == "ancillary" and texts.get("product") is None:
            raise Reject("key_missing")
        if is_blank:
            parts.append("blank")
            continue
        if not asked(dataset, utc, texts):
            parts.append("outside")
            continue
        part = Part()
        part.utc, part.version, part.texts = utc, version, texts
        part.key = (utc,) + tuple(texts.get(k) for k in dataset.key)
        known = dict(values)
        known["version"] = version
        if table == "energy":
            known.update({k: texts[k] for k in ("name", "id", "type", "zone")}, voltage_kv=kv)
            part.known = [known.get(a) for a in ENERGY_ATTRIBUTES]
        else:
            known["unit"] = texts.get("unit")
            part.known = [known.get(a) for a in AS_ATTRIBUTES]
        parts.append(part)
    entry.voltage_warnings += not understood
    if "datetimebeginningept" in column:
        try:
            civil, fraction, offset = stamp(field("datetimebeginningept"))
            wrong = civil != local_of(utc)[0] if offset is None else civil - offset != utc
        except Reject as reject:
            wrong = str(reject) != "stamp_missing"
        entry.local_warnings += wrong
    return parts


# ---- merging ----

def merge_key(parts, inputs, dataset, keep_revisions):
    """One key's rows: [(known, source index, is_current)], and the tally in the inputs' accounts."""
    parts.sort(key=lambda p: p.rank(inputs), reverse=True)
    width = len(parts[0].known)
    result, giver = [None] * width, [None] * width
    for i, part in enumerate(parts):
        for k, value in enumerate(part.known):
            if result[k] is None and value is not None:
                result[k], giver[k] = value, i
    superseded = [False] * len(parts)
    for i, part in enumerate(parts):
        if i == 0:
            verdict = "written"
        elif any(v is not None and v != r for v, r in zip(part.known, result)):
            verdict, superseded[i] = "superseded", True
        elif i in giver:
            verdict = "joined"
        else:
            verdict = "duplicate"
        inputs[part.source].counts[verdict] += 1
    rows = [(result, parts[0].source, True)]
    if keep_revisions and any(superseded):
        # a revision: what files that RULES 21 cannot tell apart say under one version; the newest part's is the current row
        groups = {}
        for i, part in enumerate(parts):
            groups.setdefault((part.version, inputs[part.source].rank[:2]), []).append(i)
        del groups[parts[0].version, inputs[parts[0].source].rank[:2]]
        name = ENERGY_ATTRIBUTES.index("name")
        for members in groups.values():  # newest first, as the parts are
            row = [next((parts[i].known[k] for i in members if parts[i].known[k] is not None), None) for k in range(width)]
            if dataset.table == "energy":
                row[name] = result[name]
            if any(superseded[i] for i in members) and not any(row == other for other, _, _ in rows):
                rows.append((row, parts[members[0]].source, False))
    return rows


def derive(total, congestion, loss):
    """total - congestion - loss in decimal, correctly rounded."""
    if total is None or congestion is None or loss is None:
        return None
    import decimal
    with decimal.localcontext(decimal.Context(prec=2000)):
        return float(Decimal(repr(total)) - Decimal(repr(congestion)) - Decimal(repr(loss))) or 0.0


def output_row(dataset, utc, key, known, source_file, is_current):
    local, offset = local_of(utc)
    day = local // 86400
    second = local % 86400
    row = {
        "datetime_utc": utc * 1_000_000, "interval_end_utc": (utc + dataset.minutes * 60) * 1_000_000,
        "interval_minutes": dataset.minutes, "datetime_local": local * 1_000_000, "utc_offset_minutes": offset // 60,
        "delivery_date": day, "delivery_hour": second // 3600 + 1,
        "delivery_interval": 0 if dataset.minutes == 60 else second % 3600 // (dataset.minutes * 60) + 1,
        "iso": "PJM", "market_type": dataset.market, "dataset": dataset.name,
    }
    if dataset.table == "energy":
        v = dict(zip(ENERGY_ATTRIBUTES, known))
        row.update(settlement_location=v["name"] or v["id"], settlement_location_id=v["id"],
                   settlement_location_type=v["type"], zone=v["zone"], voltage_kv=v["voltage_kv"], lmp_total=v["lmp_total"],
                   lmp_energy=v["lmp_energy"], lmp_congestion=v["lmp_congestion"], lmp_loss=v["lmp_loss"], lmp_ghg=None)
        if dataset.derives:
            row["lmp_energy"] = derive(v["lmp_total"], v["lmp_congestion"], v["lmp_loss"])
    else:
        v = dict(zip(AS_ATTRIBUTES, known))
        product, region, resource = key[1:]
        row.update(as_product=product, as_product_standard=STANDARD_PRODUCTS.get(product), as_region=region,
                   settlement_location=resource, market_clearing_price=v["market_clearing_price"],
                   cleared_quantity_mw=v["cleared_quantity_mw"], requirement_mw=v["requirement_mw"], unit=v["unit"])
    row.update(version=v["version"], is_current=is_current, source_file=source_file, finality=None)
    return row


# ---- order ----

def text_key(text):
    """Unsigned byte order, null last."""
    return (text is None, (text or "").encode("utf-8"))


def place_key(dataset, row):
    if dataset.table == "ancillary":
        return (text_key(row["as_product"]), text_key(row["as_region"]), text_key(row["settlement_location"]))
    if dataset.key == ("name",):
        return (text_key(row["settlement_location"]),)
    return (text_key(row["settlement_location"]), text_key(row["settlement_location_id"]))


def partition_of(dataset, row, override):
    date = EPOCH_DATE + dt.timedelta(days=row["delivery_date"])
    return f"{date.year:04d}-{date.month:02d}" if (override or dataset.partition) == "month" else f"{date.year:04d}"


def block_of(dataset, row):
    return (row["delivery_date"] - MONDAY_DAYS) // dataset.block_days if dataset.block_days else 0


def hours_of_day(days):
    """23, 24 or 25: the hours of a delivery date."""
    midnights = [dt.datetime.combine(EPOCH_DATE + dt.timedelta(days=d), dt.time(), ZONE).timestamp() for d in (days, days + 1)]
    return int(midnights[1] - midnights[0]) // 3600


def short_days(dataset, rows):
    """[(date, intervals expected, intervals found)] of each date from the first to the last that has not all."""
    found = {}
    for row in rows:
        found.setdefault(row["delivery_date"], set()).add(row["datetime_utc"])
    days = ((d, hours_of_day(d) * 60 // dataset.minutes, len(found.get(d, ()))) for d in range(min(found), max(found) + 1))
    return [((EPOCH_DATE + dt.timedelta(days=d)).isoformat(), wanted, n) for d, wanted, n in days if wanted != n]


class Result:
    def __init__(self):
        self.files = []       # Input
        self.partitions = {}  # "pjm/dataset/dataset_2024.parquet": rows in order
        self.row_groups = {}  # the same: rows of each row group
        self.datasets = {}    # dataset: rows of all partitions, by partition
        self.ranked = {}      # dataset: (row, how many newer ones its key has), in no order

    def totals(self):
        return {name: sum(f.counts[name] for f in self.files if f.state == "converted") for name in COUNTS}


def find_inputs(paths):
    for path in paths:
        if os.path.isdir(path):
            for folder, folders, names in os.walk(path):
                folders[:] = sorted(d for d in folders if not d.startswith("."))
                for name in sorted(names):
                    if not name.startswith(".") and name.lower().endswith((".csv", ".csv.gz")):
                        yield os.path.join(folder, name)
        else:
            yield path


def convert(paths, keep_revisions=False, order="block", partition=None, years=None, datasets=None, types=None, locations=None):
    """The expected output for a list of files and folders."""
    result = Result()
    inputs = result.files = [Input(path) for path in find_inputs(paths)]

    def asked(dataset, utc, texts):
        if years is not None and dt.datetime.fromtimestamp(utc, ZONE).year not in years:
            return False
        if datasets is not None and dataset.name not in datasets:
            return False
        if types is not None and texts.get("type") not in types:
            return False
        return locations is None or (texts.get("name") or texts.get("id")) in locations

    keys = {}
    for source, entry in enumerate(inputs):
        try:
            parts = read_file(source, inputs, asked)
        except (Failed, Unrecognised, LeftOut) as problem:
            entry.state = {Failed: "failed", Unrecognised: "unrecognised", LeftOut: "left_out"}[type(problem)]
            entry.reason = str(problem)
            continue
        for dataset, items in parts.items():
            for part in items:
                keys.setdefault(dataset, {}).setdefault(part.key, []).append(part)
    for name in sorted(keys):
        dataset = DATASETS[name]
        ranked = result.ranked[name] = []
        for key, parts in keys[name].items():
            for rank, (known, source, current) in enumerate(merge_key(parts, inputs, dataset, keep_revisions)):
                ranked.append((output_row(dataset, key[0], key, known, shown_name(inputs[source].stored_name), current), rank))
    return arranged(result, order, partition)


def arranged(found, order, partition=None):
    """The rows of a result in an order, cut into files and row groups."""
    result = Result()
    result.files, result.ranked = found.files, found.ranked
    for name, ranked in found.ranked.items():
        dataset, rows = DATASETS[name], []
        for row, rank in ranked:
            place = place_key(dataset, row)
            inner = {"block": (block_of(dataset, row), place, row["datetime_utc"]),
                     "location": (place, row["datetime_utc"]), "time": (row["datetime_utc"], place)}[order]
            rows.append(((partition_of(dataset, row, partition),) + inner + (rank,), row))
        rows.sort(key=lambda item: item[0])
        result.datasets[name] = [row for _, row in rows]
        groups = {}
        for sort_key, row in rows:
            path = f"pjm/{name}/{name}_{sort_key[0]}.parquet"
            result.partitions.setdefault(path, []).append(row)
            groups.setdefault(path, {}).setdefault(block_of(dataset, row), []).append(row)
        for path, blocks in groups.items():
            if order == "block":
                result.row_groups[path] = [len(blocks[b]) for b in sorted(blocks)]
            else:
                n = len(result.partitions[path])
                result.row_groups[path] = [min(1_000_000, n - at) for at in range(0, n, 1_000_000)]
    return result


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("inputs", nargs="+")
    parser.add_argument("--keep-revisions", action="store_true")
    args = parser.parse_args()
    result = convert(args.inputs, keep_revisions=args.keep_revisions)
    summary = {"files": [f.as_json() for f in result.files], "totals": result.totals(), "partitions": {}}
    for path, rows in result.partitions.items():
        price = "lmp_total" if "lmp_total" in rows[0] else "market_clearing_price"
        summary["partitions"][path] = {"rows": len(rows), "row_groups": result.row_groups[path],
                                       "sum": math.fsum(r[price] for r in rows if r[price] is not None)}
    json.dump(summary, sys.stdout, indent=1)
    print()


if __name__ == "__main__":
    main()
