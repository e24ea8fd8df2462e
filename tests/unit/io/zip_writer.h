/*
 * Writes ZIP archives by hand, after APPNOTE.TXT 6.3.10, with zlib's deflate and crc32: none of it is what reads them.
 * Offsets of what was written are kept, so that a test can spoil one byte of it. For tests only: asserts where anything
 * fails.
 */
#ifndef GPQ_TESTS_IO_ZIP_WRITER_H
#define GPQ_TESTS_IO_ZIP_WRITER_H

#include "unit/io/workplace.h"

#include <stdbool.h>
#include <zlib.h>

#define ZIP_WRITER_MEMBERS 64

struct zip_options {
	uint16_t flags, method; /* method 8 deflates; all others store */
	unsigned
	    descriptor;   /* 0: none; 12, 16, 20, 24: its bytes (4.3.9), with and without signature, sizes of 4 or 8 */
	bool wide;        /* ZIP64 fields in both headers */
	bool zeros_local; /* with a descriptor: CRC and sizes of the local header are 0, as in real ones */
	uint16_t dos_date, dos_time;
	const void *local_extra, *extra;
	uint16_t local_extra_len, extra_len;
	uint64_t says_size, says_stored; /* not 0: both headers say so */
};

struct zip_written {
	char name[256];
	uint16_t name_len;
	struct zip_options options;
	uint32_t crc;
	uint64_t size, stored;
	size_t local_at, data_at, descriptor_at, record_at;
};

struct zip_writer {
	uint8_t *bytes;
	size_t len, cap;
	size_t directory_at, directory_len, end64_at, locator_at, end_at;
	uint64_t shift; /* taken from all offsets that are written: what stands before the archive and is not counted */
	unsigned count;
	struct zip_written members[ZIP_WRITER_MEMBERS];
};

static inline void zip_open(struct zip_writer *zip, size_t cap)
{
	memset(zip, 0, sizeof(*zip));
	zip->bytes = malloc(cap); /* not cmocka's: a test may take over what its setup made */
	assert_non_null(zip->bytes);
	zip->cap = cap;
}

static inline void zip_close(struct zip_writer *zip)
{
	free(zip->bytes);
}

static inline void zip_raw(struct zip_writer *zip, const void *bytes, size_t len)
{
	assert_true(zip->len + len <= zip->cap);
	if (len)
		memcpy(zip->bytes + zip->len, bytes, len);
	zip->len += len;
}

static inline void zip_number(struct zip_writer *zip, uint64_t value, unsigned n_bytes)
{
	for (unsigned i = 0; i < n_bytes; i++, value >>= 8)
		zip_raw(zip, &(uint8_t){ (uint8_t)value }, 1);
}

/* Writes over bytes that stand there. */
static inline void zip_spoil(struct zip_writer *zip, size_t at, uint64_t value, unsigned n_bytes)
{
	for (unsigned i = 0; i < n_bytes; i++, value >>= 8)
		zip->bytes[at + i] = (uint8_t)value;
}

static inline void zip_deflate(struct zip_writer *zip, const void *bytes, size_t len)
{
	z_stream stream = { 0 };
	assert_int_equal(deflateInit2(&stream, 6, Z_DEFLATED, -15, 9, Z_DEFAULT_STRATEGY), Z_OK);
	stream.next_in = (Bytef *)(uintptr_t)bytes;
	stream.avail_in = (uInt)len;
	stream.next_out = zip->bytes + zip->len;
	stream.avail_out = (uInt)(zip->cap - zip->len);
	assert_int_equal(deflate(&stream, Z_FINISH), Z_STREAM_END);
	zip->len += stream.total_out;
	deflateEnd(&stream);
}

static inline void zip_header_numbers(struct zip_writer *zip, const struct zip_written *member, bool local)
{
	const struct zip_options *options = &member->options;
	bool later = local && options->descriptor && options->zeros_local;
	uint64_t size = options->says_size ? options->says_size : member->size;
	uint64_t stored = options->says_stored ? options->says_stored : member->stored;
	zip_number(zip, options->wide ? 45 : 20, 2);
	zip_number(zip, options->flags | (options->descriptor ? 8 : 0), 2);
	zip_number(zip, options->method, 2);
	zip_number(zip, options->dos_time, 2);
	zip_number(zip, options->dos_date, 2);
	zip_number(zip, later ? 0 : member->crc, 4);
	zip_number(zip, options->wide ? UINT32_MAX : later ? 0 : stored, 4);
	zip_number(zip, options->wide ? UINT32_MAX : later ? 0 : size, 4);
	zip_number(zip, member->name_len, 2);
}

static inline void zip_wide_extra(struct zip_writer *zip, const struct zip_written *member, bool local)
{
	const struct zip_options *options = &member->options;
	if (!options->wide)
		return;
	zip_number(zip, 1, 2);
	zip_number(zip, local ? 16 : 24, 2);
	zip_number(zip, options->says_size ? options->says_size : member->size, 8);
	zip_number(zip, options->says_stored ? options->says_stored : member->stored, 8);
	if (!local)
		zip_number(zip, member->local_at - zip->shift, 8);
}

