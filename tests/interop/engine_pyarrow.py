# SPDX-License-Identifier: MIT
"""pyarrow: whole files, and datasets with filters. It has no window functions."""
import os

import answers
from engine import Engine, Scan


def expression(conditions):
    """The conditions as a filter of pyarrow.dataset."""
    import pyarrow as pa
    import pyarrow.dataset as ds
    whole = None
    for column, op, value in conditions:
        field = ds.field(column)
        if value is not None:
            kind = answers.ARROW_TYPES[answers.type_name(column)]
            plain = pa.int64() if pa.types.is_timestamp(kind) else pa.int32() if pa.types.is_date32(kind) else kind
            scalar = pa.scalar(value, plain).cast(kind)
        one = {"is null": lambda: field.is_null(), "is not null": lambda: field.is_valid(), "=": lambda: field == scalar,
               "<": lambda: field < scalar, "<=": lambda: field <= scalar, ">": lambda: field > scalar,
               ">=": lambda: field >= scalar}[op]()
        whole = one if whole is None else whole & one
    return whole


class PyArrow(Engine):
    module, title, counts_groups = "pyarrow", "pyarrow", True

    def types(self, path):
        import pyarrow.parquet as pq
        return {field.name: str(field.type) for field in pq.read_schema(path)}

    def table(self, path):
        import pyarrow.parquet as pq
        return pq.read_table(path, page_checksum_verification=True)

    def all_of(self, paths, columns):
        import pyarrow.dataset as ds
        return ds.dataset(paths, format="parquet").to_table(columns=columns)

    def ordered(self, paths, key):
        table = self.all_of(paths, key)
        return table.take(self.library.compute.sort_indices(table, [(k, "ascending", "at_end") for k in key]))

    def grouped(self, paths, keys, measure):
        compute = self.library.compute
        table = self.all_of(paths, [*keys, measure] + [c for c in ("datetime_utc", "datetime_local") if c not in keys])
        table = table.append_column("floor", compute.floor(table[measure]))
        found = table.group_by(keys).aggregate([
            ([], "count_all"), (measure, "count"), (measure, "min"), (measure, "max"), ("floor", "sum"), ("datetime_utc", "min"),
            ("datetime_local", "max")])
        found = found.select([*keys, "count_all", f"{measure}_count", f"{measure}_min", f"{measure}_max", "floor_sum",
                              "datetime_utc_min", "datetime_local_max"]).rename_columns([*keys, *answers.GROUPED])
        return found.take(compute.sort_indices(found, [(k, "ascending", "at_end") for k in keys]))

    def windowed(self, paths, places, price):
        return None

    def filtered(self, path, conditions, columns):
        import pyarrow.dataset as ds
        dataset, wanted = ds.dataset(path, format="parquet"), expression(conditions)
        groups = sum(len(fragment.subset(wanted).row_groups) for fragment in dataset.get_fragments())
        return dataset.to_table(columns=columns, filter=wanted), Scan(groups)

    def everything(self, folder, columns):
        import pyarrow.dataset as ds
        found = ds.dataset(os.path.join(folder, "pjm"), format="parquet")
        schema = self.library.unify_schemas([part.physical_schema.remove_metadata() for part in found.get_fragments()])
        return ds.dataset(os.path.join(folder, "pjm"), format="parquet", schema=schema).to_table(columns=columns)
