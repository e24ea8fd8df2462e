#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""
How well other engines read gridpq's file: five queries by DuckDB, Polars and DataFusion on it, and on the file of the same
rows that DuckDB wrote ordered by time. All files take turns within one process of each engine, pages warm.

    bench/queries.py [--small] [--days 366] [--rounds 9] [--archive FOLDER] [--engines duckdb] [--reuse]
    bench/queries.py --blocks 1,2,4,7,14,28    the same rows in blocks of so many days, written by PyArrow
"""
import argparse
import json
import os
import statistics
import sys

import ground
from measure import ROOT, Failed, results_add, run, say, spread, table_print

ENGINES = ["duckdb", "polars", "datafusion"]
FIRST = "one node, all hours"
SLOWER, FASTER = 1.10, 2.0  # none slower by more than 10 %; one node's hours at least twice as fast


def arguments_read():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", help="gridpq to measure (build/gridpq)")
    parser.add_argument("--small", action="store_true", help="a tenth of the data: to try the benchmark itself")
    parser.add_argument("--days", type=int, help="days of data (60); a leap year is 366 days and 6.7 GB of CSV")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--compression", default="zstd:1", help="of gridpq's file")
    parser.add_argument("--archive", help="a folder of da_hrl_lmps_*.csv of January 2024 on, in place of generated data")
    parser.add_argument("--engines", default=",".join(ENGINES), help=f"of {','.join(ENGINES)}")
    parser.add_argument("--reuse", action="store_true", help="query the files of the run before, converting nothing")
    parser.add_argument("--blocks", type=lambda text: [int(days) for days in text.split(",")], default=[],
                        help="show the queries' times by block length instead: days, with commas between")
    options = parser.parse_args()
    options.engines = [name for name in options.engines.split(",") if name]
    if set(options.engines) - set(ENGINES) or options.rounds < 1:
        parser.error(f"--engines of {', '.join(ENGINES)}; --rounds of 1 or more")
    return options


# ---- files ----

def parquet_find(folder):
    return [os.path.join(at, name) for at, _, names in os.walk(folder) for name in names if name.endswith(".parquet")]


def files_make(options, folder):
    """gridpq's file with default order, and DuckDB's ordered by time."""
    mine, theirs = os.path.join(folder, "gridpq"), os.path.join(folder, "duckdb-time.parquet")
    if not options.reuse:
        days = options.days or (ground.SMALL_DAYS if options.small else ground.DAYS)
        archive = os.path.abspath(options.archive) if options.archive else ground.archive_make(days)
        say(f"converting {len(ground.archive_files(archive))} files with both")
        run([options.program, "convert", archive, "-o", mine, "--force", "--progress", "none", "--quiet",
             "--compression", options.compression], options.threads)
        run([ground.PYTHON, os.path.join(ROOT, "bench", "engines", "peer_duckdb.py"), "--input", archive, "--output",
             theirs, "--order", "time", "--threads", str(options.threads)], options.threads)
    found = parquet_find(mine)
    if len(found) != 1 or not os.path.exists(theirs):
        raise Failed(f"{len(found)} Parquet files of gridpq below {mine}, not one" if len(found) != 1 else
                     f"{theirs} is missing: run without --reuse")
    return {"gridpq": found[0], "duckdb by time": theirs}


def blocks_make(options, folder, source):
    """The rows of gridpq's file in blocks of other lengths, each written by PyArrow with the same settings."""
    made = {f"{days} days": os.path.join(folder, f"blocks-{days}.parquet") for days in options.blocks}
    for days, path in zip(options.blocks, made.values()):
        if not options.reuse or not os.path.exists(path):
            say(f"writing blocks of {days} days")
            run([ground.PYTHON, os.path.join(ROOT, "bench", "engines", "reblock.py"), source, str(days), path],
                options.threads)
    return made


def rows_count(path):
    script = "import pyarrow.parquet as pq, sys; print(pq.ParquetFile(sys.argv[1]).metadata.num_rows)"
    return int(run([ground.PYTHON, "-c", script, path], 1).stdout)


# ---- figures ----

def ask(options, engine, files):
    """Version, and by query the milliseconds of each file's rounds."""
    done = run([ground.PYTHON, os.path.join(ROOT, "bench", "engines", "reader.py"), engine, str(options.rounds),
                str(options.threads), *files.values()], options.threads)
    told = json.loads(done.stdout)
    return told["version"], {query: dict(zip(files, times)) for query, times in told["queries"].items()}


def verdict(query, ratio):
    if ratio > SLOWER:
        return "missed"
    return "missed" if query == FIRST and ratio > 1 / FASTER else "reached"


def kept(options, engine, version, query, files, times, rows):
    for file, walls in times.items():
        yield {"threads": options.threads, "suite": "queries", "case": f"{engine}: {query}: {file}", "version": version,
               "input_rows": rows, "input_bytes": os.path.getsize(files[file]), "runs": len(walls), "unit": "ms",
               "best": f"{min(walls):.3f}", "median": f"{statistics.median(walls):.3f}", "spread": f"{spread(walls):.4f}"}


def judged(query, engine, version, times):
    mine, theirs = times.values()
    ratio = statistics.median(mine) / statistics.median(theirs)
    turns = spread([a / b for a, b in zip(mine, theirs)])
    return [query, f"{engine} {version}", f"{statistics.median(mine):.2f}", f"{statistics.median(theirs):.2f}",
            f"{ratio:.2f}", f"{turns:.0%}", "≤ 0.50" if query == FIRST else "≤ 1.10", verdict(query, ratio)]


def curve(query, engine, version, times):
    """Times as parts of the last file's, which is DuckDB's by time."""
    medians = [statistics.median(walls) for walls in times.values()]
    return [query, f"{engine} {version}", *(f"{one / medians[-1]:.2f}" for one in medians[:-1]), f"{medians[-1]:.2f}"]


def main():
    options = arguments_read()
    options.program = ground.program_find(options.program)
    ground.venv_make()
    folder = os.path.join(ground.DATA, "queries")
    os.makedirs(folder, exist_ok=True)
    files = files_make(options, folder)
    rows = rows_count(files["gridpq"])
    if options.blocks:
        files = blocks_make(options, folder, files["gridpq"]) | {"duckdb by time": files["duckdb by time"]}
    shown, records = [], []
    for engine in options.engines:
        say(f"  {engine}")
        version, queries = ask(options, engine, files)
        for query, times in queries.items():
            shown.append((curve if options.blocks else judged)(query, engine, version, times))
            records += kept(options, engine, version, query, files, times, rows)
    order = list(dict.fromkeys(row[0] for row in shown))
    shown.sort(key=lambda row: order.index(row[0]))
    sizes = ", ".join(f"{name} {os.path.getsize(path) / 1e6:.1f} MB" for name, path in files.items())
    print(f"\n{rows} rows; {sizes}; medians of {options.rounds}\n")
    if options.blocks:
        table_print(["query", "engine", *(f"{name} / theirs" for name in list(files)[:-1]), "theirs ms"], shown)
    else:
        table_print(["query", "engine", "ours ms", "theirs ms", "ours / theirs", "spread", "limit", ""], shown)
    results_add(records, trial=options.small)


if __name__ == "__main__":
    try:
        main()
    except Failed as reason:
        sys.exit(f"queries: {reason}")
