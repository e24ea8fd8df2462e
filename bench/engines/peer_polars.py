# SPDX-License-Identifier: MIT
"""The ordered conversion with Polars: one lazy query, scanned and sunk by the streaming engine."""
import os

from task import HEADER, TIME_ORDER, csv_files, finish, options_read

options = options_read()
os.environ["POLARS_MAX_THREADS"] = str(options.threads)  # read when polars is imported
import polars as pl  # noqa: E402

SCHEMA = dict.fromkeys(HEADER, pl.String) | dict.fromkeys(HEADER[8:12], pl.Float64) | {"version_nbr": pl.Int32}
STAMP = "%m/%d/%Y %I:%M:%S %p"
MONDAY = pl.date(1970, 1, 5)

utc, local = pl.col("datetime_utc"), pl.col("datetime_local")
lines = pl.scan_csv(csv_files(options), schema=SCHEMA, include_file_paths="path", glob=False)
rows = (
    lines.with_columns(
        datetime_utc=pl.col("datetime_beginning_utc").str.to_datetime(STAMP, time_unit="us", time_zone="UTC"))
    .with_columns(datetime_local=utc.dt.convert_time_zone("America/New_York").dt.replace_time_zone(None))
    .with_columns(delivery_date=local.dt.date())
    .select(
        utc,
        (utc + pl.duration(hours=1)).alias("interval_end_utc"),
        local,
        "delivery_date",
        (local.dt.hour().cast(pl.Int32) + 1).alias("delivery_hour"),
        pl.lit("PJM").alias("iso"), pl.lit("DA").alias("market_type"), pl.lit("da_energy_hourly").alias("dataset"),
        pl.col("pnode_name").alias("settlement_location"),
        pl.col("pnode_id").alias("settlement_location_id"),
        pl.col("type").alias("settlement_location_type"),
        "zone",
        pl.col("voltage").str.strip_suffix(" KV").cast(pl.Float64).alias("voltage_kv"),
        pl.col("total_lmp_da").alias("lmp_total"),
        pl.col("system_energy_price_da").alias("lmp_energy"),
        pl.col("congestion_price_da").alias("lmp_congestion"),
        pl.col("marginal_loss_price_da").alias("lmp_loss"),
        pl.col("version_nbr").alias("version"),
        pl.col("path").str.strip_prefix(options.input + "/").alias("source_file"),
        ((pl.col("delivery_date") - MONDAY).dt.total_days() // 7).alias("block"),
    )
)
if options.order == TIME_ORDER:
    keys = ["datetime_utc", "settlement_location"]
else:
    keys = ["block", "settlement_location"] + ["settlement_location_id"] * options.full_key + ["datetime_utc"]
rows.sort(keys).drop("block").sink_parquet(options.output, compression="zstd", compression_level=options.level,
                                           engine="streaming")
finish(pl.__version__)
