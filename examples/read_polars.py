# SPDX-License-Identifier: MIT
"""Polars: one node as a series, and congestion as a table of days and hubs.

    cd build/demo && python ../../examples/read_polars.py
"""
import polars as pl

prices = pl.scan_parquet("out/pjm/da_energy_hourly/*.parquet")

# Row groups are sorted by location: only pages that hold this one are read.
node = prices.filter(pl.col("settlement_location") == "WESTERN HUB").select("datetime_utc", "lmp_total").sort("datetime_utc").collect()
print(node)

congestion = (prices.filter(pl.col("settlement_location_type") == "HUB")
              .group_by("delivery_date", "settlement_location").agg(pl.col("lmp_congestion").mean())
              .collect().pivot(on="settlement_location", index="delivery_date", values="lmp_congestion").sort("delivery_date"))
print(congestion)
