#!/usr/bin/env python3
"""Write Parquet files with pyarrow into a folder, each with a dump of its values that the reader's test compares.

A dump has a line a value, column after column of each row group: `-` for null, numbers in decimal, doubles as the 16 hex
digits of their bits, texts as hex behind `t`.
"""
import datetime
import random
import struct
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq


def table(rows: int, nulls: float, seed: int) -> pa.Table:
    """One column of each type that is read, `nulls` of the optional ones null, in runs and alone."""
    rng = random.Random(seed)

    def some(values):
        out, run = [], False
        for value in values:
            if rng.random() < 0.02:
                run = not run
            out.append(None if nulls and (run or rng.random() < nulls) else value)
        return out

    start = 1704067200000000
    fields = [
        ("stamp", pa.timestamp("us", tz="UTC"), False, [start + 300000000 * (i % 999) for i in range(rows)]),
        ("local", pa.timestamp("us"), True, some([start - 18000000000 + i for i in range(rows)])),
        ("day", pa.date32(), True, some([19723 + i // 24 for i in range(rows)])),
        ("small", pa.int32(), True, some([rng.randint(-2**31, 2**31 - 1) for _ in range(rows)])),
        ("few", pa.int32(), False, [rng.choice([5, 15, 60]) for _ in range(rows)]),
        ("price", pa.float64(), True, some([rng.choice([0.0, -0.0, 1e300, 25.07, rng.gauss(30, 20)]) for _ in range(rows)])),
        ("cents", pa.float64(), False, [round(rng.gauss(30, 20), 2) for _ in range(rows)]),
        ("flag", pa.bool_(), True, some([rng.random() < 0.9 for _ in range(rows)])),
        ("text", pa.string(), True, some(["" if i % 7 == 0 else f"node é {i // 50}" for i in range(rows)])),
        ("unlike", pa.string(), False, [f"{i:x}" * (i % 5) for i in range(rows)]),
        ("void", pa.string(), True, [None] * rows),
    ]
    arrays = [pa.array(values, pa.int64()).cast(kind) if pa.types.is_timestamp(kind) else pa.array(
        [None if v is None else datetime.date(1970, 1, 1) + datetime.timedelta(days=v) for v in values], kind)
        if pa.types.is_date32(kind) else pa.array(values, kind) for _, kind, _, values in fields]
    return pa.table(arrays, schema=pa.schema([pa.field(n, k, nullable=o) for n, k, o, _ in fields]))


def dump(data: pa.Table, group_rows: int, path: Path) -> None:
    with path.open("w") as out:
        for first in range(0, data.num_rows, group_rows):
            for column in data.slice(first, group_rows).columns:
                kind = column.type
                if pa.types.is_timestamp(kind):
                    column = column.cast(pa.int64())
                elif pa.types.is_date32(kind):
                    column = column.cast(pa.int32())
                for value in column.to_pylist():
                    if value is None:
                        out.write("-\n")
                    elif isinstance(value, float):
                        out.write(struct.pack(">d", value).hex() + "\n")
                    elif isinstance(value, str):
                        out.write("t" + value.encode().hex() + "\n")
                    else:
                        out.write(f"{int(value)}\n")


def main(folder: Path) -> None:
    numbers = ["small", "few", "price", "cents"]
    split = {name: "BYTE_STREAM_SPLIT" for name in numbers}
    cases = {
        "plain": dict(compression="none", use_dictionary=False),
        "dictionary": dict(compression="none"),
        "snappy": dict(compression="snappy"),
        "gzip": dict(compression="gzip", data_page_size=3000),
        "zstd": dict(compression="zstd", write_page_index=True, write_page_checksum=True),
        "lz4": dict(compression="lz4", use_dictionary=["text"]),
        "v2": dict(compression="zstd", data_page_version="2.0", write_page_checksum=True),
        "v2_plain": dict(compression="none", data_page_version="2.0", use_dictionary=False, data_page_size=5000),
        "split": dict(compression="zstd", use_dictionary=False, column_encoding=split),
        "fallback": dict(compression="snappy", dictionary_pagesize_limit=600, data_page_size=2000),
        "v1_levels": dict(compression="snappy", version="1.0"),
    }
    for number, (name, options) in enumerate(cases.items()):
        for nulls in (0.0, 0.3):
            data = table(5000, nulls, number)
            stem = f"{name}_{int(nulls * 10)}"
            pq.write_table(data, folder / f"{stem}.parquet", row_group_size=2300, **options)
            dump(data, 2300, folder / f"{stem}.dump")
    nested = pa.table({"a": pa.array([[1, 2], [3]]), "b": pa.array([1, 2])})
    pq.write_table(nested, folder / "bad_nested.parquet")
    pq.write_table(pa.table({"ok": [1], "half": pa.array([1.5], pa.float32())}), folder / "bad_float.parquet")
    pq.write_table(pa.table({"n": list(range(50))}), folder / "bad_delta.parquet", use_dictionary=False,
                   column_encoding={"n": "DELTA_BINARY_PACKED"})
    pq.write_table(pa.table({"n": list(range(50))}), folder / "bad_brotli.parquet", compression="brotli")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
