# SPDX-License-Identifier: MIT
"""DataFusion, with one partition and with four into which even small files are split."""
import glob
import os
import re

import answers
from engine import Scan, SqlEngine


class DataFusion(SqlEngine):
    module, title, partitions = "datafusion", "DataFusion (1 partition)", 1
    types_named = {"string": "string_view"}
    counts_groups = counts_rows = True

    def __init__(self, module):
        super().__init__(module)
        settings = {"target_partitions": self.partitions, "parquet.pushdown_filters": "true", "time_zone": "UTC",
                    "listing_table_ignore_subdirectory": "false", "collect_statistics": "true"}
        config = module.SessionConfig().set("datafusion.optimizer.repartition_file_min_size", "1")
        for key, value in settings.items():
            config = config.set(f"datafusion.execution.{key}", str(value))
        self.context, self.count = module.SessionContext(config), 0

    def sql(self, text):
        return self.context.sql(text).to_arrow_table()

    def source(self, paths):
        """A view of all files; a pattern where they are all that it finds, so that they are one scan."""
        self.count += 1
        name = f"t{self.count}"
        if len(paths) == 1:
            self.context.register_parquet(name, paths[0])
            return name
        pattern = common_pattern(paths)
        if sorted(glob.glob(pattern, recursive=True)) != sorted(paths):
            raise ValueError(f"{pattern} finds other files")
        self.context.register_parquet(name, pattern)
        return name

    def types(self, path):
        return {field.name: str(field.type) for field in self.context.read_parquet(path).schema()}

    def table(self, path):
        return self.sql(f"SELECT * FROM {self.source([path])}")

    def filtered(self, path, conditions, columns):
        query = f"SELECT {', '.join(columns)} FROM {self.source([path])} WHERE {self.where(conditions)}"
        text = "\n".join(self.sql(f"EXPLAIN ANALYZE {query}").column(1).to_pylist())
        return self.sql(query), self.counters(text)

    @staticmethod
    def counters(text):
        """From 'row_groups_pruned_statistics=3 total → 1 matched', and the same of rows by the page index (as 39.41 K)."""
        def count(name):
            found = re.findall(name + r"=([\d.]+)( K)? total → ([\d.]+)( K)? matched", text)
            return [sum(float(f[i]) * (1000 if f[i + 1] else 1) for f in found) for i in (0, 2)]
        _, left = count("row_groups_pruned_statistics")
        if not left:  # also where the file's own statistics left nothing to open
            return Scan(0, 0)
        rows, rows_left = count("page_index_rows_pruned")
        return Scan(round(left), round(rows_left) if rows else None)

    def everything(self, folder, columns):
        whole = None
        for path in sorted(glob.glob(os.path.join(folder, "**", "*.parquet"), recursive=True)):
            frame = self.context.read_parquet(path)
            whole = frame if whole is None else whole.union_by_name(frame)
        return whole.select(*columns).to_arrow_table()

    def faults(self, sample):
        return [("takes the sorting_columns of the first row group for the whole file, and returns rows out of order or groups "
                 "split (gridpq writes none where rows are in order within row groups only)", self.believes_sorting(sample)),
                ("reads no folder that holds both tables in one scan, where a column that only one of them has is REQUIRED "
                 "(as_product): read a table at a time, or union_by_name()", self.refuses_both_tables(sample))]

    def believes_sorting(self, sample):
        shape, key = sample.shape, [*sample.shape.places, "datetime_utc"]
        path = sample.with_sorting(key)
        rows, groups = ([self.ordered([p], key), self.grouped([p], shape.places, shape.measure)] for p in (sample.path, path))
        return any(answers.differences(*pair) for pair in zip(rows, groups))

    def refuses_both_tables(self, sample):
        name = f"t{self.count}_both"
        try:
            self.context.register_parquet(name, os.path.join(sample.folder, "**", "*.parquet"))
            found = self.sql(f"SELECT count(*) AS n FROM {name} WHERE as_product IS NULL")["n"][0].as_py()
            return found != sample.energy_rows or self.sql(f"SELECT * FROM {name}").num_rows != sample.all_rows
        except Exception:  # its own kinds
            return True


class DataFusionFour(DataFusion):
    title, partitions, in_order = "DataFusion (4 partitions)", 4, False

    def faults(self, sample):
        return super().faults(sample)[:1]  # the other has nothing to do with partitions


def common_pattern(paths):
    """A pattern with '**' that finds all of 'paths': one folder below the market's for each of a table's datasets."""
    market = os.path.commonpath([os.path.dirname(path) for path in paths])
    energy = all("_energy" in os.path.basename(path) for path in paths)
    return os.path.join(market, "*_energy*" if energy else "??_[!e]*", "*.parquet")
