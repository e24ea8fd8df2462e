# SPDX-License-Identifier: MIT
"""Says what a Parquet file of the ordered conversion holds, so that two can be compared: outcome.py FILE BLOCK|TIME."""
import json
import sys

import duckdb

FINGERPRINT = """
SELECT count(*) AS rows,
       bit_xor(hash(epoch_us(datetime_utc), epoch_us(interval_end_utc), epoch_us(datetime_local),
                    delivery_date::DATE, delivery_hour::INTEGER, iso::VARCHAR, market_type::VARCHAR, dataset::VARCHAR,
                    settlement_location::VARCHAR, settlement_location_id::VARCHAR, settlement_location_type::VARCHAR,
                    coalesce(zone::VARCHAR, ''), coalesce(voltage_kv, 0), version::INTEGER, source_file::VARCHAR))
         AS places,
       bit_xor(hash(epoch_us(datetime_utc), settlement_location_id::VARCHAR, lmp_total, lmp_energy, lmp_congestion,
                    lmp_loss)) AS prices
FROM read_parquet('{file}')
"""
DISORDER = """
SELECT count(*) FROM (
  SELECT {key} AS this, lag({key}) OVER (ORDER BY file_row_number) AS earlier
  FROM read_parquet('{file}', file_row_number = true)
) WHERE this < earlier
"""
KEYS = {
    "block": "((delivery_date::DATE - DATE '1970-01-05') // 7, settlement_location::VARCHAR, {id}datetime_utc)",
    "time": "(datetime_utc, settlement_location::VARCHAR)",
}

file, order = sys.argv[1:3]
connection = duckdb.connect()
connection.execute("SET threads = 2")
connection.execute("SET TimeZone = 'UTC'")
fingerprint = [str(value) for value in connection.execute(FINGERPRINT.format(file=file)).fetchone()]
# Rows of equal names may follow each other by time, or, as gridpq's, by id and then time.
disorders = [connection.execute(DISORDER.format(file=file, key=KEYS[order].format(id=part))).fetchone()[0]
             for part in ("", "settlement_location_id::VARCHAR, ")]
print(json.dumps({"rows": int(fingerprint[0]), "fingerprint": fingerprint, "disorder": min(disorders)}))
