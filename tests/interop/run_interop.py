# SPDX-License-Identifier: MIT
"""pyarrow, DuckDB and Polars read what the program wrote, in all orders and codecs, both tables: all equal to the reference.

    run_interop.py [--program build/gridpq]
"""
import argparse
import datetime as dt
import importlib
import os
import random
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "property"))
import archives  # noqa: E402
import harness  # noqa: E402
from harness import reference  # noqa: E402

CODECS = ["zstd", "zstd:9", "snappy", "lz4", "gzip", "none"]
ORDERS = ["block", "time", "location"]
FEEDS = {"energy": ["da_hrl_lmps", "rt_fivemin_hrl_lmps", "rt_unverified_hrl_lmps"],
         "ancillary": ["ancillary_services", "reserve_market_results_5min", "reg_market_results"]}
EPOCH, EPOCH_UTC = dt.datetime(1970, 1, 1), dt.datetime(1970, 1, 1, tzinfo=dt.timezone.utc)
MICROSECOND = dt.timedelta(microseconds=1)


def as_number(value):
    """Times as a reader gives them, as the integers that are stored."""
    if isinstance(value, dt.datetime):
        return (value - (EPOCH_UTC if value.tzinfo else EPOCH)) // MICROSECOND
    if isinstance(value, dt.date):
        return (value - EPOCH.date()).days
    return value


def read_pyarrow(pyarrow, path):
    import pyarrow.parquet as pq
    table = pq.read_table(path, page_checksum_verification=True)
    return {str(f.name): str(f.type) for f in table.schema}, {n: harness.plain(table.column(n)) for n in table.column_names}


def read_duckdb(duckdb, path):
    connection = duckdb.connect()
    connection.execute("set timezone = 'UTC'")
    text = path.replace("'", "''")
    columns = connection.execute(f"describe select * from read_parquet('{text}')").fetchall()
    names = [c[0] for c in columns]
    # times as integers: no Python time zone package is needed then
    picks = [f'epoch_us("{c[0]}") as "{c[0]}"' if c[1].startswith("TIMESTAMP") else f'"{c[0]}"' for c in columns]
    rows = connection.execute(f"select {', '.join(picks)} from read_parquet('{text}', file_row_number = true) "
                              "order by file_row_number").fetchall()
    return ({c[0]: c[1] for c in columns}, {n: [as_number(row[i]) for row in rows] for i, n in enumerate(names)})


def read_polars(polars, path):
    frame = polars.read_parquet(path)
    numbers = frame.with_columns(polars.col(n).to_physical() for n, kind in frame.schema.items() if kind.is_temporal())
    return {n: str(kind) for n, kind in frame.schema.items()}, {n: numbers[n].to_list() for n in numbers.columns}


READERS = {"pyarrow": read_pyarrow, "duckdb": read_duckdb, "polars": read_polars}
TYPES = {
    "duckdb": {"timestamp[us, tz=UTC]": "TIMESTAMP WITH TIME ZONE", "timestamp[us]": "TIMESTAMP", "date32[day]": "DATE",
               "double": "DOUBLE", "bool": "BOOLEAN", "int32": "INTEGER", "string": "VARCHAR"},
    "polars": {"timestamp[us, tz=UTC]": "Datetime(time_unit='us', time_zone='UTC')",
               "timestamp[us]": "Datetime(time_unit='us', time_zone=None)", "date32[day]": "Date", "double": "Float64",
               "bool": "Boolean", "int32": "Int32", "string": "String"},
}


def compare_types(reader, types, table):
    problems = []
    for name in reference.TABLE_COLUMNS[table]:
        kind = reference.COLUMN_TYPES.get(name, "string")
        expected = TYPES.get(reader, {}).get(kind, kind)
        if types.get(name) != expected:
            problems.append(f"{name} is {types.get(name)} instead of {expected}")
    return problems


def make_inputs(folder, feeds, seed):
    rng = random.Random(seed)
    for feed in feeds:
        truth = archives.Truth(rng, feed, 1500)
        for name, data in archives.files_of(rng, truth):
            with open(os.path.join(folder, name), "wb") as f:
                f.write(data)


