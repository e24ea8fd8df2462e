#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Make CAISO-like OASIS downloads for tests, benchmarks and the demo.

The layouts are those of OASIS: a line for each node, hour and price component; the hours of a node and component
shuffled; all nodes of a day or of an operating hour as a member of a ZIP for each component, or node lists with all
components in one file. Names of nodes and all prices are made up. The same arguments give the same bytes.

    gen_caiso.py --out DIR --query lmp_dam --start 2024-01-01 --days 4 --nodes 16600
    gen_caiso.py --out DIR --query lmp_dam --files components --zip each
    gen_caiso.py --out DIR --query lmp_rtm --files components --zip each --hours 1-3
    gen_caiso.py --out DIR --query lmp_dam --nodes 4000 --files node --zip one
"""
import argparse
import datetime as dt
import os
import random
import sys
from functools import partial
from zoneinfo import ZoneInfo

from gen_model import Grid, Texts, archive_or_folder, days_from, member_write, parallel, stations_cut

PACIFIC = ZoneInfo("America/Los_Angeles")
UTC = dt.timezone.utc
DIGITS, UNITS = 5, 100_000
CONTROL = "ABCDEFGHIKLMNOPRSTUVWY"
LEAD = "INTERVALSTARTTIME_GMT,INTERVALENDTIME_GMT,OPR_DT,OPR_HR"
PLACE = "NODE_ID_XML,NODE_ID,NODE,MARKET_RUN_ID,LMP_TYPE,XML_DATA_ITEM,PNODE_RESMRID,GRP_TYPE,POS"
N_SHUFFLES = 32


class Query:
    """What a kind of download is called, how long its intervals are, and where its columns stand."""

    def __init__(self, name, market, minutes, price, version, group, ancillary=False):
        self.name, self.market, self.minutes, self.price, self.version = name, market, minutes, price, version
        self.group, self.ancillary = group, ancillary
        self.early = price == "MW" and market == "DAM"  # OPR_INTERVAL behind OPR_HR, else behind the price
        if ancillary:
            self.header = f"{LEAD},OPR_INTERVAL,OPR_TYPE,ANC_TYPE,ANC_REGION,MARKET_RUN_ID,XML_DATA_ITEM,MW,GROUP" \
                if self.early else f"{LEAD},OPR_TYPE,ANC_TYPE,XML_DATA_ITEM,MARKET_RUN_ID,MW,ANC_REGION,OPR_INTERVAL,GROUP"
        else:
            self.header = f"{LEAD},OPR_INTERVAL,{PLACE},{price},GROUP" if self.early else \
                f"{LEAD},{PLACE},{price},OPR_INTERVAL,GROUP"


QUERIES = {
    "lmp_dam": Query("PRC_LMP", "DAM", 60, "MW", 12, "DAM_LMP_GRP"),
    "lmp_hasp": Query("PRC_HASP_LMP", "HASP", 15, "MW", 3, "HASP_LMP_GRP"),
    "lmp_rtpd": Query("PRC_RTPD_LMP", "RTPD", 15, "PRC", 3, "FMM_LMP_GRP"),
    "lmp_rtm": Query("PRC_INTVL_LMP", "RTM", 5, "VALUE", 3, "RTM_LMP_GRP"),
    "as_dam": Query("PRC_AS", "DAM", 60, "MW", 12, "DAM_AS_GRP", True),
    "as_rtm": Query("PRC_INTVL_AS", "RTM", 15, "MW", 3, "RTM_AS_GRP", True),
}
COMPONENTS = [("LMP", "LMP_PRC"), ("MCC", "LMP_CONG_PRC"), ("MCE", "LMP_ENE_PRC"), ("MCL", "LMP_LOSS_PRC"),
              ("MGHG", "LMP_GHG_PRC")]
ANC_TYPES = [("NR", "NS_CLR_PRC"), ("RD", "RD_CLR_PRC"), ("RMD", "RMD_CLR_PRC"), ("RMU", "RMU_CLR_PRC"),
             ("RU", "RU_CLR_PRC"), ("SR", "SP_CLR_PRC")]
ANC_REGIONS = ["AS_CAISO", "AS_CAISO_EXP", "AS_NP26", "AS_NP26_EXP", "AS_SP26", "AS_SP26_EXP"]


# ---- nodes ----

def nodes_make(count, seed):
    """((name, station), ...) in order of names; nodes of a station differ in their last number."""
    draw = random.Random(f"caiso nodes {seed}")
    sizes = stations_cut(count, seed)
    nodes, taken = [], set()
    for station, size in enumerate(sizes):
        stem = ""
        while not stem or stem in taken:
            stem = "".join(draw.choice(CONTROL) for _ in range(draw.randint(5, 8)))
        taken.add(stem)
        lead = CONTROL[station * len(CONTROL) // len(sizes)]
        form = draw.random()
        voltage = draw.choice("1234567B")
        nodes += [(f"{lead}{stem}_{voltage}_N{k + 1:03d}" if form < 0.9 else f"{lead}{stem}_PP_GNODE{k + 1}" if form < 0.95
                   else f"{lead}{stem}_{k + 1}-APND", station) for k in range(size)]
    return sorted(nodes), len(sizes)


# ---- time ----

class Interval:
    """One interval of a trade day: the text at the head of its lines, its hour and number."""
    __slots__ = ("lead", "hour", "number", "at")


def day_intervals(query, day):
    """In order of time; the second pass of the repeated hour is OPR_HR 25."""
    first = dt.datetime.combine(day, dt.time(), PACIFIC).astimezone(UTC)
    last = dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), PACIFIC).astimezone(UTC)
    step = dt.timedelta(minutes=query.minutes)
    made = []
    for at in range((last - first) // step):
        start = first + at * step
        local = start.astimezone(PACIFIC)
        one = Interval()
        one.at, one.hour = at, 25 if local.fold else local.hour + 1
        one.number = 0 if query.minutes == 60 else local.minute // query.minutes + 1
        stamps = ",".join(f"{when:%Y-%m-%dT%H:%M:%S}-00:00" for when in (start, start + step))
        one.lead = f"{stamps},{day},{one.hour}" + (f",{one.number}" if query.early else "")
        made.append(one)
    return made


# ---- blocks of lines ----

class Blocks:
    """Makes blocks: one node, one component, the chosen intervals in a shuffled order."""

    def __init__(self, query, intervals, seed):
        self.query, self.intervals = query, intervals
        self.draw = random.Random(f"shuffle {seed} {intervals[0].lead}")
        self.orders = [self.draw.sample(range(len(intervals)), len(intervals)) for _ in range(N_SHUFFLES)]
        self.templates = {}

    def template(self, component, order):
        """A block with \\0 for the node, \\1 for its serial and %s for the prices."""
        key = component, order
        if key not in self.templates:
            letters, item = COMPONENTS[component]
            lines = []
            for at in self.orders[order]:
                one = self.intervals[at]
                tail = "" if self.query.early else f",{one.number}"
                lines.append(f"{one.lead},\0,\0,\0,{self.query.market},{letters},{item},\0,ALL,1,%s{tail},\1\n")
            self.templates[key] = "".join(lines)
        return self.templates[key]

    def block(self, node, component, texts, serial):
        order = int(self.draw.random() * N_SHUFFLES)
        filled = self.template(component, order).replace("\0", node).replace("\1", str(serial))
        return filled % tuple([texts[at] for at in self.orders[order]])


class DayPrices:
    """Texts of the prices of a trade day by component, made a station at a time."""

    def __init__(self, options, day, chosen):
        query = options.made
        self.options, self.chosen = options, [one.at for one in chosen]
        steps = len(day_intervals(query, day))
        self.prices = options.grid.day(query.market, day, steps)
        self.texts = options.texts
        self.energy = [self.prices.energy[at] for at in self.chosen]
        self.station, self.made = None, None

    def component(self, station, component):
        """The sum is exact: total = congestion + energy + loss + greenhouse gas."""
        if station != self.station:
            grid = self.options.grid.stations[station]
            congestion, losses = self.prices.station(grid)
            mcc = [round(congestion[at]) for at in self.chosen]
            mcl = [round(losses[at]) for at in self.chosen]
            ghg = [self.prices.ghg[at] if grid.ghg else 0 for at in self.chosen]
            lmp = [a + b + c + d for a, b, c, d in zip(mcc, self.energy, mcl, ghg)]
            self.station, self.made = station, (lmp, mcc, self.energy, mcl, ghg)
        return list(map(self.texts.__getitem__, self.made[component]))


def all_nodes_pieces(options, day, chosen, component):
    """One component of all nodes."""
    prices, blocks = DayPrices(options, day, chosen), Blocks(options.made, chosen, options.seed)
    yield options.made.header + "\n"
    for serial, (node, station) in enumerate(options.nodes, 1):
        yield blocks.block(node, component, prices.component(station, component), serial)


def node_list_pieces(options, days, nodes, hours=None):
    """All components of some nodes, a day, a node, a component after the other."""
    yield options.made.header + "\n"
    serial = 0
    for day in days:
        chosen = intervals_of(options, day, hours)
        prices, blocks = DayPrices(options, day, chosen), Blocks(options.made, chosen, options.seed)
        for node, station in nodes:
            for component in range(len(COMPONENTS)):
                serial += 1
                yield blocks.block(node, component, prices.component(station, component), serial)


def ancillary_pieces(options, days):
    query, serial = options.made, 0
    yield query.header + "\n"
    for day in days:
        draw = random.Random(f"ancillary {options.seed} {query.market} {day}")
        chosen = day_intervals(query, day)
        for region in ANC_REGIONS:
            for product, item in ANC_TYPES:
                serial += 1
                for one in draw.sample(chosen, len(chosen)):
                    price = options.texts[round(draw.random() * draw.random() * 12 * UNITS) if draw.random() < 0.7 else 0]
                    yield f"{one.lead},AS,{product},{region},{query.market},{item},{price},{serial}\n" if query.early else \
                        f"{one.lead},AS,{product},{item},{query.market},{price},{region},{one.number},{serial}\n"


# ---- files ----

def intervals_of(options, day, hours):
    return [one for one in day_intervals(options.made, day) if hours is None or one.hour in hours]


def stamp_of(day, last):
    """When a download was made: the morning after the last day."""
    return f"{day:%Y%m%d}_{last:%Y%m%d}", f"{last + dt.timedelta(days=1):%Y%m%d}_08_15_30"


def group_write(options, job):
    """All nodes of a day (day-ahead) or of an operating hour, a member for each component."""
    day, hour = job
    query = options.made
    chosen = intervals_of(options, day, None if hour is None else {hour})
    dates = f"{day:%Y%m%d}_{day:%Y%m%d}"
    place = archive_or_folder(options.out, f"{dates}_{query.group}_{'N' if hour is None else f'{hour:02d}'}_N_v{query.version}_csv.zip"
                              if options.zip == "each" else None)
    lines = 0
    for component, (letters, _) in enumerate(COMPONENTS):
        name = f"{dates}_{query.name}_{query.market}_{letters}{'' if hour is None else f'_{hour:02d}'}_v{query.version}.csv"
        lines += member_write(place, name, all_nodes_pieces(options, day, chosen, component))
    place.close()
    return lines


def list_write(options, days):
    """A node list: one file with all components of all days that it covers."""
    query = options.made
    dates, made = stamp_of(days[0], days[-1])
    stem = f"{dates}_{query.name}_{query.market}_{made}_v{query.version}"
    place = archive_or_folder(options.out, stem + ".zip" if options.zip == "each" else None)
    pieces = ancillary_pieces(options, days) if query.ancillary else node_list_pieces(options, days, options.nodes)
    lines = member_write(place, stem + ".csv", pieces)
    place.close()
    return lines


def small_files_write(options, days):
    """A file for each node, component and day."""
    query, lines = options.made, 0
    place = archive_or_folder(options.out, f"{query.name}_{query.market}_nodes.zip" if options.zip == "one" else None)
    for day in days:
        chosen = intervals_of(options, day, None)
        prices, blocks = DayPrices(options, day, chosen), Blocks(query, chosen, options.seed)
        dates, made = stamp_of(day, day)
        for node, station in options.nodes:
            for component, (letters, _) in enumerate(COMPONENTS):
                name = f"{dates}_{query.name}_{query.market}_{node}_{letters}_{made}_v{query.version}.csv"
                block = blocks.block(node, component, prices.component(station, component), component + 1)
                lines += member_write(place, name, [query.header + "\n", block])
    place.close()
    return lines


def files_write(options):
    days = days_from(options.start, options.days)
    if options.files == "node":
        return len(days) * len(options.nodes) * len(COMPONENTS), small_files_write(options, days)
    if options.files == "components":
        if options.made.market == "DAM":
            jobs = [(day, None) for day in days]
        else:
            jobs = [(day, hour) for day in days for hour in sorted({one.hour for one in day_intervals(options.made, day)})
                    if options.hours[0] <= hour <= options.hours[1]]
        return len(jobs) * len(COMPONENTS), parallel(partial(group_write, options), jobs, options.processes)
    jobs = [days] if options.files == "range" else [[day] for day in days]
    return len(jobs), parallel(partial(list_write, options), jobs, options.processes)


def hours_read(text):
    first, _, last = text.partition("-")
    return int(first), int(last or first)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", required=True, help="folder for the files; made where missing")
    parser.add_argument("--query", default="lmp_dam", choices=QUERIES)
    parser.add_argument("--start", default="2024-01-01", type=dt.date.fromisoformat, help="first trade day")
    parser.add_argument("--days", default=1, type=int)
    parser.add_argument("--nodes", default=16600, type=int)
    parser.add_argument("--files", default="day", choices=["day", "range", "components", "node"],
                        help="a node list for each day or for all; all nodes by component; a file a node and component")
    parser.add_argument("--hours", default="1-25", type=hours_read, help="operating hours of --files components, not DAM")
    parser.add_argument("--zip", default="no", choices=["no", "each", "one"], nargs="?", const="each",
                        help="each download in a ZIP; one for --files node")
    parser.add_argument("--seed", default=1, type=int)
    parser.add_argument("--processes", default=2, type=int)
    options = parser.parse_args()
    if options.days < 1 or options.nodes < 1:
        parser.error("--days and --nodes start at 1")
    if (options.zip == "one") != (options.files == "node" and options.zip != "no"):
        parser.error("--zip one belongs to --files node, --zip each to the others")
    options.made = QUERIES[options.query]
    if options.made.ancillary and options.files not in ("day", "range"):
        parser.error("ancillary queries are --files day or range")
    return options


def main():
    options = arguments()
    os.makedirs(options.out, exist_ok=True)
    options.nodes, n_stations = nodes_make(options.nodes, options.seed)
    options.grid = Grid(n_stations, options.seed, UNITS)
    options.texts = Texts(DIGITS, True)
    files, lines = files_write(options)
    print(f"{files} files, {lines} lines in {options.out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
