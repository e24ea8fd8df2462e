# SPDX-License-Identifier: MIT
"""The ordered conversion with PyArrow: files read with explicit types (text as dictionaries), sorted by whole numbers."""
import os
from concurrent.futures import ThreadPoolExecutor

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as csv
import pyarrow.parquet as pq

from task import HEADER, TIME_ORDER, csv_files, finish, options_read

WORD = pa.dictionary(pa.int32(), pa.string())
HOUR_US = 3_600_000_000
MONDAY_DAYS = 4  # 1970-01-05, a Monday
READ = ["datetime_beginning_utc"] + HEADER[2:5] + HEADER[6:12] + ["version_nbr"]
TYPES = dict.fromkeys(["datetime_beginning_utc", "pnode_id", "pnode_name", "voltage", "type", "zone"], WORD)
TYPES |= {"version_nbr": pa.int32()}
TYPES |= dict.fromkeys(HEADER[8:12], pa.float64())
CONVERT = csv.ConvertOptions(column_types=TYPES, include_columns=READ, strings_can_be_null=True, null_values=[""])
STAMP = "%m/%d/%Y %I:%M:%S %p"


def constant(text, rows):
    return pa.DictionaryArray.from_arrays(pa.repeat(pa.scalar(0, pa.int32()), rows), pa.array([text]))


def distinct_map(column, convert):
    """Converts the distinct texts of a column and takes the results by index."""
    column = column.combine_chunks()
    return convert(column.dictionary).take(column.indices)


def instants(texts):
    return pc.assume_timezone(pc.strptime(texts, STAMP, "us"), "UTC")


def kilovolts(texts):
    return pc.replace_substring(texts, " KV", "").cast(pa.float64())


def file_read(path):
    lines = csv.read_csv(path, csv.ReadOptions(use_threads=False), convert_options=CONVERT).unify_dictionaries()
    utc = distinct_map(lines["datetime_beginning_utc"], instants)
    local = pc.local_timestamp(utc.cast(pa.timestamp("us", "America/New_York")))
    rows = len(lines)
    columns = {
        "datetime_utc": utc,
        "interval_end_utc": pc.add(utc, pa.scalar(HOUR_US, pa.duration("us"))),
        "datetime_local": local,
        "delivery_date": local.cast(pa.date32(), safe=False),
        "delivery_hour": pc.add(pc.hour(local), 1).cast(pa.int32()),
        "iso": constant("PJM", rows), "market_type": constant("DA", rows),
        "dataset": constant("da_energy_hourly", rows),
        "settlement_location": lines["pnode_name"],
        "settlement_location_id": lines["pnode_id"],
        "settlement_location_type": lines["type"],
        "zone": lines["zone"],
        "voltage_kv": distinct_map(lines["voltage"], kilovolts),
        "lmp_total": lines["total_lmp_da"],
        "lmp_energy": lines["system_energy_price_da"],
        "lmp_congestion": lines["congestion_price_da"],
        "lmp_loss": lines["marginal_loss_price_da"],
        "version": lines["version_nbr"],
        "source_file": constant(os.path.basename(path), rows),
    }
    return pa.table(columns)


def rank(texts):
    """The place of each text among all: equal texts have equal places, order is that of bytes."""
    return pc.rank(texts, tiebreaker="dense").cast(pa.int32())


options = options_read()
pa.set_cpu_count(options.threads)
with ThreadPoolExecutor(options.threads) as pool:
    table = pa.concat_tables(pool.map(file_read, csv_files(options))).unify_dictionaries()
keys = {"location": distinct_map(table["settlement_location"], rank), "instant": table["datetime_utc"]}
if options.order == TIME_ORDER:
    order = ["instant", "location"]
else:
    days = table["delivery_date"].cast(pa.int32())
    keys["block"] = pc.divide(pc.subtract(days, MONDAY_DAYS), 7)
    order = ["block", "location"]
    if options.full_key:
        keys["id"] = distinct_map(table["settlement_location_id"], rank)
        order.append("id")
    order.append("instant")
indices = pc.sort_indices(pa.table(keys), sort_keys=[(key, "ascending") for key in order])
keys = None
with pq.ParquetWriter(options.output, table.schema, compression="zstd", compression_level=options.level,
                      store_schema=False) as writer:
    for begin in range(0, len(indices), 1 << 20):  # gathers as much as a row group at a time
        writer.write_table(table.take(indices.slice(begin, 1 << 20)))
finish(pa.__version__)
