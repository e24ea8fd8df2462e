# SPDX-License-Identifier: MIT
"""What the test asks of a reader of Parquet files, and the part of it that all those with SQL share.

An answer is an Arrow table. A condition is (column, operator, value): operators = < <= > >= 'is null' 'is not null', times as the
integers that are stored. Sources are lists of files of one table.
"""
import collections
import datetime as dt

import answers

# What an engine's own counters say of a scan: row groups, rows of pages, pages left out. None: it counts no such thing.
Scan = collections.namedtuple("Scan", "groups_read rows_read pages_spared", defaults=(None, None, None))
EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.timezone.utc)


class Engine:
    module = ""        # what is imported
    title = ""         # as in sentences
    heavy = False      # not in tools/check
    in_order = True    # table() gives rows as they stand in the file
    types_named = {}   # Arrow's name of a type: the engine's
    counts_groups = counts_rows = counts_pages = False  # what Scan says
    not_pruned = ()    # columns whose conditions it does not hold against statistics

    def __init__(self, module):
        self.library = module

    def close(self):
        pass

    def version(self):
        return self.library.__version__

    def type_wanted(self, column, values):
        """The engine's name of a column's type."""
        kind = answers.type_name(column)
        return self.types_named.get(kind, kind)

    def type_problems(self, path, wanted):
        """'wanted': the file's rows by the reference."""
        found, problems = self.types(path), []
        if list(found) != wanted.column_names:
            return [f"columns {list(found)} instead of {wanted.column_names}"]
        for name in wanted.column_names:
            kind = self.type_wanted(name, wanted.column(name))
            if found[name] != kind:
                problems.append(f"{name} is {found[name]} instead of {kind}")
        return problems

    def types(self, path):
        """{column: the engine's name of its type}, in the file's order."""
        raise NotImplementedError

    def table(self, path):
        """All rows and columns of a file, in its order."""
        raise NotImplementedError

    def ordered(self, paths, key):
        """The columns of 'key', ordered by all of them, ascending, nulls last."""
        raise NotImplementedError

    def grouped(self, paths, keys, measure):
        """By 'keys': count(*), count(measure), its min, max and sum of floors, min(datetime_utc), max(datetime_local)."""
        raise NotImplementedError

    def windowed(self, paths, places, price):
        """Of current rows: places, datetime_utc, price, row_number, lag(price), running sum of delivery_hour. None: has none."""
        raise NotImplementedError

    def filtered(self, path, conditions, columns):
        """(the columns of rows that pass all conditions, in any order; Scan)"""
        raise NotImplementedError

    def everything(self, folder, columns):
        """These columns of all files below 'folder' whose table may lack some (null then), in any order."""
        raise NotImplementedError

    def faults(self, sample):
        """[(what the engine gets wrong by itself, whether this version does)], shown on 'sample' (class Sample)."""
        return []


class SqlEngine(Engine):
    escapes = False  # a backslash in a text between quotes begins an escape

    def sql(self, text):
        """The result of one statement as an Arrow table."""
        raise NotImplementedError

    def source(self, paths):
        """What stands after FROM."""
        raise NotImplementedError

    def instant(self, text):
        return f"TIMESTAMP '{text}+00:00'"

    def local(self, text):
        return f"TIMESTAMP '{text}'"

    def quoted(self, text):
        return "'" + (text.replace("\\", "\\\\").replace("'", "\\'") if self.escapes else text.replace("'", "''")) + "'"

    def literal(self, column, value):
        kind = answers.type_name(column)
        if kind == "string":
            return self.quoted(value)
        if kind.startswith("timestamp"):
            text = f"{EPOCH + dt.timedelta(microseconds=value):%Y-%m-%d %H:%M:%S}"
            return self.instant(text) if "UTC" in kind else self.local(text)
        if kind == "date32[day]":
            return f"DATE '{EPOCH.date() + dt.timedelta(days=value)}'"
        return repr(value).lower()

    def where(self, conditions):
        return " AND ".join(f"{column} {op}" + ("" if value is None else f" {self.literal(column, value)}")
                            for column, op, value in conditions)

    @staticmethod
    def by(keys):
        return ", ".join(f"{key} ASC NULLS LAST" for key in keys)

    def ordered(self, paths, key):
        return self.sql(f"SELECT {', '.join(key)} FROM {self.source(paths)} ORDER BY {self.by(key)}")

    def grouped(self, paths, keys, measure):
        names = ", ".join(keys)
        return self.sql(f"SELECT {names}, count(*) AS n_rows, count({measure}) AS n_known, min({measure}) AS smallest, "
                        f"max({measure}) AS largest, sum(CAST(floor({measure}) AS DOUBLE)) AS floors, "
                        f"min(datetime_utc) AS time_first, max(datetime_local) AS local_last FROM {self.source(paths)} GROUP BY {names} ORDER BY {self.by(keys)}")

    def windowed(self, paths, places, price):
        names = ", ".join(places)
        window = f"(PARTITION BY {names} ORDER BY datetime_utc"
        return self.sql(f"SELECT {names}, datetime_utc, {price}, row_number() OVER {window}) AS row_n, "
                        f"lag({price}) OVER {window}) AS price_before, CAST(sum(delivery_hour) OVER {window} ROWS BETWEEN "
                        f"UNBOUNDED PRECEDING AND CURRENT ROW) AS BIGINT) AS hours_so_far FROM {self.source(paths)} "
                        f"WHERE is_current ORDER BY {self.by([*places, 'datetime_utc'])}")
