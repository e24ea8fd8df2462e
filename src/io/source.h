/*
 * io/source.h - the bytes of one input, from its first to its last, whatever it is packed in.
 *
 * A source reads a plain file or a .gz (recognised by content; several gzip members one after the other are one input,
 * as gzip(1) has it; zero padding behind the last is allowed), or a member of a ZIP archive, which may be a .gz itself.
 * Truncation, a wrong CRC or size fail the call that meets them, with err->byte = offset in the stored file; of a member in the
 * bytes of the archive that holds it, of a .gz in an archive in its own.
 * Call order: open -> read* -> close.      Memory: gpq_source_need(), gpq_source_member_need().
 * Threads: one source, one thread at a time.
 */
#ifndef GPQ_IO_SOURCE_H
#define GPQ_IO_SOURCE_H

#include "io/hash.h"
#include "io/zip_archive.h"

struct gpq_source;

/* Of a file; of a member whose address has up to 'depth' places, with the archive reader. */
size_t gpq_source_need(void);
size_t gpq_source_member_need(uint32_t depth);

/*
 * gpq_source_open() opens a regular file; messages leave its path to the caller. What is too short to show what it is counts as
 * a gzip cut off where it must be one: a single byte 1f, and an empty file named .gz.
 *   hash  XXH3-128 of the decompressed bytes is wanted
 * Errors: GPQ_E_SYSTEM, GPQ_E_PERMISSION, GPQ_E_INPUT_MISSING, GPQ_E_USAGE (a folder, a pipe, a device), GPQ_E_BUDGET.
 * Owns: caller.
 */
GPQ_MUST_USE enum gpq_status gpq_source_open(struct gpq_budget *budget, const char *path, bool hash,
                                             struct gpq_source **out, struct gpq_error *err);
void gpq_source_close(struct gpq_source *source);

/*
 * gpq_source_open_member() opens what is at 'address': the file itself, or a member, through 'archive', which it borrows until
 * close and which reads nothing else meanwhile. Opening a member unpacks its first bytes, so it may fail as a read does.
 * Errors: those above, those of gpq_source_read().
 */
GPQ_MUST_USE enum gpq_status gpq_source_open_member(struct gpq_budget *budget, struct gpq_archive *archive,
                                                    const struct gpq_address *address, bool hash,
                                                    struct gpq_source **out, struct gpq_error *err);

/* Bytes that are made while they are read, from a member of an archive. */
struct gpq_source_made {
	/* gives the next bytes, fewer than 'cap' only at their end */
	enum gpq_status (*read)(void *from, uint8_t *bytes, size_t cap, size_t *out_len, struct gpq_error *err);
	void *from;                        /* what it is called with; Borrows until close */
	const struct gpq_archive *archive; /* that it reads the member of; Borrows likewise */
	uint64_t stored_bytes;             /* of the member */
};

/* gpq_source_open_made() makes a source of such bytes, whose hash is theirs. Errors: GPQ_E_BUDGET. */
GPQ_MUST_USE enum gpq_status gpq_source_open_made(struct gpq_budget *budget, const struct gpq_source_made *made, bool hash,
                                                  struct gpq_source **out, struct gpq_error *err);

/* gpq_source_read() gives up to 'cap' decompressed bytes; '*out_len' is less than 'cap' only at the end (0: nothing left).
 * Every check of a gzip has been made when '*out_len' is less than 'cap'.
 * Errors: GPQ_E_TRUNCATED (also a plain file that shrank since it was opened), GPQ_E_CHECKSUM, GPQ_E_DATA (not gzip inside,
 * something behind the last member), GPQ_E_SYSTEM. After an error: close; 'bytes' may have been written to. */
GPQ_MUST_USE enum gpq_status gpq_source_read(struct gpq_source *source, uint8_t *bytes, size_t cap, size_t *out_len,
                                             struct gpq_error *err);

/* Bytes of the stored file or member read so far, for progress; whether it is compressed (all members count as such: they are
 * read from front to back); its stored size when opened. */
uint64_t gpq_source_stored_bytes(const struct gpq_source *source);
bool gpq_source_is_compressed(const struct gpq_source *source);
uint64_t gpq_source_size_bytes(const struct gpq_source *source);

/* The hash, once everything was read and where gpq_source_open() was asked for it. */
struct gpq_hash gpq_source_hash(const struct gpq_source *source);

/* gpq_source_tail() reads the last bytes (at most 'cap') of a plain file; '*out_len' is 0 for a compressed one. */
GPQ_MUST_USE enum gpq_status gpq_source_tail(const char *path, uint8_t *bytes, size_t cap, size_t *out_len,
                                             struct gpq_error *err);

#endif
