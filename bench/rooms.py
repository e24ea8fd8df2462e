#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""
Each room on its own: builds the programs bench/bench_*.c, runs all, and prints bytes, rows and cycles of what they measured;
the physical limit (read, find separators, parse prices, compress); and where a whole conversion spends its time, by room,
kind of function and function.

    bench/rooms.py [--small] [--only scan,limit] [--no-profile] [--program build/gridpq]

Cycles are those of the time stamp counter, which runs at the nominal rate whatever the core does.
"""
import argparse
import csv
import glob
import os
import re
import shutil
import sys
from collections import Counter
from dataclasses import dataclass

import ground
from guard import ROOM, ZSTD
from measure import BUILD, ROOT, Failed, command, results_add, run, say, table_print

FOLDER = os.path.join(BUILD, "bench")
SCRATCH = os.path.join(BUILD, "bench-rooms")
ROOMS = ["csv", "value", "sort", "parquet", "io", "limit"]  # as a byte meets them


@dataclass
class Figure:
    room: str
    case: str
    each: str  # what 'ns' are for: byte, value, row
    ns: float
    bytes: int = 0
    rows: int = 0
    spread: float = 0.0


def arguments_read():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", help="gridpq to profile (build/gridpq)")
    parser.add_argument("--small", action="store_true", help="a tenth of the data: to try the benchmark itself")
    parser.add_argument("--only", default="", help="of scan, parse, merge, turn, encode, compress, write, limit")
    parser.add_argument("--threads", type=int, default=2, help="of the limit's second run")
    parser.add_argument("--no-profile", action="store_true", help="leave the profile of a conversion out")
    return parser.parse_args()


def programs_build(only):
    """What there is to run, by name."""
    generator = ["-G", "Ninja"] if shutil.which("ninja") else []
    if os.path.exists(os.path.join(FOLDER, "CMakeCache.txt")):
        generator = []
    command(["cmake", "-S", ".", "-B", FOLDER, *generator, "-DCMAKE_BUILD_TYPE=Release", "-DGPQ_BENCH=ON"])
    names = sorted(os.path.basename(path)[:-2] for path in glob.glob(os.path.join(ROOT, "bench", "bench_*.c")))
    names = [name for name in names if not only or name.removeprefix("bench_") in only]
    if not names:
        raise Failed("no such program")
    say(f"building {len(names)} programs")
    command(["cmake", "--build", FOLDER, "--target", *names])
    return {name: os.path.join(FOLDER, name) for name in names}


# ---- what each program prints, as figures ----

def scan_read(text):
    for line in text.splitlines()[1:]:
        words = line.split()
        gigabytes = float(words[6])
        yield Figure("csv", f"{words[2]}, {words[0]} text, {words[1]}", "byte", 1 / gigabytes if gigabytes else 0.0,
                     int(words[3]), int(words[5]))


def parse_read(text):
    for line in text.splitlines():
        found = re.match(r"(.+?)\s+([\d.]+)\s+([\d.]*)\s*(ns|GB/s)$", line)
        if found and found.group(4) == "ns":
            best, worst = float(found.group(2)), float(found.group(3) or found.group(2))
            yield Figure("value", found.group(1), "value", best, spread=(worst - best) / best if best else 0.0)
        elif found:
            yield Figure("value", found.group(1), "byte", 1 / float(found.group(2)))


def sort_read(text):
    """Lines of a name, counts, and pairs of a step's name and its ns a row."""
    for line in text.splitlines():
        steps = re.findall(r"(spill|push|turn|read|gather word|cells|cell)\s+([\d.]+)", line)
        name = re.match(r"(.+?)\s{2,}|(each run: [a-z ]+?)\s+\d", line)
        if not steps or not name:
            continue
        rows = re.search(r"(\d+) rows ", line)
        runs = re.search(r"(\d+) runs of (\d+) rows", line)
        count = int(runs.group(1)) * int(runs.group(2)) if runs else int(rows.group(1)) if rows else 0
        label = (name.group(1) or name.group(2)).split("  ")[0]
        label = re.sub(r"\s+\d+ (rows|runs).*", "", label)
        for step, ns in steps:
            step = "gather cell" if step == "cell" else step
            yield Figure("sort", f"{step}, {label}", "row", float(ns), rows=count)


