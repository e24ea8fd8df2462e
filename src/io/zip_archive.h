/*
 * io/zip_archive.h - the members of ZIP archives, archives in archives too, opened one after the other.
 *
 * One archive reader serves any number of members: it keeps the file's descriptor, the windows and the inflaters from
 * one member to the next, and does not look at a directory to open a member: its address has all that is needed.
 * Nothing is ever unpacked to disk.
 *
 *     file.zip ── place ── inner.zip ── place ── member          address: the file's path and two places
 *
 * Cost: an inner archive that is stored costs nothing. One that is deflated is inflated as far as is needed; of up to
 * GPQ_ZIP_PACKED_WINDOW_BYTES it is held from then on. A larger one is inflated once to list it (its last 512 KiB at
 * least are held: 5,000 members; a longer directory costs two times more) and once for its members, as long as they are
 * opened in the order that the directory lists them in: that it is the order they stand in is checked. A step back
 * inflates it from its front. Memory: gpq_archive_need().      Threads: one archive reader, one thread at a time.
 */
#ifndef GPQ_IO_ZIP_ARCHIVE_H
#define GPQ_IO_ZIP_ARCHIVE_H

#include "io/zip_directory.h"

/* Archives in a chain: file.zip!a.zip!b.zip!c.zip!member is the deepest that is read. */
#define GPQ_ARCHIVE_MAX_DEPTH 4u

/* Where a member is. With 'depth' 0 it is the file itself. Borrows both. */
struct gpq_address {
	const char *path;                   /* of the file */
	const struct gpq_zip_place *places; /* from the outermost in */
	uint32_t depth;
};

struct gpq_archive;

/* The most that an archive reader takes for members whose addresses have up to 'depth' places, with a listing. */
size_t gpq_archive_need(uint32_t depth);

GPQ_MUST_USE enum gpq_status gpq_archive_open(struct gpq_budget *budget, struct gpq_archive **out,
					      struct gpq_error *err);
void gpq_archive_close(struct gpq_archive *archive);

/* Whether bytes begin as a ZIP archive does, be it an empty one. Others may still be one: only the end tells. */
bool gpq_archive_begins_so(const uint8_t *bytes, size_t len);

/*
 * gpq_archive_list() opens and checks the directory of the archive at 'address' (of less than GPQ_ARCHIVE_MAX_DEPTH
 * places); gpq_archive_next() gives its members, GPQ_END behind the last. Members of the same file may be read in
 * between. tally   of the file, shared by all archives in it; NULL: of this archive alone Errors, err->byte in the
 * archive (of an address that fails on its way: in the archive that was reached): GPQ_E_INPUT_MISSING,
 * GPQ_E_PERMISSION, GPQ_E_USAGE (no regular file), GPQ_E_SYSTEM, GPQ_E_TRUNCATED, GPQ_E_CHECKSUM, GPQ_E_DATA (also: too
 * deep), GPQ_E_BUDGET. Messages leave the path to the caller.
 */
GPQ_MUST_USE enum gpq_status gpq_archive_list(struct gpq_archive *archive, const struct gpq_address *address,
					      struct gpq_zip_tally *tally, struct gpq_error *err);
GPQ_MUST_USE enum gpq_status gpq_archive_next(struct gpq_archive *archive, struct gpq_zip_entry *out,
					      struct gpq_error *err);

/* Whether the archive listed last has a member that makes it look like an office document, a workbook for one. */
bool gpq_archive_is_document(const struct gpq_archive *archive);

/*
 * gpq_archive_begin() stands at the first byte of the member at 'address' (of at least one place); gpq_archive_read()
 * gives up to 'cap' of its bytes, fewer only at the end, where every check has been made. Errors as above.
 */
GPQ_MUST_USE enum gpq_status gpq_archive_begin(struct gpq_archive *archive, const struct gpq_address *address,
					       struct gpq_error *err);
GPQ_MUST_USE enum gpq_status gpq_archive_read(struct gpq_archive *archive, uint8_t *bytes, size_t cap, size_t *out_len,
					      struct gpq_error *err);

/* Of the member begun last: how many of its stored bytes were read. */
uint64_t gpq_archive_stored_bytes(const struct gpq_archive *archive);

/* gpq_archive_leave() closes the file and keeps the memory. */
void gpq_archive_leave(struct gpq_archive *archive);

#endif
