#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Make PJM-like CSV archives for tests, benchmarks and the demo.

The layout is that of PJM's Data Miner 2 (header names, stamp formats, line ends, order of rows, clock changes); names of
nodes and all prices are made up. The same arguments give the same bytes: each delivery date has its own random stream, so
a row does not depend on how the rows are cut into files. Nothing beyond Python's standard library is used.

    gen_pjm.py --out DIR --feed da --start 2024-01-01 --days 60 --nodes 6435
    gen_pjm.py --out DIR --demo
"""
import argparse
import datetime as dt
import gzip
import os
import random
import sys
from array import array
from zoneinfo import ZoneInfo

EASTERN = ZoneInfo("America/New_York")
UTC = dt.timezone.utc
MICRO = 1_000_000

# feed, minutes, layout
LMP_FEEDS = {
    "da": ("da_hrl_lmps", 60, "da"),
    "rt": ("rt_hrl_lmps", 60, "rt"),
    "rt5": ("rt_fivemin_hrl_lmps", 5, "rt"),
    "rt_unverified": ("rt_unverified_hrl_lmps", 60, "unverified"),
    "rt5_unverified": ("rt_unverified_fivemin_lmps", 5, "unverified5"),
    "monthly": ("rt_da_monthly_lmps", 60, "monthly"),
    "rt5_monthly": ("rt_fivemin_mnt_lmps", 5, "monthly"),
}
SERVICE_FEEDS = {
    "as_da": ("da_ancillary_services", 60),
    "as_rt": ("ancillary_services", 60),
    "as_rt5": ("ancillary_services_fivemin_hrl", 5),
    "reserve_da": ("da_reserve_market_results", 60),
    "reserve_rt": ("reserve_market_results", 60),
    "reserve_rt5": ("reserve_market_results", 5),
    "reg": ("reg_market_results", 60),
    "reg30": ("reg_market_results", 30),
    "reg5": ("reg_prices", 5),
}

HUBS = [
    (51217, "EASTERN HUB"), (51287, "WEST INT HUB"), (51288, "WESTERN HUB"), (4669664, "NEW JERSEY HUB"),
    (33092311, "CHICAGO GEN HUB"), (33092313, "AEP GEN HUB"), (33092315, "CHICAGO HUB"), (34497125, "AEP-DAYTON HUB"),
    (34497127, "OHIO HUB"), (34497151, "N ILLINOIS HUB"), (35010337, "DOMINION HUB"), (116013751, "ATSI GEN HUB"),
]
ZONES = [
    (3, "MID-ATL/APS"), (51291, "AECO"), (51292, "BGE"), (51293, "DPL"), (51295, "JCPL"), (51296, "METED"),
    (51297, "PECO"), (51298, "PEPCO"), (51299, "PPL"), (51300, "PENELEC"), (51301, "PSEG"), (7633629, "RECO"),
    (8394954, "APS"), (8445784, "AEP"), (33092371, "COMED"), (34508503, "DAY"), (34964545, "DOM"),
    (37737283, "DUQ"), (116013753, "ATSI"), (124076095, "DEOK"), (970242670, "EKPC"),
]
VOLTAGES = ["13 KV", "34.5 KV", "69 KV", "115 KV", "138 KV", "230 KV", "345 KV", "500 KV", "765 KV"]
SYLLABLES = "AL BER CAR DEN EAST FOR GLEN HAR IN KEN LAN MON NOR OAK PER QUA RID SUS TOW UN VAL WES YORK ZIN".split()


# ---- locations ----

class Node:
    """One pricing node: what its columns say, and about which level its prices move."""

    def __init__(self, number, name, voltage, equipment, kind, zone):
        self.number, self.name, self.kind = number, name, kind
        self.full_text = f"{number},{name},{voltage},{equipment},{kind},{zone}"
        level = random.Random(f"node {number}")
        self.congestion = int((level.random() - 0.5) * 8 * MICRO)
        self.loss = int((level.random() - 0.4) * 1.5 * MICRO)


def nodes_make(count, seed):
    """The first 'count' of a fixed list: PJM-RTO, hubs, zones, then stations; in ascending order of their ids."""
    draw = random.Random(f"nodes {seed}")
    nodes = [Node(1, "PJM-RTO", "", "", "ZONE", "")]
    nodes += [Node(number, name, "", "", "HUB", "") for number, name in HUBS]
    nodes += [Node(number, name, "", "", "ZONE", "") for number, name in ZONES]
    taken = {node.number for node in nodes}
    number = 48000
    while len(nodes) < count:
        station = "".join(draw.choice(SYLLABLES) for _ in range(2))[:8]
        zone = draw.choice(ZONES)[1]
        voltage = draw.choice(VOLTAGES)
        for part in range(draw.randint(1, 4)):  # loads and units of a station share its name
            number += draw.randint(1, 40)
            while number in taken:
                number += 1
            taken.add(number)
            what = draw.random()
            if what < 0.62:
                nodes.append(Node(number, station, voltage, f"T-{part + 1}", "LOAD", zone))
            elif what < 0.86:
                nodes.append(Node(number, station, voltage, f"UNIT{part + 1}", "GEN", zone))
            elif what < 0.94:
                nodes.append(Node(number, f"{station}_AGG{part}", "", "", "AGGREGATE", zone))
            elif what < 0.97:
                nodes.append(Node(number, station, "500 KV", f"BUS{part + 1}", "EHV", zone))
            elif what < 0.985:
                nodes.append(Node(number, f"{station}-INT{part}", "", "", "INTERFACE", ""))
            else:
                nodes.append(Node(number, f"{zone}_RESID_{station}", "", "", "RESIDUAL_METERED_EDC", zone))
    return sorted(nodes[:count], key=lambda node: node.number)


# ---- time ----

def day_instants(day, minutes):
    """Starts of the intervals of a delivery date, in UTC: 23, 24 or 25 hours of them."""
    first = dt.datetime.combine(day, dt.time(), EASTERN).astimezone(UTC)
    last = dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), EASTERN).astimezone(UTC)
    step = dt.timedelta(minutes=minutes)
    instants = []
    while first < last:
        instants.append(first)
        first += step
    return instants


class Dialect:
    """How the same rows are spelled: as exported, saved again by Excel, or from the API by way of a data frame."""

    def __init__(self, name):
        self.name = name
        self.line_end = "\n" if name == "iso" else "\r\n"
        self.true, self.false = ("TRUE", "FALSE") if name == "excel" else ("True", "False")
        self.price = {"export": "%.6f", "excel": "%.15G", "iso": "%.15g"}[name]
        self.known = {}

    def stamp(self, when):
        if self.name == "iso":
            return when.strftime("%Y-%m-%dT%H:%M:%S")
        day = f"{when.month}/{when.day}/{when.year}"
        if self.name == "excel":
            return f"{day} {when.hour}:{when.minute:02d}"
        return f"{day} {when.hour % 12 or 12}:{when:%M:%S} {'AM' if when.hour < 12 else 'PM'}"

    def stamps(self, instant):
        if instant not in self.known:
            self.known[instant] = f"{self.stamp(instant)},{self.stamp(instant.astimezone(EASTERN))}"
        return self.known[instant]

    def energy(self, cents, market):
        if self.name == "export":
            return "%.2f" % (cents / 100) if market == "da" else "%.6f" % (cents / 100)
        return "%.15g" % (cents / 100)


# ---- prices ----

class Interval:
    """All prices of one instant: energy in cents, congestion and loss of each node in millionths of a dollar."""
    __slots__ = ("instant", "market", "cents", "congestion", "loss", "restated")


def day_intervals(seed, market, day, minutes, nodes, restated=False):
    """The instants of a day in order. Congestion and loss walk from each node's level; energy follows the hour."""
    draw = random.Random(f"prices {seed} {market} {minutes} {day}").random
    shift = random.Random(f"restated {seed} {market} {day}").random
    congestion = [node.congestion for node in nodes]
    loss = [node.loss for node in nodes]
    level = 22 + draw() * 20
    for instant in day_instants(day, minutes):
        hour = instant.astimezone(EASTERN).hour
        spike = 150 * draw() if draw() < 0.01 else 0
        made = Interval()
        made.instant, made.market, made.restated = instant, market, restated
        made.cents = int(100 * (level + 12 * (6 <= hour < 22) + 9 * (16 <= hour < 20) + 3 * draw() + spike))
        congestion = [value + int((draw() - 0.5) * 600_000) - (value >> 5) for value in congestion]
        loss = [value + int((draw() - 0.5) * 60_000) - (value >> 6) for value in loss]
        made.congestion, made.loss = congestion, loss
        if restated:  # one price in ten comes back changed
            made.congestion = [value + 250_000 if shift() < 0.1 else value for value in congestion]
        yield made


