# SPDX-License-Identifier: MIT
"""CAISO's lines of components with DuckDB: one pass that gathers the components of a node and hour, then the order."""
import duckdb

from task import TIME_ORDER, csv_files, finish, options_read

TYPES = {
    "INTERVALSTARTTIME_GMT": "TIMESTAMPTZ", "INTERVALENDTIME_GMT": "VARCHAR", "OPR_DT": "DATE", "OPR_HR": "INTEGER",
    "OPR_INTERVAL": "INTEGER", "NODE_ID_XML": "VARCHAR", "NODE_ID": "VARCHAR", "NODE": "VARCHAR", "MARKET_RUN_ID": "VARCHAR",
    "LMP_TYPE": "VARCHAR", "XML_DATA_ITEM": "VARCHAR", "PNODE_RESMRID": "VARCHAR", "GRP_TYPE": "VARCHAR", "POS": "VARCHAR",
    "MW": "DOUBLE", "GROUP": "VARCHAR",
}
COMPONENTS = {"LMP": "lmp_total", "MCE": "lmp_energy", "MCC": "lmp_congestion", "MCL": "lmp_loss", "MGHG": "lmp_ghg"}
QUERY = """
COPY (
  WITH gathered AS (
    SELECT INTERVALSTARTTIME_GMT AS start, NODE, any_value(NODE_ID) AS id, any_value(filename) AS filename, {components}
    FROM read_csv({files}, auto_detect = false, header = true, delim = ',', quote = '"', escape = '"', new_line = '\\n',
                  columns = {columns}, filename = true)
    GROUP BY start, NODE
  ), stamped AS (SELECT *, timezone('America/Los_Angeles', start) AS local FROM gathered)
  SELECT start AS datetime_utc,
         start + INTERVAL 1 HOUR AS interval_end_utc,
         local AS datetime_local,
         local::DATE AS delivery_date,
         (hour(local) + 1)::INTEGER AS delivery_hour,
         'CAISO' AS iso, 'DA' AS market_type, 'da_energy_hourly' AS dataset,
         NODE AS settlement_location,
         id AS settlement_location_id,
         lmp_total, lmp_energy, lmp_congestion, lmp_loss, lmp_ghg,
         parse_filename(filename) AS source_file
  FROM stamped
  ORDER BY {order}
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
order = "start, NODE" if options.order == TIME_ORDER else "(local::DATE - DATE '1970-01-05') // 4, NODE, start"
components = ", ".join(f"max(MW) FILTER (LMP_TYPE = '{text}') AS {name}" for text, name in COMPONENTS.items())
connection.execute(QUERY.format(files=csv_files(options), columns=TYPES, components=components, order=order,
                                output=options.output, level=options.level))
finish(duckdb.__version__)
