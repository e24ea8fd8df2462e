# SPDX-License-Identifier: MIT
"""
MISO's wide lines with DuckDB: components joined line by line while the hours still stand across, which is the cheapest
place; ordered as lines where the order asked for allows it, hours then laid out one below the other.
"""
import duckdb

from task import TIME_ORDER, csv_files, finish, options_read

HOURS = range(1, 25)
TYPES = dict.fromkeys(["Node", "Type", "Value"], "VARCHAR") | {f"HE {hour}": "DOUBLE" for hour in HOURS}
LINES = """
CREATE TEMP TABLE lines AS
SELECT Node, Type, Value, {hours}, strptime(parse_filename(filename)[1:8], '%Y%m%d')::DATE AS day,
       parse_filename(filename) AS source_file
FROM read_csv({files}, auto_detect = false, header = true, skip = 4, delim = ',', quote = '"', escape = '"',
              new_line = '\\r\\n', columns = {columns}, filename = true)
"""
JOINED = """
CREATE TEMP TABLE joined AS
SELECT a.Node, a.Type, a.day, a.source_file, {total} AS total, {congestion} AS congestion, {loss} AS loss
FROM lines a LEFT JOIN lines b ON a.Node = b.Node AND a.day = b.day AND b.Value = 'MCC'
             LEFT JOIN lines c ON a.Node = c.Node AND a.day = c.day AND c.Value = 'MLC'
WHERE a.Value = 'LMP'
"""
ROWS = """
COPY (
  WITH hourly AS (
    SELECT Node, Type, day, source_file, unnest(total) AS total, unnest(congestion) AS congestion, unnest(loss) AS loss,
           unnest(range(24)) AS hour
    FROM {joined}
  ), stamped AS (SELECT *, day + to_hours(hour) AS local FROM hourly)
  SELECT timezone('UTC', local + INTERVAL 5 HOUR) AS datetime_utc,
         timezone('UTC', local + INTERVAL 6 HOUR) AS interval_end_utc,
         local AS datetime_local,
         day AS delivery_date,
         (hour + 1)::INTEGER AS delivery_hour,
         'MISO' AS iso, 'RT' AS market_type, 'rt_energy_hourly' AS dataset,
         Node AS settlement_location,
         Type AS settlement_location_type,
         total AS lmp_total,
         round(total - congestion - loss, 2) AS lmp_energy,
         congestion AS lmp_congestion,
         loss AS lmp_loss,
         'final' AS finality,
         source_file
  FROM stamped {order}
) TO '{output}' (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL {level})
"""


def hours_list(table):
    return "[" + ", ".join(f"{table}.hour_{hour}" for hour in HOURS) + "]"


options = options_read()
connection = duckdb.connect()
connection.execute(f"SET threads = {options.threads}")
connection.execute(f"SET temp_directory = '{options.output}.spill'")
if options.memory:
    connection.execute(f"SET memory_limit = '{options.memory}'")
connection.execute(LINES.format(files=csv_files(options), columns=TYPES,
                                hours=", ".join(f'"HE {hour}" AS hour_{hour}' for hour in HOURS)))
connection.execute(JOINED.format(total=hours_list("a"), congestion=hours_list("b"), loss=hours_list("c")))
connection.execute("DROP TABLE lines")
if options.order == TIME_ORDER:
    connection.execute("SET preserve_insertion_order = false")
    joined, order = "joined", "ORDER BY day, hour, Node"
else:  # 24 rows of one line stay together: their order is that of the lines
    joined, order = "(FROM joined ORDER BY (day - DATE '1970-01-05') // 7, Node, day)", ""
connection.execute(ROWS.format(joined=joined, order=order, output=options.output, level=options.level))
finish(duckdb.__version__)
