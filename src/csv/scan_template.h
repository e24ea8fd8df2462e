/*
 * csv/scan_template.h - the scanning loops once, over the primitives of one simd_<isa>.h that is included before.
 *
 * Bytes are looked at in blocks of 64, one bit a byte, bit 0 first. A byte is 'inside' when it stands in a quoted
 * field; were every quote special, inside would be the running parity (prefix xor) of the quotes (Langdale and Lemire,
 * "Parsing Gigabytes of JSON per Second", 2019). Here a quote opens only at a field's start or right behind the quote
 * that closed (""), so the parity is checked against that: the first opening quote in any other place is a byte like
 * others, and so are those behind it up to the next separator, where its field ends. They are taken out and the parity
 * is computed again. All bits before the first wrong quote are right, so each round settles at least one field.
 */
#ifndef GPQ_CSV_SCAN_TEMPLATE_H
#define GPQ_CSV_SCAN_TEMPLATE_H

#include "csv/kernels.h"

#include <string.h>

#ifndef GPQ_CSV_TARGET
#include "csv/simd_scalar.h"
#endif

#define BLOCK_BYTES 64

/* What one block hands to the next; 'inside' is 0 or all ones, the others 0 or 1. */
struct quote_state {
	uint64_t inside, at_start, after_close;
};

/* What a block with quotes (or begun inside) comes to. */
struct quote_block {
	uint64_t inside;  /* also the opening quote, not the closing one */
	uint64_t opening; /* quotes that begin a field; also the second of two, behind such a one */
};

static inline GPQ_CSV_TARGET struct quote_block quotes_follow(struct quote_state *state, uint64_t separators,
							      uint64_t quotes)
{
	uint64_t inside, starts, opening, closing;
	for (;;) {
		inside = bits_prefix_xor(quotes) ^ state->inside;
		starts = (separators & ~inside) << 1 | state->at_start;
		opening = quotes & inside;
		closing = quotes & ~inside;
		uint64_t stray = opening & ~(starts | closing << 1 | state->after_close);
		if (GPQ_LIKELY(!stray))
			break;
		uint64_t first = stray & -stray;
		uint64_t behind = separators & -first;
		/* No separator behind: 'next' is 0 and the difference covers the rest of the block. */
		uint64_t next = behind & -behind;
		quotes &= ~(next - first);
	}
	state->inside = 0 - (inside >> 63);
	state->at_start = (separators & ~inside) >> 63;
	state->after_close = closing >> 63;
	return (struct quote_block){ .inside = inside, .opening = opening };
}

/* The bits of the bytes that count when 'left' bytes are left. */
static inline GPQ_CSV_TARGET uint64_t bits_valid(size_t left)
{
	return left < BLOCK_BYTES ? ((uint64_t)1 << left) - 1 : ~(uint64_t)0;
}

/* Stores, for each bit of 'line_ends', the number of fields up to it. Returns how many that were. */
static inline GPQ_CSV_TARGET uint32_t records_store(uint64_t line_ends, uint64_t ends, uint32_t n_ends, uint32_t *out)
{
	uint32_t count = bits_count(line_ends);
	/* Most blocks hold one line end or none: the first store needs no branch. */
	out[0] = n_ends + bits_count(ends & (line_ends ^ (line_ends - 1)));
	for (uint32_t i = 1; i < count; i++) {
		line_ends &= line_ends - 1;
		out[i] = n_ends + bits_count(ends & (line_ends ^ (line_ends - 1)));
	}
	return count;
}

/* Ends the piece behind its last whole record. Returns the bytes that it covers. */
static inline size_t piece_finish(struct gpq_csv_index *out, size_t len, bool at_end, uint32_t first_quote)
{
	size_t used = out->n_records ? (size_t)out->ends[out->records[out->n_records] - 1] + 1 : 0;
	if (at_end && used < len) {
		out->ends[out->n_ends++] = (uint32_t)len;
		out->records[++out->n_records] = out->n_ends;
		used = len;
	}
	if (out->n_records && out->records[1] > GPQ_CSV_MAX_FIELDS) {
		used = (size_t)out->ends[out->records[1] - 1] + 1;
		used = used < len ? used : len;
		out->n_records = 1;
		out->records[1] = GPQ_CSV_MAX_FIELDS;
	}
	out->n_ends = out->records[out->n_records];
	out->has_quotes = first_quote < used;
	return used;
}

