# SPDX-License-Identifier: MIT
"""Prints the table of docs/MEMORY.md: VmHWM of conversions, each market alone, two and all of them at once, at several bounds.

    measure_peaks.py [--program build/gridpq] [--small] [--bounds 64M 256M 1G] [--only PJM ERCOT]

Archives are generated at real numbers of nodes, below a temporary folder (1.6 GB); --small takes a tenth. A figure over its bound
ends the run with 1.
"""
import argparse
import os
import shutil
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import harness  # noqa: E402
from run_memory import MIB, generated, measured  # noqa: E402

# What holds most at once of each market, as one download or many: what it is, generator, arguments, and those of --small.
MARKETS = {
    "PJM": [("day-ahead, 20 days", "gen_pjm.py", "--feed da --start 2024-10-20 --days 20 --nodes 6435", "--days 2")],
    "CAISO": [("day-ahead by component, 1 day", "gen_caiso.py", "--files components --zip each --start 2024-11-03 --nodes 16600",
               "--nodes 1660")],
    "MISO": [("5-minute, 3 days", "gen_miso.py", "--report rt_5min --start 2024-11-01 --days 3 --nodes 2600", "--nodes 260")],
    "ERCOT": [("quarters in ZIPs of a ZIP, 14 days", "gen_ercot.py",
               "--report rtm_spp --start 2024-10-28 --days 14 --points 988 --zip nested", "--points 98"),
              ("all buses, 3 hours of runs", "gen_ercot.py", "--report sced_bus --start 2024-11-03 --points 13000 --runs 36 --zip one",
               "--points 1300")],
    "NYISO": [("5-minute generators, 14 days", "gen_nyiso.py",
               "--report realtime_gen --start 2024-10-28 --days 14 --names 650 --zip one", "--names 65")],
    "ISO-NE": [("day-ahead, 30 days", "gen_isone.py", "--start 2024-10-15 --days 30 --locations 1209", "--locations 120")],
    "SPP": [("5-minute days, 6 days", "gen_spp.py", "--report rtbm_daily_sl --start 2024-10-30 --days 6 --locations 1233",
             "--locations 123")],
}
TOGETHER = [("two: PJM and CAISO", ["PJM", "CAISO"])]


def arguments_read():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    harness.add_program_argument(parser)
    parser.add_argument("--small", action="store_true", help="a tenth of the data: to try it")
    parser.add_argument("--bounds", nargs="+", default=["64M", "256M", "1G"])
    parser.add_argument("--only", nargs="+", choices=MARKETS, default=list(MARKETS), metavar="MARKET")
    return parser.parse_args()


def bound_bytes(text):
    return int(text[:-1]) * {"M": MIB, "G": 1024 * MIB}[text[-1]]


def archives_make(folder, names, small):
    """{market: (folders, bytes, what they are)}"""
    made = {}
    for name in names:
        parts = [generated(folder, f"{name}-{number}", generator, f"{arguments} {less if small else ''}")
                 for number, (_, generator, arguments, less) in enumerate(MARKETS[name])]
        made[name] = [path for path, _ in parts], sum(size for _, size in parts), "; ".join(what for what, *_ in MARKETS[name])
    return made


def peak_mib(program, folder, paths, bound):
    """VmHWM of a conversion of these folders, and its seconds."""
    out = folder / "out"
    status, seen, peak, seconds, stderr = measured(folder, program, "convert", *paths, "-o", out, "--memory", bound, "--quiet")
    if status or not harness.digests(out):
        sys.exit(f"measure_peaks: {' '.join(map(str, paths))} with --memory {bound}: exit {status}: {stderr[-500:]}")
    shutil.rmtree(out)
    return max(seen, peak if peak > 32 * MIB else 0) / MIB, seconds


def main():
    args = arguments_read()
    program, over = harness.find_program(args.program), []
    with harness.Folder("peaks") as folder:
        made = archives_make(folder, args.only, args.small)
        cases = [(f"{name}: {what}", paths, size) for name, (paths, size, what) in made.items()]
        for label, names in TOGETHER + [(f"all {len(made)} at once", list(made))]:
            if set(names) <= set(made) and len(names) > 1:
                cases.append((label, [path for name in names for path in made[name][0]], sum(made[name][1] for name in names)))
        print("| one run | MB read | " + " | ".join(f"`{bound}`" for bound in args.bounds) + " |")
        print("|---|--:|" + "--:|" * len(args.bounds), flush=True)
        for label, paths, size in cases:
            cells = []
            for bound in args.bounds:
                mib, seconds = peak_mib(program, folder, paths, bound)
                cells.append(f"{mib:.0f} MiB, {seconds:.1f} s")
                over += [f"{label} at {bound}: {mib:.1f} MiB"] if mib * MIB > bound_bytes(bound) else []
            print(f"| {label} | {size / 1e6:,.0f} | {' | '.join(cells)} |", flush=True)
    for text in over:
        print(f"over the bound: {text}", file=sys.stderr)
    return 1 if over else 0


if __name__ == "__main__":
    sys.exit(main())
