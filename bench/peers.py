#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""
gridpq against DuckDB, Polars, PyArrow and DataFusion: the ordered conversion of generated PJM day-ahead files to zstd
Parquet with two threads. Whole processes take turns with a warm page cache; best and median are printed and kept.

    bench/peers.py [--small] [--rounds 5] [--sync] [--tenfold] [--engines duckdb,polars] [--full-key]
"""
import argparse
import json
import os
import statistics
import sys

import ground
from judge import Judge, figures_print, kept, ratio
from measure import ROOT, Contestant, Failed, results_add, run, say, table_print, take_turns

FASTEST_OF = ["duckdb", "polars", "pyarrow", "datafusion"]
OPTIONAL = ["pandas"]
DEFAULT = "gridpq"
DUCKDB_BOUND = "duckdb 256MB"


def arguments_read():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", help="gridpq to measure (build/gridpq)")
    parser.add_argument("--small", action="store_true", help="a tenth of the data: to try the benchmark itself")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--engines", default=",".join(FASTEST_OF), help=f"of {','.join(FASTEST_OF + OPTIONAL)}")
    parser.add_argument("--full-key", action="store_true", help="peers order rows of equal names by id, as gridpq does")
    parser.add_argument("--sync", action="store_true", help="sync after each run and say how long that took")
    parser.add_argument("--tenfold", action="store_true", help="also ten times the files (full size: 11 GB of disk)")
    parser.add_argument("--output", default=os.path.join(ground.DATA, "out"),
                        help="folder for what is written, for instance in /dev/shm (build/bench-data/out)")
    parser.add_argument("--no-check", action="store_true", help="do not compare what the engines wrote")
    options = parser.parse_args()
    options.engines = [name for name in options.engines.split(",") if name]
    unknown = set(options.engines) - set(FASTEST_OF + OPTIONAL)
    if unknown or options.rounds < 1:
        parser.error(f"no such engine: {', '.join(sorted(unknown))}" if unknown else "--rounds must be 1 or more")
    return options


# ---- contestants ----

def ours(options, name, folder, *more):
    output = os.path.join(options.output, name.replace(" ", "-"))
    arguments = [options.program, "convert", folder, "-o", output, "--threads", str(options.threads),
                 "--progress", "none", "--stats", "json", *more]
    return Contestant(name, arguments, [output], options.threads)


def peer(options, name, engine, folder, *more, once=False):
    output = os.path.join(options.output, name.replace(" ", "-") + ".parquet")
    arguments = [ground.PYTHON, os.path.join(ROOT, "bench", "engines", f"peer_{engine}.py"), "--input", folder,
                 "--output", output, "--threads", str(options.threads), *more]
    if options.full_key:
        arguments.append("--full-key")
    return Contestant(name, arguments, [output, output + ".spill"], options.threads, rounds=int(once), peer=engine)


def contestants_make(options, plain, packed):
    made = [ours(options, DEFAULT, plain)]
    made += [peer(options, engine, engine, plain) for engine in options.engines]
    made += [ours(options, "gridpq 256M", plain, "--memory", "256M")]
    if "duckdb" in options.engines:
        made.append(peer(options, DUCKDB_BOUND, "duckdb", plain, "--memory", "256MB"))
    made += [ours(options, "gridpq 64M", plain, "--memory", "64M"),
             ours(options, "gridpq zstd:3", plain, "--compression", "zstd:3"),
             ours(options, "gridpq csv.gz", packed)]
    # For the size alone: most engines' own default is zstd 3.
    made += [peer(options, f"{engine} zstd:3", engine, plain, "--level", "3", once=True) for engine in options.engines]
    return {one.name: one for one in made}


def versions_note(options, contestants):
    version = run([options.program, "--version"], options.threads).stdout.split()
    for one in contestants:
        if one.arguments[0] == options.program:
            one.version = version[-1] if version else ""
        else:
            said = json.loads(one.runs[-1].stdout.splitlines()[-1])
            one.version = said["version"]


def outcomes_check(contestants, rows):
    """All hold the same rows, each in order; said before any figure, since a wrong result has no speed."""
    first = None
    for one in contestants.values():
        files = list(one.parquet_files())
        if len(files) != 1:
            raise Failed(f"{one.name} wrote {len(files)} Parquet files, not one")
        said = run([ground.PYTHON, os.path.join(ROOT, "bench", "engines", "outcome.py"), files[0], "block"], 2)
        outcome = json.loads(said.stdout)
        first = first or outcome["fingerprint"]
        if outcome["rows"] != rows or outcome["fingerprint"] != first or outcome["disorder"]:
            raise Failed(f"{one.name}: {outcome}; expected {rows} rows, {first}, in order")
    say(f"all {len(contestants)} outputs hold the same {rows} rows, in order")


# ---- the table ----

def fastest_of(contestants, options):
    names = [name for name in FASTEST_OF if name in options.engines]
    return min((contestants[name] for name in names), key=lambda one: statistics.median(one.works())) if names else None


def speed_judge(judge, contestants, options):
    default, fastest = contestants[DEFAULT], fastest_of(contestants, options)
    if fastest:
        judge.add(f"speed against the fastest ({fastest.name}), fsync apart, ×", *ratio(fastest.works(), default.works()),
                  10, 8)
        judge.add(f"speed against the fastest ({fastest.name}), fsync within, ×", *ratio(fastest.walls(), default.walls()),
                  10, 8)
    if DUCKDB_BOUND in contestants:
        judge.add("speed at 256M against DuckDB with memory_limit 256MB, ×",
                  *ratio(contestants[DUCKDB_BOUND].works(), contestants["gridpq 256M"].works()), 20, 15)
    judge.add("time at --memory 64M / default", *ratio(contestants["gridpq 64M"].works(), default.works()), 1.5, 2,
              high=False)
    judge.add(".csv.gz rate / plain rate", *ratio(default.works(), contestants["gridpq csv.gz"].works()), 0.65, 0.5)


def room_judge(judge, contestants, options):
    default, fastest, strong = contestants[DEFAULT], fastest_of(contestants, options), contestants["gridpq zstd:3"]
    judge.add("VmHWM by default, MiB", default.peak_kib() / 1024, None, 256, None, "{:.1f}", high=False)
    judge.add("VmHWM at --memory 64M, MiB", contestants["gridpq 64M"].peak_kib() / 1024, None, 64, None, "{:.1f}",
              high=False)
    peers = [one for name, one in contestants.items() if not name.startswith("gridpq")]
    if not fastest or not peers:
        return
    smallest = min(peers, key=Contestant.output_bytes)
    judge.add(f"size / the smallest of theirs ({smallest.name})", default.output_bytes() / smallest.output_bytes(), None,
              1.0, None, "{:.3f}", high=False)
    judge.add(f"... at zstd:3 / the smallest of theirs ({smallest.name})",
              strong.output_bytes() / smallest.output_bytes(), None, 0.93, 0.95, "{:.3f}", high=False)
    judge.add(f"... its speed against the fastest ({fastest.name}), ×", *ratio(fastest.works(), strong.works()), 5, None)


def tenfold_judge(judge, options, days):
    folder = ground.archive_tenfold(days)
    rows = ground.archive_warm(folder)
    one_folder = ground.archive_make(days)
    pair = [ours(options, "gridpq once", one_folder), ours(options, "gridpq tenfold", folder)]
    take_turns(pair, min(options.rounds, 3), options.sync)
    times = ratio(pair[1].works(), pair[0].works())
    share = ground.archive_bytes(folder) / ground.archive_bytes(one_folder)
    judge.add("ten times the files: time a byte / once", times[0] / share, times[1], 1.05, None, "{:.3f}", high=False)
    judge.add("ten times the files: VmHWM / once", pair[1].peak_kib() / pair[0].peak_kib(), None, 1.05, None, "{:.3f}",
              high=False)
    for one, held in zip(pair, (rows // 10, rows)):
        one.input_rows = held
    return pair


def main():
    options = arguments_read()
    options.program = ground.program_find(options.program)
    ground.venv_make()
    days = ground.SMALL_DAYS if options.small else ground.DAYS
    plain = ground.archive_make(days)
    packed = ground.archive_gzip(plain)
    os.makedirs(options.output, exist_ok=True)
    rows, total = ground.archive_warm(plain), ground.archive_bytes(plain)
    ground.archive_warm(packed)
    contestants = contestants_make(options, plain, packed)
    say(f"{len(contestants)} cases, {options.rounds} rounds, {total / 1e6:.0f} MB of CSV, {rows} rows, "
        f"{options.threads} threads")
    take_turns(contestants.values(), options.rounds, options.sync)
    versions_note(options, contestants.values())
    if not options.no_check:
        outcomes_check(contestants, rows)
    judge = Judge()
    speed_judge(judge, contestants, options)
    room_judge(judge, contestants, options)
    records = [kept(one, "peers", options.threads, total, rows) for one in contestants.values()]
    if options.tenfold:
        pair = tenfold_judge(judge, options, days)
        versions_note(options, pair)
        for one in pair:
            records.append(kept(one, "peers", options.threads, total * one.input_rows // rows, one.input_rows))
    print()
    figures_print(contestants.values(), total)
    table_print(["measure", "figure", "spread", "goal", "least", "reached"], judge.rows)
    results_add(records, trial=options.small)


if __name__ == "__main__":
    try:
        main()
    except Failed as reason:
        sys.exit(f"peers: {reason}")
