# SPDX-License-Identifier: MIT
"""What a report says of a dataset's rows (docs/RULES.md 12, 24 to 26), worked out from the rows in plain decimals."""
import collections
import datetime as dt
import decimal
import math
from decimal import Decimal

from tables import LMP

EPOCH = dt.date(1970, 1, 1)
# How far rounding takes a sum, and where that is seen; "market/dataset".
SLACK = {"pjm/da_energy_hourly": "0.000002",  # six decimals, energy whole cents
         "pjm/rt_energy_hourly": "0.005002",  # energy in cents, the others in six decimals
         "pjm/rt_energy_5min": "0.005002",
         "caiso/da_energy_hourly": "0.00002", "caiso/rt_energy_15min": "0.00002", "caiso/rt_energy_5min": "0.00002",
         "caiso/hasp_energy_hourly": "0.00002", "caiso/hasp_energy_15min": "0.00002",
         "isone/da_energy_hourly": "0.02", "isone/rt_energy_hourly": "0.02", "isone/rt_energy_5min": "0.02",
         **{f"spp/{name}": "0.0002" for name in ("da_energy_hourly", "rt_energy_5min", "rt_energy_hourly", "da_energy_hourly_bus",
                                                 "rt_energy_5min_bus")}}
# components in lines of their own
APART = {**{name: set(LMP) for name in SLACK if name.startswith("caiso/")},
         "spp/da_energy_hourly": set(LMP), "spp/rt_energy_hourly": set(LMP),  # months
         **{f"miso/{name}": {"lmp_total", "lmp_congestion", "lmp_loss"}
            for name in ("da_energy_hourly", "da_energy_hourly_exante", "rt_energy_hourly")}}
CENT = Decimal("0.01")


def date_of(day):
    return (EPOCH + dt.timedelta(days=day)).isoformat()


def clock_changes(dataset, rows, expected_intervals):
    """[(date, hours, intervals expected, intervals found)] of dates that have not 24 hours."""
    found = collections.defaultdict(set)
    for row in rows:
        found[row["delivery_date"]].add(row["datetime_utc"])
    changes = []
    for day in range(min(found), max(found) + 1):
        expected = expected_intervals(dataset, day)
        hours = expected * dataset.minutes // 60
        if hours != 24:
            changes.append((date_of(day), hours, expected, len(found.get(day, ()))))
    return changes


def published_of(dataset, rows, block_of):
    """The components that some row of a block has, by block."""
    published = collections.defaultdict(set)
    for row in rows:
        if row["is_current"]:
            published[block_of(dataset, row)] |= {name for name in LMP if row[name] is not None}
    return published


def added(numbers):
    """(total, sum of the others, whether all have two decimals at the most, how far apart they are), exactly"""
    with decimal.localcontext(decimal.Context(prec=2000)):
        total, whole = numbers[0], sum(numbers[1:])
        return total, whole, all(number % CENT == 0 for number in numbers), abs(total - whole)


def sums(dataset, rows, block_of):
    """(rows checked, rows off, (difference, total, sum, instant, name) of the worst); None where nothing is added up."""
    slack = SLACK.get(dataset.id)
    if slack is None:
        return None
    published, checked, off, worst = published_of(dataset, rows, block_of), 0, 0, None
    for row in rows:
        needed = LMP[:4] + (["lmp_ghg"] if "lmp_ghg" in published[block_of(dataset, row)] else [])
        if not row["is_current"] or any(row[name] is None for name in needed):
            continue
        checked += 1
        numbers = [Decimal(repr(row[name])) for name in needed]
        total, whole, cents, apart = added(numbers)
        if apart <= Decimal(slack) or cents and apart <= len(numbers) * CENT / 2:
            continue
        if math.isinf(float(whole)) or math.isinf(float(apart)):  # beyond binary64: nothing to compare with
            continue
        off += 1
        rank = (-float(apart), row["datetime_utc"], row["settlement_location"].encode())
        if worst is None or rank < worst[0]:
            worst = (rank, float(apart), float(total), float(whole), row["datetime_utc"], row["settlement_location"])
    return checked, off, worst and worst[1:]


