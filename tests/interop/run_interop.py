# SPDX-License-Identifier: MIT
"""Other engines read what the program wrote, in all orders, codecs and encodings, both tables, and agree with the reference.

    run_interop.py [--program build/gridpq] [--all | --engines duckdb,polars]

Without --all, chDB and Spark are left out, which are large and slow to start. An engine that cannot be imported is named and
skipped.
"""
import argparse
import importlib
import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import harness  # noqa: E402
from harness import reference  # noqa: E402

ORDERS = ["block", "time", "location"]
CODECS = ["zstd", "zstd:9", "snappy", "lz4", "gzip", "none"]
SPRING_UTC_US, AUTUMN_UTC_US = 1710054000_000000, 1730613600_000000  # 2024-03-10T07:00Z, 2024-11-03T06:00Z: after the jumps
AUTUMN_LOCAL_US = 1730595600_000000                                  # 2024-11-03T01:00, which is there twice
HOUR_US = 3600_000000
LARGEST = {"energy": "pjm/da_energy_hourly/da_energy_hourly_2024.parquet",
           "ancillary": "pjm/rt_reserve_5min/rt_reserve_5min_2024.parquet"}


def engine_classes():
    from engine_chdb import ChDb
    from engine_datafusion import DataFusion, DataFusionFour
    from engine_duckdb import DuckDb
    from engine_pandas import Pandas
    from engine_polars import Polars
    from engine_pyarrow import PyArrow
    from engine_spark import Spark
    return [PyArrow, Pandas, DuckDb, Polars, DataFusion, DataFusionFour, ChDb, Spark]


def predicates(table):
    """(what it is about, conditions); see weeks.py for the data. Of doubles: zeros, signs, nulls; of texts: quotes, cut bounds."""
    import weeks
    if table == "ancillary":
        return [("product and time", [("as_product", "=", "SR"), ("datetime_utc", ">=", AUTUMN_UTC_US)]),
                ("first product", [("as_product", "<=", "NSR")]),
                ("no product", [("as_product", ">", "ZZ")]),
                ("no region", [("as_region", "is null", None)]),
                ("zero price", [("market_clearing_price", "<=", 0.0)]),
                ("no megawatts", [("cleared_quantity_mw", "is null", None), ("requirement_mw", "<", 200.0)])]
    place = "settlement_location"
    return [("place and week", [(place, "=", "aep"), ("datetime_utc", "<", SPRING_UTC_US)]),
            ("places of the first page", [(place, "<=", "ALDENE")]),
            ("places of the last page", [(place, ">=", "aep")]),
            ("beyond every place", [(place, ">", "\U0010fffd")]),
            ("before every instant", [("datetime_utc", "<", 0)]),
            ("quote in a name", [(place, "=", "O'NEILL's")]),
            ("backslash in a name", [(place, "=", " \\ backslash")]),
            ("line end in a name", [(place, "=", "ON TWO\nLINES")]),
            ("name of four-byte letters", [(place, "=", "\U00010400 four bytes")]),
            ("name beyond the cut of bounds", [(place, "=", weeks.LONG_NAME + "C")]),
            ("id", [("settlement_location_id", "=", "123456789012")]),
            ("hour after the jump in spring", [("datetime_utc", "=", SPRING_UTC_US)]),
            ("hour that comes twice", [("datetime_local", ">=", AUTUMN_LOCAL_US),
                                       ("datetime_local", "<", AUTUMN_LOCAL_US + HOUR_US)]),
            ("second pass of it", [("datetime_local", "=", AUTUMN_LOCAL_US), ("utc_offset_minutes", "=", -300)]),
            ("a day", [("delivery_date", "=", 20030), ("delivery_hour", "<=", 2)]),
            ("zero", [("lmp_energy", "=", 0.0)]),
            ("at most zero", [("lmp_energy", "<=", 0.0)]),
            ("below zero", [("lmp_energy", "<", 0.0), ("lmp_total", ">", 150.0)]),
            ("no price", [("lmp_congestion", "is null", None)]),
            ("column of nulls", [("lmp_ghg", "is not null", None)]),
            ("week of nulls", [("lmp_loss", "is null", None), ("delivery_hour", "=", 24)]),
            ("price in a range", [("lmp_congestion", ">=", 20.0), ("lmp_congestion", "<", 20.05)]),
            ("older revisions", [("is_current", "=", False)]),
            ("version", [("version", "=", 2)])]


class Sample:
    """The output of '--order block' for an engine to show its own faults on."""

    def __init__(self, out, expected, scratch):
        import answers
        self.folder, self.path, self.scratch = out, os.path.join(out, LARGEST["energy"]), scratch
        self.shape = answers.SHAPES["energy"]
        self.energy_rows = len(expected.rows_of(self.shape))
        self.all_rows = sum(map(len, expected.result.partitions.values()))
        self.local_us = min(row["datetime_local"] for row in expected.result.partitions[LARGEST["energy"]])

    def with_sorting(self, key):
        """The same rows in the same row groups, by pyarrow, with sorting_columns that are true within row groups only."""
        import pyarrow.parquet as pq
        made = os.path.join(self.scratch, "sorting.parquet")
        source = pq.ParquetFile(self.path)
        sorting = [pq.SortingColumn(source.schema_arrow.names.index(name)) for name in key]
        with pq.ParquetWriter(made, source.schema_arrow, sorting_columns=sorting, store_schema=False) as writer:
            for group in range(source.num_row_groups):
                writer.write_table(source.read_row_group(group))
        return made


