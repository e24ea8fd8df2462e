# SPDX-License-Identifier: MIT
"""What gridpq has to write for a set of files, computed a second time with the standard library only.

It follows the text of the rules and not the program: slow, whole files in memory, one dictionary a row. Tests compare the
program's Parquet with what convert() gives.

    python3 tests/reference/reference.py INPUT...      prints datasets, rows, sums and the account of each file
"""
import argparse
import datetime as dt
import fnmatch
import gc
import json
import math
import os
import sys

import caiso
import ercot
import ieso
import isone
import miso
import nyiso
import pjm
import spp
from containers import (COUNTS, STATES, Failed, LeftOut, Libxxhash, Unrecognised, content_problem, find_inputs)
from merge import merge_key, output_row
from records import records
from tables import COLUMN_TYPES, TABLE_COLUMNS, required_columns
from values import EPOCH_DATE, Reject, number, stamp

__all__ = ["COLUMN_TYPES", "COUNTS", "DATASETS", "Reject", "Result", "TABLE_COLUMNS", "arranged", "convert", "expected_intervals",
           "number", "required_columns", "short_days", "stamp"]

MARKETS = [caiso, ercot, ieso, isone, miso, nyiso, spp, pjm]  # PJM last: it says of what is no market's why
DATASETS = {dataset.id: dataset for market in MARKETS for dataset in market.DATASETS.values()}
MONDAY_DAYS = (dt.date(1970, 1, 5) - EPOCH_DATE).days


# ---- order ----

def text_key(text):
    """Unsigned byte order, null last."""
    return (text is None, (text or "").encode("utf-8"))


def place_key(dataset, row):
    if dataset.table == "ancillary":
        return (text_key(row["as_product"]), text_key(row["as_region"]), text_key(row["settlement_location"]))
    if dataset.key == ("name",):
        return (text_key(row["settlement_location"]),)
    if "type" in dataset.key:
        return (text_key(row["settlement_location"]), text_key(row["settlement_location_type"]))
    return (text_key(row["settlement_location"]), text_key(row["settlement_location_id"]))


def partition_of(dataset, row, override):
    date = EPOCH_DATE + dt.timedelta(days=row["delivery_date"])
    return f"{date.year:04d}-{date.month:02d}" if (override or dataset.partition) == "month" else f"{date.year:04d}"