static inline GPQ_CSV_TARGET size_t piece_scan(const uint8_t *bytes, size_t len, struct gpq_csv_index *out)
{
	struct quote_state state = { .at_start = 1 };
	uint32_t n_ends = 0, n_records = 0, first_quote = UINT32_MAX;
	uint32_t *const out_ends = out->ends, *const out_records = out->records;
	size_t off = 0;
	out_records[0] = 0;
	for (; off < len; off += BLOCK_BYTES) {
		if (GPQ_UNLIKELY(n_ends >= GPQ_CSV_PIECE_ENDS)) {
			if (n_records)
				break;
			/* A record beyond the limit: the ends behind it are written over until it ends. */
			if (n_ends > GPQ_CSV_MAX_FIELDS)
				n_ends = GPQ_CSV_MAX_FIELDS;
		}
		struct block block = block_load(bytes + off);
		uint64_t valid = bits_valid(len - off);
		uint64_t line_ends = block_find(block, '\n') & valid;
		uint64_t ends = line_ends | (block_find(block, ',') & valid);
		uint64_t quotes = block_find(block, '"') & valid;
		if (GPQ_LIKELY(!(quotes | state.inside))) {
			state.at_start = ends >> 63;
			state.after_close = 0;
		} else {
			struct quote_block seen = quotes_follow(&state, ends, quotes);
			ends &= ~seen.inside;
			line_ends &= ~seen.inside;
			if (GPQ_UNLIKELY(seen.opening && first_quote == UINT32_MAX))
				first_quote = (uint32_t)off + bits_first(seen.opening);
		}
		n_records += records_store(line_ends, ends, n_ends, out_records + n_records + 1);
		n_ends += bits_store(ends, (uint32_t)off, out_ends + n_ends);
	}
	out->n_ends = n_ends;
	out->n_records = n_records;
	return piece_finish(out, len, off >= len, first_quote);
}

/* A block for the last bytes: copied to 'room', with filling that is no byte that anybody looks for. */
static inline GPQ_CSV_TARGET struct block block_load_rest(const uint8_t *bytes, size_t len, uint8_t room[BLOCK_BYTES])
{
	memset(room, 'x', BLOCK_BYTES);
	memcpy(room, bytes, len);
	return block_load(room);
}

/* Both passes keep the blocks' sums instead of looking for NULs and high bytes in each. */
static inline GPQ_CSV_TARGET struct gpq_csv_traits traits_of(struct sums sums, bool quotes)
{
	return (struct gpq_csv_traits){ .quotes = quotes, .nuls = sums_nul(sums), .high = sums_high(sums) };
}

static inline GPQ_CSV_TARGET bool lines_count(const uint8_t *bytes, size_t len, struct gpq_csv_seen *out)
{
	uint8_t room[BLOCK_BYTES];
	struct sums sums = sums_none();
	uint32_t lines = 0;
	for (size_t off = 0; off < len;) {
		size_t to = len - off < GPQ_CSV_STRETCH_BYTES ? len : off + GPQ_CSV_STRETCH_BYTES;
		uint64_t quotes = 0;
		for (; off < to; off += BLOCK_BYTES) {
			struct block block = GPQ_LIKELY(len - off >= BLOCK_BYTES)
			                             ? block_load(bytes + off)
			                             : block_load_rest(bytes + off, len - off, room);
			lines += bits_count(block_find(block, '\n'));
			quotes |= block_find(block, '"');
			sums = sums_add(sums, block);
		}
		if (quotes)
			return false;
	}
	*out = (struct gpq_csv_seen){ .lines = lines, .traits = traits_of(sums, false) };
	return true;
}

static inline GPQ_CSV_TARGET struct gpq_csv_seen records_walk(const uint8_t *bytes, size_t len)
{
	uint8_t room[BLOCK_BYTES];
	struct quote_state state = { .at_start = 1 };
	struct gpq_csv_seen seen = { 0 };
	struct sums sums = sums_none();
	uint64_t any_quotes = 0;
	uint32_t lines = 0; /* in the blocks before this one, inside quotes or not */
	for (size_t off = 0; off < len; off += BLOCK_BYTES) {
		struct block block = GPQ_LIKELY(len - off >= BLOCK_BYTES) ? block_load(bytes + off)
		                                                         : block_load_rest(bytes + off, len - off, room);
		uint64_t all_lines = block_find(block, '\n');
		uint64_t separators = all_lines | block_find(block, ',');
		uint64_t quotes = block_find(block, '"');
		uint64_t line_ends = all_lines;
		sums = sums_add(sums, block);
		any_quotes |= quotes;
		if (GPQ_LIKELY(!(quotes | state.inside))) {
			state.at_start = separators >> 63;
			state.after_close = 0;
		} else {
			line_ends &= ~quotes_follow(&state, separators, quotes).inside;
		}
		if (line_ends) {
			uint32_t last = bits_last(line_ends);
			seen.end = off + last + 1;
			seen.lines = lines + bits_count(all_lines & bits_valid(last + 1));
		}
		lines += bits_count(all_lines);
	}
	seen.inside = state.inside != 0;
	seen.traits = traits_of(sums, any_quotes != 0);
	return seen;
}

/* Most texts are some tens of bytes: one comparison of a block without a branch on the length. */
static inline GPQ_CSV_TARGET uint32_t texts_match(const struct gpq_text_column *column, const char *expected,
						  const uint32_t *at, uint32_t step)
{
	const char *const bytes = column->bytes;
	const uint32_t *end = column->ends;
	const size_t stride = column->stride, width = column->width;
	uint32_t i = 0;
	for (; i < column->count; i++, end += stride, at += step) {
		uint32_t begin = *(end - width) + 1, len = *end - begin;
		if (len != at[1] - at[0])
			break;
		const char *text = bytes + begin, *other = expected + at[0];
		if (GPQ_LIKELY(len <= BLOCK_BYTES) ? !bytes_equal(text, other, len) : memcmp(text, other, len) != 0)
			break;
	}
	return i;
}

#endif
