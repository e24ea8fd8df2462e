# SPDX-License-Identifier: MIT
"""
SPP's prices of settlement locations with DuckDB. Stamps end their interval; a calendar of the archive's intervals, joined by the text
of the stamp in UTC, says their start and clock, so that no line's time is parsed. One row a key is kept, then the order.
"""
import os

import duckdb

from task import TIME_ORDER, csv_files, finish, options_read

COLUMNS = dict.fromkeys(["local_end", "gmt_end", "location", "pnode"], "VARCHAR") | dict.fromkeys(["lmp", "mlc", "mcc", "mec"], "DOUBLE")
CALENDAR = """
CREATE TEMP TABLE calendar AS
WITH ends AS (
  SELECT utc_end, utc_end - INTERVAL {minutes} MINUTE AS utc, timezone('America/Chicago', utc_end - INTERVAL {minutes} MINUTE) AS local
  FROM range(TIMESTAMPTZ '{first} 00:00:00Z', TIMESTAMPTZ '{last} 00:00:00Z' + INTERVAL 2 DAY,
             INTERVAL {minutes} MINUTE) AS all_ends(utc_end)
)
SELECT *, strftime(timezone('UTC', utc_end), '%m/%d/%Y %H:%M:%S') AS gmt_end, local::DATE AS delivery_date,
       (hour(local) + 1)::INTEGER AS delivery_hour, {interval}::INTEGER AS delivery_interval
FROM ends
"""
QUERY = """
COPY (
  WITH lines AS (
    FROM read_csv({files}, auto_detect = false, header = true, delim = ',', quote = '"', escape = '"', new_line = '\\n',
                  columns = {columns}, filename = true)
  ), stamped AS (
    SELECT utc AS datetime_utc, utc_end AS interval_end_utc, local AS datetime_local, delivery_date, delivery_hour, delivery_interval,
           'SPP' AS iso, '{market}' AS market_type, '{dataset}' AS dataset,
           location AS settlement_location, pnode AS settlement_location_id,
           lmp AS lmp_total, mec AS lmp_energy, mcc AS lmp_congestion, mlc AS lmp_loss, filename
    FROM lines JOIN calendar USING (gmt_end)
  ), kept AS ({kept})
  SELECT * EXCLUDE (filename), parse_filename(filename) AS source_file FROM kept ORDER BY {order}
) TO '{output}' (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL {level})
"""

options = options_read()
connection = duckdb.connect()
connection.execute(f"SET threads = {options.threads}")
connection.execute("SET preserve_insertion_order = false")  # ORDER BY says the order; the rest may run freely
connection.execute("SET TimeZone = 'UTC'")
connection.execute(f"SET temp_directory = '{options.output}.spill'")
if options.memory:
    connection.execute(f"SET memory_limit = '{options.memory}'")
files = csv_files(options)
first, last = (os.path.basename(path).split("-")[-1] for path in (files[0], files[-1]))
day_ahead = options.dataset == "da_energy_hourly"
minutes, block = (60, 28) if day_ahead else (5, 4)
connection.execute(CALENDAR.format(minutes=minutes, first=f"{first[:4]}-{first[4:6]}-{first[6:8]}",
                                   last=f"{last[:4]}-{last[4:6]}-{last[6:8]}", interval="0" if day_ahead else "(minute(local) // 5 + 1)"))
order = "datetime_utc, settlement_location" if options.order == TIME_ORDER else \
    f"(delivery_date - DATE '1970-01-05') // {block}, settlement_location, datetime_utc"
kept = "SELECT DISTINCT ON (datetime_utc, settlement_location) * FROM stamped" if options.dedupe else "FROM stamped"
connection.execute(QUERY.format(files=files, columns=COLUMNS, market="DA" if day_ahead else "RT", dataset=options.dataset, kept=kept,
                                order=order, output=options.output, level=options.level))
finish(duckdb.__version__)
