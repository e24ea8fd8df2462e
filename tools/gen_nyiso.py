#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Make NYISO-like market files for tests, benchmarks and the demo.

The layouts are those of NYISO's public market files: a line a stamp and name in prevailing Eastern time; hours by their
beginning, five-minute intervals by their end, with runs at odd seconds among them; the repeated hour told by the order of lines
alone; congestion with the other sign. Names of generators and all prices are made up. The same arguments give the same bytes.

    gen_nyiso.py --out DIR --report realtime_gen --start 2024-11-01 --days 30
    gen_nyiso.py --out DIR --report damlbmp_zone --days 31 --zip one
"""
import argparse
import datetime as dt
import os
import random
import sys
from functools import partial
from zoneinfo import ZoneInfo

from gen_model import Grid, Texts, archive_or_folder, days_from, member_write, parallel, stations_cut, wall_starts

EASTERN = ZoneInfo("America/New_York")
UTC = dt.timezone.utc
LETTERS = "ABCDEFGHIKLMNOPRSTUVWY"
ZONES = [("CAPITL", 61757), ("CENTRL", 61754), ("DUNWOD", 61760), ("GENESE", 61753), ("H Q", 61844), ("HUD VL", 61758),
         ("LONGIL", 61762), ("MHK VL", 61756), ("MILLWD", 61759), ("N.Y.C.", 61761), ("NORTH", 61755), ("NPX", 61845),
         ("O H", 61846), ("PJM", 61847), ("WEST", 61752)]
EXTERNAL = {"H Q", "NPX", "O H", "PJM"}
LBMP = ["Time Stamp", "Name", "PTID", "LBMP ($/MWHr)", "Marginal Cost Losses ($/MWHr)", "Marginal Cost Congestion ($/MWHr)"]
SERVICES = ["Time Stamp", "Time Zone", "Name", "PTID", "10 Min Spinning Reserve ($/MWHr)",
            "10 Min Non-Synchronous Reserve ($/MWHr)", "30 Min Operating Reserve ($/MWHr)", "NYCA Regulation Capacity ($/MWHr)"]
MOVEMENT = "NYCA Regulation Movement ($/MW)"
REFERENCE = ("NYISO_LBMP_REFERENCE", 24008)
# stem: market, minutes
REPORTS = {"damlbmp_zone": ("da", 60), "damlbmp_gen": ("da", 60), "rtlbmp_zone": ("rt", 60), "rtlbmp_gen": ("rt", 60),
           "realtime_zone": ("rt", 5), "realtime_gen": ("rt", 5), "damasp": ("da", 60), "rtasp": ("rt", 5)}


# ---- names ----

def names_make(report, count, seed):
    """((name, PTID, station), ...) in order of names, and the number of stations."""
    draw = random.Random(f"nyiso names {seed}")
    if not report.endswith("_gen"):
        return [(name, ptid, number) for number, (name, ptid) in enumerate(ZONES)], len(ZONES)
    sizes = stations_cut(max(1, count - 1), seed)
    names, taken = [(*REFERENCE, 0)], {REFERENCE[0]}
    ptids = iter(draw.sample([ptid for ptid in range(23512, 23512 + 2 * count) if ptid != REFERENCE[1]], count))
    for station, size in enumerate(sizes):
        stem = ""
        while not stem or stem in taken:
            stem = " ".join("".join(draw.choice(LETTERS) for _ in range(draw.randint(3, 6))) for _ in range(draw.randint(1, 2)))
        taken.add(stem)
        kind = draw.choice(["___", "___GT_", "_LBMP___", "___HY", "_CC"])
        names += [(f"{stem}{kind}{k + 1}", next(ptids), station) for k in range(size)]
    return sorted(names), len(sizes)


# ---- time ----

def run_ends(options, day):
    """(end of an interval in UTC, step) of a real-time day: every five minutes, and runs at odd seconds between."""
    draw = random.Random(f"runs {options.seed} {day}")
    step = dt.timedelta(minutes=5)
    for number, local in enumerate(wall_starts(day, EASTERN, 5)):
        start = local.astimezone(UTC)
        if draw.random() < 0.02:
            for late in sorted(draw.sample(range(10, 290), draw.randint(1, 2))):
                yield start + dt.timedelta(seconds=late), number
        yield start + step, number


def stamps_of(options, day):
    """(text of the stamp, EDT or EST, step) in the order of the file's lines."""
    minutes = REPORTS[options.report][1]
    if minutes == 60:
        return [(f"{local:%m/%d/%Y %H:%M}", local.tzname(), number) for number, local in enumerate(wall_starts(day, EASTERN, 60))]
    ends = ((end.astimezone(EASTERN), number) for end, number in run_ends(options, day))
    return [(f"{local:%m/%d/%Y %H:%M:%S}", local.tzname(), number) for local, number in ends]


