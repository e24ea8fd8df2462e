# SPDX-License-Identifier: MIT
"""Says what Parquet files hold, so that two can be compared: sums.py BLOCK_DAYS KEY,... COLUMN,... FILE..., 0 days: by time."""
import json
import sys

import duckdb

PRICES = ["lmp_total", "lmp_energy", "lmp_congestion", "lmp_loss", "lmp_ghg"]
PLACES = ["epoch_us(datetime_utc)", "epoch_us(interval_end_utc)", "epoch_us(datetime_local)", "delivery_date::DATE",
          "delivery_hour::INTEGER", "iso::VARCHAR", "market_type::VARCHAR", "dataset::VARCHAR"]
KEY = "(delivery_date::DATE - DATE '1970-01-05') // {0}, {1}, datetime_utc"
TIME_KEY = "datetime_utc, {1}"

days, keys, columns, files = int(sys.argv[1]), sys.argv[2].split(","), sys.argv[3].split(","), sys.argv[4:]
texts = [f"coalesce({name}::VARCHAR, '')" for name in columns if name not in PRICES]
prices = [name for name in columns if name in PRICES]
connection = duckdb.connect()
connection.execute("SET threads = 2")
connection.execute("SET TimeZone = 'UTC'")
parts = ["count(*)", f"bit_xor(hash({', '.join(PLACES + texts)}))",
         f"bit_xor(hash(epoch_us(datetime_utc), {', '.join(texts + prices)}))"]
for name in prices:
    parts += [f"count({name})", f"sum(round({name} * 100000)::HUGEINT)"]
found = connection.execute(f"SELECT {', '.join(parts)} FROM read_parquet({files})").fetchone()

disorder = 0
for file in files:
    key = (KEY if days else TIME_KEY).format(days, ", ".join(f"{name}::VARCHAR" for name in keys))
    disorder += connection.execute(f"""
        SELECT count(*) FROM (SELECT ({key}) AS this, lag(({key})) OVER (ORDER BY file_row_number) AS earlier
        FROM read_parquet('{file}', file_row_number = true)) WHERE this < earlier""").fetchone()[0]
print(json.dumps({"rows": found[0], "fingerprint": [str(value) for value in found], "disorder": disorder}))
