/*
 * csv/scan.h - find field and record ends in a block of CSV bytes.
 * Knows: bytes, quotes, delimiters, fields, records.      Not: column names, types, files.
 *
 * Rules (RFC 4180, with what real files do): a quote is special only as the first byte of a field; inside such a field
 * "" is a quote and delimiters and newlines are content; bytes between the closing quote and the next delimiter are
 * kept as they are. Anywhere else a quote is a byte like others. LF ends a record; a CR before it belongs to the line
 * end. All kernels give the same index for the same bytes, whatever they are.
 *
 * Call order: open -> scan* -> close.      Memory: gpq_csv_scan_need(), taken once at open.
 */
#ifndef GPQ_CSV_SCAN_H
#define GPQ_CSV_SCAN_H

#include "base/budget.h"
#include "table/text.h"

#define GPQ_CSV_MAX_RECORD_BYTES ((size_t)1 << 20)
#define GPQ_CSV_MAX_FIELDS       65535

/* Blocks must be followed by this many readable bytes, whose content does not matter. */
#define GPQ_CSV_PADDING 64

/*
 * What a scan found. Field i of the block ends before byte ends[i], where a delimiter, an LF or the block's end stands.
 * Record r holds the fields [records[r], records[r + 1]); records[n_records] == n_ends. ends[-1] is UINT32_MAX, so that
 * field i begins at ends[i - 1] + 1 for each i.
 */
struct gpq_csv_index {
	uint32_t *ends;
	uint32_t *records;
	uint32_t n_ends, n_records;
	bool has_quotes; /* some field begins with a quote */
};

struct gpq_csv_scanner;

size_t gpq_csv_scan_need(void);

/* gpq_csv_scanner_open() makes a scanner that uses the widest kernel in 'cpu_features' (cpu/features.h). Owner: caller.
 * Errors: GPQ_E_BUDGET.  Threads: one scanner, one thread. */
GPQ_MUST_USE enum gpq_status gpq_csv_scanner_open(struct gpq_budget *budget, uint32_t cpu_features,
						  struct gpq_csv_scanner **out, struct gpq_error *err);
void gpq_csv_scanner_close(struct gpq_csv_scanner *scanner);

/*
 * gpq_csv_scan() indexes as many whole records of 'bytes' as a piece holds (some ten thousand fields, so that the index
 * stays in cache) and returns how many bytes those are; call again behind them until 'len' is used up.
 *   bytes   begins at a record's start; 'len' (below 4 GiB) ends at a record's end (see gpq_csv_cut()), the last
 *           newline may be missing; a quoted field that is still open there ends there
 *   out     borrowed until the next scan; offsets count from 'bytes'
 * A record of more than GPQ_CSV_MAX_FIELDS fields comes back alone with n_ends cut to that many.
 */
size_t gpq_csv_scan(struct gpq_csv_scanner *scanner, const uint8_t *bytes, size_t len, struct gpq_csv_index *out);

/* The bytes of field 'field' (index into ends) of record 'record': without line end, quotes still on. */
static inline struct gpq_text gpq_csv_field(const struct gpq_csv_index *index, const uint8_t *bytes, uint32_t record,
					    uint32_t field)
{
	uint32_t begin = *(index->ends + field - 1) + 1;
	uint32_t end = index->ends[field];
	if (field + 1 == index->records[record + 1] && end > begin && bytes[end - 1] == '\r')
		end--;
	return (struct gpq_text){ (const char *)bytes + begin, end - begin };
}

/*
 * gpq_csv_match() says how many of the column's texts, from the first on, are those expected: text i is
 * [at[i * step], at[i * step + 1]) of 'expected'. GPQ_CSV_PADDING readable bytes follow both.
 */
uint32_t gpq_csv_match(const struct gpq_csv_scanner *scanner, const struct gpq_text_column *column, const char *expected,
		       const uint32_t *at, uint32_t step);

/* gpq_csv_unquote() gives the content of a field that begins with a quote; uses 'scratch' ('cap' bytes, at least
 * field.len) where "" must become ". A field without a quote in front comes back as it is. */
struct gpq_text gpq_csv_unquote(struct gpq_text field, char *scratch, size_t cap);

/* What gpq_csv_cut() saw. */
enum gpq_csv_cut_kind {
	GPQ_CUT_RECORDS, /* the first 'len' bytes are whole records */
	GPQ_CUT_MORE,    /* not one whole record: read more */
	GPQ_CUT_QUOTE,   /* the first record's quote does not close within the bytes: 'len' is its first line */
	GPQ_CUT_LONG,    /* the first record has no end in sight, too long to wait for: 'len' is all of the bytes */
};

/* What kinds of bytes there are. Where one is said not to be, nobody need look for it. */
struct gpq_csv_traits {
	bool quotes, nuls;
	bool high; /* bytes from 0x80 on: without them, text is ASCII */
};

struct gpq_csv_cut {
	enum gpq_csv_cut_kind kind;
	size_t len;
	uint32_t lines; /* line ends (LF) within the first 'len' bytes; a last line without one counts */
	struct gpq_csv_traits traits; /* of all bytes that were looked at, also those behind 'len' */
};

/*
 * gpq_csv_cut() says how much of 'bytes', which begins at a record's start, is whole records.
 *   full   the caller's buffer holds no more: a record that does not end must be given up
 *   last   the input ends here: a last record without a newline is whole
 * More than GPQ_CSV_MAX_RECORD_BYTES without a record's end count as 'full'. Whole records in front come first; only
 * then is a record given up. All that it tells is found in one pass over the bytes, two where there are quotes.
 */
struct gpq_csv_cut gpq_csv_cut(const uint8_t *bytes, size_t len, bool full, bool last, uint32_t cpu_features);

#endif
