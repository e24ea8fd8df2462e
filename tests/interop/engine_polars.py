# SPDX-License-Identifier: MIT
"""Polars, lazily. Row groups read are told by what it says when verbose."""
import os
import re
import tempfile

import answers
from engine import Engine, Scan


class StandardError:
    """What the process writes to its standard error meanwhile, libraries included."""

    def __enter__(self):
        self.file, self.saved, self.text = tempfile.TemporaryFile(), os.dup(2), ""
        os.dup2(self.file.fileno(), 2)
        return self

    def __exit__(self, *_):
        os.dup2(self.saved, 2)
        os.close(self.saved)
        self.file.seek(0)
        self.text = self.file.read().decode("utf-8", "replace")
        self.file.close()


class Polars(Engine):
    module, title, counts_groups = "polars", "Polars", True
    types_named = {"timestamp[us, tz=UTC]": "Datetime(time_unit='us', time_zone='UTC')",
                   "timestamp[us]": "Datetime(time_unit='us', time_zone=None)", "date32[day]": "Date", "double": "Float64",
                   "bool": "Boolean", "int32": "Int32", "string": "String"}

    def types(self, path):
        return {name: str(kind) for name, kind in self.library.read_parquet_schema(path).items()}

    def table(self, path):
        return self.library.read_parquet(path).to_arrow()

    def ordered(self, paths, key):
        return self.library.scan_parquet(paths).select(key).sort(key, nulls_last=True).collect().to_arrow()

    def grouped(self, paths, keys, measure):
        pl = self.library
        value = pl.col(measure)
        return pl.scan_parquet(paths).group_by(keys).agg(
            n_rows=pl.len(), n_known=value.count(), smallest=value.min(), largest=value.max(),
            floors=pl.when(value.count() > 0).then(value.floor().sum()), time_first=pl.col("datetime_utc").min(),
            local_last=pl.col("datetime_local").max()).sort(keys, nulls_last=True).collect().to_arrow()

    def windowed(self, paths, places, price):
        pl = self.library
        over = {"partition_by": places, "order_by": "datetime_utc"}
        return pl.scan_parquet(paths).filter(pl.col("is_current")).select(
            *places, "datetime_utc", price, row_n=pl.int_range(1, pl.len() + 1).over(**over),
            price_before=pl.col(price).shift(1).over(**over),
            hours_so_far=pl.col("delivery_hour").cast(pl.Int64).cum_sum().over(**over),
        ).sort([*places, "datetime_utc"], nulls_last=True).collect().to_arrow()

    def literal(self, column, value):
        pl = self.library
        kinds = {"timestamp[us, tz=UTC]": pl.Datetime("us", "UTC"), "timestamp[us]": pl.Datetime("us"), "date32[day]": pl.Date,
                 "int32": pl.Int32}
        kind = kinds.get(answers.type_name(column))
        return pl.lit(value) if kind is None else pl.lit(value).cast(kind)

    def condition(self, column, op, value):
        field = self.library.col(column)
        if value is None:
            return field.is_null() if op == "is null" else field.is_not_null()
        literal = self.literal(column, value)
        return {"=": field.eq, "<": field.lt, "<=": field.le, ">": field.gt, ">=": field.ge}[op](literal)

    def filtered(self, path, conditions, columns):
        with StandardError() as said:
            self.library.Config.set_verbose(True)
            try:
                found = self.library.scan_parquet(path).filter(
                    *[self.condition(*c) for c in conditions]).select(columns).collect().to_arrow()
            finally:
                self.library.Config.set_verbose(False)
        counts = [int(n) for n in re.findall(r"reading (\d+) / \d+ row groups", said.text)]
        return found, Scan(sum(counts) if counts else None)

    def everything(self, folder, columns):
        pl, pattern = self.library, os.path.join(folder, "**", "*.parquet")
        kinds = {name: answers.type_name(name) for shape in answers.SHAPES.values() for name in shape.columns}
        own = {"double": pl.Float64, "bool": pl.Boolean, "int32": pl.Int32, "string": pl.String, "date32[day]": pl.Date,
               "timestamp[us, tz=UTC]": pl.Datetime("us", "UTC"), "timestamp[us]": pl.Datetime("us")}
        scan = pl.scan_parquet(pattern, schema={name: own[kind] for name, kind in kinds.items()}, missing_columns="insert")
        return scan.select(columns).collect().to_arrow()
