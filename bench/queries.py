#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""
How well other engines read gridpq's file: five queries by DuckDB, Polars and DataFusion on it, and on the file of the same
rows that DuckDB wrote ordered by time. Both files take turns within one process of each engine, pages warm.

    bench/queries.py [--small] [--days 366] [--rounds 9]
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
    return parser.parse_args()


def files_make(options, days):
    """gridpq's file with default order, and DuckDB's ordered by time; made anew for each run of this script."""
    archive = ground.archive_make(days)
    folder = os.path.join(ground.DATA, "queries")
    os.makedirs(folder, exist_ok=True)
    mine, theirs = os.path.join(folder, "gridpq"), os.path.join(folder, "duckdb-time.parquet")
    say(f"converting {days} days with both")
    run([options.program, "convert", archive, "-o", mine, "--force", "--progress", "none", "--quiet", "--compression",
         options.compression], options.threads)
    run([ground.PYTHON, os.path.join(ROOT, "bench", "engines", "peer_duckdb.py"), "--input", archive, "--output", theirs,
         "--order", "time", "--threads", str(options.threads)], options.threads)
    found = [os.path.join(at, name) for at, _, names in os.walk(mine) for name in names if name.endswith(".parquet")]
    if len(found) != 1:
        raise Failed(f"gridpq wrote {len(found)} Parquet files below {mine}, not one")
    return found[0], theirs


def verdict(query, ratio):
    if ratio > SLOWER:
        return "missed"
    return "missed" if query == FIRST and ratio > 1 / FASTER else "reached"


def main():
    options = arguments_read()
    options.program = ground.program_find(options.program)
    ground.venv_make()
    days = options.days or (ground.SMALL_DAYS if options.small else ground.DAYS)
    files = files_make(options, days)
    rows = days * 24 * ground.NODES
    shown, kept = [], []
    for engine in ENGINES:
        say(f"  {engine}")
        done = run([ground.PYTHON, os.path.join(ROOT, "bench", "engines", "reader.py"), engine, str(options.rounds),
                    str(options.threads), *files], options.threads)
        told = json.loads(done.stdout)
        for query, (mine, theirs) in told["queries"].items():
            ratio = statistics.median(mine) / statistics.median(theirs)
            turns = spread([a / b for a, b in zip(mine, theirs)])
            shown.append([query, f"{engine} {told['version']}", f"{statistics.median(mine):.2f}",
                          f"{statistics.median(theirs):.2f}", f"{ratio:.2f}", f"{turns:.0%}", verdict(query, ratio)])
            for file, times in (("gridpq", mine), ("duckdb by time", theirs)):
                kept.append({"threads": options.threads, "suite": "queries",
                             "case": f"{engine}: {query}: {file}", "version": told["version"], "input_rows": rows,
                             "input_bytes": os.path.getsize(files[file != "gridpq"]), "runs": len(times), "unit": "ms",
                             "best": f"{min(times):.3f}", "median": f"{statistics.median(times):.3f}",
                             "spread": f"{spread(times):.4f}"})
    shown.sort(key=lambda row: [line["case"].split(": ")[1] for line in kept].index(row[0]))
    print(f"\n{rows} rows; gridpq {os.path.getsize(files[0]) / 1e6:.1f} MB, DuckDB by time "
          f"{os.path.getsize(files[1]) / 1e6:.1f} MB; medians of {options.rounds}\n")
    table_print(["query", "engine", "ours ms", "theirs ms", "ours / theirs", "spread", "limit"], shown)
    results_add(kept, trial=options.small)


if __name__ == "__main__":
    try:
        main()
    except Failed as reason:
        sys.exit(f"queries: {reason}")
