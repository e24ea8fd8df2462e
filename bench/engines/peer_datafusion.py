# SPDX-License-Identifier: MIT
"""The ordered conversion with DataFusion: one COPY; the file's name is a partition column, given by a folder a file."""
import glob
import os

import datafusion
from datafusion import RuntimeEnvBuilder, SessionConfig, SessionContext

from task import HEADER, TIME_ORDER, finish, options_read

TYPES = dict.fromkeys(HEADER, "VARCHAR") | dict.fromkeys(HEADER[8:12], "DOUBLE") | {"version_nbr": "INT"}

TABLE = """
CREATE EXTERNAL TABLE lines ({columns}, source_file VARCHAR) STORED AS CSV PARTITIONED BY (source_file)
LOCATION '{folder}/' OPTIONS ('format.has_header' 'true')
"""

QUERY = """
COPY (
  WITH stamped AS (
    SELECT *, arrow_cast(to_timestamp_micros(datetime_beginning_utc, '%m/%d/%Y %I:%M:%S %p'),
                         'Timestamp(Microsecond, Some("UTC"))') AS utc
    FROM lines
  ), placed AS (
    SELECT *, to_local_time(arrow_cast(utc, 'Timestamp(Microsecond, Some("America/New_York"))')) AS local FROM stamped
  )
  SELECT utc AS datetime_utc,
         utc + INTERVAL '1 hour' AS interval_end_utc,
         local AS datetime_local,
         local::DATE AS delivery_date,
         date_part('hour', local) + 1 AS delivery_hour,
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
         source_file
  FROM placed
  ORDER BY {order}
) TO '{output}' STORED AS PARQUET OPTIONS ('compression' 'zstd({level})')
"""


def partitions_make(options):
    """One folder a file, named source_file=NAME, with a hard link: how DataFusion tells which file a row is from."""
    folder = options.input.rstrip("/") + ".partitions"
    for path in glob.glob(os.path.join(options.input, "*.csv")):
        name = os.path.basename(path)
        link = os.path.join(folder, f"source_file={name}", name)
        if not os.path.exists(link) or not os.path.samefile(link, path):
            os.makedirs(os.path.dirname(link), exist_ok=True)
            if os.path.exists(link):
                os.unlink(link)
            os.link(path, link)
    return folder


options = options_read()
config = SessionConfig().with_target_partitions(options.threads)
runtime = RuntimeEnvBuilder().with_disk_manager_os()
if options.memory:
    runtime = runtime.with_fair_spill_pool(int(options.memory.removesuffix("MB")) * 1_000_000)
context = SessionContext(config, runtime)
columns = ", ".join(f"{name} {kind}" for name, kind in TYPES.items())
context.sql(TABLE.format(columns=columns, folder=partitions_make(options)))
week = "(date_part('epoch', local::DATE)::BIGINT / 86400 - 4) / 7"  # 1970-01-05 is day 4
order = "utc, pnode_name" if options.order == TIME_ORDER else \
    f"{week}, pnode_name, {'pnode_id, ' if options.full_key else ''}utc"
context.sql(QUERY.format(order=order, output=options.output, level=options.level)).collect()
finish(datafusion.__version__)
