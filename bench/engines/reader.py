# SPDX-License-Identifier: MIT
"""
Five queries on files of the same rows, in one process, taking turns: reader.py ENGINE ROUNDS THREADS FILE FILE...
Prints JSON: for each query the milliseconds of each file's rounds. The files are read once before, which warms them; results are compared.
"""
import json
import math
import os
import sys
import time

NODE, HOUR, DAY = "WESTERN HUB", "2024-01-03 17:00:00", "2024-01-04"
ONE_NODE, ONE_HOUR, ONE_DAY, BY_ZONE, ALL = "one node, all hours", "all nodes, an hour", "all nodes, a day", \
    "daily mean by zone", "full scan"
SQL = {
    ONE_NODE: "SELECT datetime_utc, lmp_total, lmp_congestion, lmp_loss FROM {file} "
              f"WHERE settlement_location = '{NODE}' ORDER BY datetime_utc",
    ONE_HOUR: "SELECT settlement_location, lmp_total, lmp_congestion, lmp_loss FROM {file} "
              f"WHERE datetime_utc = TIMESTAMP{{zone}} '{HOUR}{{suffix}}'",
    ONE_DAY: "SELECT settlement_location, datetime_utc, lmp_total FROM {file} "
             f"WHERE delivery_date = DATE '{DAY}'",
    BY_ZONE: "SELECT delivery_date, zone, avg(lmp_total) AS mean FROM {file} GROUP BY delivery_date, zone",
    ALL: "SELECT count(*) AS n, sum(lmp_total) AS a, sum(lmp_energy) AS b, sum(lmp_congestion) AS c, sum(lmp_loss) AS d, "
         "max(settlement_location) AS e, max(settlement_location_id) AS f, max(datetime_utc) AS g FROM {file}",
}


# ---- engines: each gives a function of (query, file) that returns an Arrow table ----

def duckdb_open(threads, files):
    import duckdb
    connection = duckdb.connect()
    connection.execute(f"SET threads = {threads}")
    connection.execute("SET TimeZone = 'UTC'")

    def ask(query, file):
        text = SQL[query].format(file=f"read_parquet('{file}')", zone="TZ", suffix="+00")
        return connection.sql(text).to_arrow_table()
    return ask, duckdb.__version__


def polars_open(threads, files):
    os.environ["POLARS_MAX_THREADS"] = str(threads)
    import datetime as dt
    import polars as pl
    hour = dt.datetime.fromisoformat(HOUR + "+00:00")
    day = dt.date.fromisoformat(DAY)
    prices = ["lmp_total", "lmp_congestion", "lmp_loss"]

    def plan(query, rows):
        if query == ONE_NODE:
            return rows.filter(pl.col("settlement_location") == NODE).select("datetime_utc", *prices).sort("datetime_utc")
        if query == ONE_HOUR:
            return rows.filter(pl.col("datetime_utc") == hour).select("settlement_location", *prices)
        if query == ONE_DAY:
            return rows.filter(pl.col("delivery_date") == day).select("settlement_location", "datetime_utc", "lmp_total")
        if query == BY_ZONE:
            return rows.group_by("delivery_date", "zone").agg(pl.col("lmp_total").mean().alias("mean"))
        return rows.select(pl.len().cast(pl.Int64).alias("n"), pl.col("lmp_total").sum().alias("a"),
                           pl.col("lmp_energy").sum().alias("b"), pl.col("lmp_congestion").sum().alias("c"),
                           pl.col("lmp_loss").sum().alias("d"), pl.col("settlement_location").max().alias("e"),
                           pl.col("settlement_location_id").max().alias("f"), pl.col("datetime_utc").max().alias("g"))

    def ask(query, file):
        return plan(query, pl.scan_parquet(file)).collect(engine="streaming").to_arrow()
    return ask, pl.__version__


def datafusion_open(threads, files):
    import datafusion
    from datafusion import SessionConfig, SessionContext
    config = SessionConfig().with_target_partitions(threads).set("datafusion.execution.parquet.pushdown_filters", "true")
    context = SessionContext(config)
    names = {file: f"prices_{at}" for at, file in enumerate(files)}
    for file, name in names.items():
        context.register_parquet(name, file)

    def ask(query, file):
        text = SQL[query].format(file=names[file], zone="", suffix="+00:00")
        return context.sql(text).to_arrow_table()
    return ask, datafusion.__version__


# ---- measuring ----

def comparable(table):
    """The rows in an order of their own: what is no number, then the numbers."""
    def split(row):
        numbers = [cell for cell in row if isinstance(cell, float)]
        return [str(cell) for cell in row if not isinstance(cell, float)], numbers
    return sorted(split(row.values()) for row in table.to_pylist())


def same(ones, others):
    """Sums depend on the order of adding: numbers may differ in the tenth digit."""
    return len(ones) == len(others) > 0 and all(
        one[0] == other[0] and len(one[1]) == len(other[1]) and
        all(math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-9) for a, b in zip(one[1], other[1]))
        for one, other in zip(ones, others))


def main():
    engine, rounds, threads, *files = sys.argv[1:]
    ask, version = globals()[f"{engine}_open"](int(threads), files)
    told = {"version": version, "queries": {}}
    for query in SQL:
        results = [comparable(ask(query, file)) for file in files]
        if not all(same(results[0], result) for result in results):
            sys.exit(f"{engine}, {query}: the files give different results, or none")
        times = [[] for _ in files]
        for _ in range(int(rounds)):
            for at, file in enumerate(files):
                began = time.perf_counter()
                ask(query, file)
                times[at].append((time.perf_counter() - began) * 1000)
        told["queries"][query] = times
    print(json.dumps(told))


main()