static inline void zip_local(struct zip_writer *zip, const struct zip_written *member)
{
	zip_raw(zip, "PK\3\4", 4);
	zip_header_numbers(zip, member, true);
	zip_number(zip, member->options.local_extra_len + (member->options.wide ? 20u : 0), 2);
	zip_raw(zip, member->name, member->name_len);
	zip_wide_extra(zip, member, true);
	zip_raw(zip, member->options.local_extra, member->options.local_extra_len);
}

static inline void zip_descriptor(struct zip_writer *zip, const struct zip_written *member)
{
	unsigned form = member->options.descriptor, width = form == 20 || form == 24 ? 8 : 4;
	if (!form)
		return;
	if (form == 16 || form == 24)
		zip_raw(zip, "PK\7\x08", 4);
	zip_number(zip, member->crc, 4);
	zip_number(zip, member->stored, width);
	zip_number(zip, member->size, width);
}

/* Adds a member; its record is written by zip_end(). */
static inline struct zip_written *zip_add(struct zip_writer *zip, const char *name, const void *bytes, size_t len,
					  struct zip_options options)
{
	assert_true(zip->count < ZIP_WRITER_MEMBERS);
	struct zip_written *member = &zip->members[zip->count++];
	*member = (struct zip_written){ .options = options, .size = len, .local_at = zip->len };
	member->name_len = (uint16_t)strlen(name);
	assert_true(member->name_len < sizeof(member->name));
	memcpy(member->name, name, member->name_len);
	member->crc = (uint32_t)crc32(0, bytes, (uInt)len);
	/* The sizes are known once the data are written, so the header is written twice. */
	zip_local(zip, member);
	member->data_at = zip->len;
	if (options.method == 8)
		zip_deflate(zip, bytes, len);
	else
		zip_raw(zip, bytes, len);
	member->stored = zip->len - member->data_at;
	size_t end = zip->len;
	zip->len = member->local_at;
	zip_local(zip, member);
	zip->len = member->descriptor_at = end;
	zip_descriptor(zip, member);
	return member;
}

static inline void zip_record(struct zip_writer *zip, struct zip_written *member)
{
	member->record_at = zip->len;
	zip_raw(zip, "PK\1\2", 4);
	zip_number(zip, 20, 2);
	zip_header_numbers(zip, member, false);
	zip_number(zip, member->options.extra_len + (member->options.wide ? 28u : 0), 2);
	zip_number(zip, 0, 2 + 2 + 2 + 4);
	zip_number(zip, member->options.wide ? UINT32_MAX : member->local_at - zip->shift, 4);
	zip_raw(zip, member->name, member->name_len);
	zip_wide_extra(zip, member, false);
	zip_raw(zip, member->options.extra, member->options.extra_len);
}

static inline void zip_end_wide(struct zip_writer *zip, uint64_t n_members)
{
	zip->end64_at = zip->len;
	zip_raw(zip, "PK\6\6", 4);
	zip_number(zip, 44, 8);
	zip_number(zip, 45 | 45 << 16, 4);
	zip_number(zip, 0, 8);
	zip_number(zip, n_members, 8);
	zip_number(zip, n_members, 8);
	zip_number(zip, zip->directory_len, 8);
	zip_number(zip, zip->directory_at - zip->shift, 8);
	zip->locator_at = zip->len;
	zip_raw(zip, "PK\6\7", 4);
	zip_number(zip, 0, 4);
	zip_number(zip, zip->end64_at - zip->shift, 8);
	zip_number(zip, 1, 4);
}

/* Writes the directory, in the order of 'order' where given, and the end. */
static inline void zip_end(struct zip_writer *zip, const unsigned *order, bool wide, const char *comment)
{
	zip->directory_at = zip->len;
	for (unsigned i = 0; i < zip->count; i++)
		zip_record(zip, &zip->members[order ? order[i] : i]);
	zip->directory_len = zip->len - zip->directory_at;
	if (wide)
		zip_end_wide(zip, zip->count);
	zip->end_at = zip->len;
	zip_raw(zip, "PK\5\6\0\0\0\0", 8);
	zip_number(zip, wide ? UINT16_MAX : zip->count, 2);
	zip_number(zip, wide ? UINT16_MAX : zip->count, 2);
	zip_number(zip, wide ? UINT32_MAX : zip->directory_len, 4);
	zip_number(zip, wide ? UINT32_MAX : zip->directory_at - zip->shift, 4);
	zip_number(zip, comment ? strlen(comment) : 0, 2);
	zip_raw(zip, comment, comment ? strlen(comment) : 0);
}

/* Text that deflates like a table: lines that share most of their bytes. */
static inline void zip_text(char *out, size_t len, unsigned seed)
{
	char line[64];
	for (size_t at = 0; at < len;) {
		int line_len = snprintf(line, sizeof(line), "2024-01-%02u,NODE_%05u,%u.%02u\n", seed % 28 + 1,
					seed * 7919 % 99991, seed * 31 % 97, seed % 100);
		size_t part = len - at < (size_t)line_len ? len - at : (size_t)line_len;
		memcpy(out + at, line, part);
		at += part;
		seed = seed * 1103515245u + 12345u;
		seed = seed >> 3 | seed << 29;
	}
}

#endif