def filters(readers, out, expected, tally):
    """Predicates that readers push down to statistics and the page index must not lose rows."""
    for inside, rows in expected.partitions.items():
        path = os.path.join(out, inside)
        place = "settlement_location" if "lmp_total" in rows[0] else "as_product"
        price = "lmp_total" if "lmp_total" in rows[0] else "market_clearing_price"
        wanted, instant = rows[len(rows) // 2][place], rows[len(rows) // 3]["datetime_utc"]
        counts = {"place": sum(r[place] == wanted for r in rows), "instant": sum(r["datetime_utc"] == instant for r in rows),
                  "price": sum(r[price] is not None and r[price] <= 0 for r in rows)}
        if "pyarrow" in readers:
            import pyarrow as pa
            import pyarrow.parquet as pq
            when = pa.scalar(instant, pa.timestamp("us", "UTC"))
            found = {"place": pq.read_table(path, filters=[(place, "==", wanted)]).num_rows,
                     "instant": pq.read_table(path, filters=[("datetime_utc", "==", when)]).num_rows,
                     "price": pq.read_table(path, filters=[(price, "<=", 0.0)]).num_rows}
            tally.check(f"pyarrow filters {inside}", [f"{k}: {found[k]} rows instead of {counts[k]}" for k in counts
                                                      if found[k] != counts[k]])
        if "duckdb" in readers:
            connection = readers["duckdb"].connect()
            count = "select count(*) from read_parquet(?) where "
            found = {"place": connection.execute(count + f"{place} = ?", [path, wanted]).fetchall()[0][0],
                     "instant": connection.execute(count + "epoch_us(datetime_utc) = ?", [path, instant]).fetchall()[0][0],
                     "price": connection.execute(count + f"{price} <= 0", [path]).fetchall()[0][0]}
            tally.check(f"DuckDB filters {inside}", [f"{k}: {found[k]} rows instead of {counts[k]}" for k in counts
                                                     if found[k] != counts[k]])
        if "polars" in readers:
            pl = readers["polars"]
            scan = pl.scan_parquet(path)
            found = {"place": scan.filter(pl.col(place) == wanted).collect().height,
                     "instant": scan.filter(pl.col("datetime_utc").to_physical() == instant).collect().height,
                     "price": scan.filter(pl.col(price) <= 0).collect().height}
            tally.check(f"Polars filters {inside}", [f"{k}: {found[k]} rows instead of {counts[k]}" for k in counts
                                                     if found[k] != counts[k]])


def one_glob_reads_all(readers, out, expected, tally):
    """All years and datasets of a table behind one pattern."""
    for table, feeds in (("energy", "*energy*"), ("ancillary", "*re[gs]*")):
        rows = sum(len(r) for p, r in expected.partitions.items() if ("energy" in p) == (table == "energy")
                   and (table == "energy" or "_re" in p))
        pattern = os.path.join(out, "pjm", feeds, "*.parquet")
        if not rows:
            continue
        if "duckdb" in readers:
            found = readers["duckdb"].connect().execute("select count(*) from read_parquet(?)", [pattern]).fetchall()[0][0]
            tally.check(f"DuckDB reads {table} by one glob", [] if found == rows else [f"{found} rows instead of {rows}"])
        if "polars" in readers:
            found = readers["polars"].scan_parquet(pattern).collect().height
            tally.check(f"Polars reads {table} by one glob", [] if found == rows else [f"{found} rows instead of {rows}"])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    harness.add_program_argument(parser)
    args = parser.parse_args()
    program, tally, readers = harness.find_program(args.program), harness.Tally("interop"), {}
    for name in READERS:
        try:
            readers[name] = importlib.import_module(name)
        except ImportError:
            tally.skip(name, f"{sys.executable} cannot import it")
    if not readers:
        print("interop: skipped: none of pyarrow, duckdb, polars can be imported")
        return 77
    with harness.Folder("interop") as folder:
        os.makedirs(folder / "in")
        make_inputs(folder / "in", FEEDS["energy"] + FEEDS["ancillary"], "interop 3")
        for number, (order, codec) in enumerate([(o, c) for o in ORDERS for c in CODECS]):
            keep = number % 2 == 1
            out = folder / f"out{number}"
            expected = reference.convert([folder / "in"], order=order, keep_revisions=keep)
            done = harness.convert(program, [folder / "in"], out, "--order", order, "--compression", codec,
                                   *(["--keep-revisions"] if keep else []))
            if not tally.check(f"{order} {codec}", [] if done.status == 0 else [f"exit {done.status}"], done.describe()):
                continue
            for reader, module in readers.items():
                problems = []
                for inside, rows in sorted(expected.partitions.items()):
                    try:
                        types, columns = READERS[reader](module, os.path.join(out, inside))
                    except Exception as error:  # each reader has its own
                        problems.append(f"{inside}: {type(error).__name__}: {error}")
                        continue
                    table = "energy" if "lmp_total" in rows[0] else "ancillary"
                    problems += [f"{inside}: {p}" for p in compare_types(reader, types, table)]
                    problems += harness.compare_rows(inside, columns, rows)
                tally.check(f"{reader} reads order {order}, codec {codec}{', revisions' if keep else ''}", problems)
            if codec == "zstd":
                filters(readers, out, expected, tally)
                one_glob_reads_all(readers, out, expected, tally)
    return tally.finish()


if __name__ == "__main__":
    sys.exit(main())
