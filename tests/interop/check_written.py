#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Reads the files of test_writer_files with pyarrow, DuckDB and Polars and compares them with values computed here.

usage: check_written.py FOLDER        (after: parquet-test_writer_files FOLDER)
An engine that is not installed is named and skipped. Exit code 1 where anything differs.
"""
import glob
import importlib
import math
import os
import struct
import sys
import zlib

from compact import Compact

COLUMNS = ["stamp", "local", "day", "hour", "name", "zone", "voltage", "cents", "full", "none", "version", "flag",
           "source", "maybe"]
REQUIRED = {"stamp", "local", "day", "hour", "name", "flag", "source"}
MASK = (1 << 64) - 1
START = 1704067200000000
failures = 0


def engine(name):
    try:
        return importlib.import_module(name)
    except ImportError:
        print(f"skipped: {name} is not installed")
        return None


def expect(what, got, wanted):
    global failures
    if got != wanted:
        failures += 1
        print(f"FAILED {what}: {str(got)[:300]} != {str(wanted)[:300]}")


def mix(seed, column, row):
    x = (seed * 1000003 + column * 7919 + row) & MASK
    x ^= x >> 33
    x = x * 0xff51afd7ed558ccd & MASK
    return x ^ x >> 33


def value(seed, name, row):
    """The formula of made_table.h."""
    m = mix(seed, COLUMNS.index(name), row)
    if name in ("stamp", "local"):
        return START + row // 7 % 2016 * 300000000 - (18000000000 if name == "local" else 0)
    if name == "day":
        return 19723 + row % 3
    if name == "hour":
        return m % 24 + 1
    if name == "name":
        return "NODE_%05d" % (row // 50 % 3000)
    if name == "zone":
        return ["", "EAST", "WEST", "zed", "\u00c4land", None][m % 6]
    if name == "voltage":
        return [115.0, 230.0, 345.0, 500.5, 765.0][m % 8] if m % 8 < 5 else None
    if name == "cents":
        return None if (m >> 40) % 50 == 0 else (m % 4001 - 1000) / 100
    if name == "full":
        return 1e-12 * (row + 1) if row % 997 == 5 else (m % 100000000 - 30000000) / 1000000
    if name == "none":
        return None
    if name == "version":
        return None if row % 2 == 0 else m % 3 + 1
    if name == "flag":
        return bool(m & 1)
    if name == "source":
        return "file_%09d.csv!member_%09d" % (row, row)
    return [False, True, None][m % 3]


def groups_of(path):
    parts = os.path.basename(path)[:-len(".parquet")].split("-")
    return [int(rows) for rows in parts[1:]]


def wanted_columns(path):
    return {name: [value(seed, name, row) for seed, rows in enumerate(groups_of(path)) for row in range(rows)]
            for name in COLUMNS}


def plain(name, column):
    """pyarrow column to Python values, times as integers."""
    import pyarrow as pa
    if name in ("stamp", "local"):
        column = column.cast(pa.int64())
    elif name == "day":
        column = column.cast(pa.int32())
    return column.to_pylist()


def check_pyarrow(pa, path, wanted):
    import pyarrow.parquet as pq
    table = pq.read_table(path, page_checksum_verification=True)
    types = {"stamp": pa.timestamp("us", "UTC"), "local": pa.timestamp("us"), "day": pa.date32(), "hour": pa.int32(),
             "name": pa.string(), "zone": pa.string(), "voltage": pa.float64(), "cents": pa.float64(),
             "full": pa.float64(), "none": pa.float64(), "version": pa.int32(), "flag": pa.bool_(),
             "source": pa.string(), "maybe": pa.bool_()}
    for name in COLUMNS:
        field = table.schema.field(name)
        expect(f"{path} type of {name}", field.type, types[name])
        expect(f"{path} nullable of {name}", field.nullable, name not in REQUIRED)
        got = plain(name, table.column(name))
        expect(f"{path} {name} (pyarrow)", got == wanted[name], True)
    check_metadata(pq, path)


def bits(number):
    return struct.pack("<d", number)


def check_metadata(pq, path):
    codec = os.path.basename(path).split("-")[0].split(".")[0]
    codec = {"none": "UNCOMPRESSED", "lz4": "LZ4", "sorted": "ZSTD"}.get(codec, codec.upper())
    file = pq.ParquetFile(path)
    meta = file.metadata
    rows = groups_of(path)
    expect(f"{path} rows", meta.num_rows, sum(rows))
    expect(f"{path} groups", meta.num_row_groups, len(rows))
    expect(f"{path} created_by", meta.created_by, "gridpq version 0.1.0 (build test)")
    expect(f"{path} notes", {k: v for k, v in (meta.metadata or {}).items() if k != b"ARROW:schema"},
           {b"gridpq.order": b"block", b"made": "\u00c4 note".encode()})
    expect(f"{path} logical", [str(file.schema.column(i).logical_type) for i in (0, 1, 2, 3, 4)],
           ["Timestamp(isAdjustedToUTC=true, timeUnit=microseconds, is_from_converted_type=false, "
            "force_set_converted_type=false)",
            "Timestamp(isAdjustedToUTC=false, timeUnit=microseconds, is_from_converted_type=false, "
            "force_set_converted_type=false)", "Date", "None", "String"])
    at = 4
    for g, n in enumerate(rows):
        group = meta.row_group(g)
        expect(f"{path} group {g} rows", group.num_rows, n)
        expect(f"{path} group {g} bytes", group.total_byte_size,
               sum(group.column(c).total_uncompressed_size for c in range(len(COLUMNS))))
        wants_sorting = os.path.basename(path).startswith("sorted")
        expect(f"{path} group {g} sorting", [s.column_index for s in group.sorting_columns],
               [0, 4] if wants_sorting else [])
        for c, name in enumerate(COLUMNS):
            at = check_chunk(path, group.column(c), g, name, n, codec, at)


def check_chunk(path, chunk, g, name, n, codec, at):
    what = f"{path} group {g} {name}"
    values = [value(g, name, row) for row in range(n)]
    present = [v for v in values if v is not None]
    start = chunk.dictionary_page_offset if chunk.has_dictionary_page else chunk.data_page_offset
    expect(f"{what} start", start, at)
    expect(f"{what} codec", chunk.compression, codec)
    expect(f"{what} index", (chunk.has_offset_index, chunk.has_column_index), (True, True))
    statistics = chunk.statistics
    expect(f"{what} nulls", statistics.null_count, n - len(present))
    expect(f"{what} has min, max", statistics.has_min_max, bool(present))
    if present:
        low, high = min(present), max(present)
        if isinstance(low, float):
            low = -0.0 if low == 0 else low
            high = 0.0 if high == 0 else high
            expect(f"{what} min, max", (bits(statistics.min_raw), bits(statistics.max_raw)), (bits(low), bits(high)))
            expect(f"{what} no NaN", math.isnan(statistics.min_raw), False)
        else:
            raw = (statistics.min_raw, statistics.max_raw)
            if isinstance(low, str):
                low = min(present, key=str.encode).encode()
                high = max(present, key=str.encode).encode()
                raw = tuple(v if isinstance(v, bytes) else v.encode() for v in raw)
            expect(f"{what} min, max", raw, (low, high))
    if name in ("flag", "maybe", "none", "source"):
        encodings = {"PLAIN", "RLE"}
    elif name == "local" and g % 2:  # one by one: the smaller of the two
        encodings = None
    elif name in ("stamp", "local", "day", "hour", "name", "zone", "voltage") and n > 1000:
        encodings = {"PLAIN", "RLE", "RLE_DICTIONARY"}
    else:
        encodings = None
    if encodings:
        expect(f"{what} encodings", set(chunk.encodings), encodings)
    if name == "full" and n > 1000:
        expect(f"{what} has no dictionary", chunk.has_dictionary_page, False)
    return at + chunk.total_compressed_size


def check_duckdb(duckdb, path, wanted):
    connection = duckdb.connect()
    connection.execute("SET TimeZone='UTC'")
    relation = connection.execute(
        "SELECT epoch_us(stamp) AS stamp, epoch_us(local) AS local, day - DATE '1970-01-01' AS day, hour, name, zone, "
        'voltage, cents, "full", "none", version, flag, source, maybe FROM read_parquet(?, file_row_number=true) '
        "ORDER BY file_row_number", [path])
    columns = list(zip(*relation.fetchall())) or [()] * len(COLUMNS)
    for name, got in zip(COLUMNS, columns):
        expect(f"{path} {name} (duckdb)", list(got) == wanted[name], True)
    converted = connection.execute("SELECT name, converted_type FROM parquet_schema(?)", [path]).fetchall()
    expect(f"{path} converted types", {name: kind for name, kind in converted if kind},
           {"stamp": "TIMESTAMP_MICROS", "local": "TIMESTAMP_MICROS", "day": "DATE", "name": "UTF8", "zone": "UTF8",
            "source": "UTF8"})
    # Pruning by statistics and bloom filters must lose nothing.
    for name, probe in (("name", "NODE_00007"), ("name", "NODE_absent"), ("source", wanted["source"][:1] or ["x"])):
        probe = probe[0] if isinstance(probe, list) else probe
        got = connection.execute(f"SELECT count(*) FROM read_parquet(?) WHERE {name} = ?", [path, probe]).fetchone()[0]
        expect(f"{path} rows with {name} = {probe}", got, wanted[name].count(probe))
    got = connection.execute("SELECT count(*) FROM read_parquet(?) WHERE cents BETWEEN 0 AND 0.5", [path]).fetchone()[0]
    expect(f"{path} rows by cents", got, sum(1 for v in wanted["cents"] if v is not None and 0 <= v <= 0.5))


def check_bloom(duckdb, path):
    """The filters themselves, as DuckDB understands them."""
    connection = duckdb.connect()
    try:
        rows = connection.execute("SELECT bloom_filter_excludes FROM parquet_bloom_probe(?, 'name', 'NODE_00003')",
                                  [path]).fetchall()
        expect(f"{path} bloom keeps what is there", [r[0] for r in rows], [n <= 150 for n in groups_of(path)])
        rows = connection.execute("SELECT bloom_filter_excludes FROM parquet_bloom_probe(?, 'name', 'nowhere at all')",
                                  [path]).fetchall()
        expect(f"{path} bloom excludes what is not", all(r[0] for r in rows), True)
    except duckdb.Error as error:
        print(f"skipped: parquet_bloom_probe ({error})")


def check_polars(polars, path, wanted):
    frame = polars.read_parquet(path)
    for name in COLUMNS:
        series = frame.get_column(name)
        if name in ("stamp", "local"):
            series = series.dt.epoch("us")
        elif name == "day":
            series = series.cast(polars.Int32)
        expect(f"{path} {name} (polars)", series.to_list() == wanted[name], True)
    got = polars.scan_parquet(path).filter(polars.col("name") == "NODE_00007").select(polars.len()).collect().item()
    expect(f"{path} scan by name (polars)", got, wanted["name"].count("NODE_00007"))


def bound(name, number, upper):
    """A value's PLAIN bytes as a bound."""
    if isinstance(number, str):
        return number.encode()
    if isinstance(number, bool):
        return bytes([number])
    if isinstance(number, float):
        return bits((0.0 if upper else -0.0) if number == 0 else number)
    return struct.pack("<q" if name in ("stamp", "local") else "<i", number)