class Expected:
    """The reference's rows in one order."""

    def __init__(self, result):
        import answers
        self.result = result
        self.tables = {inside: answers.as_table(rows, answers.shape_of(rows).columns) for inside, rows in result.partitions.items()}

        self.layouts = {table: answers.Layout(result.partitions[inside], result.row_groups[inside])
                        for table, inside in LARGEST.items()}

    def rows_of(self, shape):
        return [row for rows in self.result.datasets.values() for row in rows if shape.price in row]

    def insides_of(self, shape):
        return sorted(inside for inside, rows in self.result.partitions.items() if shape.price in rows[0])


class Questions:
    """Questions and their answers, which no order changes: over all files of a table, over its largest, over everything."""

    def __init__(self, expected):
        import answers
        self.answers = []
        hours = ["delivery_date", "delivery_hour", "utc_offset_minutes", "is_current"]
        for shape in answers.SHAPES.values():
            rows, places = expected.rows_of(shape), ["dataset", *shape.places]
            self.answers += [
                (shape, "ORDER BY time", "ordered", (shape.key,), answers.ordered(rows, shape.key)),
                (shape, "ORDER BY place", "ordered", ([*places, *shape.key[:1], *shape.key[-3:]],),
                 answers.ordered(rows, [*places, *shape.key[:1], *shape.key[-3:]])),
                (shape, "GROUP BY place", "grouped", (places, shape.measure), answers.grouped(rows, places, shape.measure)),
                (shape, "GROUP BY hour", "grouped", (hours, shape.measure), answers.grouped(rows, hours, shape.measure)),
                (shape, "window", "windowed", (places, shape.price), answers.windowed(rows, places, shape.price))]
        self.filters = []  # (table, what it is about, conditions, rows that pass)
        for table, inside in LARGEST.items():
            for label, conditions in predicates(table):
                passed = [row for row in expected.result.partitions[inside] if answers.holds(row, conditions)]
                self.filters.append((table, label, conditions, answers.ordered(passed, answers.SHAPES[table].key)))
        self.union_columns = ["dataset", "datetime_utc", "settlement_location", "lmp_total", "as_product", "as_region",
                              "market_clearing_price", "version", "is_current", "source_file"]
        everything = [{name: row.get(name) for name in self.union_columns}
                      for rows in expected.result.datasets.values() for row in rows]
        self.union = answers.ordered(everything, self.union_columns)


class Runner:
    def __init__(self, tally, folder, expected, questions):
        self.tally, self.folder, self.expected, self.questions = tally, folder, expected, questions
        self.spared = {}  # engine: row groups, rows of pages, pages

    def check(self, engine, label, call):
        """One check: 'call' gives problems; what it throws is one."""
        try:
            problems = call()
        except Exception as error:  # each engine has its own
            problems = [f"{type(error).__name__}: {str(error)[:500]}"]
        self.tally.check(f"{engine.title}: {label}", problems)

    def files(self, engine, out, order, label):
        """Every file of an output: names and types of columns, and each value in its place."""
        import answers
        for inside, wanted in sorted(self.expected[order].tables.items()):
            path = os.path.join(out, inside)
            self.check(engine, f"{label}: types of {inside}", lambda: engine.type_problems(path, wanted))
            if engine.in_order:
                self.check(engine, f"{label}: values of {inside}", lambda: answers.differences(wanted, engine.table(path)))

    def asked(self, engine, out, order):
        import answers
        for shape, label, verb, arguments, wanted in self.questions.answers:
            paths = [os.path.join(out, inside) for inside in self.expected[order].insides_of(shape)]

            def call():
                found = getattr(engine, verb)(paths, *arguments)
                return [] if found is None else answers.differences(wanted, found)
            self.check(engine, f"order {order}: {label} over {len(paths)} files of {shape.table}", call)

    def filters(self, engine, out, order):
        import answers
        for table, label, conditions, passed in self.questions.filters:
            kept = self.expected[order].layouts[table].kept([c for c in conditions if c[0] not in engine.not_pruned])

            def call():
                found, scan = engine.filtered(os.path.join(out, LARGEST[table]), conditions, passed.column_names)
                problems = answers.differences(passed, sort_as(found, passed.column_names))
                return problems + self.counters(engine, kept, scan)
            self.check(engine, f"order {order}: {table} where {label}", call)

    def counters(self, engine, kept, scan):
        """Statistics and page index must spare an engine what they can rule out."""
        problems, spared = [], self.spared.setdefault(engine.title, [0, 0, 0])
        if engine.counts_groups and scan.groups_read is None or engine.counts_rows and scan.rows_read is None:
            problems.append("its counters are not where they were")
        if scan.groups_read is not None:
            spared[0] += kept.all_groups - scan.groups_read
            if scan.groups_read > kept.groups:
                problems.append(f"{scan.groups_read} row groups read where {kept.groups} of {kept.all_groups} would do")
        spared[2] += scan.pages_spared or 0
        if scan.rows_read is not None:
            spared[1] += kept.all_rows - scan.rows_read
            if scan.rows_read > max(kept.rows * 1.01, kept.rows + 10):  # DataFusion prints "20.71 K"
                problems.append(f"{scan.rows_read} rows of pages read where {kept.rows} of {kept.all_rows} would do")
        return problems

    def spared_by(self, engine):
        counted = zip((engine.counts_groups, engine.counts_rows, engine.counts_pages), self.spared.get(engine.title, (0, 0, 0)),
                      ("row groups", "rows of pages", "pages"))
        counted = [(number, noun) for counts, number, noun in counted if counts]
        self.tally.check(f"{engine.title}: statistics spare it work", [f"no {noun}" for number, noun in counted if number <= 0])
        return ", ".join(f"{number} {noun}" for number, noun in counted) or "nothing, for it counts nothing"

    def everything(self, engine, out, order):
        import answers
        columns = self.questions.union_columns
        self.check(engine, f"order {order}: both tables in one call", lambda: answers.differences(
            self.questions.union, sort_as(engine.everything(out, columns), columns)))