def block_of(dataset, row):
    """The number of a row's block: of days from a Monday on, or of hours from local midnight, the last with the 25th hour."""
    day, hours = row["delivery_date"], dataset.block_hours
    if hours >= 24:
        return (day - MONDAY_DAYS) // (hours // 24)
    if not hours:
        return 0
    number = (row["datetime_utc"] // 1_000_000 - dataset.market.midnight(day)) // (hours * 3600)
    return day, min(number, 24 // hours - 1)


def expected_intervals(dataset, day):
    """Of a delivery date (days since 1970): 23, 24 or 25 hours of them."""
    return (dataset.market.midnight(day + 1) - dataset.market.midnight(day)) // (dataset.minutes * 60)


def short_days(dataset, rows):
    """[(date, intervals expected, intervals found)] of each date from the first to the last that has not all; where intervals follow
    each other, that they do not cover from midnight to midnight."""
    found, covered = {}, {}
    for row in rows:
        found.setdefault(row["delivery_date"], set()).add((row["datetime_utc"], row["interval_end_utc"] if dataset.tiles else None))
    for day, intervals in found.items() if dataset.tiles else ():
        reached, covered[day] = 0, 0
        for start, end in sorted(intervals):
            covered[day] += max(0, end - max(start, reached))
            reached = max(reached, end)
    out = []
    for day in range(min(found), max(found) + 1):
        wanted, n = expected_intervals(dataset, day), len({start for start, _ in found.get(day, ())})
        if dataset.tiles:
            short = covered.get(day, 0) != wanted * dataset.minutes * 60_000_000
        else:
            short = not n if dataset.off_grid else wanted != n
        if short:
            out.append(((EPOCH_DATE + dt.timedelta(days=day)).isoformat(), wanted, n))
    return out


# ---- the whole ----

class Result:
    def __init__(self):
        self.files = []       # Input
        self.partitions = {}  # "pjm/da_energy_hourly/da_energy_hourly_2024.parquet": rows in order
        self.row_groups = {}  # the same: rows of each row group
        self.datasets = {}    # "pjm/da_energy_hourly": rows of all partitions, by partition
        self.ranked = {}      # dataset: (row, how many newer ones its key has), in no order
        self.order, self.override = "block", None  # of rows; year or month in place of the dataset's own

    def block_of(self, dataset, row):
        """What is put in order at once: a block, in the plain orders a partition."""
        partition = partition_of(dataset, row, self.override)
        return (partition, block_of(dataset, row)) if self.order == "block" else partition

    def totals(self):
        return {name: sum(f.counts[name] for f in self.files if f.state == "converted") for name in COUNTS}


def read_file(source, entry, asked, assume=()):
    """Parses one input to [(dataset, parts)], filling its account. Raises Failed, Unrecognised, LeftOut."""
    data = entry.take()
    content = Libxxhash.xxh3_128(data)
    problem = content_problem(data)
    if problem:
        raise Unrecognised(problem)
    lines = list(records(data))
    assumed = next((target for pattern, target in assume if fnmatch.fnmatchcase(entry.base, pattern)), None)
    for market in MARKETS:
        read = market.find(entry, lines, assumed) if market in (ercot, nyiso) else market.find(entry, lines)
        if read:
            break
    entry.iso = market.MARKET.iso
    # one name and content in several places cannot be told apart but for source_file: the least of them gives it
    last = tuple(-byte for byte in os.fsencode(entry.stored_name)) + (1,)
    entry.rank = (entry.finality, entry.published, os.fsencode(entry.base), content, last)
    return read(source, asked)


def convert(paths, keep_revisions=False, order="block", partition=None, years=None, datasets=None, types=None, locations=None,
            assume=()):
    """The expected output for a list of files and folders. 'datasets' are names, with or without the market's folder; 'assume'
    pairs of a pattern and a dataset, for files without a header line."""
    gc.disable()  # millions of small objects, none of them in circles
    try:
        return arranged(found_rows(paths, keep_revisions, years, datasets, types, locations, assume), order, partition)
    finally:
        gc.enable()


def found_rows(paths, keep_revisions, years, datasets, types, locations, assume):
    result = Result()
    inputs = result.files = list(find_inputs(paths))

    def asked(dataset, utc, texts):
        if years is not None and dt.datetime.fromtimestamp(utc, dataset.market.zone).year not in years:
            return False
        if datasets is not None and dataset.name not in datasets and dataset.id not in datasets:
            return False
        if types is not None and texts.get("type") not in types:
            return False
        return locations is None or (texts.get("name") or texts.get("id")) in locations

    keys = {}
    for source, entry in enumerate(inputs):
        try:
            found = read_file(source, entry, asked, assume)
        except (Failed, Unrecognised, LeftOut) as problem:
            entry.state, entry.reason = STATES[type(problem)], str(problem)
            continue
        for dataset, parts in found:
            of_dataset = keys.setdefault(dataset.id, {}) if parts else None
            for part in parts:
                of_dataset.setdefault(part.key, []).append(part)
    for name in sorted(keys):
        dataset = DATASETS[name]
        ranked = result.ranked[name] = []
        for key, parts in keys[name].items():
            for rank, (known, source, current) in enumerate(merge_key(parts, inputs, dataset, keep_revisions)):
                ranked.append((output_row(dataset, key[0], key, known, inputs[source], current), rank))
        keys[name] = None
    return result


def arranged(found, order, partition=None):
    """The rows of a result in an order, cut into files and row groups."""
    result = Result()
    result.files, result.ranked = found.files, found.ranked
    result.order, result.override = order, partition
    for name, ranked in found.ranked.items():
        dataset, rows = DATASETS[name], []
        for row, rank in ranked:
            place = place_key(dataset, row)
            inner = {"block": (block_of(dataset, row), place, row["datetime_utc"]),
                     "location": (place, row["datetime_utc"]), "time": (row["datetime_utc"], place)}[order]
            rows.append(((partition_of(dataset, row, partition),) + inner + (rank,), row))
        rows.sort(key=lambda item: item[0])
        result.datasets[name] = [row for _, row in rows]
        groups = {}
        for sort_key, row in rows:
            path = f"{name}/{dataset.name}_{sort_key[0]}.parquet"
            result.partitions.setdefault(path, []).append(row)
            groups.setdefault(path, {}).setdefault(block_of(dataset, row), []).append(row)
        for path, blocks in groups.items():
            if order == "block":
                result.row_groups[path] = [len(blocks[b]) for b in sorted(blocks)]
            else:
                n = len(result.partitions[path])
                result.row_groups[path] = [min(1_000_000, n - at) for at in range(0, n, 1_000_000)]
    return result


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("inputs", nargs="+")
    parser.add_argument("--keep-revisions", action="store_true")
    args = parser.parse_args()
    result = convert(args.inputs, keep_revisions=args.keep_revisions)
    summary = {"files": [f.as_json() for f in result.files], "totals": result.totals(), "partitions": {}}
    for path, rows in result.partitions.items():
        price = "lmp_total" if "lmp_total" in rows[0] else "market_clearing_price"
        summary["partitions"][path] = {"rows": len(rows), "row_groups": result.row_groups[path],
                                       "sum": math.fsum(r[price] for r in rows if r[price] is not None)}
    json.dump(summary, sys.stdout, indent=1)
    print()


if __name__ == "__main__":
    main()
