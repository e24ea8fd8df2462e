#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Make ERCOT-like market reports for tests, benchmarks and the demo.

The layouts are those of ERCOT's market information system: a line a settlement point, hours ending in prevailing Central time
with a flag for the repeated hour; a day-ahead day in one file, in real time one interval or one run of the dispatch a file; load
zones and ties twice, under two types. Names of points and all prices are made up. The same arguments give the same bytes.

    gen_ercot.py --out DIR --report dam_spp --start 2024-01-01 --days 366
    gen_ercot.py --out DIR --report rtm_spp --start 2024-11-01 --days 7 --zip nested
    gen_ercot.py --out DIR --report sced_bus --points 13000 --runs 36
"""
import argparse
import datetime as dt
import io
import os
import random
import sys
import zipfile
from functools import partial
from zoneinfo import ZoneInfo

from gen_model import Grid, Texts, archive_or_folder, days_from, member_write, parallel, stations_cut, wall_starts

CENTRAL = ZoneInfo("America/Chicago")
LETTERS = "ABCDEFGHIKLMNOPRSTUVWY"
ZONES = ["AEN", "CPS", "HOUSTON", "LCRA", "NORTH", "RAYBN", "SOUTH", "WEST"]
TIES = ["DC_E", "DC_L", "DC_N", "DC_R"]
HUBS = [("HB_BUSAVG", "SH"), ("HB_HOUSTON", "HU"), ("HB_HUBAVG", "AH"), ("HB_NORTH", "HU"), ("HB_PAN", "HU"), ("HB_SOUTH", "HU"),
        ("HB_WEST", "HU")]
TWICE = {"LZ": "LZEW", "LZ_DC": "LZ_DCEW"}  # the second price of the same name is weighted by energy
SERVICES = ["ECRS", "NSPIN", "REGDN", "REGUP", "RRS"]


class Report:
    """A report's number, what its files are called, its header, and the step of its intervals."""

    def __init__(self, number, name, minutes, header):
        self.number, self.name, self.minutes, self.header = number, name, minutes, header


REPORTS = {
    "dam_spp": Report(12331, "DAMSPNP4190", 60, "DeliveryDate,HourEnding,SettlementPoint,SettlementPointPrice,DSTFlag"),
    "dam_bus": Report(12328, "DAMHRLMPNP4183", 60, "DeliveryDate,HourEnding,BusName,LMP,DSTFlag"),
    "dam_as": Report(12329, "DAMCPCNP4188", 60, "DeliveryDate,HourEnding,AncillaryType,MCPC,DSTFlag"),
    "rtm_spp": Report(12301, "SPPHLZNP6905", 15, "DeliveryDate,DeliveryHour,DeliveryInterval,SettlementPointName,"
                      "SettlementPointType,SettlementPointPrice,DSTFlag"),
    "sced": Report(12300, "LMPSROSNODENP6788", 5, "SCEDTimestamp,RepeatedHourFlag,SettlementPoint,LMP"),
    "sced_bus": Report(11485, "LMPSELECTRICALBUSNP6787", 5, "SCEDTimestamp,RepeatedHourFlag,ElectricalBus,LMP"),
}
DAILY = ["dam_spp", "dam_bus", "dam_as"]


# ---- points ----

def points_make(report, count, seed):
    """((name, type, station), ...) in order of names, and the number of stations. 'count' has zones, ties and hubs in it."""
    places = [(f"LZ_{zone}", "LZ") for zone in ZONES] + [(tie, "LZ_DC") for tie in TIES] + HUBS
    buses = report in ("dam_bus", "sced_bus")
    places = [] if buses else places[:count]
    sizes = stations_cut(max(1, count - len(places)), seed)
    draw = random.Random(f"ercot points {seed}")
    points, taken = [], {name for name, _ in places}
    for station, size in enumerate(sizes):
        stem = ""
        while not stem or stem in taken:
            stem = "".join(draw.choice(LETTERS) for _ in range(draw.randint(3, 7)))
        taken.add(stem)
        if buses:
            points += [(f"{stem}_{draw.choice(['8', 'L', 'T', ''])}{100 * (k + 1) + draw.randrange(100):04d}", "", station)
                       for k in range(size)]
            continue
        kind = draw.choices(["RN", "PCCRN", "LCCRN", "PUN"], [68, 17, 7, 5])[0]
        ends = {"RN": ["_ALL", "_RN", "_ESR1", "_SLR", ""], "PCCRN": ["_G"], "LCCRN": ["_CC"], "PUN": ["_PUN"]}[kind]
        points += [(f"{stem}{draw.choice(ends)}{k + 1 if k or kind != 'RN' else ''}", kind, station) for k in range(size)]
    points += [(name, kind, draw.randrange(len(sizes))) for name, kind in places]
    return sorted(points), len(sizes)