def totals_of(made):
    energy = made.cents * 10_000
    return [energy + a + b for a, b in zip(made.congestion, made.loss)]


# ---- layouts of the price feeds ----

class Layout:
    """Column order of a price feed: header, and the pieces of a line around the prices."""

    def __init__(self, kind, dialect, version):
        self.kind, self.dialect = kind, dialect
        stamps, place = "datetime_beginning_utc,datetime_beginning_ept", "pnode_id,pnode_name,voltage,equipment,type,zone"
        prices = "system_energy_price_{0},total_lmp_{0},congestion_price_{0},marginal_loss_price_{0}"
        three = "total_lmp_rt,congestion_price_rt,marginal_loss_price_rt"
        self.header = {
            "da": f"{stamps},{place},{prices.format('da')},row_is_current,version_nbr",
            "rt": f"{stamps},{place},{prices.format('rt')},row_is_current,version_nbr",
            "unverified": f"{stamps},pnode_name,type,{three}",
            "unverified5": f"{stamps},pnode_id,pnode_name,type,{three},occ_check,ref_caseid_used_multi_interval",
            "monthly": f"{stamps},{place},{prices.format('rt')},{prices.format('da')}",
        }[kind]
        self.tail = f",{dialect.true},{version}" if kind in ("da", "rt") else ",0,0" if kind == "unverified5" else ""
        self.markets = ["rt", "da"] if kind == "monthly" else ["da"] if kind == "da" else ["rt"]

    def place(self, node):
        if self.kind == "unverified":
            return f"{node.name},{node.kind}"
        if self.kind == "unverified5":
            return f"{node.number},{node.name},{node.kind}"
        return node.full_text

    def line(self, node):
        """A line with \\0 for the stamps, \\1 and \\2 for the energy prices and % for the others."""
        price = self.dialect.price
        parts = []
        for at, _ in enumerate(self.markets):
            energy = "" if self.kind.startswith("unverified") else chr(1 + at) + ","
            parts.append(f"{energy}{price},{price},{price}")
        place = self.place(node).replace("%", "%%")
        return f"\0,{place},{','.join(parts)}{self.tail}{self.dialect.line_end}"


