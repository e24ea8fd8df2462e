#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The same archive in other pieces: wherever a chunk of 256 KiB ends, with other threads and bounds, the rows are the same.

A file is shifted byte by byte against the chunk's end by a text in its first rows; each shift is converted with every setting,
and all settings must give the same files. Across shifts the account of rows must be what the generator counted.

Runs of a dispatch that keep to no grid come far oftener than the market says, in files that interleave: the same, and the
reference has the same rows.

Intervals that are told by their ends, of files that are many chunks long: late runs, gaps, stamps that some names lack, lines without a
price, hours that stand twice, once or three times, ends that look ahead: the same again.
"""
import argparse
import datetime
import os
import random
import sys
import zoneinfo

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import harness  # noqa: E402

CHUNK = 256 << 10
HEADER = ("datetime_beginning_utc,pnode_id,pnode_name,voltage,equipment,type,zone,system_energy_price_da,total_lmp_da,"
          "congestion_price_da,marginal_loss_price_da,row_is_current,version_nbr")
SETTINGS = [("--threads", "1"), ("--threads", "2"), ("--threads", "4", "--memory", "256M"),
            ("--threads", "1", "--memory", "64M", "--chunk-rows", "7"), ("--threads", "3", "--memory", "128M", "--batch-files", "1")]

RUN_SETTINGS = [("--threads", "1", "--memory", "64M"), ("--threads", "3"), ("--threads", "2", "--memory", "64M", "--chunk-rows", "5"),
                ("--threads", "4", "--memory", "256M", "--batch-files", "1")]


def make(path, shift, seed):
    """Rows with quotes, line ends of both kinds, blank and bad lines; returns {count: number}."""
    rng = random.Random(seed)
    account = {"rows": 0, "rejected": 0, "blank": 0}
    with open(path, "wb") as out:
        out.write((HEADER + "\r\n").encode())
        hour, node = 0, 0
        while out.tell() < 2 * CHUNK + 2000:
            name = "S" * shift if hour == node == 0 else rng.choice([f"NODE {node}", f'"NODE, {node}"', f'"N ""{node}"""', f'"NO\nDE {node}"'])
            stamp = f"2024-07-{1 + hour // 24:02d}T{hour % 24:02d}:00:00"
            kind = rng.randrange(40)
            price = "x" if kind == 0 else "" if kind == 1 else f"{rng.uniform(-50, 300):.6f}"
            rest = price if kind == 1 else "1.5"
            out.write(f"{stamp},{node + 1},{name},,,LOAD,,{rest},{price},{rest},{rest},True,1".encode())
            out.write(rng.choice([b"\n", b"\r\n", b"\n\n"]))
            account["rejected" if kind == 0 else "blank" if kind == 1 else "rows"] += 1
            node += 1
            if node == 120:
                hour, node = hour + 1, 0
    return account


def check(program, shift, place):
    source = place / f"in_{shift}.csv"
    account = make(source, shift, 1)
    problems, first = [], None
    for at, settings in enumerate(SETTINGS):
        out = place / f"out_{shift}_{at}"
        result = harness.convert(program, [source], out, *settings)
        if result.status != harness.EXIT_OK:
            return [result.describe()]
        totals = result.json["totals"]
        for key, count in (("written", account["rows"]), ("rejected", account["rejected"]), ("blank", account["blank"]),
                           ("partial_rows", sum(account.values()))):
            if totals[key] != count:
                problems.append(f"{settings}: {key} is {totals[key]} instead of {count}")
        found = harness.digests(out)
        if not found:
            problems.append(f"{settings}: nothing was written")
        first = first or found
        if found != first:
            problems.append(f"{settings}: other bytes than {SETTINGS[0]}")
    return problems


def make_runs(folder, step_s, seed):
    """A day of runs, 'step_s' apart: each in one of two files, some in both with another price, a second name in some."""
    rng, start = random.Random(seed), datetime.datetime(2025, 6, 3)
    os.makedirs(folder)
    with open(os.path.join(folder, "a.csv"), "w") as first, open(os.path.join(folder, "b.csv"), "w") as second:
        for out in (first, second):
            out.write("SCEDTimestamp,RepeatedHourFlag,SettlementPoint,LMP\n")
        for at in range(0, 86400, step_s):
            stamp = (start + datetime.timedelta(seconds=at)).strftime("%m/%d/%Y %H:%M:%S")
            into = [first, second] if at % 7 == 3 else [rng.choice([first, second])]
            for out in into:
                for name in ["HB_HOUSTON"] + ["LZ_WEST"] * rng.randrange(2):
                    out.write(f"{stamp},N,{name},{rng.randrange(-2000, 9000) / 100:.2f}\n")


