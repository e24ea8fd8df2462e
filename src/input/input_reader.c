// SPDX-License-Identifier: MIT
#include "input/input_reader.h"

#include "csv/scan.h"

/* Fresh bytes land at a multiple of this, behind what is carried: the kernel's copy and the hash like a cache line's begin. */
#define LINE_BYTES 64

size_t gpq_input_reader_need(void)
{
	return GPQ_CHUNK_ROOM_LONG + gpq_source_need();
}

size_t gpq_chunk_buffer_need(size_t room_bytes)
{
	return LINE_BYTES + room_bytes + GPQ_CSV_PADDING;
}

enum gpq_status gpq_chunk_buffer_init(struct gpq_chunk_buffer *buffer, struct gpq_budget *budget, size_t room_bytes,
                                      struct gpq_error *err)
{
	buffer->room_bytes = room_bytes;
	return gpq_alloc(budget, GPQ_TAG_CONVERT, gpq_chunk_buffer_need(room_bytes), &buffer->bytes, err);
}

void gpq_chunk_buffer_done(struct gpq_chunk_buffer *buffer, struct gpq_budget *budget)
{
	gpq_free(budget, GPQ_TAG_CONVERT, buffer->bytes, gpq_chunk_buffer_need(buffer->room_bytes));
	buffer->bytes = NULL;
}

enum gpq_status gpq_input_reader_init(struct gpq_input_reader *reader, struct gpq_budget *budget, uint32_t cpu_features,
                                      struct gpq_error *err)
{
	memset(reader, 0, sizeof(*reader));
	reader->budget = reader->opener.budget = budget;
	reader->cpu_features = cpu_features;
	return gpq_alloc(budget, GPQ_TAG_CONVERT, GPQ_CHUNK_ROOM_LONG, &reader->carry, err);
}

void gpq_input_reader_done(struct gpq_input_reader *reader)
{
	if (!reader->budget)
		return;
	gpq_input_reader_end(reader);
	gpq_member_opener_done(&reader->opener);
	gpq_free(reader->budget, GPQ_TAG_CONVERT, reader->carry, GPQ_CHUNK_ROOM_LONG);
	reader->carry = NULL;
}

enum gpq_status gpq_input_reader_begin(struct gpq_input_reader *reader, struct gpq_head *head,
                                       const struct gpq_known_input *input, uint32_t number, bool hash,
                                       struct gpq_error *err)
{
	struct gpq_first_bytes first;
	GPQ_TRY(gpq_member_source_open(&reader->opener, &input->address, hash, &reader->source, err));
	enum gpq_status status = gpq_head_bind(head, input, reader->source, &reader->facts, &first, err);
	if (status != GPQ_OK) {
		gpq_input_reader_end(reader);
		return status;
	}
	memcpy(reader->carry, first.bytes, first.len);
	reader->carry_len = first.len;
	reader->ended = first.all;
	reader->input = number;
	reader->byte = 0;
	reader->line = 1;
	reader->table = 0;
	reader->header_skipped = false;
	return GPQ_OK;
}

void gpq_input_reader_end(struct gpq_input_reader *reader)
{
	gpq_source_close(reader->source);
	reader->source = NULL;
}

static uint64_t lines_in(const uint8_t *bytes, size_t len)
{
	uint64_t lines = 0;
	const uint8_t *end = bytes + len;
	for (const uint8_t *at = bytes; at < end && (at = memchr(at, '\n', (size_t)(end - at))); at++)
		lines++;
	return lines;
}

/* Reads behind the '*len' bytes that are there. */
static enum gpq_status buffer_fill(struct gpq_input_reader *reader, uint8_t *bytes, size_t *len, struct gpq_error *err)
{
	size_t want = GPQ_CHUNK_ROOM_LONG - *len < GPQ_CHUNK_BYTES ? GPQ_CHUNK_ROOM_LONG - *len : GPQ_CHUNK_BYTES, got = 0;
	GPQ_TRY(gpq_source_read(reader->source, bytes + *len, want, &got, err));
	*len += got;
	if (got < want)
		reader->ended = true;
	return GPQ_OK;
}

