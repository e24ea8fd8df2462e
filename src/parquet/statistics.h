/*
 * parquet/statistics.h - bounds of values, as headers, footers and indexes hold them.
 * Knows: bounds of one value's bytes.      Not: which values there are.
 * Source: apache/parquet-format, parquet.thrift, struct Statistics and union ColumnOrder.
 */
#ifndef GPQ_PARQUET_STATISTICS_H
#define GPQ_PARQUET_STATISTICS_H

#include "parquet/thrift_writer.h"

#define GPQ_BOUND_BYTES       256 /* texts up to this length are their own bounds; longer ones are cut */
#define GPQ_BOUND_INDEX_BYTES 64  /* the same in a column index, which holds two a page */

/* PLAIN bytes of a value that nothing is below (or above). */
struct gpq_bound {
	uint32_t len;
	bool exact; /* the value itself occurs */
	uint8_t bytes[GPQ_BOUND_BYTES];
};

/* The least text of at most 'limit' bytes that is not below (upper) or the greatest that is not above (lower) what
 * 'text' sorts as, cut between characters. False: there is no such upper bound. */
bool gpq_bound_text(struct gpq_text text, bool upper, uint32_t limit, struct gpq_bound *out);

/* A zero counts as -0.0 below and as +0.0 above (union ColumnOrder). */
void gpq_bound_double(double number, bool upper, struct gpq_bound *out);

/* A word of 'width' bytes: 1 (BOOLEAN), 4 or 8. */
void gpq_bound_word(int64_t word, size_t width, struct gpq_bound *out);

/* Bytes order of two bounds, unsigned: texts only. */
int gpq_bound_compare(const struct gpq_bound *a, const struct gpq_bound *b);

struct gpq_statistics_facts {
	const struct gpq_bound *min, *max; /* NULL: all values are null, or there is no such bound */
	uint64_t nulls;
	int64_t distinct; /* GPQ_ABSENT: not known exactly */
	bool is_double;   /* says that there is no NaN */
};

/* gpq_statistics_put() writes a Statistics struct as field 'id'. */
void gpq_statistics_put(struct gpq_thrift_writer *writer, int16_t id, const struct gpq_statistics_facts *facts);

#endif
