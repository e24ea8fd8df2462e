#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""
What a wrong guess costs: blocks are closed as soon as no input left seems to feed them, and a row that comes too late has
its block built again. The same archive is converted undisturbed, and with one row of the first day in the middle of the
last file, where neither head nor tail shows it: time, bytes read, and the share of the archive that was read again.

    bench/rebuild.py [--small] [--rounds 5] [--memory 256M] [--folder DIR]
"""
import argparse
import json
import os
import shutil
import statistics
import sys

import ground
from measure import BUILD, Contestant, Failed, results_add, say, spread, table_print, take_turns

SMALL_DAYS = 16  # three weeks, two of them cut
LOG = os.path.join(BUILD, "bench-run.log")


def arguments_read():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", help="gridpq to measure (build/gridpq)")
    parser.add_argument("--small", action="store_true", help=f"{SMALL_DAYS} days: to try the benchmark itself")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--memory", default="256M")
    parser.add_argument("--folder", help="daily da_hrl_lmps files in place of generated ones")
    return parser.parse_args()


def late_make(folder):
    """A folder with the same files, but for one more line in the middle of the last: the first row of the first."""
    target = os.path.join(ground.DATA, "late-row")
    files = ground.archive_files(folder)
    shutil.rmtree(target, ignore_errors=True)
    os.makedirs(target)
    for path in files[:-1]:
        os.symlink(path, os.path.join(target, os.path.basename(path)))
    with open(files[0], "rb") as first:
        first.readline()
        late = first.readline()
    with open(files[-1], "rb") as last:
        lines = last.read().splitlines(keepends=True)
    lines.insert(len(lines) // 2, late)
    with open(os.path.join(target, os.path.basename(files[-1])), "wb") as out:
        out.writelines(lines)
    return target


def contestant_make(options, name, folder):
    output = os.path.join(ground.DATA, "out", name.replace(" ", "-"))
    arguments = [options.program, "convert", folder, "-o", output, "--threads", str(options.threads),
                 "--memory", options.memory, "--progress", "json", "--stats", "json"]
    return Contestant(name, arguments, [output], options.threads)


def asked_bytes(one):
    """Bytes that the last run of a case had to read, by its own account: grows by the inputs that are read again."""
    one.clear()
    take_turns([one], 1, False)
    with open(LOG) as log:
        moments = [json.loads(line) for line in log if line.startswith('{"phase"')]
    return moments[-1]["total_bytes"] if moments else 0


def main():
    options = arguments_read()
    options.program = ground.program_find(options.program)
    folder = options.folder or ground.archive_make(SMALL_DAYS if options.small else ground.DAYS)
    cases = [contestant_make(options, "undisturbed", folder), contestant_make(options, "one late row", late_make(folder))]
    rows = ground.archive_warm(folder)
    take_turns(cases, options.rounds, False)
    base = statistics.median(cases[0].works())
    table, kept = [], []
    for one in cases:
        works, total = one.works(), json.loads(one.runs[-1].stdout)["totals"]
        if total["written"] != rows:
            raise Failed(f"{one.name}: {total['written']} rows written, not {rows}")
        read = asked_bytes(one)
        table.append([one.name, f"{min(works):.2f}", f"{statistics.median(works):.2f}", f"{spread(works):.0%}",
                      f"{statistics.median(works) / base:.2f}", f"{read:,}",
                      f"{read / ground.archive_bytes(folder):.2f}"])
        kept.append({"threads": options.threads, "suite": "rebuild", "case": one.name, "input_bytes": read,
                     "input_rows": rows, "runs": options.rounds, "unit": "s", "best": f"{min(works):.3f}",
                     "median": f"{statistics.median(works):.3f}", "spread": f"{spread(works):.3f}",
                     "vmhwm_kib": one.peak_kib()})
    table_print(["case", "best s", "median s", "spread", "× undisturbed", "bytes read", "× archive"], table)
    results_add(kept, trial=options.small or bool(options.folder))
    for one in cases:
        one.clear()


if __name__ == "__main__":
    try:
        main()
    except Failed as reason:
        say(f"rebuild: {reason}")
        sys.exit(1)