def check_runs(program, step_s, place):
    source, problems, first = place / f"runs_{step_s}", [], None
    make_runs(source, step_s, step_s)
    expected = harness.reference.convert([source])
    for at, settings in enumerate(RUN_SETTINGS):
        out = place / f"runs_{step_s}_{at}"
        result = harness.convert(program, [source], out, *settings)
        if result.status != harness.EXIT_OK:
            return [result.describe()]
        if first is None:
            harness.need("pyarrow.parquet")
            problems += harness.compare_output(expected, out) + harness.compare_account(expected, result.json)
            verified = harness.run(program, "verify", out)
            problems += [] if verified.status == harness.EXIT_OK else [verified.describe()]
            dataset = result.json["datasets"][0]
            for key, wanted in (("intervals", 86400 // step_s), ("longest_gap_seconds", step_s)):
                problems += [] if dataset[key] == wanted else [f"{key} is {dataset[key]} instead of {wanted}"]
        found = harness.digests(out)
        first = first or found
        if found != first:
            problems.append(f"{settings}: other bytes than {RUN_SETTINGS[0]}")
    return problems


EASTERN = zoneinfo.ZoneInfo("America/New_York")
TILES = "Time Stamp,Name,PTID,LBMP ($/MWHr),Marginal Cost Losses ($/MWHr),Marginal Cost Congestion ($/MWHr)"


def tile_ends(rng, day, hours):
    """Instants at which runs of a day end: every five minutes, but for some; late ones beside or in place of them."""
    begin = int(datetime.datetime(*day, tzinfo=EASTERN).timestamp())
    ends = set()
    for at in range(300, hours * 3600 + 1, 300):
        kind = rng.randrange(30)
        if kind > 1 or at == hours * 3600:
            ends.add(begin + at)
        if kind in (1, 2):
            ends.add(begin + at - rng.randrange(1, 299))
    return sorted(ends)


def make_tiles(path, seed, day, hours, ahead, by_name):
    """A day of real-time prices as the market writes it: the wall clock's end of each run, no word about the hour that repeats."""
    rng, ends = random.Random(seed), tile_ends(random.Random(seed), day, hours)
    if ahead:
        ends = [end for end in ends if end <= ends[0] + 40000]
        quarter = ends[-1] // 900 * 900 + 900
        ends += [quarter + 900 * k for k in range(ahead)]
    lines = []
    for number in range(90):
        lacks, once = rng.random() < 0.3, rng.random() < 0.1
        for end in ends:
            wall = datetime.datetime.fromtimestamp(end, EASTERN)
            if (lacks and rng.random() < 0.05) or (once and wall.fold):
                continue
            price = rng.choice(["", "x"]) if rng.random() < 0.01 else f"{rng.randrange(-2000, 9000) / 100:.2f}"
            rest = price if price == "" else "0.25"
            text = f'"{wall:%m/%d/%Y %H:%M:%S}","N {number}",{number + 1},{price},{rest},{"-1.5" if rest else ""}'
            lines.append((number if by_name else 0, end, number, text))
            if number == 7 and wall.fold and wall.minute < 10:
                lines.append((number if by_name else 0, end + 3600, number, text))  # the hour a third time
    with open(path, "w") as out:
        out.write(TILES + "\n")
        out.writelines(text + "\n" for *_, text in sorted(lines, key=lambda line: line[:3]))


TILE_DAYS = {"autumn": ((2023, 11, 5), 25, 0, False), "autumn name by name": ((2023, 11, 5), 25, 0, True),
             "spring": ((2023, 3, 12), 23, 0, False), "October": ((2005, 10, 30), 25, 0, False),
             "looking ahead": ((2022, 7, 18), 24, 9, False), "looking ahead name by name": ((2022, 7, 18), 24, 2, True),
             "one quarter ahead": ((2022, 7, 18), 24, 1, False)}


def check_tiles(program, name, place):
    source, problems, first = place / "20230101realtime_gen.csv", [], None
    make_tiles(source, name, *TILE_DAYS[name])
    expected = harness.reference.convert([source])
    for at, settings in enumerate(RUN_SETTINGS):
        out = place / f"tiles_{at}"
        result = harness.convert(program, [source], out, *settings)
        if result.status != harness.EXIT_OK:
            return [result.describe()]
        if first is None:
            harness.need("pyarrow.parquet")
            problems += harness.compare_output(expected, out) + harness.compare_account(expected, result.json)
            verified = harness.run(program, "verify", out)
            problems += [] if verified.status == harness.EXIT_OK else [verified.describe()]
        found = harness.digests(out)
        first = first or found
        if found != first:
            problems.append(f"{settings}: other bytes than {RUN_SETTINGS[0]}")
    return problems


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    harness.add_program_argument(parser)
    parser.add_argument("--shifts", type=int, default=12, help="how many bytes the file is shifted by, one by one")
    arguments = parser.parse_args()
    program = harness.find_program(arguments.program)
    tally = harness.Tally("split")
    for shift in range(1, arguments.shifts + 1):
        with harness.Folder("split") as place:
            tally.check(f"shift {shift}", check(program, shift, place))
    for step_s in (10, 45):
        with harness.Folder("split") as place:
            tally.check(f"runs {step_s} s apart", check_runs(program, step_s, place))
    for name in TILE_DAYS:
        with harness.Folder("split") as place:
            tally.check(f"tiles of {name}", check_tiles(program, name, place))
    return tally.finish()


if __name__ == "__main__":
    sys.exit(main())
