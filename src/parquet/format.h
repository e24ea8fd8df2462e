/*
 * parquet/format.h - numbers of the Parquet format that only the writing half and the codecs need; the rest is in
 * metadata.h. Source: apache/parquet-format, src/main/thrift/parquet.thrift.
 */
#ifndef GPQ_PARQUET_FORMAT_H
#define GPQ_PARQUET_FORMAT_H

#include "parquet/metadata.h"

#define GPQ_PARQUET_MAGIC       "PAR1"
#define GPQ_PARQUET_MAGIC_BYTES 4

enum gpq_converted { /* enum ConvertedType */
		     GPQ_CONVERTED_NONE = -1,
		     GPQ_CONVERTED_UTF8 = 0,
		     GPQ_CONVERTED_DATE = 6,
		     GPQ_CONVERTED_TIMESTAMP_MICROS = 10,
};

enum gpq_compression { /* enum CompressionCodec */
		       GPQ_COMPRESSION_UNCOMPRESSED = 0,
		       GPQ_COMPRESSION_SNAPPY = 1,
		       GPQ_COMPRESSION_GZIP = 2,
		       GPQ_COMPRESSION_LZ4_HADOOP = 5, /* deprecated, and not what anyone should write */
		       GPQ_COMPRESSION_ZSTD = 6,
		       GPQ_COMPRESSION_LZ4_RAW = 7,
};

#endif