def lines_fill(template, made, dialect):
    """The template's lines for one instant: 'made' holds an interval for each market, nodes in template order."""
    template = template.replace("\0", dialect.stamps(made[0].instant))
    count, width = len(made[0].congestion), 3 * len(made)
    flat = [0.0] * (width * count)
    for at, one in enumerate(made):
        template = template.replace(chr(1 + at), dialect.energy(one.cents, one.market))
        for column, values in enumerate((totals_of(one), one.congestion, one.loss)):
            flat[3 * at + column::width] = [value / MICRO for value in values]
    return template % tuple(flat)


def rows_by_time(days, minutes, nodes, layout, seed, restated):
    template = "".join(layout.line(node) for node in nodes)
    for day in days:
        streams = [day_intervals(seed, market, day, minutes, nodes, restated) for market in layout.markets]
        for made in zip(*streams):
            yield lines_fill(template, made, layout.dialect)


def rows_by_node(days, minutes, nodes, layout, seed, restated):
    """Yields (node, its lines): holds 16 bytes a row and market."""
    kept = []
    for day in days:
        streams = [day_intervals(seed, market, day, minutes, nodes, restated) for market in layout.markets]
        for made in zip(*streams):
            kept.append([(one, array("q", one.congestion), array("q", one.loss)) for one in made])
            for one in made:
                one.congestion = one.loss = ()
    for at, node in enumerate(nodes):
        template, lines = layout.line(node), []
        for made in kept:
            for one, congestion, loss in made:
                one.congestion, one.loss = (congestion[at],), (loss[at],)
            lines.append(lines_fill(template, [entry[0] for entry in made], layout.dialect))
        yield node, "".join(lines)


