#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Make MISO-like market reports for tests, benchmarks and the demo.

The layouts are those of MISO's market reports: title, date, 24 hours across in fixed EST, blocks of LMP, MCC and MLC; the
weekly five-minute file; quarterly bundles; clearing prices of reserves. Names of nodes and all prices are made up. The same
arguments give the same bytes.

    gen_miso.py --out DIR --report rt_final --start 2023-01-01 --days 365 --nodes 2230
    gen_miso.py --out DIR --report rt_5min --days 7 --zip
"""
import argparse
import datetime as dt
import os
import random
import sys
from functools import partial

from gen_model import Grid, Texts, archive_or_folder, days_from, member_write, parallel, stations_cut

HOURS = 24
PREAMBLE_HOURS = ",,,All Hours-Ending are Eastern Standard Time (EST)"
# title, stem, market, whether in the way of the real-time reports (CRLF, two decimals, dates without zeros)
DAILY = {
    "rt_final": ("Realtime Market LMPs", "rt_lmp_final", "rt", True),
    "rt_prelim": ("Realtime Market LMPs", "rt_lmp_prelim", "rt", True),
    "da_expost": ("Day Ahead Market ExPost LMPs", "da_expost_lmp", "da", False),
    "da_exante": ("Day Ahead Market ExAnte LMPs", "da_exante_lmp", "exante", False),
}
RESERVES = {
    "asm_expost": ("Dayahead Market MCPs.", "asm_expost_damcp", "da", False),
    "asm_exante": ("Dayahead Market MCPs.", "asm_exante_damcp", "exante", False),
    "asm_rt_final": ("Real Time Market MCPs.", "asm_rtmcp_final", "rt", True),
    "asm_rt_prelim": ("Real Time Market MCPs.", "asm_rtmcp_prelim", "rt", True),
}
BUNDLES = {"bundle_da": ("{0}-{1}-{2}_DA_LMPs", "da", "\r\n"), "bundle_rt": ("{0}_{1}-{2}_RT_LMPs", "rt", "REALTIME LMPS\r\n")}
WEEKLY = "rt_5min"
REPORTS = [*DAILY, WEEKLY, *BUNDLES, *RESERVES]
PRODUCTS = ["DEMREGMCP", "GENREGMCP", "DEMSPINMCP", "GENSPINMCP", "DEMSUPPMCP", "GENSUPPMCP", "SERREGMCP"]
HUBS = [f"{name}.HUB" for name in ("ARKANSAS", "ILLINOIS", "INDIANA", "LOUISIANA", "MICHIGAN", "MINN", "MS", "TEXAS")]
AREAS = ["ALD", "BREN", "CARL", "DRUM", "ELM", "FENN", "GALE", "HOLT", "INGR", "JUN", "KELL", "LORN", "MARSH", "NESS", "OAKS",
         "PIKE", "QUIN", "ROWE", "STAN", "THOR", "UPTN", "VALE", "WICK", "YARR"]
LETTERS = "ABCDEFGHIKLMNOPRSTUVWY"
MODELS = 5  # MISO changes its list of nodes each quarter: 2,230 nodes a day are 2,676 in a year


# ---- nodes ----

def nodes_make(count, seed):
    """For each of MODELS lists: ((name, type, station), ...) in order of names; and the number of stations."""
    sizes = stations_cut(count, seed)
    draw = random.Random(f"miso nodes {seed}")
    kinds = random.Random(f"miso types {seed}").random
    fixed, passing = [], []
    taken = set(HUBS)
    for station, size in enumerate(sizes):
        area = AREAS[station * len(AREAS) // len(sizes)]
        stem = "".join(draw.choice(LETTERS) for _ in range(draw.randint(3, 6)))
        for _ in range(size):
            what = kinds()
            kind = "Gennode" if what < 0.63 else "Loadzone" if what < 0.81 else "Hub" if what < 0.98 else "Interface"
            if kinds() < 0.05:
                passing.append([(name_make(draw, area, stem, kind, taken), kind, station) for _ in range(MODELS)])
            else:
                fixed.append((name_make(draw, area, stem, kind, taken), kind, station))
    for name, at in zip(HUBS, range(0, len(fixed), max(1, len(fixed) // len(HUBS)))):
        fixed[at] = (name, "Hub", fixed[at][2])
    return [sorted(fixed + [node[k] for node in passing]) for k in range(MODELS)], len(sizes)


def name_make(draw, area, stem, kind, taken):
    ends = {"Interface": ["", "_X", "_Y"], "Hub": [".AZ", ".ARR", ".MVP"], "Loadzone": ["", "LD", "_ST"]}.get(kind, list("123456789"))
    while True:
        name = f"{area}.{stem}{draw.choice(ends)}"
        if name not in taken:
            taken.add(name)
            return name
        stem += draw.choice(LETTERS)


def model_of(day):
    """Which list of nodes: new ones on the first of March, June, September and December."""
    return (day.year * 12 + day.month) // 3 % MODELS


# ---- prices as rows of cents ----

def day_rows(grid, market, day, steps):
    """For each station its three lists of cents: LMP, MCC, MLC, rounded apart, so that their sums are off by a cent or two."""
    prices = grid.day(market, day, steps)
    rows = []
    for station in grid.stations:
        congestion, losses = prices.station(station)
        rows.append(([round(e + c + l) for e, c, l in zip(prices.energy, congestion, losses)],
                     [round(c) for c in congestion], [round(l) for l in losses]))
    return rows


# ---- layouts ----

def date_text(day, real_time):
    return f"{day.month}/{day.day}/{day.year}" if real_time else f"{day:%m/%d/%Y}"


def hours_header(names, hour):
    return names + "".join(f",{hour}{k + 1}" for k in range(HOURS))


def price_blocks(nodes, rows, texts, front, line_end):
    """The three blocks of lines; nodes of a station share the text of their prices."""
    for number, value in enumerate(("LMP", "MCC", "MLC")):
        known = [f",{value}," + ",".join(map(texts.__getitem__, row[number])) + line_end for row in rows]
        yield "".join([f"{front}{name},{kind}{known[station]}" for name, kind, station in nodes])


def texts_make(real_time):
    return Texts(2, not real_time, real_time)


def daily_pieces(options, report, day):
    title, _, market, real_time = DAILY[report]
    end = "\r\n" if real_time else "\n"
    rows = day_rows(options.grid, market, day, HOURS)
    yield end.join([title, date_text(day, real_time), "", PREAMBLE_HOURS, hours_header("Node,Type,Value", "HE "), ""])
    yield from price_blocks(options.nodes[model_of(day)], rows, texts_make(real_time), "", end)


def bundle_pieces(options, report, days):
    _, market, junk = BUNDLES[report]
    yield junk + hours_header("MARKET_DAY,NODE,TYPE,VALUE", "HE") + "\r\n"
    for day in days:
        yield from price_blocks(options.nodes[model_of(day)], day_rows(options.grid, market, day, HOURS),
                                texts_make(True), date_text(day, True) + ",", "\r\n")


def weekly_pieces(options, days):
    """Five-minute prices in order of time and node; the last line is no row."""
    yield "\r\n".join(["5-Minute Real-Time LMP", f"{days[0]:%m/%d/%Y} - {days[-1]:%m/%d/%Y}", "",
                       "All times are Eastern Standard Time (EST); intervals by their beginning",
                       "MKTHOUR_EST,PNODENAME,LMP,CON_LMP,LOSS_LMP", ""])
    texts = texts_make(True)
    for day in days:
        steps, nodes = 288, options.nodes[model_of(day)]
        rows = [[list(map(texts.__getitem__, column)) for column in row]
                for row in day_rows(options.grid, "rt", day, steps)]
        for step in range(steps):
            stamp = f"{day:%m/%d/%Y} {step // 12:02d}:{step % 12 * 5:02d},"
            known = [f",{lmp[step]},{mcc[step]},{mlc[step]}\r\n" for lmp, mcc, mlc in rows]
            yield "".join([stamp + name + known[station] for name, _, station in nodes])
    yield f"End of report {days[-1]:%m/%d/%Y}\r\n"


def reserve_pieces(options, report, day):
    """Clearing prices of reserves: MISO wide, then each resource; all resources of a product at one price."""
    title, _, market, real_time = RESERVES[report]
    end, texts = "\r\n" if real_time else "\n", texts_make(real_time)
    draw = random.Random(f"reserves {options.seed} {market} {day}").random
    prices = {}
    for product in PRODUCTS:
        other = product.replace("DEM", "GEN")
        prices[product] = prices.get(other) or [round(100 * (8 if "REG" in other else 2) * (0.4 + draw())) for _ in range(HOURS)]
        prices[other] = prices[product]
    known = {product: ",".join(map(texts.__getitem__, row)) for product, row in prices.items()}
    head = hours_header("MCP Type", "HE ").replace(",HE 1,", ", HE 1,")  # a blank before the first, as published
    yield end.join([title, "", f"{date_text(day, real_time)},,{PREAMBLE_HOURS.lstrip(',')}", "", ",," + head, ""])
    yield "".join([f"MISO Wide,-,{product},{known[product]}{end}" for product in PRODUCTS])
    yield f"{end}{end}Pnode,Zone,{head}{end}"
    lines = []
    for number, (name, kind, _) in enumerate(options.nodes[model_of(day)]):
        if kind == "Gennode":
            made = ["DEMREGMCP", "DEMSPINMCP", "DEMSUPPMCP"] if number % 80 == 7 else ["GENREGMCP", "GENSPINMCP", "GENSUPPMCP"]
            lines += [f"{name},Zone {1 + number * 8 // len(options.nodes[0])},{product},{known[product]}{end}" for product in made]
    yield "".join(lines)


# ---- files ----

def file_write(options, job):
    """One report: (its name, the dates that it holds)."""
    name, days = job
    report = options.report
    pieces = weekly_pieces(options, days) if report == WEEKLY else \
        bundle_pieces(options, report, days) if report in BUNDLES else \
        reserve_pieces(options, report, days[0]) if report in RESERVES else daily_pieces(options, report, days[0])
    place = archive_or_folder(options.out, name + ".zip" if options.zip == "each" else None)
    lines = member_write(place, name + ".csv", pieces)
    place.close()
    return lines


def jobs_make(options):
    days = days_from(options.start, options.days)
    if options.report == WEEKLY:  # named after the Monday two weeks behind the first day
        weeks = [days[k:k + 7] for k in range(0, len(days), 7)]
        return [(f"{week[0] + dt.timedelta(days=14):%Y%m%d}_5MIN_LMP", week) for week in weeks]
    if options.report in BUNDLES:
        stem = BUNDLES[options.report][0].format(days[0].year, f"{days[0]:%b}", f"{days[-1]:%b}")
        return [(stem, days)]
    stem = (DAILY.get(options.report) or RESERVES[options.report])[1]
    return [(f"{day:%Y%m%d}_{stem}", [day]) for day in days]


def one_zip_write(options, jobs):
    """All reports as members of one ZIP."""
    place = archive_or_folder(options.out, f"{options.report}.zip")
    make = reserve_pieces if options.report in RESERVES else daily_pieces
    lines = sum(member_write(place, name + ".csv", make(options, options.report, days[0])) for name, days in jobs)
    place.close()
    return lines


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", required=True, help="folder for the files; made where missing")
    parser.add_argument("--report", default="rt_final", choices=REPORTS)
    parser.add_argument("--start", default="2023-01-01", type=dt.date.fromisoformat, help="first day")
    parser.add_argument("--days", default=1, type=int)
    parser.add_argument("--nodes", default=2230, type=int)
    parser.add_argument("--zip", default="no", choices=["no", "each", "one"], nargs="?", const="each",
                        help="each report in a ZIP of its own, or all of them in one")
    parser.add_argument("--seed", default=1, type=int)
    parser.add_argument("--processes", default=2, type=int)
    options = parser.parse_args()
    if options.days < 1 or options.nodes < 1:
        parser.error("--days and --nodes start at 1")
    if options.zip == "one" and options.report not in DAILY and options.report not in RESERVES:
        parser.error("--zip one is for reports of one day")
    return options


def main():
    options = arguments()
    os.makedirs(options.out, exist_ok=True)
    options.nodes, n_stations = nodes_make(options.nodes, options.seed)
    options.grid = Grid(n_stations, options.seed, 100)
    jobs = jobs_make(options)
    if options.zip == "one":
        lines = one_zip_write(options, jobs)
    else:
        lines = parallel(partial(file_write, options), jobs, options.processes)
    print(f"{len(jobs)} reports, {lines} lines in {options.out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