/* The header of the table that comes now, and what stands above it, are counted by whoever opened the input. */
static void header_skip(struct gpq_input_reader *reader, uint8_t *bytes, size_t *len)
{
	size_t skip = reader->facts.tables[reader->table].data_byte - (size_t)reader->byte;
	skip = skip < *len ? skip : *len;
	reader->line += lines_in(bytes, skip);
	reader->byte += skip;
	*len -= skip;
	memmove(bytes, bytes + skip, *len);
	reader->header_skipped = true;
}

/* How many of 'len' bytes are of the table under way. */
static size_t table_len(const struct gpq_input_reader *reader, size_t len)
{
	const struct gpq_head_facts *facts = &reader->facts;
	if (reader->table + 1 >= facts->n_tables)
		return len;
	size_t left = facts->tables[reader->table + 1].first_byte - (size_t)reader->byte;
	return left < len ? left : len;
}

/* Before the table's records: its header; behind its last: the next table. */
static void table_find(struct gpq_input_reader *reader, uint8_t *bytes, size_t *len)
{
	if (!reader->header_skipped)
		header_skip(reader, bytes, len);
	while (reader->table + 1 < reader->facts.n_tables && !table_len(reader, *len)) {
		reader->table++;
		header_skip(reader, bytes, len);
	}
}

/* A line without an end in sight is given up: drops bytes until its LF, or the input's end. */
static enum gpq_status long_line_drop(struct gpq_input_reader *reader, uint64_t *out_dropped, struct gpq_error *err)
{
	*out_dropped = 0;
	reader->carry_len = 0;
	uint8_t *spare = reader->carry;
	while (!reader->ended) {
		size_t got = 0;
		GPQ_TRY(gpq_source_read(reader->source, spare, GPQ_CHUNK_BYTES, &got, err));
		reader->ended = got < GPQ_CHUNK_BYTES;
		const uint8_t *end = got ? memchr(spare, '\n', got) : NULL;
		if (!end) {
			*out_dropped += got;
			continue;
		}
		size_t line_len = (size_t)(end - spare) + 1;
		*out_dropped += line_len;
		memmove(spare, spare + line_len, got - line_len);
		reader->carry_len = got - line_len;
		break;
	}
	return GPQ_OK;
}

/* The header of the table that is not under way, where there are two. */
static struct gpq_text other_header(const struct gpq_input_reader *reader)
{
	const struct gpq_head_table *other = &reader->facts.tables[reader->table == 0];
	return reader->facts.n_tables > 1 ? (struct gpq_text){ other->header, other->header_len } : (struct gpq_text){ NULL, 0 };
}

static enum gpq_status chunk_give(struct gpq_input_reader *reader, const uint8_t *bytes, size_t len, struct gpq_csv_cut cut,
                                  struct gpq_read_chunk *out, struct gpq_error *err)
{
	*out = (struct gpq_read_chunk){
		.chunk = { .bytes = bytes,
		           .len = cut.len,
		           .byte = reader->byte,
		           .first_line = reader->line,
		           .input = reader->input,
		           .traits = cut.traits,
		           .other_header = other_header(reader),
		           .footer_lines = reader->ended && cut.len == len ? reader->facts.feed->footer_lines : 0 },
		.table = &reader->facts.tables[reader->table],
		.reason = cut.kind == GPQ_CUT_QUOTE  ? GPQ_REJECT_QUOTE
		          : cut.kind == GPQ_CUT_LONG ? GPQ_REJECT_LONG
		                                     : GPQ_REJECT_NONE,
	};
	if (cut.kind == GPQ_CUT_LONG) {
		uint64_t dropped = 0;
		GPQ_TRY(long_line_drop(reader, &dropped, err));
		out->chunk.len = len;
		reader->byte += len + dropped;
		reader->line += cut.lines + 1;
		return GPQ_OK;
	}
	reader->carry_len = len - cut.len;
	memcpy(reader->carry, bytes + cut.len, reader->carry_len);
	reader->byte += cut.len;
	reader->line += cut.lines;
	return GPQ_OK;
}