def encode_read(text):
    best = {}
    for line in csv.DictReader(text.splitlines()):
        ns = float(line["ns_per_value"])
        known = best.setdefault(line["kind"], [ns, ns])
        best[line["kind"]] = [min(known[0], ns), max(known[1], ns)]
    for kind, (low, high) in best.items():
        yield Figure("parquet", f"chunk of {kind}", "value", low, spread=(high - low) / low if low else 0.0)


def compress_read(text):
    for line in csv.DictReader(text.splitlines()):
        for way in ("pack", "unpack"):
            yield Figure("parquet", f"{way} {line['codec']}, ratio {line['ratio']}", "byte",
                         1000 / float(line[f"{way}_mb_s"]) if float(line[f"{way}_mb_s"]) else 0.0)


def write_read(text):
    for line in csv.DictReader(text.splitlines()):
        for column, what in (("taken_mb_s", "taken"), ("synced_mb_s", "synced")):
            yield Figure("io", f"pieces of {line['piece_bytes']} bytes, {what}", "byte", 1000 / float(line[column]))


def limit_read(text):
    for line in csv.DictReader(text.splitlines()):
        yield Figure("limit", f"{line['stage']}, {line['threads']} thread(s)", "byte",
                     float(line["best_s"]) * 1e9 / int(line["bytes"]), int(line["bytes"]), int(line["rows"]))


READERS = {"bench_scan": scan_read, "bench_parse": parse_read, "bench_turn": sort_read, "bench_merge": sort_read,
           "bench_strips": sort_read,
           "bench_encode": encode_read, "bench_compress": compress_read, "bench_write": write_read,
           "bench_limit": limit_read}


def calls_of(name, program, options, files):
    """The argument lists to run a program with."""
    if name == "bench_limit":
        return [[program, str(threads), *files] for threads in sorted({1, options.threads})]
    if name == "bench_merge":
        return [[program, "120", "9000", SCRATCH]]
    if name in ("bench_encode", "bench_write"):
        return [[program, SCRATCH]]
    return [[program]]


def counter_ghz(program, file):
    """The time stamp counter's rate, from a run of the limit that says both cycles and seconds."""
    line = next(csv.DictReader(run([program, "1", file], 1).stdout.splitlines()))
    return float(line["cycles_per_byte"]) * int(line["bytes"]) / (float(line["best_s"]) * 1e9)


# ---- where a conversion spends its time ----

KINDS = [  # of functions, by their names; the first that fits. What fits none is its room's own work
    ("kernel: copies of read and write", re.compile(r"copy_(to|from)_iter|copy_user|_copy_|rep_movs")),
    ("kernel: fresh memory", re.compile(r"clear_page|fault|alloc_pages|folio_add|charge|zap_|unmap|mmap|_rmap")),
    ("zstd: codes of bytes (Huffman, FSE, histogram)", re.compile(r"^(HUF|FSE|HIST)_")),
    ("zstd: repeats and frames", re.compile(r"^ZSTD_")),
    ("hash of contents", re.compile(r"XXH")),
    ("libc: memory moved, compared, set", re.compile(r"^_*mem(move|cpy|cmp|set|chr)")),
]
TOP = 24

def homes_read(program):
    """Function name to room, by the file that the debugger's tables give."""
    homes = {}
    for line in command(["nm", "--line-numbers", "--defined-only", program]).splitlines():
        found = re.match(r"[0-9a-f]+ [tTwW] (\S+)(?:\t(.*):\d+)?$", line)
        if found:
            room = ROOM.search(found.group(2) or "")
            homes[found.group(1)] = room.group(1) if room else "zstd" if ZSTD.match(found.group(1)) else "other libraries"
    return homes


