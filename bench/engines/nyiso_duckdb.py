# SPDX-License-Identifier: MIT
"""
NYISO's five-minute prices with DuckDB. A stamp ends its interval, which starts at the run before; runs are told from the lines of
one name in each file, so windows see a few hundred rows of it. What lies behind a step back of the clock is the second pass of the
repeated hour. Tables keep the order of lines (rowid). One row a key is kept, then the order.
"""
import duckdb

from task import TIME_ORDER, csv_files, finish, options_read

COLUMNS = {"stamp": "TIMESTAMP", "name": "VARCHAR", "ptid": "VARCHAR", "lbmp": "DOUBLE", "losses": "DOUBLE", "congestion": "DOUBLE"}
LINES = """
CREATE TEMP TABLE lines AS
FROM read_csv({files}, auto_detect = false, header = true, delim = ',', quote = '"', escape = '"', new_line = '\\n',
              columns = {columns}, timestampformat = '%m/%d/%Y %H:%M:%S', filename = true)
"""
RUNS = """
CREATE TEMP TABLE runs AS
WITH stamps AS (
  SELECT filename, rowid AS line, stamp,
         coalesce(stamp < lag(stamp) OVER (PARTITION BY filename ORDER BY rowid), false) AS stepped
  FROM lines WHERE ptid = (SELECT ptid FROM lines WHERE rowid = 0)
), passes AS (
  SELECT filename, line, stamp, count_if(stepped) OVER (PARTITION BY filename ORDER BY line) AS pass FROM stamps
), ends AS (
  -- An ambiguous stamp is taken by the zone's rules for its later pass; an hour less where the earlier one is meant. The end of
  -- the first pass, at 01:00, is the first stamp that steps back: it and all behind it are the second pass.
  SELECT *, timezone('America/New_York', stamp) AS later,
         timezone('America/New_York', timezone('America/New_York', stamp) - INTERVAL 1 HOUR) = stamp AS twice
  FROM passes
), instants AS (
  SELECT filename, line, stamp, pass, if(twice AND pass = 0, later - INTERVAL 1 HOUR, later) AS end_utc FROM ends
), starts AS (
  SELECT *, lag(end_utc) OVER (PARTITION BY filename ORDER BY line) AS before,
         timezone('America/New_York', strptime(parse_filename(filename)[1:8], '%Y%m%d')) AS midnight
  FROM instants
), known AS (
  SELECT filename, line, stamp, pass, end_utc,
         CASE WHEN before > end_utc - INTERVAL 10 MINUTE THEN before
              WHEN before IS NULL AND midnight >= end_utc - INTERVAL 10 MINUTE THEN midnight
              ELSE end_utc - INTERVAL 5 MINUTE END AS start_utc
  FROM starts
)
SELECT *, timezone('America/New_York', start_utc) AS local FROM known
"""
QUERY = """
COPY (
  WITH steps AS (  -- names come in the same order at each stamp: the second pass begins with the line of the first of them
    SELECT filename, min(line) AS back FROM runs WHERE pass = 1 GROUP BY filename
  ), passed AS (
    SELECT lines.*, if(lines.rowid >= back, 1, 0) AS pass FROM lines LEFT JOIN steps USING (filename)
  ), stamped AS (
    SELECT start_utc AS datetime_utc, end_utc AS interval_end_utc, local AS datetime_local, local::DATE AS delivery_date,
           (hour(local) + 1)::INTEGER AS delivery_hour, (minute(local) // 5 + 1)::INTEGER AS delivery_interval,
           'NYISO' AS iso, 'RT' AS market_type, 'rt_energy_5min' AS dataset,
           name AS settlement_location, ptid AS settlement_location_id,
           lbmp AS lmp_total, round(lbmp - losses + congestion, 2) AS lmp_energy, 0.0 - congestion AS lmp_congestion,
           losses AS lmp_loss, passed.filename
    FROM passed JOIN runs USING (filename, stamp, pass)
  ), kept AS ({kept})
  SELECT * EXCLUDE (filename), parse_filename(filename) AS source_file FROM kept ORDER BY {order}
) TO '{output}' (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL {level})
"""

options = options_read()
connection = duckdb.connect()
connection.execute(f"SET threads = {options.threads}")
connection.execute("SET TimeZone = 'UTC'")
connection.execute(f"SET temp_directory = '{options.output}.spill'")
if options.memory:
    connection.execute(f"SET memory_limit = '{options.memory}'")
connection.execute(LINES.format(files=csv_files(options), columns=COLUMNS))
connection.execute(RUNS)
connection.execute("SET preserve_insertion_order = false")  # from here on ORDER BY says the order
order = "datetime_utc, settlement_location" if options.order == TIME_ORDER else \
    "(delivery_date - DATE '1970-01-05') // 7, settlement_location, datetime_utc"
kept = "SELECT DISTINCT ON (datetime_utc, settlement_location) * FROM stamped" if options.dedupe else "FROM stamped"
connection.execute(QUERY.format(kept=kept, order=order, output=options.output, level=options.level))
finish(duckdb.__version__)
