#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""
Finds work that became more by instruction counts, which noise does not move: callgrind runs a small conversion of each layout
and each room's sum is compared with bench/guard.csv. Ends with 1 where a room, or the sum, grew by more than 5 %.

    bench/guard.py [--program build/gridpq] [--only pjm miso] [--bless] [--against COMMIT]

Counts belong to a compiler and to the libraries of a system. On another one, compare two commits on the same machine:
--against builds COMMIT below build/ and takes its counts in place of the file's.
"""
import argparse
import csv
import os
import re
import shutil
import sys

import ground
from measure import BUILD, ROOT, Failed, command, say, table_print

BASELINE = os.path.join(ROOT, "bench", "guard.csv")
WORK = os.path.join(BUILD, "bench-guard")
CASES = {  # generator, its arguments, rows
    "pjm": ("gen_pjm.py", "--feed da --start 2024-01-01 --days 4 --nodes 1000", 96_000),
    "caiso": ("gen_caiso.py", "--query lmp_dam --start 2024-01-02 --days 1 --nodes 1000", 24_000),
    "miso": ("gen_miso.py", "--report rt_final --start 2023-01-01 --days 4 --nodes 1000", 96_000),
    "ercot-da": ("gen_ercot.py", "--report dam_spp --start 2024-01-01 --days 4 --points 1000", 96_000),
    "ercot-rt": ("gen_ercot.py", "--report rtm_spp --start 2024-01-01 --days 1 --points 988", 96_000),
    "nyiso-da": ("gen_nyiso.py", "--report damlbmp_gen --start 2024-01-01 --days 6 --names 650", 93_600),
    "nyiso-rt": ("gen_nyiso.py", "--report realtime_gen --start 2024-01-01 --days 1 --names 325", 96_525),
    "isone": ("gen_isone.py", "--report da_hourly --start 2024-01-01 --days 4 --locations 1000", 96_000),
    "spp": ("gen_spp.py", "--report da_sl --start 2025-01-01 --days 4 --locations 1000", 96_000),
}
LIMIT = 0.05
SMALL_SHARE = 0.01  # a room below this share of the sum is shown and not judged: a page of code more would fail it
ROOM = re.compile(r"(?:^|/)src/(\w+)/[^/]+$")
ZSTD = re.compile(r"^(ZSTD|HUF|FSE|HIST|ERR|MEM)_")
LIBRARIES = {"libc", "other libraries"}  # shown; what moves into them or out of them is judged in the sum
SUM = "sum"


def arguments_read():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", help="gridpq to measure (build/gridpq)")
    parser.add_argument("--only", nargs="+", default=list(CASES), choices=CASES, metavar="CASE", help=f"of {', '.join(CASES)}")
    parser.add_argument("--bless", action="store_true", help="write the counts to bench/guard.csv")
    parser.add_argument("--against", metavar="COMMIT", help="compare with this commit, built here")
    parser.add_argument("--top", type=int, default=0, help="also print the functions with the most instructions")
    return parser.parse_args()


# ---- counting ----

def callgrind_run(program, case):
    if not shutil.which("valgrind"):
        raise Failed("valgrind is missing")
    generator, arguments, _ = CASES[case]
    data, output, profile = (os.path.join(WORK, name) for name in (f"data-{case}", "out", "callgrind.out"))
    if not os.path.isdir(data):
        command([sys.executable, os.path.join(ROOT, "tools", generator), "--out", data, *arguments.split()])
    shutil.rmtree(output, ignore_errors=True)
    command(["valgrind", "--tool=callgrind", f"--callgrind-out-file={profile}", program, "convert", data, "-o", output,
             "--threads", "1", "--memory", "256M", "--quiet", "--progress", "none"])
    return profile


class Names:
    """Callgrind writes a name once, with a number, and the number alone from then on."""

    def __init__(self):
        self.known = {}

    def read(self, text):
        number, _, name = text.partition(" ")
        if name:
            self.known[number] = name
        return self.known.get(number, text)


def room_of(file, home, function, shared):
    """The room of a line: of its file, or where that is a system's header, of the function that it was inlined into."""
    for place in (file, home):
        found = ROOM.search(place)
        if found:
            return found.group(1)
    if ZSTD.match(function):
        return "zstd"
    return "libc" if re.search(r"/(libc|ld-linux|libm)[-.]", shared) else "other libraries"


