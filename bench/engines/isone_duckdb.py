# SPDX-License-Identifier: MIT
"""
ISO-NE's hourly reports with DuckDB: data lines by their tag, trailers padded; instants from a calendar of the market's hours, joined by
the texts of date and hour. One row a key is kept, then the order.
"""
import duckdb

from task import TIME_ORDER, csv_files, finish, options_read

COLUMNS = dict.fromkeys(["tag", "day", "hour_ending", "id", "name", "kind"], "VARCHAR") | \
    dict.fromkeys(["lmp", "energy", "congestion", "loss"], "DOUBLE")
CALENDAR = """
CREATE TEMP TABLE calendar AS
WITH hours AS (
  SELECT utc, timezone('America/New_York', utc) AS local, timezone('America/New_York', utc - INTERVAL 1 HOUR) AS before
  FROM range(TIMESTAMPTZ '2003-01-01 00:00:00Z', TIMESTAMPTZ '2031-01-01 00:00:00Z', INTERVAL 1 HOUR) AS all_hours(utc)
)
SELECT utc, local, local::DATE AS delivery_date, (hour(local) + 1)::INTEGER AS delivery_hour, strftime(local, '%m/%d/%Y') AS day,
       format('{:02d}', hour(local) + 1) || if(local = before, 'X', '') AS hour_ending
FROM hours
"""
QUERY = """
COPY (
  WITH lines AS (
    FROM read_csv({files}, auto_detect = false, header = false, skip = 6, delim = ',', quote = '"', escape = '"', new_line = '\\n',
                  columns = {columns}, null_padding = true, filename = true)
    WHERE tag = 'D'
  ), stamped AS (
    SELECT utc AS datetime_utc, utc + INTERVAL 1 HOUR AS interval_end_utc, local AS datetime_local, delivery_date, delivery_hour,
           'ISONE' AS iso, 'DA' AS market_type, 'da_energy_hourly' AS dataset,
           name AS settlement_location, id AS settlement_location_id, kind AS settlement_location_type,
           lmp AS lmp_total, energy AS lmp_energy, congestion AS lmp_congestion, loss AS lmp_loss, filename
    FROM lines JOIN calendar USING (day, hour_ending)
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
connection.execute(CALENDAR)
order = "datetime_utc, settlement_location" if options.order == TIME_ORDER else \
    "(delivery_date - DATE '1970-01-05') // 28, settlement_location, datetime_utc"
kept = "SELECT DISTINCT ON (datetime_utc, settlement_location) * FROM stamped" if options.dedupe else "FROM stamped"
connection.execute(QUERY.format(files=csv_files(options), columns=COLUMNS, kept=kept, order=order, output=options.output,
                                level=options.level))
finish(duckdb.__version__)
