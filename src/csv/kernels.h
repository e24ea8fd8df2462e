/*
 * csv/kernels.h - the scanning loops, one set for each instruction set.
 * Knows: bytes, quotes, delimiters, line ends.      Not: who asks, budgets.
 *
 * All sets give the same results for all bytes; they read up to GPQ_CSV_PADDING bytes behind 'len' and ignore them.
 */
#ifndef GPQ_CSV_KERNELS_H
#define GPQ_CSV_KERNELS_H

#include "csv/scan.h"

/* A piece ends behind the record that reaches this many fields: 128 KiB of ends and some 256 KiB of text. */
#define GPQ_CSV_PIECE_ENDS 32768

/* One 64-byte block may bring 64 ends after the last check; stores are whole vectors, so they write up to 64 more. */
#define GPQ_CSV_ENDS_CAP    (GPQ_CSV_MAX_FIELDS + 128)
#define GPQ_CSV_RECORDS_CAP (GPQ_CSV_PIECE_ENDS + 128)

/* A quote-free walk is looked at for quotes this often, so that a text full of them is not read twice. */
#define GPQ_CSV_STRETCH_BYTES ((size_t)4 << 10)

/* What a walk over the quotes saw. */
struct gpq_csv_seen {
	size_t end;     /* behind the last record end, 0 if there is none */
	uint32_t lines; /* LFs before 'end' */
	bool inside;    /* the last byte stands in a quoted field */
	struct gpq_csv_traits traits;
};

struct gpq_csv_kernels {
	/* Indexes a piece as gpq_csv_scan() says; 'out' holds the arrays, of the caps above. */
	size_t (*scan)(const uint8_t *bytes, size_t len, struct gpq_csv_index *out);

	/* Counts LFs, all of them, and tells the traits; false, with '*out' untouched, if there is a quote. 'end' stays 0. */
	bool (*count)(const uint8_t *bytes, size_t len, struct gpq_csv_seen *out);

	/* Finds the last record end among quotes. */
	struct gpq_csv_seen (*walk)(const uint8_t *bytes, size_t len);

	/* Compares a column's texts as gpq_csv_match() says. */
	uint32_t (*match)(const struct gpq_text_column *column, const char *expected, const uint32_t *at, uint32_t step);
};

extern const struct gpq_csv_kernels gpq_csv_kernels_scalar;
#if defined(__x86_64__)
extern const struct gpq_csv_kernels gpq_csv_kernels_avx2;
extern const struct gpq_csv_kernels gpq_csv_kernels_avx512;
#endif

/* gpq_csv_kernels_pick() gives the widest set that 'cpu_features' allows. */
struct gpq_csv_kernels gpq_csv_kernels_pick(uint32_t cpu_features);

#endif