def counts_read(profile):
    """Instructions (own, without callees) by room and by function, from callgrind's format."""
    files, functions, objects = Names(), Names(), Names()
    file = home = function = shared = ""
    rooms, by_function = {}, {}
    skip = False
    with open(profile) as lines:
        for line in lines:
            key, equals, value = line.rstrip("\n").partition("=")
            if equals and key in ("fl", "fi", "fe"):
                file = files.read(value)
                home = file if key == "fl" else home
            elif equals and key == "fn":
                function = functions.read(value)
            elif equals and key == "ob":
                shared = objects.read(value)
            elif equals and key in ("cfi", "cfl"):
                files.read(value)
            elif equals and key == "cfn":
                functions.read(value)
            elif equals and key == "cob":
                objects.read(value)
            elif equals and key == "calls":
                skip = True  # the next line is what the callee cost
            elif line[:1].isdigit() or line[:1] in "+-*":
                if not skip:
                    cost = int(line.split()[1])
                    room = room_of(file, home, function, shared)
                    rooms[room] = rooms.get(room, 0) + cost
                    by_function[room, function] = by_function.get((room, function), 0) + cost
                skip = False
    rooms[SUM] = sum(rooms.values())
    return rooms, by_function


def commit_build(commit):
    """The program as of a commit, unpacked and built below build/."""
    tree, folder = os.path.join(WORK, "tree"), os.path.join(WORK, "build")
    for path in (tree, folder):
        shutil.rmtree(path, ignore_errors=True)
    os.makedirs(tree)
    packed = os.path.join(WORK, "tree.tar")
    say(f"building {commit}")
    command(["git", "archive", "--output", packed, commit])
    command(["tar", "-xf", packed, "-C", tree])
    command(["cmake", "-S", tree, "-B", folder, "-DCMAKE_BUILD_TYPE=Release"])
    command(["cmake", "--build", folder, "--target", "gridpq-program"])
    return os.path.join(folder, "gridpq")


# ---- the baseline ----

def compiler_name():
    return command(["cc", "--version"]).splitlines()[0]


def baseline_read():
    """{case: {room: instructions}}"""
    if not os.path.exists(BASELINE):
        raise Failed("bench/guard.csv is missing: make it with --bless")
    counts = {}
    with open(BASELINE) as file:
        comment = file.readline().lstrip("# ").strip()
        for row in csv.DictReader(file):
            counts.setdefault(row["case"], {})[row["room"]] = int(row["instructions"])
    if comment != compiler_name():
        say(f"the baseline was made with {comment}; here it is {compiler_name()}: see --against")
    return counts


def baseline_write(counts):
    """What was counted now; cases that were not stay as they are."""
    counts = (baseline_read() if os.path.exists(BASELINE) else {}) | counts
    with open(BASELINE, "w", newline="") as file:
        file.write(f"# {compiler_name()}\n")
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["case", "room", "instructions"])
        for case in CASES:
            rooms = sorted(counts.get(case, {}).items(), key=lambda item: (item[0] == SUM, item[0]))
            writer.writerows([case, *one] for one in rooms)


def judge(case, rooms, baseline):
    """Prints the table; gives the rooms that grew too much."""
    rows, grown = [], []
    for room in sorted(rooms.keys() | baseline.keys(), key=lambda name: (name == SUM, -rooms.get(name, 0))):
        now, before = rooms.get(room, 0), baseline.get(room, 0)
        change = now / before - 1 if before else float("inf")
        judged = room not in LIBRARIES and max(now, before) >= SMALL_SHARE * rooms[SUM]
        if judged and change > LIMIT:
            grown.append(f"{case} {room}")
        rows.append([room, f"{before:,}", f"{now:,}", f"{change:+.2%}" if before else "new", f"{now / CASES[case][2]:.1f}",
                     "" if not judged else "FAIL" if change > LIMIT else "ok"])
    table_print([case, "before", "now", "change", "now, a row", ""], rows)
    return grown


def main():
    options = arguments_read()
    os.makedirs(WORK, exist_ok=True)
    program, counts = ground.program_find(options.program), {}
    for case in options.only:
        counts[case], functions = counts_read(callgrind_run(program, case))
        for (room, function), cost in sorted(functions.items(), key=lambda item: -item[1])[:options.top]:
            print(f"{case} {cost / counts[case][SUM]:6.1%} {cost:>13,}  {room}: {function}")
    if options.bless:
        baseline_write(counts)
        say("written: bench/guard.csv")
    if options.against:
        before = commit_build(options.against)
        baseline = {case: counts_read(callgrind_run(before, case))[0] for case in options.only}
    else:
        baseline = baseline_read()
    grown = [room for case in options.only for room in judge(case, counts[case], baseline.get(case, {}))]
    if grown:
        raise Failed(f"more than {LIMIT:.0%} more instructions: {', '.join(grown)}. Make it cheaper, or where the work is "
                     "worth it say so in the commit and write the new counts with --bless")


if __name__ == "__main__":
    try:
        main()
    except Failed as reason:
        sys.exit(f"guard: {reason}")
