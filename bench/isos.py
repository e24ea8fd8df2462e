#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""
gridpq against DuckDB and Polars on the layouts that need more than reading: MISO's hours across, CAISO's line a component,
ERCOT's file an interval and flags, NYISO's stamps told by the order of lines, SPP's and ISO-NE's reports. Generated archives; whole
processes take turns with a warm page cache; best and median are printed and kept. At the end all archives in one run.

    bench/isos.py [--only miso ercot-da] [--small] [--rounds 5] [--days 31]
"""
import argparse
import json
import os
import statistics
import sys
from dataclasses import dataclass

import ground
from judge import Judge, figures_print, kept, ratio
from measure import ROOT, Contestant, Failed, results_add, run, say, table_print, take_turns

PEERS = ["duckdb", "polars"]
BOUNDS_MIB = {"64M": 64, "256M": 256, "1G": 1024}  # the second is the default's


@dataclass
class Case:
    """One archive, what gridpq makes of it, and what is wanted of that."""
    name: str
    iso: str            # of the generator and of the peers
    arguments: list     # of the generator, but --out, --days and --zip
    days: int
    small_days: int
    block_days: int
    columns: list       # compared beside times: texts, then prices
    rows_a_line: int    # whole files' lines make so many rows: 24 where hours stand across; 0: five lines make one
    goal: float         # times the faster peer
    least: float
    size: float = None  # at most so much of DuckDB's file in order of time
    dataset: str = ""   # for peers that know several of a market's
    keys: tuple = ("settlement_location",)
    around: int = 1     # lines of a file that are no rows
    tiny: bool = False  # files so small that the same rows in one file are a measure, too


ENERGY = ["lmp_total", "lmp_energy", "lmp_congestion", "lmp_loss"]
PLACE = "settlement_location"
CASES = {one.name: one for one in [
    Case("miso", "miso", ["--report", "rt_final", "--start", "2023-01-01", "--nodes", "2230"], 365, 36, 7,
         [PLACE, "settlement_location_type", "finality", *ENERGY], 8, 10, 8, 0.75, around=5),
    Case("caiso", "caiso", ["--query", "lmp_dam", "--start", "2024-01-02", "--nodes", "16600"], 4, 1, 4,
         [PLACE, "settlement_location_id", *ENERGY, "lmp_ghg"], 0, 8, 6),
    Case("ercot-da", "ercot", ["--report", "dam_spp", "--start", "2024-01-01", "--points", "988"], 366, 30, 28,
         [PLACE, "delivery_interval", "lmp_total"], 1, 8, 6, dataset="da_energy_hourly"),
    # A quarter of the year: DuckDB would take 18 GB for all of it, Polars 28.
    Case("ercot-rt", "ercot", ["--report", "rtm_spp", "--start", "2024-09-01", "--points", "988"], 91, 14, 7,
         [PLACE, "settlement_location_type", "delivery_interval", "lmp_total"], 1, 8, 6, dataset="rt_energy_15min",
         keys=(PLACE, "settlement_location_type"), tiny=True),
    Case("nyiso-rt", "nyiso", ["--report", "realtime_gen", "--start", "2024-11-01", "--names", "650"], 30, 5, 7,
         [PLACE, "settlement_location_id", "delivery_interval", *ENERGY], 1, 8, 6),
    Case("spp-da", "spp", ["--report", "da_sl", "--start", "2025-01-01", "--locations", "1233"], 365, 30, 28,
         [PLACE, "settlement_location_id", "delivery_interval", *ENERGY], 1, 8, 6, dataset="da_energy_hourly"),
    Case("spp-rt", "spp", ["--report", "rtbm_daily_sl", "--start", "2025-11-01", "--locations", "1233"], 30, 4, 4,
         [PLACE, "settlement_location_id", "delivery_interval", *ENERGY], 1, 8, 6, dataset="rt_energy_5min"),
    Case("isone-da", "isone", ["--report", "da_hourly", "--start", "2025-01-01", "--locations", "1209"], 365, 30, 28,
         [PLACE, "settlement_location_id", "settlement_location_type", *ENERGY], 1, 8, 6, around=6),
]}


def arguments_read():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="+", default=list(CASES), metavar="CASE", help=f"of {', '.join(CASES)}")
    parser.add_argument("--program", help="gridpq to measure (build/gridpq)")
    parser.add_argument("--small", action="store_true", help="a fraction of the data: to try the benchmark itself")
    parser.add_argument("--days", type=int, help="of each archive, in place of its own number: --days 31 for a month")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--output", default=os.path.join(ground.DATA, "out"), help="folder for what is written")
    parser.add_argument("--no-peers", action="store_true", help="gridpq alone: its times, its rows against the lines")
    parser.add_argument("--no-check", action="store_true", help="do not compare what the engines wrote")
    options = parser.parse_args()
    unknown = set(options.only) - set(CASES)
    if unknown or options.rounds < 1:
        parser.error(f"no such case: {', '.join(sorted(unknown))}" if unknown else "--rounds must be 1 or more")
    return options


# ---- contestants ----

def ours(options, case, name, folders, *more):
    output = os.path.join(options.output, f"{case}-{name}".replace(" ", "-"))
    arguments = [options.program, "convert", *folders, "-o", output, "--threads", str(options.threads), "--progress", "none",
                 "--quiet", *more]
    return Contestant(name, arguments, [output], options.threads)


def peer(options, case, engine, folder, order="block", once=False):
    name = engine if order == "block" else f"{engine} by time"
    output = os.path.join(options.output, f"{case.name}-{name}.parquet".replace(" ", "-"))
    arguments = [ground.PYTHON, os.path.join(ROOT, "bench", "engines", f"{case.iso}_{engine}.py"), "--input", folder,
                 "--output", output, "--threads", str(options.threads), "--order", order, "--dataset", case.dataset]
    return Contestant(name, arguments, [output, output + ".spill"], options.threads, rounds=int(once), peer=engine)


def contestants_make(options, case, plain, zipped):
    peers = [] if options.no_peers else PEERS
    made = [ours(options, case.name, "gridpq", [plain])]
    made += [peer(options, case, engine, plain) for engine in peers]
    made += [ours(options, case.name, "gridpq 64M", [plain], "--memory", "64M"), ours(options, case.name, "gridpq zip", [zipped])]
    if case.tiny:
        made.append(ours(options, case.name, "gridpq one file", [ground.archive_joined(plain)]))
    made += [peer(options, case, engine, plain, "time", once=True) for engine in peers]
    return {one.name: one for one in made}


def versions_note(options, contestants):
    version = run([options.program, "--version"], options.threads).stdout.split()
    for one in contestants:
        one.version = version[-1] if one.arguments[0] == options.program else \
            json.loads(one.runs[-1].stdout.splitlines()[-1])["version"]


def outcomes_check(case, contestants, rows):
    """All hold the same rows, each in order; said before any figure, since a wrong result has no speed."""
    first = None
    for one in contestants.values():
        files = sorted(one.parquet_files())
        days = 0 if one.name.endswith("by time") else case.block_days
        said = run([ground.PYTHON, os.path.join(ROOT, "bench", "engines", "sums.py"), str(days), ",".join(case.keys),
                    ",".join(case.columns), *files], 2)
        outcome = json.loads(said.stdout)
        first = first or outcome["fingerprint"]
        if outcome["rows"] != rows or outcome["fingerprint"] != first or outcome["disorder"]:
            raise Failed(f"{case.name}, {one.name}: {outcome}; expected {rows} rows, {first}, in order")
    say(f"{case.name}: all {len(contestants)} outputs hold the same {rows} rows, in order")


# ---- the table ----

def case_judge(judge, case, contestants):
    default = contestants["gridpq"]
    judge.add(f"{case.name}: rate from zip / plain rate", *ratio(default.works(), contestants["gridpq zip"].works()), 0.65, None)
    if case.tiny:
        joined = contestants["gridpq one file"].works()
        judge.add(f"{case.name}: rate of files / of one file with their rows", *ratio(joined, default.works()), 0.5, None)
        judge.add(f"{case.name}: rate of ZIPs / of one file with their rows", *ratio(joined, contestants["gridpq zip"].works()), 0.5, None)
    judge.add(f"{case.name}: time at --memory 64M / default", *ratio(contestants["gridpq 64M"].works(), default.works()), None, 2,
              high=False)
    judge.add(f"{case.name}: VmHWM at --memory 64M, MiB", contestants["gridpq 64M"].peak_kib() / 1024, None, 64, None, "{:.1f}",
              high=False)
    peers = [contestants[name] for name in PEERS if name in contestants]
    if peers:
        faster = min(peers, key=lambda one: statistics.median(one.works()))
        judge.add(f"{case.name}: speed against the faster ({faster.name}), fsync apart, ×", *ratio(faster.works(), default.works()),
                  case.goal, case.least)
        by_time, by_block = (contestants[name].output_bytes() for name in ("duckdb by time", "duckdb"))
        judge.add(f"{case.name}: size / DuckDB's by time", default.output_bytes() / by_time, None, case.size,
                  None if case.size else 1, "{:.3f}", high=False)
        judge.add(f"{case.name}: size / DuckDB's by block", default.output_bytes() / by_block, None, None, 1, "{:.3f}", high=False)


def case_run(options, case, judge):
    days = options.days or (case.small_days if options.small else case.days)
    plain, zipped = (ground.generated(f"{case.name}-{days}{ending}", f"gen_{case.iso}.py", "--days", str(days), *case.arguments, *more)
                     for ending, more in (("", []), ("-zip", ["--zip", "each"])))
    total, lines = ground.archive_bytes(plain), ground.archive_warm(plain, case.around)
    rows = lines * case.rows_a_line or lines // 5
    ground.archive_warm(zipped)
    contestants = contestants_make(options, case, plain, zipped)
    say(f"{case.name}: {len(contestants)} cases, {options.rounds} rounds, {total / 1e6:.0f} MB of CSV, {rows} rows, "
        f"{options.threads} threads")
    take_turns(contestants.values(), options.rounds, False)
    versions_note(options, contestants.values())
    if not options.no_check:
        outcomes_check(case, contestants, rows)
    case_judge(judge, case, contestants)
    print(f"\n{case.name}: {total / 1e6:.0f} MB, {rows} rows\n")
    figures_print(contestants.values(), total)
    for one in contestants.values():
        one.release()  # the disk holds the outputs of one case at a time
    return Done(case, plain, total, rows, contestants)


@dataclass
class Done:
    """A case that ran: where its plain files are, and who took part."""
    case: Case
    folder: str
    total_bytes: int
    rows: int
    contestants: dict

    def kept(self, threads):
        return [kept(one, "isos", threads, self.total_bytes, self.rows) | {"case": f"{self.case.name} {one.name}"}
                for one in self.contestants.values()]


def together_run(options, done, judge):
    """All archives in one run, beside the sum of their single ones; the bound at three sizes."""
    folders, total, rows = [one.folder for one in done], sum(one.total_bytes for one in done), sum(one.rows for one in done)
    made = [ours(options, "together", f"gridpq {bound}", folders, "--memory", bound) for bound in BOUNDS_MIB]
    for folder in folders:
        ground.archive_warm(folder)
    say(f"together: {len(done)} archives, {total / 1e6:.0f} MB of CSV, {rows} rows")
    take_turns(made, options.rounds, False)
    versions_note(options, made)
    singles = [sum(times) for times in zip(*(one.contestants["gridpq"].works() for one in done))]
    judge.add("together: rate / summed single rates", *ratio(singles, made[1].works()), 0.9, None)
    for one, (bound, mib) in zip(made, BOUNDS_MIB.items()):
        judge.add(f"together: VmHWM at --memory {bound}, MiB", one.peak_kib() / 1024, None, mib, None, "{:.1f}", high=False)
    print(f"\ntogether: {total / 1e6:.0f} MB, {rows} rows\n")
    figures_print(made, total)
    for one in made:
        one.release()
    return [kept(one, "isos", options.threads, total, rows) | {"case": f"together {one.name}"} for one in made]


def main():
    options = arguments_read()
    options.program = ground.program_find(options.program)
    ground.venv_make()
    os.makedirs(options.output, exist_ok=True)
    judge = Judge()
    done = [case_run(options, CASES[name], judge) for name in options.only]
    records = [row for one in done for row in one.kept(options.threads)]
    if len(done) > 1:
        records += together_run(options, done, judge)
    table_print(["measure", "figure", "spread", "goal", "least", "reached"], judge.rows)
    results_add(records, trial=options.small)


if __name__ == "__main__":
    try:
        main()
    except Failed as reason:
        sys.exit(f"isos: {reason}")