# ---- files ----

class Writer:
    """A plain or gzip file; gzip without name and time, so that the bytes depend on the rows only."""

    def __init__(self, folder, name, compress):
        self.path = os.path.join(folder, name + (".gz" if compress else ""))
        self.raw = open(self.path, "wb")
        self.file = gzip.GzipFile("", "wb", 6, self.raw, 0) if compress else self.raw
        self.lines = 0

    def write(self, text):
        self.file.write(text.encode())
        self.lines += text.count("\n")

    def close(self):
        if self.file is not self.raw:
            self.file.close()
        self.raw.close()
        return self.lines


def day_groups(first, days, files):
    """(suffix of the name, dates) for each file."""
    dates = [first + dt.timedelta(days=k) for k in range(days)]
    if files == "day":
        return [(f"_{date}", [date]) for date in dates]
    if files == "week":
        weeks = [dates[k:k + 7] for k in range(0, days, 7)]
        return [(f"_{week[0]}_{week[-1]}", week) for week in weeks]
    return [("", dates)]


def shuffled(pieces, seed, suffix, line_end):
    lines = "".join(pieces).split(line_end)[:-1]
    random.Random(f"shuffle {seed} {suffix}").shuffle(lines)
    return [line_end.join(lines) + line_end]


def lmp_write(options, nodes, feed, first, days, files="day", compress=False, version=1, name=None):
    """Writes one price feed; returns (files, data lines)."""
    feed_name, minutes, kind = LMP_FEEDS[feed]
    dialect = Dialect(options.dialect)
    layout = Layout(kind, dialect, version)
    head, seed, restated = layout.header + dialect.line_end, options.seed, version > 1
    n_files = n_lines = 0

    def put(suffix, pieces):
        nonlocal n_files, n_lines
        writer = Writer(options.out, (name or feed_name + suffix) + ".csv", compress)
        writer.write(head)
        for piece in pieces:
            writer.write(piece)
        n_files, n_lines = n_files + 1, n_lines + writer.close() - 1

    for suffix, dates in day_groups(first, days, files):
        if files == "node":
            for node, text in rows_by_node(dates, minutes, nodes, layout, seed, restated):
                put(f"_{node.number}", [text])
        elif options.order == "node":
            put(suffix, (text for _, text in rows_by_node(dates, minutes, nodes, layout, seed, restated)))
        else:
            pieces = rows_by_time(dates, minutes, nodes, layout, seed, restated)
            put(suffix, shuffled(pieces, seed, suffix, dialect.line_end) if options.order == "shuffle" else pieces)
    return n_files, n_lines


# ---- ancillary services ----

RT_SERVICES = ["MAD Non-Synchronized Reserve", "MAD Secondary Reserve", "MAD Synchronized Reserve", "RTO Mileage Ratio",
               "RTO Non-Synchronized Reserve", "RTO Regulation Capability", "RTO Regulation Mileage",
               "RTO Secondary Reserve", "RTO Synchronized Reserve"]
