# SPDX-License-Identifier: MIT
"""Files, gzip and ZIP archives to inputs: what stands where, under which name, and its bytes (DESIGN 1, 6; RULES 21, 23)."""
import ctypes
import ctypes.util
import gzip
import io
import os
import re
import struct
import zipfile
import zlib

import sheets

MAX_DEPTH = 4  # archives one in the other
COUNTS = ["written", "joined", "duplicate", "superseded", "blank", "rejected", "outside"]
PRELIM, UNMARKED, REPRICED, FINAL = range(4)  # of two, the greater one is newer (RULES 21)


class Failed(Exception):
    """The file gives nothing."""


class Unrecognised(Exception):
    pass


class LeftOut(Exception):
    pass


STATES = {Failed: "failed", Unrecognised: "unrecognised", LeftOut: "left_out"}


def base_name(path):
    """As files are ranked by: the last part, without .gz."""
    name = os.path.basename(path)
    return name[:-3] if name.lower().endswith(".gz") else name


def shown_name(name):
    """As source_file has it: bytes that are no UTF-8 as %XX (RULES 13)."""
    return "".join(f"%{ord(c) - 0xDC00:02X}" if "\udc80" <= c <= "\udcff" else c for c in name)


class Input:
    """A file, or a member of an archive, with its account."""

    def __init__(self, path, stored_name=None, content=None, problem=None):
        self.path = path                    # "/x/a.zip!i.zip!2024/b.csv"
        self.stored_name = stored_name or os.path.basename(path)  # "a.zip!i.zip!b.csv": no folders
        *outer, own = self.stored_name.split("!")
        sheet_of = outer[-1] + "!" if outer and outer[-1].lower().endswith(".xlsx") else ""  # "Jan" alone says little
        self.base = base_name(sheet_of + own)
        self.shown = shown_name(self.stored_name)
        self.content, self.problem = content, problem
        self.state, self.reason, self.feed, self.iso, self.datasets = "converted", None, None, None, []
        self.lines = self.header_lines = self.blank_lines = self.data_lines = self.partial_rows = 0
        self.counts = dict.fromkeys(COUNTS, 0)
        self.rejects = []  # (byte offset, line number, raw bytes, reason)
        self.local_warnings = self.voltage_warnings = 0
        self.finality, self.published, self.rank = UNMARKED, 0, None

    def take(self):
        """The decompressed bytes, once. Failed, Unrecognised or LeftOut where there are none."""
        if self.problem:
            raise self.problem
        content, self.content = self.content, None
        return content

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


# ---- what bytes are ----

def content_problem(data):
    """Why the bytes of a file are no CSV, or None."""
    for magic, sentence in [(b"\xff\xfe", "UTF-16"), (b"\xfe\xff", "UTF-16"), (b"PAR1", "Parquet"), (b"%PDF", "PDF"),
                            (b"<?xml", "XML")]:
        if data.startswith(magic):
            return sentence
    if data.startswith(b"No data exists for this period"):
        return "no data"
    text = data.lstrip(b" \t\r\n")
    if not text:
        return "empty"
    if text[:1] == b"<":
        return "markup"
    return "binary" if b"\0" in data[:512] else None


def is_archive(data, name):
    if data[:4] in (b"PK\3\4", b"PK\5\6", b"PK\7\10"):
        return True
    return name.lower().endswith(".zip") and content_problem(data) == "binary"


def unpacked(data):
    """The decompressed bytes of a file. Failed where the container is not whole."""
    if data[:2] != b"\x1f\x8b":
        return data
    try:
        return gzip.decompress(data)
    except (EOFError, OSError, zlib.error) as error:
        raise Failed(f"gzip: {error}") from error


# ---- what stands where ----

def is_decoration(name):
    """What file managers leave behind."""
    parts = name.split("/")
    return parts[0] == "__MACOSX" or parts[-1].startswith("._") or parts[-1] in (".DS_Store", "Thumbs.db", "desktop.ini")


def member_name(name):
    """As it is shown: control characters percent-escaped."""
    return re.sub("[\0-\x1f\x7f]", lambda m: f"%{ord(m[0]):02X}", name.replace("\\", "/"))


def leaf(path, stored_name, data):
    """An input of bytes that are no archive."""
    try:
        data = unpacked(data)
    except Failed as problem:
        return Input(path, stored_name, problem=problem)
    return Input(path, stored_name, content=data)


def members(path, stored_name, data, depth):
    """The inputs in an archive; those of archives in it behind them."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        infos = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, struct.error) as error:
        return [Input(path, stored_name, problem=Failed(f"zip: {error}"))]
    if infos and data[:4] == b"PK\3\4" and min(info.header_offset for info in infos) > 0:
        return [Input(path, stored_name, problem=Failed("zip: cut off: the directory is that of an archive inside"))]
    if not infos:
        return [Input(path, stored_name, problem=Unrecognised("an archive without members"))]
    try:
        book = sheets.sheets_of(archive)
    except sheets.DAMAGE as error:
        return [Input(path, stored_name, problem=Failed(f"workbook: {error}"))]
    if book is not None:
        return [Input(f"{path}!{name}", f"{stored_name}!{name}", content=content) if content else
                Input(f"{path}!{name}", f"{stored_name}!{name}", problem=LeftOut("an empty sheet")) for name, content in book]
    found = []
    for info in infos:
        if info.is_dir():
            continue
        name = member_name(info.filename)
        inside, stored = f"{path}!{name}", f"{stored_name}!{name.rsplit('/', 1)[-1]}"
        if is_decoration(name):
            found.append(Input(inside, stored, problem=LeftOut("made by a file manager")))
            continue
        try:
            content = archive.read(info)
        except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, zlib.error) as error:
            found.append(Input(inside, stored, problem=Failed(f"zip: {error}")))
            continue
        if not is_archive(content, name):
            found.append(leaf(inside, stored, content))
        elif depth == MAX_DEPTH:
            found.append(Input(inside, stored, problem=Failed("too many archives one in the other")))
        else:
            found += members(inside, stored, content, depth + 1)
    return found


def inputs_of(path):
    name = os.path.basename(path)
    try:
        with open(path, "rb") as f:
            data = f.read()
    except OSError as error:
        return [Input(path, problem=Failed(str(error)))]
    return members(path, name, data, 1) if is_archive(data, name) else [leaf(path, name, data)]


def find_inputs(paths):
    """All inputs of files and folders; hidden names are passed over."""
    for path in paths:
        if not os.path.isdir(path):
            yield from inputs_of(path)
            continue
        for folder, folders, names in os.walk(path):
            folders[:] = sorted(d for d in folders if not d.startswith("."))
            for name in sorted(names):
                if not name.startswith("."):
                    yield from inputs_of(os.path.join(folder, name))
