/*
 * csv_naive.h - the rules of csv/scan.h, byte by byte, to compare with. Written from the rules, not from the kernels.
 */
#ifndef GPQ_TESTS_CSV_NAIVE_H
#define GPQ_TESTS_CSV_NAIVE_H

#include "cpu/features.h"
#include "csv/scan.h"

#include <stdlib.h>

enum naive_place { NAIVE_START, NAIVE_PLAIN, NAIVE_QUOTED, NAIVE_QUOTE_IN_QUOTED };

/* Where the machine stands behind 'byte'; 'out_end' says whether the byte ends a field. */
static inline enum naive_place naive_step(enum naive_place place, uint8_t byte, bool *out_end)
{
	*out_end = false;
	if (place == NAIVE_QUOTED)
		return byte == '"' ? NAIVE_QUOTE_IN_QUOTED : NAIVE_QUOTED;
	if (byte == '"' && place == NAIVE_QUOTE_IN_QUOTED)
		return NAIVE_QUOTED;
	if (byte == '"' && place == NAIVE_START)
		return NAIVE_QUOTED;
	if (byte == ',' || byte == '\n') {
		*out_end = true;
		return NAIVE_START;
	}
	return NAIVE_PLAIN;
}

/* All fields of a text: where they begin and end (before the separator), and whether they are a record's last. */
struct naive_field {
	size_t begin, end;
	bool is_last;
};

struct naive_text {
	struct naive_field *fields;
	size_t n_fields;
};

static inline struct naive_text naive_read(const uint8_t *bytes, size_t len)
{
	struct naive_text text = { malloc((len + 1) * sizeof(struct naive_field)), 0 };
	enum naive_place place = NAIVE_START;
	size_t begin = 0;
	bool in_record = false;
	for (size_t i = 0; i < len; i++) {
		bool end;
		place = naive_step(place, bytes[i], &end);
		in_record = true;
		if (end) {
			text.fields[text.n_fields++] = (struct naive_field){ begin, i, bytes[i] == '\n' };
			begin = i + 1;
			in_record = bytes[i] != '\n';
		}
	}
	if (in_record)
		text.fields[text.n_fields++] = (struct naive_field){ begin, len, true };
	return text;
}

/* gpq_csv_cut() as its description says. */
static inline struct gpq_csv_cut naive_cut(const uint8_t *bytes, size_t len, bool full, bool last)
{
	enum naive_place place = NAIVE_START;
	struct gpq_csv_traits traits = { 0 };
	size_t end = 0, first_line = 0;
	uint32_t lines = 0, lines_at_end = 0;
	for (size_t i = 0; i < len; i++) {
		bool ends;
		traits.quotes |= bytes[i] == '"';
		traits.nuls |= bytes[i] == 0;
		traits.high |= bytes[i] >= 0x80;
		place = naive_step(place, bytes[i], &ends);
		if (bytes[i] != '\n')
			continue;
		lines++;
		if (!first_line)
			first_line = i + 1;
		if (ends) {
			end = i + 1;
			lines_at_end = lines;
		}
	}
	if (last && place != NAIVE_QUOTED)
		return (struct gpq_csv_cut){ GPQ_CUT_RECORDS, len, lines + (end < len), traits };
	if (end)
		return (struct gpq_csv_cut){ GPQ_CUT_RECORDS, end, lines_at_end, traits };
	if (len == 0 || (!full && !last && len <= GPQ_CSV_MAX_RECORD_BYTES))
		return (struct gpq_csv_cut){ GPQ_CUT_MORE, 0, 0, traits };
	if (place == NAIVE_QUOTED && first_line)
		return (struct gpq_csv_cut){ GPQ_CUT_QUOTE, first_line, 1, traits };
	if (place == NAIVE_QUOTED && last)
		return (struct gpq_csv_cut){ GPQ_CUT_QUOTE, len, 1, traits };
	return (struct gpq_csv_cut){ GPQ_CUT_LONG, len, lines, traits };
}

static inline bool naive_traits_equal(struct gpq_csv_traits a, struct gpq_csv_traits b)
{
	return a.quotes == b.quotes && a.nuls == b.nuls && a.high == b.high;
}

/* Compares one piece, scanned at 'off' of 'bytes', with the fields from '*field' on, and moves '*field' behind it.
 * Returns NULL or what differs. */
static inline const char *naive_piece_differs(const struct naive_text *text, size_t *field, size_t off, size_t used,
					      const struct gpq_csv_index *index)
{
	uint32_t record = 0;
	if (index->n_records == 0 || index->records[0] != 0 || index->records[index->n_records] != index->n_ends)
		return "records do not span the ends";
	for (uint32_t i = 0; i < index->n_ends; i++, ++*field) {
		if (*field >= text->n_fields)
			return "too many fields";
		if (off + index->ends[i] != text->fields[*field].end)
			return "a field ends elsewhere";
		if ((i + 1 == index->records[record + 1]) != text->fields[*field].is_last)
			return "a record ends elsewhere";
		record += text->fields[*field].is_last;
	}
	if (record != index->n_records)
		return "another number of records";
	if (*field < text->n_fields && off + used != text->fields[*field].begin)
		return "a piece ends elsewhere";
	return NULL;
}

static inline bool naive_has_quotes(const struct naive_text *text, const uint8_t *bytes, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++)
		if (text->fields[i].end > text->fields[i].begin && bytes[text->fields[i].begin] == '"')
			return true;
	return false;
}

/* Scans all of 'bytes' with 'scanner' and compares. Returns NULL or what differs. No record may pass the field limit.
 */
static inline const char *naive_scan_differs(struct gpq_csv_scanner *scanner, const struct naive_text *text,
					     const uint8_t *bytes, size_t len)
{
	size_t field = 0;
	for (size_t off = 0, used; off < len; off += used) {
		struct gpq_csv_index index;
		size_t first = field;
		used = gpq_csv_scan(scanner, bytes + off, len - off, &index);
		if (used == 0 || used > len - off)
			return "no progress";
		const char *differs = naive_piece_differs(text, &field, off, used, &index);
		if (differs)
			return differs;
		if (index.has_quotes != naive_has_quotes(text, bytes, first, field))
			return "has_quotes is wrong";
	}
	return field == text->n_fields ? NULL : "fields are missing";
}

#define NAIVE_LEVELS 3

static const uint32_t naive_levels[NAIVE_LEVELS] = { 0, GPQ_CPU_AVX2 | GPQ_CPU_BMI2, GPQ_CPU_ALL };
static const char *const naive_level_names[NAIVE_LEVELS] = { "scalar", "avx2", "avx512" };

#endif