def incomplete(dataset, rows, block_of):
    """(rows that lack a component which others of their block have, {component: rows that lack it})"""
    apart = APART.get(dataset.id)
    if not apart:
        return 0, {}
    published, count, lacking = published_of(dataset, rows, block_of), 0, collections.Counter()
    for row in rows:
        if row["is_current"]:
            missing = [name for name in apart if row[name] is None and name in published[block_of(dataset, row)]]
            count += bool(missing)
            lacking.update(missing)
    return count, dict(lacking)


def location_key(dataset, row):
    if dataset.table == "ancillary":
        return row["as_product"], row["as_region"], row["settlement_location"]
    if "type" in dataset.key:
        return row["settlement_location"], row["settlement_location_type"]
    return (row["settlement_location"],) if dataset.key == ("name",) else (row["settlement_location_id"],)


def presence(dataset, rows):
    """(locations, those that appear after the first date, those that vanish before the last): {key: date}"""
    dates = {}
    for row in rows:
        key, day = location_key(dataset, row), row["delivery_date"]
        first, last = dates.get(key, (day, day))
        dates[key] = min(first, day), max(last, day)
    begin, end = min(first for first, _ in dates.values()), max(last for _, last in dates.values())
    return (len(dates), {key: date_of(first) for key, (first, _) in dates.items() if first > begin},
            {key: date_of(last) for key, (_, last) in dates.items() if last < end})


def gaps(rows):
    """(the longest time in seconds from one start to the next, the starts that it follows)"""
    starts = sorted({row["datetime_utc"] for row in rows})
    apart = [(b - a) // 1_000_000 for a, b in zip(starts, starts[1:])]
    longest = max(apart, default=0)
    return longest, [stamp(at) for at, gap in zip(starts, apart) if gap == longest]


def stamp(us):
    return dt.datetime.fromtimestamp(us // 1_000_000, dt.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def compare(dataset, rows, item, expected_intervals, block_of):
    """Sentences on what the report's 'item' of a dataset says otherwise."""
    problems = []

    def expect(what, said, wanted):
        if said != wanted:
            problems.append(f"{dataset.id}: {what} {said!r} instead of {wanted!r}")

    said = [(d["date"], d["hours"], d["expected"], d["found"]) for d in item["clock_changes"]]
    expect("clock changes", said, clock_changes(dataset, rows, expected_intervals))
    if dataset.off_grid:
        longest, after = gaps(rows)
        expect("the longest gap", item["longest_gap_seconds"], longest)
        expect("where the longest gap is", item["longest_gap_from"] in after or not after and item["longest_gap_from"] is None, True)
    wanted = sums(dataset, rows, block_of)
    if wanted is None or item["sums"] is None:
        expect("sums", item["sums"], wanted)
    else:
        checked, off, worst = wanted
        expect("sums checked", item["sums"]["checked"], checked)
        expect("sums off", item["sums"]["off"], off)
        found = item["sums"]["worst"]
        expect("the worst sum", found and (found["difference"], found["total"], found["sum"], found["instant"], found["location"]),
               worst and (*worst[:3], stamp(worst[3]), worst[4]))
    expect("rows incomplete", (item["incomplete_rows"], item["lacking"]), incomplete(dataset, rows, block_of))
    count, appeared, vanished = presence(dataset, rows)
    expect("locations", (item["locations"], item["appeared"], item["vanished"]), (count, len(appeared), len(vanished)))
    for name, changes in (("first_appeared", appeared), ("first_vanished", vanished)):
        expect(f"length of {name}", len(item[name]), min(len(changes), 20))
        dates = sorted(changes.values())
        expect(f"dates of {name}", [c["date"] for c in item[name] if c["date"] not in dates], [])
    return problems
