# SPDX-License-Identifier: MIT
"""The ordered conversion with pandas: everything in memory, text as categories. Not among the fastest; asked for by name."""
import os

import pandas as pd

from task import HEADER, TIME_ORDER, csv_files, finish, options_read

TYPES = dict.fromkeys(["pnode_id", "pnode_name", "voltage", "type", "zone", "datetime_beginning_utc"], "category")
TYPES |= dict.fromkeys(HEADER[8:12], "float64") | {"version_nbr": "int32"}
ORDER = ["datetime_utc", "interval_end_utc", "datetime_local", "delivery_date", "delivery_hour", "iso", "market_type",
         "dataset", "settlement_location", "settlement_location_id", "settlement_location_type", "zone", "voltage_kv",
         "lmp_total", "lmp_energy", "lmp_congestion", "lmp_loss", "version", "source_file"]


def file_read(path):
    rows = pd.read_csv(path, usecols=list(TYPES), dtype=TYPES, engine="c")
    stamps = rows.pop("datetime_beginning_utc")
    known = pd.to_datetime(stamps.cat.categories, format="%m/%d/%Y %I:%M:%S %p", utc=True).as_unit("us")
    local = known.tz_convert("America/New_York").tz_localize(None)
    volts = rows.pop("voltage")
    kilovolts = pd.Series(volts.cat.categories.str.removesuffix(" KV").astype("float64"))
    codes = stamps.cat.codes.to_numpy()
    rows["datetime_utc"] = known.take(codes)
    rows["interval_end_utc"] = (known + pd.Timedelta(hours=1)).take(codes)
    rows["datetime_local"] = local.take(codes)
    rows["delivery_date"] = local.normalize().take(codes)
    rows["delivery_hour"] = (local.hour + 1).take(codes).astype("int32")
    rows["voltage_kv"] = kilovolts.reindex(volts.cat.codes.to_numpy()).to_numpy()  # code -1, no voltage: NaN
    rows["source_file"] = pd.Categorical.from_codes([0] * len(rows), [os.path.basename(path)])
    return rows


def texts_join(tables):
    """Gives all tables the same categories in byte order, so that concat keeps them and their codes can be sorted."""
    for column in ["pnode_id", "pnode_name", "type", "zone", "source_file"]:
        known = sorted(set().union(*(table[column].cat.categories for table in tables)))
        for table in tables:
            table[column] = table[column].cat.set_categories(known, ordered=True)
    return pd.concat(tables, ignore_index=True)


options = options_read()
rows = texts_join([file_read(path) for path in csv_files(options)])
rows = rows.rename(columns={
    "pnode_name": "settlement_location", "pnode_id": "settlement_location_id", "type": "settlement_location_type",
    "total_lmp_da": "lmp_total", "system_energy_price_da": "lmp_energy", "congestion_price_da": "lmp_congestion",
    "marginal_loss_price_da": "lmp_loss", "version_nbr": "version"})
for column, text in (("iso", "PJM"), ("market_type", "DA"), ("dataset", "da_energy_hourly")):
    rows[column] = pd.Categorical.from_codes([0] * len(rows), [text])
rows["block"] = (rows["delivery_date"] - pd.Timestamp("1970-01-05")).dt.days // 7
keys = ["block", "settlement_location"] + ["settlement_location_id"] * options.full_key + ["datetime_utc"]
if options.order == TIME_ORDER:
    keys = ["datetime_utc", "settlement_location"]
rows = rows.sort_values(keys)[ORDER]
rows["delivery_date"] = rows["delivery_date"].astype("date32[day][pyarrow]")
rows.to_parquet(options.output, engine="pyarrow", compression="zstd", compression_level=options.level, index=False)
finish(pd.__version__)
