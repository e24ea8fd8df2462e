# SPDX-License-Identifier: MIT
"""What every engine must answer: rows of the independent reference (tests/reference) as Arrow tables, compared to the bit."""
import collections
import math

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from harness import reference

ARROW_TYPES = {"timestamp[us, tz=UTC]": pa.timestamp("us", "UTC"), "timestamp[us]": pa.timestamp("us"), "date32[day]": pa.date32(),
               "double": pa.float64(), "bool": pa.bool_(), "int32": pa.int32(), "string": pa.string()}
PAGE_ROWS = 20_000  # docs/OUTPUT.md: rows of a page, at most


def type_name(column):
    return reference.COLUMN_TYPES.get(column, "string")


class Shape:
    """What the questions are about in one of the two tables."""

    def __init__(self, table, places, price, measure):
        self.table, self.places, self.price, self.measure = table, places, price, measure
        self.columns = reference.TABLE_COLUMNS[table]
        self.key = ["datetime_utc", "dataset", *places, "is_current", "version", price]


# 'measure' is null in whole groups of rows; floors of it add up without rounding, in whatever order.
SHAPES = {"energy": Shape("energy", ["settlement_location", "settlement_location_id"], "lmp_total", "lmp_loss"),
          "ancillary": Shape("ancillary", ["as_product", "as_region"], "market_clearing_price", "cleared_quantity_mw")}


def shape_of(rows):
    return SHAPES["energy" if "lmp_total" in rows[0] else "ancillary"]


# ---- tables ----

def as_table(rows, columns):
    """Reference rows (times as integers) as an Arrow table."""
    arrays = []
    for name in columns:
        kind, values = ARROW_TYPES[type_name(name)], [row[name] for row in rows]
        stored = pa.int64() if pa.types.is_timestamp(kind) else pa.int32() if pa.types.is_date32(kind) else kind
        arrays.append(pa.array(values, stored).cast(kind))
    return pa.table(arrays, names=list(columns))


def smallest_first(value):
    """Ascending, null last; texts in byte order."""
    return (value is None, value.encode() if isinstance(value, str) else 0 if value is None else value)


def ordered(rows, key):
    """ORDER BY all columns of 'key', ascending, null last."""
    return as_table(sorted(rows, key=lambda r: [smallest_first(r[k]) for k in key]), key)


def grouped(rows, keys, measure):
    """GROUP BY 'keys' with what Engine.grouped() lists, in the order of the keys."""
    groups = collections.defaultdict(list)
    for row in rows:
        groups[tuple(row[k] for k in keys)].append(row)
    found = []
    for key in sorted(groups, key=lambda k: [smallest_first(v) for v in k]):
        known = [r[measure] for r in groups[key] if r[measure] is not None]
        found.append((len(groups[key]), len(known), min(known, default=None), max(known, default=None),
                      float(sum(map(math.floor, known))) if known else None, min(r["datetime_utc"] for r in groups[key]),
                      max(r["datetime_local"] for r in groups[key])))
    columns = list(zip(*found))
    answer = as_table([dict(zip(keys, key)) for key in sorted(groups, key=lambda k: [smallest_first(v) for v in k])], keys)
    kinds = [pa.int64(), pa.int64(), pa.float64(), pa.float64(), pa.float64(), pa.int64(), pa.int64()]
    for name, kind, values in zip(GROUPED, kinds, columns):
        answer = answer.append_column(name, pa.array(values, kind))
    return answer


GROUPED = ["n_rows", "n_known", "smallest", "largest", "floors", "time_first", "local_last"]


def windowed(rows, places, price):
    """Row number, price before and hours so far of each place's current rows; in the order of place and time."""
    series = collections.defaultdict(list)
    for row in rows:
        if row["is_current"]:
            series[tuple(row[k] for k in places)].append(row)
    out, extra = [], []
    for key in sorted(series, key=lambda k: [smallest_first(v) for v in k]):
        before, hours = None, 0
        for n, row in enumerate(sorted(series[key], key=lambda r: r["datetime_utc"])):
            hours += row["delivery_hour"]
            out.append(row)
            extra.append((n + 1, before, hours))
            before = row[price]
    answer = as_table(out, [*places, "datetime_utc", price])
    for name, kind, values in zip(WINDOWED, (pa.int64(), pa.float64(), pa.int64()), zip(*extra)):
        answer = answer.append_column(name, pa.array(values, kind))
    return answer


WINDOWED = ["row_n", "price_before", "hours_so_far"]


# ---- predicates ----