def check_index(path):
    """Page index, page headers and CRCs, read from the bytes without any library."""
    data = open(path, "rb").read()
    size = struct.unpack("<I", data[-8:-4])[0]
    footer = Compact(data, len(data) - 8 - size).struct()
    expect(f"{path} column orders", footer[7], [{1: {}}] * len(COLUMNS))
    for g, group in enumerate(footer[4]):
        first = group[1][0][3]
        expect(f"{path} group {g} place", (group[5], group[7]), (first.get(11, first[9]), g))
        expect(f"{path} group {g} stored", group[6], sum(column[3][7] for column in group[1]))
        for name, column in zip(COLUMNS, group[1]):
            values = [value(g, name, row) for row in range(group[3])]
            check_pages(f"{path} group {g} {name}", data, name, column, values)


def check_pages(what, data, name, column, values):
    meta = column[3]
    index = Compact(data, column[6]).struct()
    offsets = Compact(data, column[4]).struct()
    pages = offsets[1]
    lows, highs, raw, at = [], [], 0, meta.get(11, meta[9])
    if 11 in meta:
        raw += check_page(what + " dictionary", data, at, meta[9] - at, 2)[0]
    expect(f"{what} first page", pages[0][1], meta[9])
    for i, page in enumerate(pages):
        end = pages[i + 1][3] if i + 1 < len(pages) else len(values)
        part = values[page[3]:end]
        here = [v for v in part if v is not None]
        expect(f"{what} page {i} rows", 0 < len(part) <= 20000, True)
        keyed = sorted(set(here), key=lambda v: v.encode() if isinstance(v, str) else v)
        low, high = (bound(name, keyed[0], False), bound(name, keyed[-1], True)) if here else (b"", b"")
        expect(f"{what} page {i} bounds", (index[2][i], index[3][i]), (low, high))
        expect(f"{what} page {i} nulls", (index[1][i], index[5][i]), (not here, len(part) - len(here)))
        if here:
            lows.append(keyed[0].encode() if isinstance(keyed[0], str) else keyed[0])
            highs.append(keyed[-1].encode() if isinstance(keyed[-1], str) else keyed[-1])
        if 2 in offsets:
            expect(f"{what} page {i} text", offsets[2][i], sum(len(v.encode()) for v in here))
        added, header = check_page(f"{what} page {i}", data, page[1], page[2], 0)
        raw += added
        wanted = {3: len(part) - len(here)}
        if here:
            wanted.update({5: high, 6: low, 7: True, 8: True})
        if name in ("voltage", "cents", "full", "none"):
            wanted[9] = 0
        expect(f"{what} page {i} header", (header[5][1], header[5][5]), (len(part), wanted))
    ascending, descending = (lows == sorted(lows) and highs == sorted(highs),
                             lows == sorted(lows, reverse=True) and highs == sorted(highs, reverse=True))
    expect(f"{what} boundary order", index[4], 1 if ascending else 2 if descending else 0)
    expect(f"{what} sizes", (meta[6], meta[7]), (raw, pages[-1][1] + pages[-1][2] - at))
    nulls = sum(v is None for v in values)
    sizes = {1: sum(len(v.encode()) for v in values if v is not None)} if name in ("name", "zone", "source") else {}
    sizes.update({} if name in REQUIRED else {3: [nulls, len(values) - nulls]})
    expect(f"{what} size statistics", meta.get(16, {}), sizes)
    if 4 in meta[12]:
        expect(f"{what} distinct", meta[12][4], len(set(values) - {None}))
    expect(f"{what} encoding stats", sum(stat[3] for stat in meta[13]), len(pages) + (11 in meta))