def sort_as(table, key):
    """A table in the order of answers.ordered()."""
    import pyarrow as pa
    import pyarrow.compute as pc
    plain = pa.table([pc.cast(table[name], pa.string()) if pa.types.is_string_view(table[name].type) else table[name]
                      for name in key], names=key)
    return plain.take(pc.sort_indices(plain, [(name, "ascending", "at_end") for name in key]))


def engines_open(classes, tally):
    """Those that can be imported and started; the others are named and counted as skipped."""
    opened = []
    for kind in classes:
        try:
            opened.append(kind(importlib.import_module(kind.module)))
        except ImportError as error:
            tally.skip(kind.title, f"{sys.executable}: {error}")
    return opened


def classes_chosen(args):
    classes = engine_classes()
    if args.engines:
        wanted = args.engines.split(",")
        unknown = set(wanted) - {kind.module for kind in classes}
        if unknown:
            known = dict.fromkeys(kind.module for kind in classes)
            sys.exit(f"interop: no engine {', '.join(sorted(unknown))}; there are {' '.join(known)}")
        return [kind for kind in classes if kind.module in wanted]
    if not args.all:
        print(f"left out: {', '.join(kind.title for kind in classes if kind.heavy)} (make interop has them)")
    return [kind for kind in classes if args.all or not kind.heavy]


def outputs_make(program, folder, tally):
    """{(order, codec): folder} of what the program converted."""
    from coverage import Coverage
    made = {}
    for order, codec in [(o, c) for o in ORDERS for c in CODECS]:
        out = folder / f"{order}-{codec.replace(':', '-')}"
        done = harness.convert(program, [folder / "in"], out, "--order", order, "--compression", codec, "--keep-revisions")
        if tally.check(f"convert {order} {codec}", [] if done.status == 0 else [f"exit {done.status}"], done.describe()):
            made[order, codec] = out
            tally.check(f"what {order} {codec} holds", Coverage(sorted(harness.parquet_files(out).values())).problems(order, codec))
    return made


def engine_run(runner, engine, outputs):
    for (order, codec), out in outputs.items():
        runner.files(engine, out, order, f"order {order}, {codec}")
        if codec == CODECS[0]:
            runner.asked(engine, out, order)
            runner.filters(engine, out, order)
            runner.everything(engine, out, order)


def faults_report(engine, sample):
    for sentence, present in engine.faults(sample):
        print(f"note: {engine.title} {engine.version()} {'still ' if present else 'no longer '}{sentence}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    harness.add_program_argument(parser)
    parser.add_argument("--all", action="store_true", help="chDB and Spark too")
    parser.add_argument("--engines", help="only these, by module: pyarrow,pandas,duckdb,polars,datafusion,chdb,pyspark")
    args = parser.parse_args()
    program, tally = harness.find_program(args.program), harness.Tally("interop")
    harness.need("numpy", "pyarrow")
    import weeks
    classes = classes_chosen(args)
    with harness.Folder("interop") as folder:
        weeks.make(folder / "in")
        found = reference.convert([folder / "in"], keep_revisions=True)
        expected = {order: Expected(reference.arranged(found, order)) for order in ORDERS}
        outputs = outputs_make(program, folder, tally)
        runner = Runner(tally, folder, expected, Questions(expected["block"]))
        for engine in engines_open(classes, tally):
            started, done = time.monotonic(), tally.done
            engine_run(runner, engine, outputs)
            if ("block", CODECS[0]) in outputs:
                faults_report(engine, Sample(outputs["block", CODECS[0]], expected["block"], folder.path))
            print(f"{engine.title} {engine.version()}: {tally.done - done} checks in {time.monotonic() - started:.1f} s; "
                  f"by its own count spared {runner.spared_by(engine)}", flush=True)
            engine.close()
    return tally.finish()


if __name__ == "__main__":
    sys.exit(main())
