# SPDX-License-Identifier: MIT
"""
ERCOT's settlement point prices with DuckDB. Instants come from a calendar of the market's hours, made once and joined by the
texts of date, hour and flag, so that no line's time is parsed; one row a key is kept, then the order.
"""
import duckdb

from task import TIME_ORDER, csv_files, finish, options_read

TEXT = "VARCHAR"
DAY_AHEAD = {"DeliveryDate": TEXT, "HourEnding": TEXT, "SettlementPoint": TEXT, "SettlementPointPrice": "DOUBLE", "DSTFlag": TEXT}
REAL_TIME = {"DeliveryDate": TEXT, "DeliveryHour": TEXT, "DeliveryInterval": "INTEGER", "SettlementPointName": TEXT,
             "SettlementPointType": TEXT, "SettlementPointPrice": "DOUBLE", "DSTFlag": TEXT}
CALENDAR = """
CREATE TEMP TABLE calendar AS
WITH hours AS (
  SELECT utc, timezone('America/Chicago', utc) AS local, timezone('America/Chicago', utc - INTERVAL 1 HOUR) AS before
  FROM range(TIMESTAMPTZ '2010-11-01 00:00:00Z', TIMESTAMPTZ '2031-01-01 00:00:00Z', INTERVAL 1 HOUR) AS all_hours(utc)
)
SELECT utc, local, local::DATE AS delivery_date, (hour(local) + 1)::INTEGER AS delivery_hour,
       strftime(local, '%m/%d/%Y') AS date_text, {hour_text} AS hour_text, if(local = before, 'Y', 'N') AS flag
FROM hours
"""
QUERY = """
COPY (
  WITH lines AS (
    FROM read_csv({files}, auto_detect = false, header = true, delim = ',', quote = '"', escape = '"', new_line = '\\n',
                  columns = {columns}, filename = true)
  ), stamped AS (
    SELECT utc {step} AS datetime_utc,
           utc {step} + INTERVAL {minutes} MINUTE AS interval_end_utc,
           local {step} AS datetime_local,
           delivery_date, delivery_hour, {interval} AS delivery_interval,
           'ERCOT' AS iso, '{market}' AS market_type, '{dataset}' AS dataset,
           {place} AS settlement_location, {kind}
           SettlementPointPrice AS lmp_total,
           filename
    FROM lines JOIN calendar ON DeliveryDate = date_text AND {hour} = hour_text AND DSTFlag = flag
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
if options.dataset == "da_energy_hourly":
    connection.execute(CALENDAR.format(hour_text="format('{:02d}:00', hour(local) + 1)"))
    parts = {"columns": DAY_AHEAD, "step": "", "minutes": 60, "interval": "0::INTEGER", "market": "DA", "place": "SettlementPoint",
             "kind": "", "hour": "HourEnding"}
    block, key = 28, "settlement_location"
else:
    connection.execute(CALENDAR.format(hour_text="(hour(local) + 1)::VARCHAR"))
    parts = {"columns": REAL_TIME, "step": "+ to_minutes(15 * (DeliveryInterval - 1))", "minutes": 15,
             "interval": "DeliveryInterval", "market": "RT", "place": "SettlementPointName",
             "kind": "SettlementPointType AS settlement_location_type,", "hour": "DeliveryHour"}
    block, key = 7, "settlement_location, settlement_location_type"
order = f"datetime_utc, {key}" if options.order == TIME_ORDER else \
    f"(delivery_date - DATE '1970-01-05') // {block}, {key}, datetime_utc"
kept = f"SELECT DISTINCT ON (datetime_utc, {key}) * FROM stamped" if options.dedupe else "FROM stamped"
connection.execute(QUERY.format(files=csv_files(options), dataset=options.dataset, kept=kept, order=order, output=options.output,
                                level=options.level, **parts))
finish(duckdb.__version__)
