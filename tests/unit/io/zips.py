#!/usr/bin/env python3
"""Writes ZIP archives with Python's zipfile into FOLDER, and what is in them into FOLDER/expected.tsv: the archive, the path of
a member inside ('a.zip!b.csv'), its size and CRC-32, or '-' where it cannot be read. Usage: zips.py FOLDER"""
import io
import os
import random
import sys
import warnings
import zipfile
import zlib


class Pipe(io.RawIOBase):
    """A file that cannot be sought in: zipfile then writes data descriptors."""

    def __init__(self):
        super().__init__()
        self.bytes = bytearray()

    def writable(self):
        return True

    def write(self, piece):
        self.bytes += piece
        return len(piece)


def text(seed, size):
    draw = random.Random(seed)
    lines = []
    while sum(map(len, lines)) < size:
        lines += ["2024-01-%02d,NODE_%05d,%.2f\n" % (draw.randint(1, 28), draw.randint(0, 9999), draw.gauss(30, 9))
                  for _ in range(1 + size // 25)]
    return "".join(lines).encode()[:size]


def packed(members, method=zipfile.ZIP_DEFLATED, pipe=False, wide=False, comment=b""):
    sink = Pipe() if pipe else io.BytesIO()
    with zipfile.ZipFile(sink, "w", method) as archive:
        for name, content in members:
            with archive.open(entry(name, method), "w", force_zip64=wide) as member:
                member.write(content)
        archive.comment = comment
    return bytes(sink.bytes) if pipe else sink.getvalue()


def entry(name, method):
    info = zipfile.ZipInfo(name, (2024, 2, 29, 23, 59, 58))
    info.compress_type = method
    return info


def archives():
    some = [("a.csv", text(1, 70000)), ("b/", b""), ("b/c.csv", text(2, 100)), ("empty.csv", b""), ("b/d.csv", text(3, 300000))]
    yield "deflated", packed(some)
    yield "stored", packed(some, zipfile.ZIP_STORED)
    yield "pipe", packed(some, pipe=True)
    yield "pipe_stored", packed(some, zipfile.ZIP_STORED, pipe=True)
    yield "wide", packed(some, wide=True)
    yield "wide_pipe", packed(some, pipe=True, wide=True, comment=b"of two lines\r\n")
    yield "comment", packed(some, comment=bytes(range(256)) * 255)
    yield "before", b"\x7fELF and more" * 1000 + packed(some)
    yield "nothing", packed([])
    yield "names", packed([("caf\u00e9.csv", b"1"), ("\u20ac/\U0001f600.csv", b"2"), ("../../x.csv", b"3"), ("C:\\x.csv", b"4")])
    yield "twice", packed([("a.csv", b"1"), ("a.csv", b"22"), ("a.csv", b"333")])
    yield "bzip2", packed(some[:1], zipfile.ZIP_BZIP2)
    yield "lzma", packed(some[:1], zipfile.ZIP_LZMA)
    yield "many", packed([("m%05d.csv" % i, text(i, 10 + i % 300)) for i in range(3000)])
    inner = packed(some)
    middle = packed([("x.csv", text(4, 5000)), ("inner.zip", inner), ("y.csv", text(5, 5000))], pipe=True)
    yield "three", packed([("middle.zip", middle), ("inner.zip", inner)])
    yield "three_stored", packed([("middle.zip", middle), ("inner.zip", inner)], zipfile.ZIP_STORED)
    large = packed([("l%d.csv" % i, text(i, 2000000)) for i in range(6)])
    yield "large", packed([("large.zip", large), ("large2.zip", packed([("large.zip", large)], zipfile.ZIP_STORED))])
    yield "daily", packed([("d%03d.zip" % i, packed([("d%03d.csv" % i, text(i, 9000))])) for i in range(100)])


def walk(content, path):
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for info in archive.infolist():
            inside = path + [info.filename.replace("\\", "/")]
            if info.is_dir():
                continue
            if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                yield inside, None
                continue
            member = archive.read(info)
            if info.filename.endswith(".zip"):
                yield from walk(member, inside)
            else:
                yield inside, member


def main(folder):
    warnings.simplefilter("ignore")  # of names that come twice
    with open(os.path.join(folder, "expected.tsv"), "w", encoding="utf-8") as expected:
        for name, content in archives():
            with open(os.path.join(folder, name + ".zip"), "wb") as file:
                file.write(content)
            for path, member in walk(content, []):
                crc = "-" if member is None else "%08x" % zlib.crc32(member)
                expected.write("%s\t%s\t%d\t%s\n" % (name, "!".join(path), 0 if member is None else len(member), crc))


if __name__ == "__main__":
    main(sys.argv[1])