def profile(program, archive):
    """Samples by room of a conversion with one thread: perf's clock, since virtual machines hide the hardware's counters."""
    data, output = os.path.join(SCRATCH, "perf.data"), os.path.join(SCRATCH, "out")
    shutil.rmtree(output, ignore_errors=True)
    call = [program, "convert", archive, "-o", output, "--threads", "1", "--quiet", "--progress", "none"]
    wall_s = run(call, 1).wall_s
    shutil.rmtree(output, ignore_errors=True)
    command(["perf", "record", "-q", "-e", "cpu-clock", "-F", "2000", "-o", data, "--", *call])
    homes, rooms, functions = homes_read(program), Counter(), Counter()
    for line in command(["perf", "script", "-i", data, "-F", "ip,sym,dso"]).splitlines():
        found = re.match(r"\s*[0-9a-f]+ (.+?) \((.*)\)$", line)
        if found:
            symbol, shared = found.groups()
            kernel = "kernel" in shared or shared.endswith(".ko")
            inside = os.path.basename(shared) == os.path.basename(program)
            libc = "libc" if re.search(r"/(libc|ld-linux|libm)[-.]", shared) else "other libraries"
            room = "kernel" if kernel else homes.get(symbol, "other libraries") if inside else libc
            rooms[room] += 1
            functions[room, symbol] += 1
    shutil.rmtree(output, ignore_errors=True)
    return rooms, functions, wall_s


def kinds_count(functions):
    kinds = Counter()
    for (room, symbol), count in functions.items():
        found = next((kind for kind, names in KINDS if names.search(symbol)), None)
        kinds[found or f"{room}: {'the rest' if room in ('kernel', 'libc', 'zstd') else 'its own code'}"] += count
    return kinds


def profile_print(program, archive, ghz):
    if not shutil.which("perf"):
        say("no profile of a conversion: perf is missing")
        return []
    rooms, functions, wall_s = profile(program, archive)
    total, rows = ground.archive_bytes(archive), ground.archive_warm(archive)
    samples = sum(rooms.values())
    print(f"a conversion with one thread: {total} bytes, {rows} rows, {wall_s:.2f} s, {wall_s * ghz * 1e9 / total:.2f} "
          "cycles a byte\n")

    def shares(head, counts):
        table_print([head, "share", "ns a row", "cycles a byte"],
                    [[name, f"{count / samples:.1%}", f"{wall_s * 1e9 / rows * count / samples:.1f}",
                      f"{wall_s * ghz * 1e9 / total * count / samples:.3f}"] for name, count in counts])

    shares("room", rooms.most_common())
    shares("kind of function", kinds_count(functions).most_common())
    shares("function", [(f"{room}: {symbol}", count) for (room, symbol), count in functions.most_common(TOP)])
    return [{"suite": "profile", "case": room, "threads": 1, "input_bytes": total, "input_rows": rows, "runs": 1,
             "unit": "cycles/byte", "best": f"{wall_s * ghz * 1e9 / total * count / samples:.4f}"}
            for room, count in rooms.most_common()]


def figures_print(figures, ghz):
    def row(one):
        return [one.room, one.case, one.bytes or "", one.rows or "", f"{one.ns:.3f}", f"{one.ns * ghz:.3f}", one.each,
                f"{1000 / one.ns:.0f}" if one.each == "byte" and one.ns else "", f"{one.spread:.0%}" if one.spread else ""]

    print(f"\ntime stamp counter: {ghz:.3f} GHz\n")
    table_print(["room", "case", "bytes", "rows", "ns", "cycles", "each", "MB/s", "spread"], [row(one) for one in figures])


def main():
    options = arguments_read()
    only = {name for name in options.only.split(",") if name}
    programs = programs_build(only | {"limit"} if only else only)
    archive = ground.archive_make(ground.SMALL_DAYS if options.small else ground.DAYS)
    ground.archive_warm(archive)
    files = ground.archive_files(archive)
    os.makedirs(SCRATCH, exist_ok=True)
    figures = []
    for name, program in programs.items():
        for call in calls_of(name, program, options, files):
            say(f"  {name}")
            text = run(call, options.threads).stdout
            found = list(READERS[name](text)) if name in READERS else []
            if not found:
                print(f"{name}:\n{text}")
            figures += found
    figures.sort(key=lambda one: ROOMS.index(one.room))
    ghz = counter_ghz(programs["bench_limit"], files[0])
    figures_print(figures, ghz)
    kept = [{"suite": "rooms", "case": f"{one.room}: {one.case}", "input_bytes": one.bytes or "",
             "input_rows": one.rows or "", "unit": f"cycles/{one.each}", "best": f"{one.ns * ghz:.4f}",
             "spread": f"{one.spread:.4f}"} for one in figures]
    if not options.no_profile:
        kept += profile_print(ground.program_find(options.program), archive, ghz)
    results_add(kept, trial=options.small)


if __name__ == "__main__":
    try:
        main()
    except Failed as reason:
        sys.exit(f"rooms: {reason}")
