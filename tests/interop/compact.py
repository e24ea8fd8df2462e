# SPDX-License-Identifier: MIT
"""Thrift's compact protocol and the places of pages, read from a file's bytes without any library for Parquet."""


class Compact:
    """Thrift's compact protocol: structs become {field id: value}, lists lists, binary bytes."""

    def __init__(self, data, at=0):
        self.data, self.at = data, at

    def varint(self):
        value = shift = 0
        while True:
            byte = self.data[self.at]
            self.at += 1
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    def zigzag(self):
        value = self.varint()
        return value >> 1 ^ -(value & 1)

    def value(self, kind, in_list=False):
        if kind in (1, 2):
            if in_list:
                self.at += 1
                return self.data[self.at - 1] == 1
            return kind == 1
        if kind in (4, 5, 6):
            return self.zigzag()
        if kind == 8:
            size = self.varint()
            self.at += size
            return bytes(self.data[self.at - size:self.at])
        if kind == 9:
            head = self.data[self.at]
            self.at += 1
            count = self.varint() if head >> 4 == 15 else head >> 4
            return [self.value(head & 15, True) for _ in range(count)]
        if kind == 12:
            return self.struct()
        raise ValueError(f"type {kind} at {self.at}")

    def struct(self):
        fields, last = {}, 0
        while True:
            head = self.data[self.at]
            self.at += 1
            if head == 0:
                return fields
            last = last + (head >> 4) if head >> 4 else self.zigzag()
            fields[last] = self.value(head & 15)


class Column:
    """A column chunk as footer, offset index and page headers describe it. Field numbers: parquet.thrift."""

    def __init__(self, data, chunk):
        meta = chunk[3]
        self.name = ".".join(part.decode() for part in meta[3])
        self.codec, self.values, self.has_dictionary = meta[4], meta[5], 11 in meta
        self.pages = [self.page(data, place[1]) for place in Compact(data, chunk[4]).struct()[1]]

    @staticmethod
    def page(data, at):
        reader = Compact(data, at)
        header = reader.struct()
        return Page(header[5][1], header[5][2], header[2], data[reader.at:reader.at + header[3]])


class Page:
    def __init__(self, values, encoding, raw_bytes, stored):
        self.values, self.encoding, self.raw_bytes, self.stored = values, encoding, raw_bytes, stored


def row_groups(path):
    """[({column: Column}, sorting columns)] of each row group."""
    with open(path, "rb") as f:
        data = f.read()
    footer = Compact(data, len(data) - 8 - int.from_bytes(data[-8:-4], "little")).struct()
    return [({column.name: column for column in (Column(data, chunk) for chunk in group[1])}, group.get(4, []))
            for group in footer[4]]
