# SPDX-License-Identifier: MIT
"""ERCOT's settlement point prices with Polars: instants by joining a calendar of the market's hours; one row a key; the order."""
import os

from task import TIME_ORDER, csv_files, finish, options_read, repeats_left_out

options = options_read()
os.environ["POLARS_MAX_THREADS"] = str(options.threads)  # read when polars is imported
import polars as pl  # noqa: E402

DAY_AHEAD = options.dataset == "da_energy_hourly"
NAMES = ["DeliveryDate", "HourEnding", "SettlementPoint", "SettlementPointPrice", "DSTFlag"] if DAY_AHEAD else \
    ["DeliveryDate", "DeliveryHour", "DeliveryInterval", "SettlementPointName", "SettlementPointType", "SettlementPointPrice", "DSTFlag"]
HOUR, PLACE, PRICE = ("HourEnding" if DAY_AHEAD else "DeliveryHour"), NAMES[-3 if DAY_AHEAD else -4], "SettlementPointPrice"
MINUTES, BLOCK_DAYS = (60, 28) if DAY_AHEAD else (15, 7)
PRICE_TYPE = pl.String if DAY_AHEAD else pl.Float64  # day-ahead prices have a blank in front of them
SCHEMA = dict.fromkeys(NAMES, pl.String) | {PRICE: PRICE_TYPE} | ({} if DAY_AHEAD else {"DeliveryInterval": pl.Int32})

local, hour = pl.col("local"), pl.col("local").dt.hour().cast(pl.Int32) + 1
calendar = (
    pl.select(utc=pl.datetime_range(pl.datetime(2010, 11, 1), pl.datetime(2031, 1, 1), "1h", time_unit="us", time_zone="UTC"))
    .with_columns(zoned=pl.col("utc").dt.convert_time_zone("America/Chicago"))
    .select(
        "utc",
        local=pl.col("zoned").dt.replace_time_zone(None),
        delivery_date=pl.col("zoned").dt.date(),
        DeliveryDate=pl.col("zoned").dt.strftime("%m/%d/%Y"),
    )
    .with_columns(
        delivery_hour=hour,
        DSTFlag=pl.when(local == local.shift(1)).then(pl.lit("Y")).otherwise(pl.lit("N")),
        **{HOUR: pl.format("{}:00", hour.cast(pl.String).str.zfill(2)) if DAY_AHEAD else hour.cast(pl.String)},
    )
)
quarters = pl.duration(minutes=0 if DAY_AHEAD else 15 * (pl.col("DeliveryInterval") - 1))
key = ["settlement_location"] + ([] if DAY_AHEAD else ["settlement_location_type"])
rows = (
    pl.scan_csv(csv_files(options), schema=SCHEMA, include_file_paths="path", glob=False)
    .join(calendar.lazy(), on=["DeliveryDate", HOUR, "DSTFlag"], how="inner")
    .select(
        (pl.col("utc") + quarters).alias("datetime_utc"),
        (pl.col("utc") + quarters + pl.duration(minutes=MINUTES)).alias("interval_end_utc"),
        (local + quarters).alias("datetime_local"),
        "delivery_date", "delivery_hour",
        (pl.lit(0, pl.Int32) if DAY_AHEAD else pl.col("DeliveryInterval")).alias("delivery_interval"),
        pl.lit("ERCOT").alias("iso"), pl.lit("DA" if DAY_AHEAD else "RT").alias("market_type"),
        pl.lit(options.dataset).alias("dataset"),
        pl.col(PLACE).alias("settlement_location"),
        *([] if DAY_AHEAD else [pl.col("SettlementPointType").alias("settlement_location_type")]),
        (pl.col(PRICE).str.strip_chars_start(" ").cast(pl.Float64) if DAY_AHEAD else pl.col(PRICE)).alias("lmp_total"),
        pl.col("path").str.strip_prefix(options.input + "/").alias("source_file"),
    )
)
if options.order == TIME_ORDER:
    rows = rows.sort("datetime_utc", *key)
else:
    block = (pl.col("delivery_date") - pl.date(1970, 1, 5)).dt.total_days() // BLOCK_DAYS
    rows = rows.with_columns(block=block).sort("block", *key, "datetime_utc").drop("block")
if options.dedupe:
    rows = repeats_left_out(rows, ["datetime_utc", *key])
rows.sink_parquet(options.output, compression="zstd", compression_level=options.level, engine="streaming")
finish(pl.__version__)
