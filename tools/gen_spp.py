#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Make SPP-like market files for tests, benchmarks and the demo.

The layouts are those of SPP's portal: prices of settlement locations by the end of their interval, in prevailing Central time and
in UTC; a day-ahead day, a real-time interval or a real-time day in a file; clearing prices by reserve zone. Names of locations and
all prices are made up. The same arguments give the same bytes.

    gen_spp.py --out DIR --report da_sl --start 2025-01-01 --days 365
    gen_spp.py --out DIR --report rtbm_daily_sl --days 31
    gen_spp.py --out DIR --report rtbm_sl --start 2025-11-02 --zip one
"""
import argparse
import datetime as dt
import os
import random
import sys
from functools import partial
from zoneinfo import ZoneInfo

from gen_model import Grid, Texts, archive_or_folder, days_from, member_write, parallel, stations_cut, wall_starts

CENTRAL = ZoneInfo("America/Chicago")
UTC = dt.timezone.utc
UNITS = 10_000
LETTERS = "ABCDEFGHIKLMNOPRSTUVWY"
AREAS = ["CSWS", "EDE", "GRDA", "INDN", "KACY", "KCPL", "LES", "MPS", "NPPD", "NSP", "OKGE", "OPPD", "SECI", "SPRM", "SPS", "UMZ",
         "WAUE", "WFEC", "WR"]
HUBS = ["SPPNORTH_HUB", "SPPSOUTH_HUB"]
LMP = "Interval,GMTIntervalEnd,Settlement Location,Pnode,LMP,MLC,MCC,MEC"
ZONES = ["1", "2", "3", "4", "5", "SPP"]
# header, market, minutes, stem
REPORTS = {
    "da_sl": (LMP, "da", 60, "DA-LMP-SL"),
    "rtbm_sl": (LMP, "rt", 5, "RTBM-LMP-SL"),
    "rtbm_daily_sl": ("Interval, GMT Interval, Settlement Location Name, PNODE Name, LMP, MLC, MCC, MEC", "rt", 5, "RTBM-LMP-DAILY-SL"),
    "da_mcp": ("Interval,GMTIntervalEnd,Reserve Zone,RegUP,RegDN,Spin,Supp,RampUP,RampDN,UncUP", "da", 60, "DA-MCP"),
    "rtbm_mcp": ("Interval,GMTIntervalEnd,Reserve Zone,RegUPService,RegDNService,RegUpMile, RegDNMile,RampUP,RampDN,Spin,Supp,UncUP",
                 "rt", 5, "RTBM-MCP-DAILY"),
}


# ---- locations ----

def locations_make(count, seed):
    """((settlement location, Pnode, station), ...) in order of names; some locations share a Pnode."""
    sizes = stations_cut(max(1, count - len(HUBS)), seed)
    draw = random.Random(f"spp locations {seed}")
    made, taken = [(hub, hub[:10], 0) for hub in HUBS], set(HUBS)
    for station, size in enumerate(sizes):
        area, pnode = AREAS[station * len(AREAS) // len(sizes)], ""
        for _ in range(size):
            stem = ""
            while not stem or stem in taken:
                letters = "".join(draw.choice(LETTERS) for _ in range(draw.randint(3, 9)))
                stem = f"{area}_{letters}{draw.choice(['', '_RA', '_LA', '1', '_UN2'])}"
            taken.add(stem)
            pnode = pnode if pnode and draw.random() < 0.1 else stem.replace("_", "", 1) + "_PN"
            made.append((stem[:24], pnode, station))
    return sorted(made), len(sizes)


# ---- lines ----

def stamps_of(day, minutes):
    """
    (local end, texts of the two stamps) of each interval. Where clocks go back the end is told by the clock that showed the start
    (02:00 comes twice, 01:00 once); where they go forward, by the new one.
    """
    for local in wall_starts(day, CENTRAL, minutes):
        end = local.astimezone(UTC) + dt.timedelta(minutes=minutes)
        label = local.replace(tzinfo=None) + dt.timedelta(minutes=minutes)
        if local.utcoffset() < end.astimezone(CENTRAL).utcoffset():
            label = end.astimezone(CENTRAL)
        yield label.replace(fold=local.fold), f"{label:%m/%d/%Y %H:%M:%S},{end:%m/%d/%Y %H:%M:%S},"


def interval_texts(options, day):
    """(local end, lines) for each interval of a day: LMP = MLC + MCC + MEC."""
    _, market, minutes, _ = REPORTS[options.report]
    stamps = list(stamps_of(day, minutes))
    prices, texts, columns = options.grid.day(market, day, len(stamps)), options.texts, []
    for station in options.grid.stations:
        congestion, losses = ([round(x) for x in row] for row in prices.station(station))
        columns.append((losses, congestion, [e + l + c for e, l, c in zip(prices.energy, losses, congestion)]))
    places = [(f"{name},{pnode},", station) for name, pnode, station in options.locations]
    for step, (end, front) in enumerate(stamps):
        energy = texts[prices.energy[step]]
        known = [f"{texts[total[step]]},{texts[losses[step]]},{texts[congestion[step]]},{energy}\n"
                 for losses, congestion, total in columns]
        yield end, "".join([front + place + known[station] for place, station in places])


def clearing_pieces(options, day):
    header, _, minutes, _ = REPORTS[options.report]
    yield header + "\n"
    draw, products = random.Random(f"clearing {options.report} {options.seed} {day}").random, header.count(",") - 2
    for _, front in stamps_of(day, minutes):
        known = ",".join(options.texts[round(UNITS * 12 * draw() * draw())] for _ in range(products))
        for zone in ZONES:
            yield f"{front}{zone},{known}\n"


# ---- files ----

def files_of(options, day):
    """(name, texts) of a day's files; of the second pass of the repeated hour they end in d."""
    header, _, minutes, stem = REPORTS[options.report]
    if options.report.endswith("mcp"):
        yield f"{stem}-{day:%Y%m%d}{'0100' * (minutes == 60)}.csv", clearing_pieces(options, day)
    elif options.report == "rtbm_sl":
        for end, lines in interval_texts(options, day):
            yield f"{stem}-{end:%Y%m%d%H%M}{'d' * end.fold}.csv", [header + "\n", lines]
    else:
        lines = (text for _, text in interval_texts(options, day))
        yield f"{stem}-{day:%Y%m%d}{'0100' * (minutes == 60)}.csv", (piece for part in ([header + "\n"], lines) for piece in part)


def days_write(options, days):
    stem = REPORTS[options.report][3]
    name = {"one": f"{days[0]:%Y}-{stem}.zip", "each": f"{stem}-{days[0]:%Y%m%d}.zip"}.get(options.zip)
    place = archive_or_folder(options.out, name)
    lines = sum(member_write(place, name, pieces) for day in days for name, pieces in files_of(options, day))
    place.close()
    return lines


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", required=True, help="folder for the files; made where missing")
    parser.add_argument("--report", default="da_sl", choices=REPORTS)
    parser.add_argument("--start", default="2025-01-01", type=dt.date.fromisoformat, help="first operating day")
    parser.add_argument("--days", default=1, type=int)
    parser.add_argument("--locations", default=1233, type=int)
    parser.add_argument("--zip", default="no", choices=["no", "each", "one"], nargs="?", const="each",
                        help="a day's files in a ZIP, or all of them in one")
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
    options.grid = Grid(n_stations, options.seed, UNITS)
    options.texts = Texts(4, False)
    days = days_from(options.start, options.days)
    jobs = [days] if options.zip == "one" else [[day] for day in days]
    print(f"{parallel(partial(days_write, options), jobs, options.processes)} lines in {options.out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