DA_SERVICES = ["Mid-Atlantic/Dominion Synchronized Reserve", "PJM RTO Primary Reserve", "PJM RTO Synchronized Reserve",
               "PJM RTO Thirty Minutes Reserve"]
STAMP_NAMES = "datetime_beginning_utc,datetime_beginning_ept"
DA_RESERVE_NAMES = "locale,service,mcp,mcp_capped,as_req_mw,total_mw,as_mw,ss_mw,ircmwt2,dsr_as_mw,nsr_mw"
RT_RESERVE_NAMES = ("locale,service,mcp,mcp_capped,reg_ccp,reg_pcp,as_req_mw,total_mw,as_mw,ss_mw,tier1_mw,ircmwt2,"
                    "dsr_as_mw,nsr_mw,regd_mw")
REG_NAMES = ("requirement,regd_ssmw,rega_ssmw,regd_procure,rega_procure,total_mw,deficiency,rto_perfscore,rega_mileage,"
             "regd_mileage,rega_hourly,regd_hourly,is_approved,modified_datetime_utc")
REG_PRICE_NAMES = ("area,reserve_quantity,reserve_requirement,market_clearing_price,market_capped_clearing_price,"
                   "capability_clearing_price,performance_clearing_price")


def service_rows(feed, draw, dialect, instant):
    """The lines of one instant behind its stamps."""
    def number(top):
        return dialect.price % (int(draw() * top * MICRO) / MICRO)

    if feed.startswith("as_"):
        swapped = feed == "as_rt5"  # the last two columns of this feed stand the other way round
        tail = f"1,{dialect.true}" if swapped else f"{dialect.true},1"
        for service in DA_SERVICES if feed == "as_da" else RT_SERVICES:
            unit = "Ratio" if service.endswith("Ratio") else "Price"
            yield f"{service},{unit},{number(20)},{tail}"
    elif feed.startswith("reserve_"):
        real_time = feed != "reserve_da"
        services = ["30MIN", "PR", "SR"] + (["REG"] if real_time else [])
        for locale in ("MAD", "PJM_RTO"):
            for service in services:
                if service == "REG" and locale == "MAD":
                    continue
                price, regulation = number(30), service == "REG"
                parts = f"{number(9)},{number(3)}," if regulation else ",,"
                nsr = "" if regulation else number(400)
                if real_time:
                    yield (f"{locale},{service},{price},{price},{parts}{number(3000)},{number(3500)},{number(2000)},"
                           f"{number(500)},{number(100)},{number(50)},{number(80)},{nsr},{number(90) if regulation else ''}")
                else:
                    yield (f"{locale},{service},{price},{price},{number(3000)},{number(3500)},{number(2000)},"
                           f"{number(500)},{number(50)},{number(80)},{nsr}")
    elif feed == "reg5":
        price = number(40)
        yield f"PJM_RTO,{number(700)},{number(800)},{price},{price},{number(30)},{number(10)}"
    else:
        values = ",".join(number(800) for _ in range(12))
        yield f"{values},{dialect.true},{dialect.stamp(instant + dt.timedelta(days=2))}"


def service_write(options, feed, first, days, files, compress):
    feed_name, minutes = SERVICE_FEEDS[feed]
    dialect = Dialect(options.dialect)
    names = {"as_rt5": "ancillary_service,unit,value,version_nbr,row_is_current", "reserve_da": DA_RESERVE_NAMES,
             "reg5": REG_PRICE_NAMES}.get(feed)
    if not names:
        names = RT_RESERVE_NAMES if feed.startswith("reserve") else REG_NAMES if feed.startswith("reg") else \
            "ancillary_service,unit,value,row_is_current,version_nbr"
    n_files = n_lines = 0
    for suffix, dates in day_groups(first, days, files):
        writer = Writer(options.out, f"{feed_name}{suffix}.csv", compress)
        writer.write(f"{STAMP_NAMES},{names}{dialect.line_end}")
        for day in dates:
            draw = random.Random(f"services {options.seed} {feed} {day}").random
            for instant in day_instants(day, minutes):
                stamps = dialect.stamps(instant)
                for row in service_rows(feed, draw, dialect, instant):
                    writer.write(f"{stamps},{row}{dialect.line_end}")
        n_files, n_lines = n_files + 1, n_lines + writer.close() - 1
    return n_files, n_lines


