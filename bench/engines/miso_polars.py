# SPDX-License-Identifier: MIT
"""MISO's wide lines with Polars: components joined while the hours stand across, then lists of hours exploded."""
import os

from task import TIME_ORDER, csv_files, finish, options_read

options = options_read()
os.environ["POLARS_MAX_THREADS"] = str(options.threads)  # read when polars is imported
import polars as pl  # noqa: E402

HOURS = [f"HE {hour}" for hour in range(1, 25)]
SCHEMA = dict.fromkeys(["Node", "Type", "Value"], pl.String) | dict.fromkeys(HOURS, pl.Float64)
PLACE = ["Node", "source_file"]

lines = (
    pl.scan_csv(csv_files(options), schema=SCHEMA, skip_lines=4, include_file_paths="path", glob=False)
    .with_columns(source_file=pl.col("path").str.strip_prefix(options.input + "/"))
    .with_columns(delivery_date=pl.col("source_file").str.head(8).str.to_date("%Y%m%d"), prices=pl.concat_list(HOURS))
    .drop("path", *HOURS)
)


def component(value, name):
    return lines.filter(pl.col("Value") == value).rename({"prices": name}).drop("Value")


day, local, hour = pl.col("delivery_date"), pl.col("datetime_local"), pl.col("hour")
joined = (
    component("LMP", "lmp_total")
    .join(component("MCC", "lmp_congestion").select(*PLACE, "lmp_congestion"), on=PLACE, how="left")
    .join(component("MLC", "lmp_loss").select(*PLACE, "lmp_loss"), on=PLACE, how="left")
    .with_columns(hour=pl.lit(list(range(24)), dtype=pl.List(pl.Int32)))
)
if options.order != TIME_ORDER:  # 24 rows of one line stay together: their order is that of the lines
    joined = joined.with_columns(block=(day - pl.date(1970, 1, 5)).dt.total_days() // 7).sort("block", "Node", "delivery_date")
rows = (
    joined.explode("lmp_total", "lmp_congestion", "lmp_loss", "hour")
    .with_columns(datetime_local=day.cast(pl.Datetime("us")) + pl.duration(hours=hour))
    .select(
        (local + pl.duration(hours=5)).dt.replace_time_zone("UTC").alias("datetime_utc"),
        (local + pl.duration(hours=6)).dt.replace_time_zone("UTC").alias("interval_end_utc"),
        local,
        "delivery_date",
        (hour + 1).alias("delivery_hour"),
        pl.lit("MISO").alias("iso"), pl.lit("RT").alias("market_type"), pl.lit("rt_energy_hourly").alias("dataset"),
        pl.col("Node").alias("settlement_location"),
        pl.col("Type").alias("settlement_location_type"),
        "lmp_total",
        (pl.col("lmp_total") - pl.col("lmp_congestion") - pl.col("lmp_loss")).round(2).alias("lmp_energy"),
        "lmp_congestion",
        "lmp_loss",
        pl.lit("final").alias("finality"),
        "source_file",
    )
)
if options.order == TIME_ORDER:
    rows = rows.sort("datetime_utc", "settlement_location")
rows.sink_parquet(options.output, compression="zstd", compression_level=options.level, engine="streaming")
finish(pl.__version__)
