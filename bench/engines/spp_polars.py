# SPDX-License-Identifier: MIT
"""SPP's prices of settlement locations with Polars: intervals by joining a calendar on the stamp in UTC; one row a key; the order."""
import os

from task import TIME_ORDER, csv_files, finish, options_read, repeats_left_out

options = options_read()
os.environ["POLARS_MAX_THREADS"] = str(options.threads)  # read when polars is imported
import polars as pl  # noqa: E402

files = csv_files(options)
with open(files[0]) as file:
    names = file.readline().rstrip("\n").split(",")  # spelt in several ways, always in this order
NAMES = ["local_end", "gmt_end", "location", "pnode", "lmp", "mlc", "mcc", "mec"]
SCHEMA = dict.fromkeys(names[:4], pl.String) | dict.fromkeys(names[4:], pl.Float64)
DAY_AHEAD = options.dataset == "da_energy_hourly"
MINUTES, BLOCK_DAYS = (60, 28) if DAY_AHEAD else (5, 4)
first, last = (pl.lit(os.path.basename(path).split("-")[-1][:8]).str.to_datetime("%Y%m%d", time_unit="us")
               for path in (files[0], files[-1]))
local = pl.col("datetime_local")
calendar = (
    pl.select(interval_end_utc=pl.datetime_range(first, last + pl.duration(days=2), f"{MINUTES}m"))
    .with_columns(gmt_end=pl.col("interval_end_utc").dt.strftime("%m/%d/%Y %H:%M:%S"),
                  interval_end_utc=pl.col("interval_end_utc").dt.replace_time_zone("UTC"))
    .with_columns(datetime_utc=pl.col("interval_end_utc") - pl.duration(minutes=MINUTES))
    .with_columns(datetime_local=pl.col("datetime_utc").dt.convert_time_zone("America/Chicago").dt.replace_time_zone(None))
    .with_columns(delivery_date=local.dt.date(), delivery_hour=local.dt.hour().cast(pl.Int32) + 1,
                  delivery_interval=pl.lit(0, pl.Int32) if DAY_AHEAD else local.dt.minute().cast(pl.Int32) // 5 + 1)
)
rows = (
    pl.scan_csv(files, schema=SCHEMA, include_file_paths="path", glob=False)
    .rename(dict(zip(names, NAMES)))
    .join(calendar.lazy(), on="gmt_end", how="inner")
    .select(
        "datetime_utc", "interval_end_utc", "datetime_local", "delivery_date", "delivery_hour", "delivery_interval",
        pl.lit("SPP").alias("iso"), pl.lit("DA" if DAY_AHEAD else "RT").alias("market_type"), pl.lit(options.dataset).alias("dataset"),
        pl.col("location").alias("settlement_location"),
        pl.col("pnode").alias("settlement_location_id"),
        pl.col("lmp").alias("lmp_total"), pl.col("mec").alias("lmp_energy"), pl.col("mcc").alias("lmp_congestion"),
        pl.col("mlc").alias("lmp_loss"),
        pl.col("path").str.strip_prefix(options.input + "/").alias("source_file"),
    )
)
if options.order == TIME_ORDER:
    rows = rows.sort("datetime_utc", "settlement_location")
else:
    block = (pl.col("delivery_date") - pl.date(1970, 1, 5)).dt.total_days() // BLOCK_DAYS
    rows = rows.with_columns(block=block).sort("block", "settlement_location", "datetime_utc").drop("block")
if options.dedupe:
    rows = repeats_left_out(rows, ["datetime_utc", "settlement_location"])
rows.sink_parquet(options.output, compression="zstd", compression_level=options.level, engine="streaming")
finish(pl.__version__)
