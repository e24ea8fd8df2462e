# SPDX-License-Identifier: MIT
"""
NYISO's five-minute prices with Polars. A stamp ends its interval, which starts at the run before; runs are told from the lines of
one name in each file, so windows see a few hundred rows of it. What lies behind a step back of the clock is the second pass of the
repeated hour. One row a key is kept, then the order.
"""
import os

from task import TIME_ORDER, csv_files, finish, options_read, repeats_left_out

options = options_read()
os.environ["POLARS_MAX_THREADS"] = str(options.threads)  # read when polars is imported
import polars as pl  # noqa: E402

NAMES = {"Time Stamp": "stamp", "Name": "name", "PTID": "ptid", "LBMP ($/MWHr)": "lbmp",
         "Marginal Cost Losses ($/MWHr)": "losses", "Marginal Cost Congestion ($/MWHr)": "congestion"}
SCHEMA = dict.fromkeys(list(NAMES)[:3], pl.String) | dict.fromkeys(list(NAMES)[3:], pl.Float64)
EASTERN = "America/New_York"
files = csv_files(options)


def zoned(local, ambiguous):
    return local.dt.replace_time_zone(EASTERN, ambiguous=ambiguous).dt.convert_time_zone("UTC")


def lines_of(paths):
    return pl.scan_csv(paths, schema=SCHEMA, row_index_name="line", include_file_paths="path", glob=False).rename(NAMES)


end, before, line = pl.col("end_utc"), pl.col("end_utc").shift(1).over("path"), pl.col("line")
stepped = (pl.col("local_end") < pl.col("local_end").shift(1).over("path")).fill_null(False)
first = lines_of(files[:1]).select(pl.col("ptid").first()).collect().item()
runs = (
    lines_of(files).filter(pl.col("ptid") == first).select("line", "path", "stamp").collect(engine="streaming")
    .sort("line")
    .with_columns(local_end=pl.col("stamp").str.to_datetime("%m/%d/%Y %H:%M:%S", time_unit="us"))
    .with_columns(second=stepped.cast(pl.Int8).cum_sum().over("path") > 0)
    .with_columns(end_utc=zoned(pl.col("local_end"), pl.when("second").then(pl.lit("latest")).otherwise(pl.lit("earliest"))))
    .with_columns(midnight=zoned(pl.col("path").str.split("/").list.last().str.head(8).str.to_datetime("%Y%m%d", time_unit="us"),
                                 "raise"))
    .with_columns(start_utc=pl.when(before > end - pl.duration(minutes=10)).then(before)
                  .when(before.is_null() & (pl.col("midnight") >= end - pl.duration(minutes=10))).then("midnight")
                  .otherwise(end - pl.duration(minutes=5)))
    .with_columns(datetime_local=pl.col("start_utc").dt.convert_time_zone(EASTERN).dt.replace_time_zone(None))
)
# Names come in the same order at each stamp, so the second pass begins with the line of the first of them.
back = runs.filter("second").group_by("path").agg(back=line.min())
local = pl.col("datetime_local")
rows = (
    lines_of(files)
    .join(back.lazy(), on="path", how="left")
    .with_columns(second=(line >= pl.col("back")).fill_null(False))
    .join(runs.lazy().select("path", "stamp", "second", "start_utc", "end_utc", "datetime_local"), on=["path", "stamp", "second"])
    .select(
        pl.col("start_utc").alias("datetime_utc"),
        end.alias("interval_end_utc"),
        local,
        local.dt.date().alias("delivery_date"),
        (local.dt.hour().cast(pl.Int32) + 1).alias("delivery_hour"),
        (local.dt.minute().cast(pl.Int32) // 5 + 1).alias("delivery_interval"),
        pl.lit("NYISO").alias("iso"), pl.lit("RT").alias("market_type"), pl.lit("rt_energy_5min").alias("dataset"),
        pl.col("name").alias("settlement_location"),
        pl.col("ptid").alias("settlement_location_id"),
        pl.col("lbmp").alias("lmp_total"),
        (pl.col("lbmp") - pl.col("losses") + pl.col("congestion")).round(2).alias("lmp_energy"),
        (0.0 - pl.col("congestion")).alias("lmp_congestion"),
        pl.col("losses").alias("lmp_loss"),
        pl.col("path").str.strip_prefix(options.input + "/").alias("source_file"),
    )
)
if options.order == TIME_ORDER:
    rows = rows.sort("datetime_utc", "settlement_location")
else:
    block = (pl.col("delivery_date") - pl.date(1970, 1, 5)).dt.total_days() // 7
    rows = rows.with_columns(block=block).sort("block", "settlement_location", "datetime_utc").drop("block")
if options.dedupe:
    rows = repeats_left_out(rows, ["datetime_utc", "settlement_location"])
rows.sink_parquet(options.output, compression="zstd", compression_level=options.level, engine="streaming")
finish(pl.__version__)
