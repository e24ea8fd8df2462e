# SPDX-License-Identifier: MIT
"""
The rows of a file that gridpq wrote, in blocks of another length, by PyArrow: reblock.py SOURCE DAYS TARGET. A row group is
one block of delivery dates counted from Monday 1970-01-05, ordered by (settlement_location, datetime_utc), as gridpq's;
prices are BYTE_STREAM_SPLIT, all else dictionaries, zstd 1, pages of 20,000 rows. Only the block length differs.
"""
import sys

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

PRICES = ["lmp_total", "lmp_congestion", "lmp_loss"]
NEVER_LISTED = PRICES + ["lmp_ghg", "is_current", "finality"]
MONDAY_DAYS = 4

source, days, target = sys.argv[1], int(sys.argv[2]), sys.argv[3]
pa.set_cpu_count(2)
schema = pq.read_schema(source).remove_metadata()
texts = [field.name for field in schema if pa.types.is_string(field.type)]
rows = pq.read_table(source, read_dictionary=texts).unify_dictionaries()

names = rows["settlement_location"].combine_chunks()
places = pc.rank(names.dictionary, tiebreaker="dense").to_numpy()[names.indices.to_numpy()]
blocks = (rows["delivery_date"].cast(pa.int32()).to_numpy() - MONDAY_DAYS) // days
order = np.lexsort((rows["datetime_utc"].cast(pa.int64()).to_numpy(), places, blocks))
ends = [0, *np.flatnonzero(np.diff(blocks[order])) + 1, len(order)]

listed = [name for name in schema.names if name not in NEVER_LISTED]
encodings = dict.fromkeys(PRICES, "BYTE_STREAM_SPLIT") | dict.fromkeys(["lmp_ghg", "finality"], "PLAIN")
with pq.ParquetWriter(target, schema, compression="zstd", compression_level=1, use_dictionary=listed,
                      column_encoding=encodings, data_page_size=1 << 20, max_rows_per_page=20_000, write_page_index=True,
                      store_schema=False) as writer:
    for begin, end in zip(ends, ends[1:]):
        writer.write_table(rows.take(pa.array(order[begin:end])).cast(schema), row_group_size=end - begin)
