# SPDX-License-Identifier: MIT
"""Runs whole processes and measures them: wall time, peak memory, time waited for fsync; statistics; the results file."""
import csv
import datetime as dt
import os
import re
import shutil
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass, field

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BUILD = os.path.join(ROOT, "build")
RESULTS = os.path.join(ROOT, "bench", "results")
COLUMNS = ["date", "commit", "cpu", "threads", "suite", "case", "version", "input_bytes", "input_rows", "runs", "unit",
           "best", "median", "spread", "vmhwm_kib", "output_bytes", "fsync_s", "sync_after_s"]


class Failed(Exception):
    """A process that is measured or prepares a measurement ended badly."""


def say(text):
    print(text, file=sys.stderr, flush=True)


def command(arguments, **options):
    """Runs what prepares a measurement; its output is shown only when it fails."""
    done = subprocess.run(arguments, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=ROOT, **options)
    if done.returncode:
        raise Failed(f"{' '.join(arguments)} ended with {done.returncode}:\n{done.stdout[-4000:]}")
    return done.stdout


# ---- the machine ----

def cpu_name():
    with open("/proc/cpuinfo") as info:
        text = info.read()
    model = re.search(r"model name\s*:\s*(.*)", text)
    name = re.sub(r"\(R\)|\(TM\)|CPU|Processor|@.*", "", model.group(1)) if model else os.uname().machine
    widest = next((level for level in ("avx512_vbmi2", "avx2") if f" {level}" in text), "")
    return re.sub(r"[^a-z0-9]+", "-", f"{name} {widest.removesuffix('_vbmi2')}".lower()).strip("-")


def commit_name():
    """The commit of the tree, with a + where files differ from it."""
    try:
        name = command(["git", "rev-parse", "--short=10", "HEAD"]).strip()
        return name + ("+" if command(["git", "status", "--porcelain", "--untracked-files=no"]).strip() else "")
    except (Failed, OSError):
        return "unknown"


def processors(count):
    """The processors that measured processes may use: as many as threads, of those that this one may use."""
    mine = sorted(os.sched_getaffinity(0))
    return set(mine[:count])


# ---- one run ----

@dataclass
class Run:
    wall_s: float
    vmhwm_kib: int
    fsync_s: float
    stdout: str


def sync_clock():
    """The preloaded library that times fsync; None where it can't be built."""
    library = os.path.join(BUILD, "bench-sync-clock.so")
    source = os.path.join(ROOT, "bench", "sync_clock.c")
    if not os.path.exists(library) or os.path.getmtime(library) < os.path.getmtime(source):
        os.makedirs(BUILD, exist_ok=True)
        try:
            command(["cc", "-std=c17", "-D_GNU_SOURCE", "-O2", "-shared", "-fPIC", "-o", library, source])
        except (Failed, OSError) as reason:
            say(f"fsync is not timed apart: {reason}")
            return None
    return library


def run(arguments, threads, environment=None):
    """
    One process from start to end. Peak memory is ru_maxrss of exactly this process. The kernel starts that figure at the
    resident size of whoever forks (this script: some 20 MB), so a smaller peak could not be seen; none is expected.
    """
    log = os.path.join(BUILD, "bench-run.log")
    clock_file = os.path.join(BUILD, "bench-fsync.txt")
    clock = sync_clock()
    settings = dict(os.environ, **(environment or {}))
    if clock:
        settings |= {"LD_PRELOAD": clock, "SYNC_CLOCK": clock_file}
        if os.path.exists(clock_file):
            os.unlink(clock_file)
    with open(log, "wb") as errors:
        began = time.perf_counter()
        process = subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=errors, env=settings, cwd=ROOT,
                                   preexec_fn=lambda: os.sched_setaffinity(0, processors(threads)))
        stdout = process.stdout.read().decode()
        _, status, usage = os.wait4(process.pid, 0)
        wall_s = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        with open(log, errors="replace") as errors:
            raise Failed(f"{' '.join(arguments)} ended with {process.returncode}:\n{errors.read()[-3000:]}")
    fsync_s = 0.0
    if clock and os.path.exists(clock_file):
        with open(clock_file) as measured:
            fsync_s = float(measured.read().split()[0])
    return Run(wall_s, usage.ru_maxrss, fsync_s, stdout)


def disk_sync():
    """Seconds until all that was written is on the disk; outside of every timing."""
    began = time.perf_counter()
    os.sync()
    return time.perf_counter() - began


