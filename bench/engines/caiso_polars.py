# SPDX-License-Identifier: MIT
"""CAISO's lines of components with Polars: a column a component, the largest of each node and hour, then the order."""
import os

from task import TIME_ORDER, csv_files, finish, options_read

options = options_read()
os.environ["POLARS_MAX_THREADS"] = str(options.threads)  # read when polars is imported
import polars as pl  # noqa: E402

NAMES = ["INTERVALSTARTTIME_GMT", "INTERVALENDTIME_GMT", "OPR_DT", "OPR_HR", "OPR_INTERVAL", "NODE_ID_XML", "NODE_ID", "NODE",
         "MARKET_RUN_ID", "LMP_TYPE", "XML_DATA_ITEM", "PNODE_RESMRID", "GRP_TYPE", "POS", "MW", "GROUP"]
SCHEMA = dict.fromkeys(NAMES, pl.String) | {"MW": pl.Float64}
COMPONENTS = {"LMP": "lmp_total", "MCE": "lmp_energy", "MCC": "lmp_congestion", "MCL": "lmp_loss", "MGHG": "lmp_ghg"}

utc, local = pl.col("datetime_utc"), pl.col("datetime_local")
gathered = (
    pl.scan_csv(csv_files(options), schema=SCHEMA, include_file_paths="path", glob=False)
    .with_columns(pl.when(pl.col("LMP_TYPE") == text).then("MW").alias(name) for text, name in COMPONENTS.items())
    .group_by("INTERVALSTARTTIME_GMT", "NODE")
    .agg(pl.col("NODE_ID").first(), pl.col("path").first(), *[pl.col(name).max() for name in COMPONENTS.values()])
)
rows = (
    gathered.with_columns(datetime_utc=pl.col("INTERVALSTARTTIME_GMT").str.to_datetime(
        "%Y-%m-%dT%H:%M:%S-00:00", time_unit="us").dt.replace_time_zone("UTC"))
    .with_columns(datetime_local=utc.dt.convert_time_zone("America/Los_Angeles").dt.replace_time_zone(None))
    .with_columns(delivery_date=local.dt.date())
    .select(
        utc,
        (utc + pl.duration(hours=1)).alias("interval_end_utc"),
        local,
        "delivery_date",
        (local.dt.hour().cast(pl.Int32) + 1).alias("delivery_hour"),
        pl.lit("CAISO").alias("iso"), pl.lit("DA").alias("market_type"), pl.lit("da_energy_hourly").alias("dataset"),
        pl.col("NODE").alias("settlement_location"),
        pl.col("NODE_ID").alias("settlement_location_id"),
        *COMPONENTS.values(),
        pl.col("path").str.strip_prefix(options.input + "/").alias("source_file"),
        ((pl.col("delivery_date") - pl.date(1970, 1, 5)).dt.total_days() // 4).alias("block"),
    )
)
keys = [] if options.order == TIME_ORDER else ["block", "settlement_location"]
keys += ["datetime_utc"] if keys else ["datetime_utc", "settlement_location"]
rows.sort(keys).drop("block").sink_parquet(options.output, compression="zstd", compression_level=options.level,
                                           engine="streaming")
finish(pl.__version__)