# ---- lines ----

def energy_pieces(options, day):
    """LBMP = energy + losses - congestion; names and stamps of the five-minute files stand in quotes."""
    market, minutes = REPORTS[options.report]
    quote = '"' if minutes == 5 else ""
    yield ",".join(f"{quote}{name}{quote}" for name in LBMP) + "\n"
    prices = options.grid.day(market, day, len(wall_starts(day, EASTERN, minutes)))
    columns = []
    for station in options.grid.stations:
        congestion, losses = ([round(x) for x in row] for row in prices.station(station))
        columns.append((losses, congestion, [e + l + c for e, l, c in zip(prices.energy, losses, congestion)]))
    texts = options.texts[minutes == 5]
    places = [(f"{quote}{name}{quote},{ptid},", station) for name, ptid, station in options.names]
    for stamp, _, step in stamps_of(options, day):
        known = [f"{texts[total[step]]},{texts[losses[step]]},{texts[-congestion[step]]}\n" for losses, congestion, total in columns]
        front = f"{quote}{stamp}{quote},"
        yield "".join([front + place + known[station] for place, station in places])


def service_pieces(options, day):
    """The zones' prices of reserves, the same but for the eastern ones; the market-wide ones of regulation."""
    header = SERVICES + [MOVEMENT] * (options.report == "rtasp")
    yield ",".join(header) + "\n"
    draw, texts = random.Random(f"services {options.report} {options.seed} {day}").random, options.texts[1]
    for stamp, clock, _ in stamps_of(options, day):
        spin, wide = round(400 * draw() * draw()), f"{texts[round(900 * draw())]}" + (",0.10" if options.report == "rtasp" else "")
        for name, ptid, station in options.names:
            if name not in EXTERNAL:
                here = spin + 50 * (station > 8)
                yield f"{stamp},{clock},{name},{ptid},{texts[here]},{texts[here * 3 // 4]},{texts[here // 2]},{wide}\n"


# ---- files ----

def day_write(options, place, day):
    make = service_pieces if options.report.endswith("asp") else energy_pieces
    return member_write(place, f"{day:%Y%m%d}{options.report}.csv", make(options, day))


def days_write(options, days):
    """Loose files; or a ZIP with all of these days, named after the first of the month."""
    name = f"{days[0]:%Y%m}01{options.report}_csv.zip" if options.zip == "one" else f"{days[0]:%Y%m%d}{options.report}_csv.zip"
    place = archive_or_folder(options.out, name if options.zip != "no" else None)
    lines = sum(day_write(options, place, day) for day in days)
    place.close()
    return lines


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", required=True, help="folder for the files; made where missing")
    parser.add_argument("--report", default="damlbmp_zone", choices=REPORTS)
    parser.add_argument("--start", default="2024-01-01", type=dt.date.fromisoformat, help="first day")
    parser.add_argument("--days", default=1, type=int)
    parser.add_argument("--names", default=650, type=int, help="of generators; zones are 15")
    parser.add_argument("--zip", default="no", choices=["no", "each", "one"], nargs="?", const="one",
                        help="each day in a ZIP, or all days in one, as NYISO publishes a month")
    parser.add_argument("--seed", default=1, type=int)
    parser.add_argument("--processes", default=2, type=int)
    options = parser.parse_args()
    if options.days < 1 or options.names < 1:
        parser.error("--days and --names start at 1")
    return options


def main():
    options = arguments()
    os.makedirs(options.out, exist_ok=True)
    options.names, n_stations = names_make(options.report, options.names, options.seed)
    options.grid = Grid(n_stations, options.seed, 100)
    options.texts = (Texts(2, True), Texts(2, False))
    days = days_from(options.start, options.days)
    jobs = [days] if options.zip == "one" else [[day] for day in days]
    print(f"{parallel(partial(days_write, options), jobs, options.processes)} lines in {options.out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
