# SPDX-License-Identifier: MIT
"""The ordered conversion with DuckDB: one COPY, stamps parsed by the CSV reader, sorted on disk where memory is bounded."""
import duckdb

from task import HEADER, TIME_ORDER, csv_files, finish, options_read

TYPES = {
    "datetime_beginning_utc": "TIMESTAMP", "datetime_beginning_ept": "TIMESTAMP", "pnode_id": "VARCHAR",
    "pnode_name": "VARCHAR", "voltage": "VARCHAR", "equipment": "VARCHAR", "type": "VARCHAR", "zone": "VARCHAR",
    "system_energy_price_da": "DOUBLE", "total_lmp_da": "DOUBLE", "congestion_price_da": "DOUBLE",
    "marginal_loss_price_da": "DOUBLE", "row_is_current": "BOOLEAN", "version_nbr": "INTEGER",
}

QUERY = """
COPY (
  WITH lines AS (
    SELECT *, timezone('America/New_York', timezone('UTC', datetime_beginning_utc)) AS local
    FROM read_csv({files}, auto_detect = false, header = true, delim = ',', quote = '"', escape = '"',
                  new_line = '\\r\\n', timestampformat = '%m/%d/%Y %I:%M:%S %p', columns = {columns}, filename = true)
  )
  SELECT timezone('UTC', datetime_beginning_utc) AS datetime_utc,
         timezone('UTC', datetime_beginning_utc + INTERVAL 1 HOUR) AS interval_end_utc,
         local AS datetime_local,
         local::DATE AS delivery_date,
         (hour(local) + 1)::INTEGER AS delivery_hour,
         'PJM' AS iso, 'DA' AS market_type, 'da_energy_hourly' AS dataset,
         pnode_name AS settlement_location,
         pnode_id AS settlement_location_id,
         type AS settlement_location_type,
         zone,
         replace(voltage, ' KV', '')::DOUBLE AS voltage_kv,
         total_lmp_da AS lmp_total,
         system_energy_price_da AS lmp_energy,
         congestion_price_da AS lmp_congestion,
         marginal_loss_price_da AS lmp_loss,
         version_nbr AS version,
         parse_filename(filename) AS source_file
  FROM lines
  ORDER BY {order}
) TO '{output}' (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL {level})
"""

options = options_read()
files = csv_files(options)
assert list(TYPES) == HEADER
connection = duckdb.connect()
connection.execute(f"SET threads = {options.threads}")
connection.execute("SET preserve_insertion_order = false")  # ORDER BY says the order; the rest may run freely
connection.execute(f"SET temp_directory = '{options.output}.spill'")
if options.memory:
    connection.execute(f"SET memory_limit = '{options.memory}'")
week = "(local::DATE - DATE '1970-01-05') // 7"
order = "datetime_beginning_utc, pnode_name" if options.order == TIME_ORDER else \
    f"{week}, pnode_name, {'pnode_id, ' if options.full_key else ''}datetime_beginning_utc"
connection.execute(QUERY.format(files=files, columns=TYPES, order=order, output=options.output, level=options.level))
finish(duckdb.__version__)
