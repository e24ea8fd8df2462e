/*
 * input/input_reader.h - an input under way: its bytes cut into chunks of whole records.
 *
 * A reader is used by one thread at a time; the chunks that it gives are parsed by many. Each chunk carries its place: byte
 * offset and first line. A chunk is of one table; headers, and what stands above them, are in none. Where a feed ends in lines
 * that are no rows, its last lines are all in the last chunk.
 * Memory: gpq_input_reader_need() a reader, its opener's readers once it reads a member
 * (gpq_member_opener_need()), and gpq_chunk_buffer_need() a buffer; a buffer is lent for each chunk.
 */
#ifndef GPQ_INPUT_INPUT_READER_H
#define GPQ_INPUT_INPUT_READER_H

#include "input/head.h"
#include "input/line_parser.h"
#include "input/member_source.h"
#include "io/source.h"

/* A chunk is read, hashed, cut, scanned and parsed while it is in a core's second cache; with less of it, calls and locks show. */
#define GPQ_CHUNK_BYTES ((size_t)128 << 10)

/* Room for the longest record, and room that nearly every record fits. */
#define GPQ_CHUNK_ROOM_LONG  (GPQ_CSV_MAX_RECORD_BYTES + GPQ_CHUNK_BYTES)
#define GPQ_CHUNK_ROOM_SHORT (2 * GPQ_CHUNK_BYTES)

struct gpq_chunk_buffer {
	uint8_t *bytes; /* Owns: the room and padding */
	size_t room_bytes;
};

struct gpq_input_reader {
	struct gpq_budget *budget;
	struct gpq_source *source;   /* NULL: not open */
	struct gpq_member_opener opener;
	struct gpq_head_facts facts;
	uint32_t input, cpu_features;
	uint8_t *carry;            /* the begun record behind the last chunk */
	size_t carry_len;
	uint64_t byte, line;       /* of the next chunk's first byte */
	uint32_t table;            /* of the next chunk's records */
	bool header_skipped, ended; /* the table's header is passed; nothing is left to read */
};

size_t gpq_input_reader_need(void);
size_t gpq_chunk_buffer_need(size_t room_bytes);

GPQ_MUST_USE enum gpq_status gpq_chunk_buffer_init(struct gpq_chunk_buffer *buffer, struct gpq_budget *budget,
                                                   size_t room_bytes, struct gpq_error *err);
void gpq_chunk_buffer_done(struct gpq_chunk_buffer *buffer, struct gpq_budget *budget);

/* gpq_input_reader_init() takes the reader's memory; _begin opens input number 'number'; _end closes it. */
GPQ_MUST_USE enum gpq_status gpq_input_reader_init(struct gpq_input_reader *reader, struct gpq_budget *budget,
                                                   uint32_t cpu_features, struct gpq_error *err);
void gpq_input_reader_done(struct gpq_input_reader *reader);
GPQ_MUST_USE enum gpq_status gpq_input_reader_begin(struct gpq_input_reader *reader, struct gpq_head *head,
                                                    const struct gpq_known_input *input, uint32_t number, bool hash,
                                                    struct gpq_error *err);
void gpq_input_reader_end(struct gpq_input_reader *reader);

/* What a chunk is: records, or the one line that cannot be one. */
struct gpq_read_chunk {
	struct gpq_input_chunk chunk;
	const struct gpq_head_table *table; /* that the records are of; Borrows from the reader's facts */
	bool put_back;          /* nothing was given: a record wants a buffer with the long room */
	enum gpq_reject reason; /* NONE; QUOTE, LONG: 'chunk' is (the begin of) one line that is rejected as a whole */
};

/*
 * gpq_input_reader_next() fills 'buffer' with the next chunk; GPQ_END behind the last. A buffer of less than the long room
 * may find the record too long: then the reader keeps what it has read for a buffer that has it.
 * Errors: those of gpq_source_read(): the input fails as a whole.
 */
GPQ_MUST_USE enum gpq_status gpq_input_reader_next(struct gpq_input_reader *reader, struct gpq_chunk_buffer *buffer,
                                                   struct gpq_read_chunk *out, struct gpq_error *err);

/* Whether all has been given, so that the next call would say GPQ_END: what is short takes one call. */
bool gpq_input_reader_is_over(const struct gpq_input_reader *reader);

#endif