/* Where the last 'lines' lines of 'bytes' that are not blank begin; 0 where there are not so many. */
static size_t last_lines(const uint8_t *bytes, size_t len, uint32_t lines)
{
	while (lines && len) {
		bool blank = true;
		size_t at = len - (bytes[len - 1] == '\n');
		for (; at && bytes[at - 1] != '\n'; at--)
			blank &= bytes[at - 1] == ' ' || bytes[at - 1] == '\t' || bytes[at - 1] == '\r';
		lines -= !blank;
		len = at;
	}
	return lines ? 0 : len;
}

/* Whole records, but for the last lines of what may be the input's end where they may be no rows. */
static struct gpq_csv_cut records_cut(const struct gpq_input_reader *reader, const uint8_t *bytes, size_t len)
{
	bool last = reader->ended, full = len > GPQ_CSV_MAX_RECORD_BYTES;
	size_t of_table = table_len(reader, len);
	struct gpq_csv_cut cut = gpq_csv_cut(bytes, of_table, full, last || of_table < len, reader->cpu_features);
	uint32_t footer_lines = reader->facts.feed->footer_lines;
	if (cut.kind != GPQ_CUT_RECORDS || last || !footer_lines || full) /* full: such lines were never a footer */
		return cut;
	size_t kept = last_lines(bytes, cut.len, footer_lines);
	if (kept && cut.traits.quotes) /* a line's begin is no record's, maybe */
		return gpq_csv_cut(bytes, kept, false, false, reader->cpu_features);
	cut.lines -= (uint32_t)lines_in(bytes + kept, cut.len - kept);
	cut.len = kept;
	cut.kind = kept ? GPQ_CUT_RECORDS : GPQ_CUT_MORE;
	return cut;
}

/* Whether 'len' bytes fit the buffer, with those that will be read behind them. The long room takes what is left of it. */
static bool room_suffices(const struct gpq_input_reader *reader, const struct gpq_chunk_buffer *buffer, size_t len)
{
	return buffer->room_bytes == GPQ_CHUNK_ROOM_LONG ||
	       len + (reader->ended ? 0 : GPQ_CHUNK_BYTES) <= buffer->room_bytes;
}

/* What was read stays for a buffer that has the room. */
static void put_back(struct gpq_input_reader *reader, const uint8_t *bytes, size_t len, struct gpq_read_chunk *out)
{
	memcpy(reader->carry, bytes, len);
	reader->carry_len = len;
	*out = (struct gpq_read_chunk){ .put_back = true };
}

bool gpq_input_reader_is_over(const struct gpq_input_reader *reader)
{
	return reader->ended && !reader->carry_len && reader->table + 1 >= reader->facts.n_tables;
}

enum gpq_status gpq_input_reader_next(struct gpq_input_reader *reader, struct gpq_chunk_buffer *buffer,
                                      struct gpq_read_chunk *out, struct gpq_error *err)
{
	size_t len = reader->carry_len;
	if (len > buffer->room_bytes) {
		*out = (struct gpq_read_chunk){ .put_back = true };
		return GPQ_OK;
	}
	uint8_t *bytes = buffer->bytes + (LINE_BYTES - len % LINE_BYTES) % LINE_BYTES;
	memcpy(bytes, reader->carry, len);
	for (bool more = len < GPQ_CHUNK_BYTES;; more = true) {
		if (more && !room_suffices(reader, buffer, len)) {
			put_back(reader, bytes, len, out);
			return GPQ_OK;
		}
		if (more && !reader->ended)
			GPQ_TRY(buffer_fill(reader, bytes, &len, err));
		table_find(reader, bytes, &len);
		if (!len && reader->ended)
			return GPQ_END;
		struct gpq_csv_cut cut = len ? records_cut(reader, bytes, len) : (struct gpq_csv_cut){ .kind = GPQ_CUT_MORE };
		if (cut.kind != GPQ_CUT_MORE)
			return chunk_give(reader, bytes, len, cut, out, err);
	}
}