def lines_of(report, points):
    """What a file lists, in its order: (text of the line before its price, station, whether the energy-weighted twin)."""
    if report != "rtm_spp":
        return [(name + ",", station, False) for name, _, station in points]
    listed = []
    for number, (name, kind, station) in enumerate(points):
        pair = [(f"{name},{kind},", station, False)]
        pair += [(f"{name},{TWICE[kind]},", station, True)] if kind in TWICE else []
        listed += pair[::-1 if number % 3 else 1]  # which comes first varies
    return listed


# ---- one day ----

class DayPrices:
    """
    Cents of each station at each step of a day. ERCOT's prices have no losses; the model's stand for the many small constraints
    that make 442 of a real hour's 988 prices different.
    """

    def __init__(self, options, day, steps):
        prices = options.grid.day("da" if options.report in DAILY else "rt", day, steps)
        self.columns = []
        for station in options.grid.stations:
            congestion, small = prices.station(station)
            self.columns.append([round(e + c + s) for e, c, s in zip(prices.energy, congestion, small)])
        self.texts, self.listed = options.texts, options.listed

    def lines(self, step, front, before, behind):
        """The lines of one step; stations' texts are made once."""
        known = [self.texts[column[step]] for column in self.columns]
        twins = [self.texts[column[step] + step % 3 - 1] for column in self.columns]
        return "".join([f"{front}{place}{before}{twins[station] if twin else known[station]}{behind}"
                        for place, station, twin in self.listed])


def flag(local):
    return "Y" if local.fold else "N"


def day_pieces(options, day):
    """A day-ahead day: hours ending 01:00 to 24:00, one blank before each price of a settlement point."""
    yield REPORTS[options.report].header + "\n"
    hours = wall_starts(day, CENTRAL, 60)
    if options.report == "dam_as":
        draw = random.Random(f"services {options.seed} {day}")
        for local in hours:
            for name in draw.sample(SERVICES, len(SERVICES)):
                price = options.texts[round(draw.random() * draw.random() * 3000)]
                yield f"{day:%m/%d/%Y},{local.hour + 1:02d}:00,{name},{price},{flag(local)}\n"
        return
    prices = DayPrices(options, day, len(hours))
    for step, local in enumerate(hours):
        yield prices.lines(step, f"{day:%m/%d/%Y},{local.hour + 1:02d}:00,", " " * (options.report == "dam_spp"), f",{flag(local)}\n")


def interval_files(options, day):
    """(name, texts) of a day's quarters; the name says their end."""
    quarters = wall_starts(day, CENTRAL, 15)
    prices = DayPrices(options, day, len(quarters))
    for step, local in enumerate(quarters):
        end = (local.astimezone(dt.timezone.utc) + dt.timedelta(minutes=15)).astimezone(CENTRAL)
        front = f"{day:%m/%d/%Y},{local.hour + 1},{local.minute // 15 + 1},"
        yield file_name(options, end, f"{end:%Y%m%d_%H%M}" + "xhr" * local.fold, 100 + step % 17), \
            [REPORTS[options.report].header + "\n", prices.lines(step, front, "", f",{flag(local)}\n")]