# ---- many runs ----

@dataclass
class Contestant:
    """A case: how to clear up before a run, what to run, where its output is."""
    name: str
    arguments: list
    outputs: list
    threads: int = 2
    environment: dict = field(default_factory=dict)
    runs: list = field(default_factory=list)
    sync_after_s: list = field(default_factory=list)
    version: str = ""
    rounds: int = 0  # at most so many runs; 0: in every round
    peer: str = ""   # the engine, where it may be spared rounds
    released_bytes: int = None  # of outputs that are gone

    def clear(self):
        for path in self.outputs:
            if os.path.isdir(path):
                shutil.rmtree(path)
            elif os.path.exists(path):
                os.unlink(path)

    def release(self):
        """Removes the outputs; their size stays known."""
        self.released_bytes = self.output_bytes()
        self.clear()

    def output_bytes(self):
        if self.released_bytes is not None:
            return self.released_bytes
        return sum(os.path.getsize(path) for path in self.parquet_files())

    def parquet_files(self):
        for path in self.outputs:
            if os.path.isfile(path):
                yield path
            for folder, _, names in os.walk(path):
                yield from (os.path.join(folder, name) for name in names if name.endswith(".parquet"))

    def walls(self):
        return [one.wall_s for one in self.runs]

    def works(self):
        """Without the time that the process itself waited for fsync."""
        return [one.wall_s - one.fsync_s for one in self.runs]

    def peak_kib(self):
        return max(one.vmhwm_kib for one in self.runs)

    def fsync_s(self):
        return statistics.median(one.fsync_s for one in self.runs)


SLOW, SLOW_ROUNDS = 2, 3  # a peer that takes more than twice the fastest peer's time runs three times in all


def slow_spare(contestants):
    """Judged by the first round."""
    firsts = {one.name: one.runs[0].wall_s for one in contestants if one.peer and not one.rounds}
    for one in contestants:
        if one.name in firsts and firsts[one.name] > SLOW * min(firsts.values()):
            one.rounds = SLOW_ROUNDS


def take_turns(contestants, rounds, sync):
    """A B C A B C ...: what slows the machine for a while slows all. Outputs of the last run stay."""
    contestants = list(contestants)
    for turn in range(rounds):
        if turn == 1:
            slow_spare(contestants)
        for one in contestants:
            if one.rounds and turn >= one.rounds:
                continue
            one.clear()
            done = run(one.arguments, one.threads, one.environment)
            one.runs.append(done)
            if sync:
                one.sync_after_s.append(disk_sync())
            say(f"  turn {turn + 1}: {one.name:<22} {done.wall_s:8.2f} s  {done.vmhwm_kib // 1024:6} MiB"
                f"  fsync {done.fsync_s:5.2f} s")


def spread(values):
    """(largest - smallest) / median."""
    return (max(values) - min(values)) / statistics.median(values)


# ---- what is kept ----

def results_add(rows, trial=False):
    """Appends rows (dictionaries of COLUMNS) to bench/results/<date>-<cpu>.csv; what a trial gives stays below build/."""
    folder = os.path.join(BUILD, "bench-results") if trial else RESULTS
    os.makedirs(folder, exist_ok=True)
    today, cpu = dt.date.today().isoformat(), cpu_name()
    path = os.path.join(folder, f"{today}-{cpu}.csv")
    fresh = not os.path.exists(path)
    with open(path, "a", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, restval="", lineterminator="\n")
        if fresh:
            writer.writeheader()
        commit = commit_name()
        for row in rows:
            writer.writerow({"date": today, "cpu": cpu, "commit": commit} | row)
    say(f"written: {os.path.relpath(path, ROOT)}")


def table_print(head, rows):
    """A Markdown table; the first column to the left, the others to the right."""
    lines = [head] + [[str(cell) for cell in row] for row in rows]
    widths = [max(len(line[at]) for line in lines) for at in range(len(head))]

    def show(line):
        cells = [cell.ljust(width) if at == 0 else cell.rjust(width) for at, (cell, width) in enumerate(zip(line, widths))]
        print("| " + " | ".join(cells) + " |")

    show(lines[0])
    print("|" + "|".join("-" * (width + 1) + ("-" if at == 0 else ":") for at, width in enumerate(widths)) + "|")
    for line in lines[1:]:
        show(line)
    print(flush=True)