TESTS = {"=": lambda a, b: a == b, "<": lambda a, b: a < b, "<=": lambda a, b: a <= b, ">": lambda a, b: a > b,
         ">=": lambda a, b: a >= b}


def holds(row, conditions):
    for column, op, value in conditions:
        found = row[column]
        if op in ("is null", "is not null"):
            if (found is None) != (op == "is null"):
                return False
        elif found is None or not TESTS[op](*((v.encode() if isinstance(v, str) else v) for v in (found, value))):
            return False
    return True


class Bounds:
    """What statistics say of some consecutive rows: minimum, maximum (in byte order) and nulls of each column."""

    def __init__(self, rows):
        self.rows, self.known = rows, {}

    def of(self, column):
        if column not in self.known:
            values = [r[column] for r in self.rows if r[column] is not None]
            if values and isinstance(values[0], str):
                values = [value.encode() for value in set(values)]
            self.known[column] = (min(values, default=None), max(values, default=None),
                                  any(r[column] is None for r in self.rows))
        return self.known[column]

    def may_hold(self, conditions):
        return all(self.may_hold_one(*condition) for condition in conditions)

    def may_hold_one(self, column, op, value):
        low, high, nulls = self.of(column)
        if op == "is null":
            return nulls
        if low is None or op == "is not null":
            return low is not None
        value = value.encode() if isinstance(value, str) else value
        return {"=": low <= value <= high, "<": low < value, "<=": low <= value, ">": high > value, ">=": high >= value}[op]


class Layout:
    """Row groups of a file, and their pages."""

    def __init__(self, rows, group_sizes):
        self.groups, at = [], 0
        for size in group_sizes:
            pages = [Bounds(rows[i:min(i + PAGE_ROWS, at + size)]) for i in range(at, at + size, PAGE_ROWS)]
            self.groups.append((Bounds(rows[at:at + size]), pages))
            at += size
        self.all_rows = at

    def kept(self, conditions):
        """Row groups, and rows of pages, that statistics cannot exclude."""
        groups = [pages for bounds, pages in self.groups if bounds.may_hold(conditions)]
        return Kept(len(groups), len(self.groups), sum(len(p.rows) for pages in groups for p in pages if p.may_hold(conditions)),
                    self.all_rows)


Kept = collections.namedtuple("Kept", "groups all_groups rows all_rows")


# ---- comparison ----

def flat(column):
    """One array whose values compare as they are: times and dates as integers, doubles as their bits."""
    array = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    if isinstance(array, pa.ChunkedArray):
        array = pa.concat_arrays(array.chunks) if array.num_chunks else pa.array([], array.type)
    kind = array.type
    if pa.types.is_dictionary(kind):
        return flat(array.cast(kind.value_type))
    if pa.types.is_timestamp(kind):
        return array.cast(pa.timestamp("us", kind.tz)).cast(pa.int64())
    if pa.types.is_date(kind):
        return array.cast(pa.date32()).cast(pa.int32()).cast(pa.int64())
    if pa.types.is_floating(kind):
        bits = np.asarray(array.cast(pa.float64()).fill_null(0.0)).view(np.int64)
        return pa.array(bits, mask=np.asarray(array.is_null()))
    if pa.types.is_integer(kind):
        return array.cast(pa.int64())
    if pa.types.is_large_string(kind) or pa.types.is_string_view(kind) or pa.types.is_binary(kind):
        return array.cast(pa.string())
    return array


def differences(expected, found, at_most=4):
    """Sentences on where two tables differ; none where all values are equal to the bit, null for null."""
    if found.column_names != expected.column_names:
        return [f"columns {found.column_names} instead of {expected.column_names}"]
    if found.num_rows != expected.num_rows:
        return [f"{found.num_rows} rows instead of {expected.num_rows}"]
    problems = []
    for name in expected.column_names:
        wanted, got = flat(expected.column(name)), flat(found.column(name))
        if wanted.type != got.type:
            problems.append(f"{name} is {found.column(name).type} instead of {expected.column(name).type}")
        elif not wanted.equals(got):
            unequal = pc.fill_null(pc.not_equal(wanted, got), True)
            unequal = pc.and_not(unequal, pc.and_(pc.is_null(wanted), pc.is_null(got)))
            row = pc.index(unequal, True).as_py()
            problems.append(f"{name}: {pc.sum(unequal).as_py()} of {len(wanted)} values differ, first in row {row}: "
                            f"{found.column(name)[row]!s} instead of {expected.column(name)[row]!s}")
    return problems[:at_most]