def run_files(options, day):
    """(name, texts) of the runs of the dispatch: every five minutes at odd seconds, and now and then once more."""
    steps = wall_starts(day, CENTRAL, 5)[:options.runs]
    prices = DayPrices(options, day, len(steps))
    draw = random.Random(f"runs {options.seed} {day}")
    for step, local in enumerate(steps):
        for late in [draw.randrange(10, 30)] + [draw.randrange(90, 200)] * (draw.random() < 0.02):
            at = (local.astimezone(dt.timezone.utc) + dt.timedelta(seconds=late)).astimezone(CENTRAL)
            yield file_name(options, at, f"{at:%Y%m%d_%H%M%S}" + "xhr" * at.fold, 1), \
                [REPORTS[options.report].header + "\n", prices.lines(step, f"{at:%m/%d/%Y %H:%M:%S},{flag(local)},", "", "\n")]


# ---- files ----

def file_name(options, local, tail, late_s):
    """As ERCOT's reports are called: number, instant of publication, name, interval."""
    report = REPORTS[options.report]
    made = (local.astimezone(dt.timezone.utc) + dt.timedelta(seconds=late_s)).astimezone(CENTRAL)
    return f"cdr.{report.number:08d}.{0:016d}.{made:%Y%m%d.%H%M%S}.{report.name}" + (f"_{tail}" if tail else "")


def files_of(options, day):
    if options.report == "rtm_spp":
        yield from interval_files(options, day)
    elif options.report not in DAILY:
        yield from run_files(options, day)
    else:  # published the day before
        made = dt.datetime.combine(day - dt.timedelta(days=1), dt.time(12, 30), CENTRAL)
        yield file_name(options, made, "", 11), day_pieces(options, day)


def zip_bytes(name, pieces):
    """A ZIP of one file, as each report is downloaded."""
    packed, data = io.BytesIO(), "".join(pieces)
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo(name + ".csv"), data.encode(), zipfile.ZIP_DEFLATED)
    return packed.getvalue(), data.count("\n")


def day_write(options, place, day):
    lines = 0
    for name, pieces in files_of(options, day):
        if options.zip in ("each", "nested"):
            data, count = zip_bytes(name, pieces)
            with place.member(name + "_csv.zip") as file:
                file.write(data)
            lines += count
        else:
            lines += member_write(place, name + ".csv", pieces)
    return lines


def days_write(options, days):
    """Loose files; or all of these days in one ZIP, each file in a ZIP of its own there with 'nested'."""
    report = REPORTS[options.report]
    name = f"{report.number:08d}_{days[0]:%Y%m%d}_{days[-1]:%Y%m%d}.zip" if options.zip in ("one", "nested") else None
    place = archive_or_folder(options.out, name)
    lines = sum(day_write(options, place, day) for day in days)
    place.close()
    return lines


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", required=True, help="folder for the files; made where missing")
    parser.add_argument("--report", default="dam_spp", choices=REPORTS)
    parser.add_argument("--start", default="2024-01-01", type=dt.date.fromisoformat, help="first delivery date")
    parser.add_argument("--days", default=1, type=int)
    parser.add_argument("--points", default=988, type=int, help="names; zones and ties are listed twice in real time")
    parser.add_argument("--runs", default=300, type=int, help="of the dispatch, a day; the first of them")
    parser.add_argument("--zip", default="no", choices=["no", "each", "one", "nested"], nargs="?", const="each",
                        help="each file in a ZIP; all files in one ZIP; a ZIP of such ZIPs")
    parser.add_argument("--seed", default=1, type=int)
    parser.add_argument("--processes", default=2, type=int)
    options = parser.parse_args()
    if options.days < 1 or options.points < 1:
        parser.error("--days and --points start at 1")
    return options


def main():
    options = arguments()
    os.makedirs(options.out, exist_ok=True)
    points, n_stations = points_make(options.report, options.points, options.seed)
    options.listed = lines_of(options.report, points)
    options.grid = Grid(n_stations, options.seed, 100)
    options.texts = Texts(2, True)
    days = days_from(options.start, options.days)
    jobs = [days] if options.zip in ("one", "nested") else [[day] for day in days]
    print(f"{parallel(partial(days_write, options), jobs, options.processes)} lines in {options.out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