def check_page(what, data, at, size, kind):
    """(uncompressed bytes with header, header)"""
    reader = Compact(data, at)
    header = reader.struct()
    body = data[reader.at:reader.at + header[3]]
    expect(f"{what} kind", header[1], kind)
    expect(f"{what} size", reader.at - at + header[3], size)
    expect(f"{what} crc", header[4] & 0xFFFFFFFF, zlib.crc32(body))
    expect(f"{what} is at most a page", header[2] <= 1 << 20, True)
    return reader.at - at + header[2], header


def main():
    paths = sorted(glob.glob(os.path.join(sys.argv[1], "*.parquet")))
    if not paths:
        sys.exit(f"no *.parquet in {sys.argv[1]}: run parquet-test_writer_files {sys.argv[1]} first")
    pyarrow, duckdb, polars = engine("pyarrow"), engine("duckdb"), engine("polars")
    for path in paths:
        wanted = wanted_columns(path)
        check_index(path)
        if pyarrow:
            check_pyarrow(pyarrow, path, wanted)
        if duckdb:
            check_duckdb(duckdb, path, wanted)
            if groups_of(path) and groups_of(path)[0] > 200:
                check_bloom(duckdb, path)
        if polars:
            check_polars(polars, path, wanted)
    print(f"{len(paths)} files, {failures} differences")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
