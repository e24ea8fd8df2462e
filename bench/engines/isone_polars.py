# SPDX-License-Identifier: MIT
"""
ISO-NE's hourly reports with Polars: data lines by their tag, trailers padded; instants by joining a calendar of the market's hours; one
row a key; the order.
"""
import os

from task import TIME_ORDER, csv_files, finish, options_read, repeats_left_out

options = options_read()
os.environ["POLARS_MAX_THREADS"] = str(options.threads)  # read when polars is imported
import polars as pl  # noqa: E402

SCHEMA = dict.fromkeys(["tag", "day", "hour_ending", "id", "name", "kind"], pl.String) | \
    dict.fromkeys(["lmp", "energy", "congestion", "loss"], pl.Float64)
local, hour = pl.col("datetime_local"), pl.col("datetime_local").dt.hour().cast(pl.Int32) + 1
calendar = (
    pl.select(datetime_utc=pl.datetime_range(pl.datetime(2003, 1, 1), pl.datetime(2031, 1, 1), "1h", time_unit="us", time_zone="UTC"))
    .with_columns(datetime_local=pl.col("datetime_utc").dt.convert_time_zone("America/New_York").dt.replace_time_zone(None))
    .with_columns(
        delivery_date=local.dt.date(), delivery_hour=hour, day=local.dt.strftime("%m/%d/%Y"),
        hour_ending=hour.cast(pl.String).str.zfill(2) + pl.when(local == local.shift(1)).then(pl.lit("X")).otherwise(pl.lit("")),
    )
)
rows = (
    pl.scan_csv(csv_files(options), schema=SCHEMA, has_header=False, skip_lines=6, include_file_paths="path", glob=False)
    .filter(pl.col("tag") == "D")
    .join(calendar.lazy(), on=["day", "hour_ending"], how="inner")
    .select(
        "datetime_utc",
        (pl.col("datetime_utc") + pl.duration(hours=1)).alias("interval_end_utc"),
        "datetime_local", "delivery_date", "delivery_hour",
        pl.lit("ISONE").alias("iso"), pl.lit("DA").alias("market_type"), pl.lit("da_energy_hourly").alias("dataset"),
        pl.col("name").alias("settlement_location"),
        pl.col("id").alias("settlement_location_id"),
        pl.col("kind").alias("settlement_location_type"),
        pl.col("lmp").alias("lmp_total"), pl.col("energy").alias("lmp_energy"), pl.col("congestion").alias("lmp_congestion"),
        pl.col("loss").alias("lmp_loss"),
        pl.col("path").str.strip_prefix(options.input + "/").alias("source_file"),
    )
)
if options.order == TIME_ORDER:
    rows = rows.sort("datetime_utc", "settlement_location")
else:
    block = (pl.col("delivery_date") - pl.date(1970, 1, 5)).dt.total_days() // 28
    rows = rows.with_columns(block=block).sort("block", "settlement_location", "datetime_utc").drop("block")
if options.dedupe:
    rows = repeats_left_out(rows, ["datetime_utc", "settlement_location"])
rows.sink_parquet(options.output, compression="zstd", compression_level=options.level, engine="streaming")
finish(pl.__version__)