# ---- the demo ----

HTML_PAGE = """<!DOCTYPE html>
<html><head><title>Data Miner 2</title></head>
<body><p>The service is temporarily unavailable. Please try again later.</p></body></html>
"""


def copy(options, source, target, share=1.0):
    with open(os.path.join(options.out, source), "rb") as file:
        content = file.read()
    with open(os.path.join(options.out, target), "wb") as file:
        file.write(content[:int(len(content) * share)])


def demo_write(options):
    """A week around each clock change of 2024, and what goes wrong in real archives."""
    nodes = nodes_make(600, options.seed)
    n_files = n_lines = 0
    for week in (dt.date(2024, 3, 7), dt.date(2024, 10, 31)):
        for k in range(7):
            files, lines = lmp_write(options, nodes, "da", week + dt.timedelta(days=k), 1, compress=k % 2 == 1)
            n_files, n_lines = n_files + files, n_lines + lines
    # A day that PJM restated and that was downloaded again: version 2, one price in ten changed.
    files, lines = lmp_write(options, nodes, "da", dt.date(2024, 3, 9), 1, version=2, name="da_hrl_lmps_2024-03-09 (1)")
    # A file twice under another name, a download that broke off, and an error page saved as data.
    copy(options, "da_hrl_lmps_2024-11-02.csv", "copy of da_hrl_lmps_2024-11-02.csv")
    copy(options, "da_hrl_lmps_2024-11-03.csv.gz", "da_hrl_lmps_2024-11-03 (1).csv.gz", 0.6)
    with open(os.path.join(options.out, "da_hrl_lmps.csv"), "w", newline="\n") as file:
        file.write(HTML_PAGE)
    return n_files + files + 3, n_lines + lines


# ---- the program ----

def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", required=True, help="folder for the files; made where missing")
    parser.add_argument("--demo", action="store_true", help="the demo archive; only --out, --seed and --dialect count")
    parser.add_argument("--feed", default="da", choices=[*LMP_FEEDS, *SERVICE_FEEDS])
    parser.add_argument("--start", default="2024-01-01", type=dt.date.fromisoformat, help="first delivery date")
    parser.add_argument("--days", default=1, type=int)
    parser.add_argument("--nodes", default=600, type=int)
    parser.add_argument("--files", default="day", choices=["day", "week", "one", "node"])
    parser.add_argument("--dialect", default="export", choices=["export", "excel", "iso"])
    parser.add_argument("--gzip", action="store_true")
    parser.add_argument("--order", default="time", choices=["time", "node", "shuffle"], help="of the lines in a file")
    parser.add_argument("--version", default=1, type=int, help="revision of the rows; above 1, one price in ten differs")
    parser.add_argument("--seed", default=1, type=int)
    options = parser.parse_args()
    if options.days < 1 or options.nodes < 1:
        parser.error("--days and --nodes start at 1")
    if options.feed in SERVICE_FEEDS and (options.order != "time" or options.files == "node"):
        parser.error("ancillary feeds have no nodes: --order time and --files day, week or one")
    return options


def main():
    options = arguments()
    os.makedirs(options.out, exist_ok=True)
    if options.demo:
        options.order = "time"
        files, lines = demo_write(options)
    elif options.feed in SERVICE_FEEDS:
        files, lines = service_write(options, options.feed, options.start, options.days, options.files, options.gzip)
    else:
        nodes = nodes_make(options.nodes, options.seed)
        files, lines = lmp_write(options, nodes, options.feed, options.start, options.days, options.files, options.gzip,
                                 options.version)
    print(f"{files} files, {lines} data lines in {options.out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
