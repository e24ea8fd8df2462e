#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""
What a file costs: ERCOT's one-interval files (NP6-905), ten lines each, in one ZIP and loose, a tenth of them for the memory; and
files of a thousand rows in ZIPs of their own against one CSV of the same rows. Warm, in turns.

    bench/tiny.py [--small] [--rounds 5]
"""
import argparse
import os
import statistics
import sys

import ground
from judge import Judge, figures_print, kept, ratio
from measure import Contestant, Failed, results_add, say, table_print, take_turns

QUARTERS = 96
TINY_POINTS = 5  # load zones, which are listed twice: ten lines
PLAIN_POINTS = 988
MORE_MIB = 6     # the list of inputs up to its share, in order


def arguments_read():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", help="gridpq to measure (build/gridpq)")
    parser.add_argument("--small", action="store_true", help="a tenth of the data: to try the benchmark itself")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--days", type=int, default=366, help="of files of a thousand rows")
    parser.add_argument("--output", default=os.path.join(ground.DATA, "out"), help="folder for what is written")
    return parser.parse_args()


def archive(days, points, packing):
    return ground.generated(f"tiny-{days}x{points}-{packing}", "gen_ercot.py", "--report", "rtm_spp", "--days", str(days), "--points",
                            str(points), "--zip", packing)


def joined(folder):
    """One CSV of the lines of all files of a folder."""
    target = folder + "-joined"
    if not os.path.exists(os.path.join(target, ".complete")):
        say("joining")
        os.makedirs(target, exist_ok=True)
        with open(os.path.join(target, "SPPHLZNP6905.csv"), "wb") as whole:
            for number, path in enumerate(ground.archive_files(folder)):
                with open(path, "rb") as file:
                    header = file.readline()
                    whole.write(b"" if number else header)
                    whole.write(file.read())
        with open(os.path.join(target, ".complete"), "w"):
            pass
    return target


def ours(options, name, folder, *more):
    output = os.path.join(options.output, "tiny-" + name.replace(" ", "-").replace(",", ""))
    arguments = [options.program, "convert", folder, "-o", output, "--threads", str(options.threads), "--progress", "none", "--quiet",
                 *more]
    return Contestant(name, arguments, [output], options.threads)


def rate_add(judge, one, files, goal):
    works = one.works()
    judge.add(f"{one.name}, files/s", files / statistics.median(works), (max(works) - min(works)) / statistics.median(works), goal, goal,
              "{:,.0f}")


def tiny_run(options, judge):
    days = 105 if options.small else 1042
    fewer = 11 if options.small else 105
    records = []
    for form, packing, goal in (("members", "one", 20000), ("loose", "no", 8000)):
        few, many = (archive(count, TINY_POINTS, packing) for count in (fewer, days))
        for folder in (few, many):
            ground.archive_warm(folder)
        made = [ours(options, f"{count * QUARTERS:,} {form}", folder, "--memory", "64M") for count, folder in ((fewer, few), (days, many))]
        take_turns(made, options.rounds, False)
        rate_add(judge, made[1], days * QUARTERS, goal)
        judge.add(f"{made[1].name}: VmHWM above that of a tenth, MiB", (made[1].peak_kib() - made[0].peak_kib()) / 1024, None, MORE_MIB,
                  MORE_MIB, "{:.1f}", high=False)
        figures_print(made, ground.archive_bytes(many))
        records += [kept(one, "tiny", options.threads, ground.archive_bytes(many), days * QUARTERS * 2 * TINY_POINTS) for one in made]
    return records


def plain_run(options, judge):
    days = max(1, options.days // 10) if options.small else options.days
    plain, zipped = (archive(days, PLAIN_POINTS, packing) for packing in ("no", "each"))
    whole = joined(plain)
    rows = ground.archive_warm(whole)
    ground.archive_warm(zipped)
    made = [ours(options, "one CSV", whole), ours(options, f"{days * QUARTERS:,} ZIPs", zipped)]
    take_turns(made, options.rounds, False)
    judge.add("ZIPs of a thousand rows: rows/s / those of one CSV", *ratio(made[0].works(), made[1].works()), 0.5, None)
    figures_print(made, ground.archive_bytes(whole))
    return [kept(one, "tiny", options.threads, ground.archive_bytes(whole), rows) for one in made]


def main():
    options = arguments_read()
    options.program = ground.program_find(options.program)
    os.makedirs(options.output, exist_ok=True)
    judge = Judge()
    records = tiny_run(options, judge) + plain_run(options, judge)
    table_print(["measure", "figure", "spread", "goal", "least", "reached"], judge.rows)
    results_add(records, trial=options.small)


if __name__ == "__main__":
    try:
        main()
    except Failed as reason:
        sys.exit(f"tiny: {reason}")
