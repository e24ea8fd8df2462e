#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Make reports like ISO-NE's for tests, benchmarks and the demo.

The layout is that of ISO-NE's public reports: a tag in front of each line, C for comments, H for two lines of header, D for data, T
for the trailer with their number; hours ending in prevailing Eastern time, 02X in the second pass of the repeated hour. Names of
nodes and all prices are made up. The same arguments give the same bytes.

    gen_isone.py --out DIR --report da_hourly --start 2024-01-01 --days 366
    gen_isone.py --out DIR --report rt_prelim --days 3 --locations 300
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
LETTERS = "ABCDEFGHIKLMNOPRSTUVWY"
ZONES = ["MAINE", "NEWHAMPSHIRE", "VERMONT", "CONNECTICUT", "RHODEISLAND", "SEMASS", "WCMASS", "NEMASSBOST"]
TIES = [(4010, ".I.SALBRYNB345 1"), (4011, ".I.ROSETON 345 1"), (4012, ".I.HQ_P1_P2345 5"), (4013, ".I.HQHIGATE120 2"),
        (4014, ".I.SHOREHAM138 99"), (4015, ".I.NRTHPORT138 5"), (4017, ".I.NWESTTIE115 1")]
COLUMNS = ["Date", "Hour Ending", "Location ID", "Location Name", "Location Type", "Locational Marginal Price", "Energy Component",
           "Congestion Component", "Marginal Loss Component"]
TYPES = ["Date", "HE", "String", "String", "String", "Number", "Number", "Number", "Number"]
# title, file name, market, days until it is made
REPORTS = {
    "da_hourly": ("Day-Ahead Energy Market Hourly LMP Report", "WW_DALMP_ISO_{0:%Y%m%d}.csv", "da", -1),
    "rt_final": ("Real-Time Energy Market Hourly LMP Report", "lmp_rt_final_{0:%Y%m%d}.csv", "rt", 5),
    "rt_prelim": ("Real-Time Energy Market Hourly LMP Report", "lmp_rt_prelim_{0:%Y%m%d}.csv", "rt", 1),
}


# ---- locations ----

def locations_make(count, seed):
    """((id, name, type, station), ...) in order of ids, and the number of stations."""
    fixed = [(4000, ".H.INTERNAL_HUB", "HUB")] + [(4001 + k, f".Z.{zone}", "LOAD ZONE") for k, zone in enumerate(ZONES)]
    fixed = (fixed + [(number, name, "EXT. NODE") for number, name in TIES])[:count]
    sizes = stations_cut(max(1, count - len(fixed)), seed)
    draw = random.Random(f"isone locations {seed}")
    ids = draw.sample([*range(321, 4000), *range(10000, 16000)], sum(sizes))
    made = [(number, name, kind, draw.randrange(len(sizes))) for number, name, kind in fixed]
    for station, size in enumerate(sizes):
        stem = "".join(draw.choice(LETTERS) for _ in range(draw.randint(4, 8)))
        voltage = draw.choice(["13.8", "34.5", "69", "115", "345", "22"])
        for k in range(size):
            unit = draw.random() < 0.4
            name = f"{'UN' if unit else 'LD'}.{stem:8}{voltage}{''.join(draw.choice(LETTERS) for _ in range(4)) if unit else ''}{k or ''}"
            made.append((ids.pop(), name[:24], "NETWORK NODE" if draw.random() < 0.97 else "HUB NODE", station))
    return sorted(made), len(sizes)


# ---- lines ----

def hour_text(local):
    return f"{local.hour + 1:02d}{'X' * local.fold}"


def pieces_of(options, day, name):
    title, _, market, later = REPORTS[options.report]
    made = dt.datetime.combine(day + dt.timedelta(days=later), dt.time(12, 57, 12), EASTERN)
    for text in (title, f"Filename: {name}", f"Report for: {day:%m/%d/%Y} - {day:%m/%d/%Y}",
                 f"Report generated: {made:%m/%d/%Y %H:%M:%S} {made.tzname()}"):
        yield f'"C","{text}"\n'
    for row in (COLUMNS, TYPES):
        yield ",".join(f'"{text}"' for text in ["H", *row]) + "\n"
    hours = wall_starts(day, EASTERN, 60)
    prices, columns = options.grid.day(market, day, len(hours)), []
    for station in options.grid.stations:
        congestion, losses = ([round(x) for x in row] for row in prices.station(station))
        columns.append((losses, congestion, [e + l + c for e, l, c in zip(prices.energy, losses, congestion)]))
    places = [(f'"{number}","{name}","{kind}",', station) for number, name, kind, station in options.locations]
    texts, quote = options.texts, '"' if options.report == "da_hourly" else ""
    for step, local in enumerate(hours):
        energy = texts[prices.energy[step]]
        known = [f"{texts[total[step]]},{energy},{texts[congestion[step]]},{texts[losses[step]]}\n"
                 for losses, congestion, total in columns]
        front = f'"D","{day:%m/%d/%Y}",{quote}{hour_text(local)}{quote},'
        yield "".join([front + place + known[station] for place, station in places])
    yield f'"T","{len(hours) * len(places)} lines"'


class Decimals(Texts):
    """Texts of prices with one decimal at least."""

    def __missing__(self, units):
        text = super().__missing__(units)
        text = text if "." in text else text + ".0"
        self[units] = text
        return text


# ---- files ----

def day_write(options, day):
    name = REPORTS[options.report][1].format(day)
    place = archive_or_folder(options.out, name[:-4] + ".zip" if options.zip == "each" else None)
    lines = member_write(place, name, pieces_of(options, day, name))
    place.close()
    return lines


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", required=True, help="folder for the files; made where missing")
    parser.add_argument("--report", default="da_hourly", choices=REPORTS)
    parser.add_argument("--start", default="2024-01-01", type=dt.date.fromisoformat, help="first day")
    parser.add_argument("--days", default=1, type=int)
    parser.add_argument("--locations", default=1209, type=int)
    parser.add_argument("--zip", default="no", choices=["no", "each"], nargs="?", const="each", help="each report in a ZIP")
    parser.add_argument("--seed", default=1, type=int)
    parser.add_argument("--processes", default=2, type=int)
    options = parser.parse_args()
    if options.days < 1 or options.locations < 1:
        parser.error("--days and --locations start at 1")
    return options


def main():
    options = arguments()
    os.makedirs(options.out, exist_ok=True)
    options.locations, n_stations = locations_make(options.locations, options.seed)
    options.grid = Grid(n_stations, options.seed, 100)
    options.texts = Decimals(2, True)
    days = days_from(options.start, options.days)
    print(f"{parallel(partial(day_write, options), days, options.processes)} lines in {options.out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
