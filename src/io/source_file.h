/*
 * io/source_file.h - the stored bytes of one input: a regular file, read once from front to back.
 * Knows: descriptors, offsets.      Not: what the bytes are packed in.      Memory: the caller's storage only.
 */
#ifndef GPQ_IO_SOURCE_FILE_H
#define GPQ_IO_SOURCE_FILE_H

#include "base/status.h"

struct gpq_source_file {
	int fd;              /* -1 when closed */
	uint64_t size_bytes; /* when opened */
	uint64_t read_bytes;
};

/* Errors: GPQ_E_INPUT_MISSING, GPQ_E_PERMISSION, GPQ_E_SYSTEM, GPQ_E_USAGE (a folder, a pipe, a device). */
GPQ_MUST_USE enum gpq_status gpq_source_file_open(struct gpq_source_file *file, const char *path, struct gpq_error *err);
void gpq_source_file_close(struct gpq_source_file *file);

/* The next 'cap' bytes, fewer only at the end. Errors: GPQ_E_SYSTEM, GPQ_E_TRUNCATED (the file shrank since it was opened). */
GPQ_MUST_USE enum gpq_status gpq_source_file_read(struct gpq_source_file *file, uint8_t *bytes, size_t cap,
                                                  size_t *out_len, struct gpq_error *err);

/* 'cap' bytes from 'offset', fewer only at the end, without moving the reading position. */
GPQ_MUST_USE enum gpq_status gpq_source_file_peek(const struct gpq_source_file *file, uint64_t offset, uint8_t *bytes,
                                                  size_t cap, size_t *out_len, struct gpq_error *err);

/* gpq_source_file_shrank() fails as a file does whose bytes end at 'offset', before the size that it was opened with:
 * GPQ_E_TRUNCATED, with both sizes and where reading stopped. */
enum gpq_status gpq_source_file_shrank(const struct gpq_source_file *file, uint64_t offset, struct gpq_error *err);

#endif
