# SPDX-License-Identifier: MIT
"""pandas: read_parquet() as most call it (NumPy columns, where null is NaN) and with Arrow columns, which keep null apart."""
import glob
import os

import answers
from engine import Engine, Scan


class Pandas(Engine):
    module, title = "pandas", "pandas"
    types_named = {"timestamp[us, tz=UTC]": "datetime64[us, UTC]", "timestamp[us]": "datetime64[us]", "date32[day]": "object",
                   "double": "float64", "string": "str"}

    def type_wanted(self, column, values):
        with_nulls = column == "version" and values.null_count  # integers with nulls become doubles
        return "float64" if with_nulls else super().type_wanted(column, values)

    def types(self, path):
        return {name: str(kind) for name, kind in self.library.read_parquet(path).dtypes.items()}

    def frame(self, paths, columns=None, **options):
        return self.library.read_parquet(paths, columns=columns, dtype_backend="pyarrow", **options)

    def arrow(self, frame):
        import pyarrow as pa
        return pa.table({name: pa.array(frame[name]) for name in frame.columns})

    def table(self, path):
        import numpy as np
        import pyarrow as pa
        found, plain = self.arrow(self.frame(path)), self.library.read_parquet(path)
        for name in found.column_names:  # the plain way must agree but for null, which is NaN there
            if pa.types.is_floating(found[name].type):
                ours, theirs = found[name].to_numpy(zero_copy_only=False), plain[name].to_numpy()
                if not np.array_equal(ours, theirs, equal_nan=True):
                    raise ValueError(f"{name}: NumPy column and Arrow column differ")
        return found

    def ordered(self, paths, key):
        frame = self.frame(paths, key)
        return self.arrow(frame.sort_values(key, na_position="last", kind="stable").reset_index(drop=True))

    def grouped(self, paths, keys, measure):
        frame = self.frame(paths, [*keys, measure, "datetime_utc", "datetime_local"])
        frame["floor"] = (frame[measure] // 1).astype("double[pyarrow]")
        groups = frame.groupby(keys, dropna=False, sort=True)
        found = self.library.DataFrame({
            "n_rows": groups.size(), "n_known": groups[measure].count(), "smallest": groups[measure].min(),
            "largest": groups[measure].max(), "floors": groups["floor"].sum(min_count=1),
            "time_first": groups["datetime_utc"].min(), "local_last": groups["datetime_local"].max()})
        return self.arrow(found.reset_index().sort_values(keys, na_position="last").reset_index(drop=True))

    def windowed(self, paths, places, price):
        frame = self.frame(paths, [*places, "datetime_utc", price, "delivery_hour"], filters=[("is_current", "==", True)])
        frame = frame.sort_values([*places, "datetime_utc"], na_position="last").reset_index(drop=True)
        groups = frame.groupby(places, dropna=False, sort=False)
        frame["row_n"], frame["price_before"] = groups.cumcount() + 1, groups[price].shift(1)
        frame["hours_so_far"] = groups["delivery_hour"].cumsum().astype("int64[pyarrow]")
        return self.arrow(frame[[*places, "datetime_utc", price, *answers.WINDOWED]])

    def filtered(self, path, conditions, columns):
        from engine_pyarrow import expression
        return self.arrow(self.frame(path, columns, filters=expression(conditions))), Scan()

    def everything(self, folder, columns):
        frames = [self.frame(path) for path in sorted(glob.glob(os.path.join(folder, "**", "*.parquet"), recursive=True))]
        return self.arrow(self.library.concat(frames, ignore_index=True)[columns])
