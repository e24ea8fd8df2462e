#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Make reports like IESO's for tests and the demo.

The layouts are those of IESO's public reports: a line above the header that says when a file was made and for which day; hours
ending in Eastern Standard Time all year; a day-ahead day or a real-time hour in a file, made several times. Names of locations and
all prices are made up. The same arguments give the same bytes.

    gen_ieso.py --out DIR --report da --start 2025-11-01 --days 3
    gen_ieso.py --out DIR --report rt --days 1
"""
import argparse
import datetime as dt
import os
import random
import sys
from functools import partial

from gen_model import Folder, Grid, Texts, days_from, member_write, parallel, stations_cut

LETTERS = "ABCDEFGHIKLMNOPRSTUVWY"
PRICES = "Pricing Location,LMP,Energy Loss Price,Energy Congestion Price"
ZONES = ["EAST", "ESSA", "NIAGARA", "NORTHEAST", "NORTHWEST", "OTTAWA", "SOUTHWEST", "TORONTO", "WEST"]


def locations_make(count, seed):
    """((name, station), ...) in order of names, and the number of stations."""
    sizes = stations_cut(count, seed)
    draw, names = random.Random(f"ieso locations {seed}"), []
    for station, size in enumerate(sizes):
        stem = "".join(draw.choice(LETTERS) for _ in range(draw.randint(4, 9)))
        kind = draw.choice(["LT.G{0}:LMP", "LT.T{0}_D:LMP", "-230.G_H{0}:LMP"])
        names += [(f"{stem}{station}-{kind.format(k + 1)}", station) for k in range(size)]
    names[:len(ZONES)] = [(f"{zone}:LMP", station) for zone, (_, station) in zip(ZONES, names)]
    return sorted(names), len(sizes)


def lines_of(options, day, market, steps):
    """The lines of each interval behind its own fields: LMP = energy + loss + congestion."""
    prices, texts, columns = options.grid.day(market, day, steps), options.texts, []
    for station in options.grid.stations:
        congestion, losses = ([round(x) for x in row] for row in prices.station(station))
        columns.append((losses, congestion, [e + l + c for e, l, c in zip(prices.energy, losses, congestion)]))
    for step in range(steps):
        known = [f",{texts[total[step]]},{texts[losses[step]]},{texts[congestion[step]]}\n" for losses, congestion, total in columns]
        yield [name + known[station] for name, station in options.locations]


def day_write(options, day):
    place = Folder(options.out)
    if options.report == "da":
        made = dt.datetime.combine(day - dt.timedelta(days=1), dt.time(13, 30, 5))
        pieces = [f"CREATED AT {made:%Y/%m/%d %H:%M:%S} FOR {day:%Y/%m/%d}\nDelivery Hour,{PRICES}\n"]
        pieces += ["".join(f"{hour},{line}" for line in lines) for hour, lines in enumerate(lines_of(options, day, "da", 24), 1)]
        return member_write(place, f"PUB_DAHourlyEnergyLMP_{day:%Y%m%d}.csv", pieces)
    lines, intervals = 0, list(lines_of(options, day, "rt", 288))
    for hour in range(1, 25):
        made = dt.datetime.combine(day, dt.time()) + dt.timedelta(hours=hour, minutes=5)
        pieces = [f"CREATED AT {made:%Y/%m/%d %H:%M:%S} FOR {day:%Y/%m/%d}\nDelivery Hour,Interval,{PRICES}\n"]
        pieces += ["".join(f"{hour},{k + 1},{line}" for line in intervals[12 * (hour - 1) + k]) for k in range(12)]
        lines += member_write(place, f"PUB_RealtimeEnergyLMP_{day:%Y%m%d}{hour:02d}.csv", pieces)
    return lines


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", required=True, help="folder for the files; made where missing")
    parser.add_argument("--report", default="da", choices=["da", "rt"])
    parser.add_argument("--start", default="2025-11-01", type=dt.date.fromisoformat, help="first day")
    parser.add_argument("--days", default=1, type=int)
    parser.add_argument("--locations", default=1054, type=int)
    parser.add_argument("--seed", default=1, type=int)
    parser.add_argument("--processes", default=2, type=int)
    options = parser.parse_args()
    if options.days < 1 or options.locations < len(ZONES):
        parser.error(f"--days start at 1, --locations at {len(ZONES)}")
    os.makedirs(options.out, exist_ok=True)
    options.locations, n_stations = locations_make(options.locations, options.seed)
    options.grid, options.texts = Grid(n_stations, options.seed, 100), Texts(2, True)
    print(f"{parallel(partial(day_write, options), days_from(options.start, options.days), options.processes)} lines in {options.out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
