/*
 * io/zip_bytes.h - the bytes of an archive by offset, whatever the archive itself stands in.
 *
 *     file     a file: read where asked, ahead where one asks for what follows
 *     range    a stored member of another archive: a part of that one's bytes
 *     packed   a deflated member of another archive: inflated from front to back into a window. One that fits the
 * window is held whole; of a larger one a step back behind the window begins again at the front
 *
 * Memory: a window, taken at the first use and kept until done: GPQ_ZIP_FILE_WINDOW_BYTES or
 * GPQ_ZIP_PACKED_WINDOW_BYTES.
 */
#ifndef GPQ_IO_ZIP_BYTES_H
#define GPQ_IO_ZIP_BYTES_H

#include "base/budget.h"
#include "io/source_file.h"

#define GPQ_ZIP_FILE_WINDOW_BYTES   ((size_t)128 << 10)
#define GPQ_ZIP_PACKED_WINDOW_BYTES ((size_t)1 << 20)

/* The most that one view may ask for: a record of the directory, or the end of an archive with the longest comment. */
#define GPQ_ZIP_VIEW_BYTES ((size_t)66 << 10)

struct gpq_zip_member;

enum gpq_zip_bytes_kind { GPQ_ZIP_BYTES_NONE, GPQ_ZIP_BYTES_FILE, GPQ_ZIP_BYTES_RANGE, GPQ_ZIP_BYTES_PACKED };

/* Members are this room's own. All zero is GPQ_ZIP_BYTES_NONE. */
struct gpq_zip_bytes {
	struct gpq_budget *budget;
	enum gpq_zip_bytes_kind kind;
	uint64_t size_bytes;
	struct gpq_source_file file;   /* of a file */
	struct gpq_zip_bytes *above;   /* of a range: Borrows */
	uint64_t above_at;             /* where the range begins in 'above' */
	struct gpq_zip_member *packed; /* of a packed archive: Borrows */
	uint8_t *window;               /* Owns */
	size_t window_cap, window_len;
	uint64_t window_at; /* offset of its first byte */
};

/* Each makes 'bytes', of whatever kind it was, those of another archive; a window that fits is kept. The file's
 * descriptor goes over to 'bytes' on success. Errors: GPQ_E_BUDGET. */
GPQ_MUST_USE enum gpq_status gpq_zip_bytes_of_file(struct gpq_zip_bytes *bytes, struct gpq_budget *budget,
						   const struct gpq_source_file *file, struct gpq_error *err);
void gpq_zip_bytes_of_range(struct gpq_zip_bytes *bytes, struct gpq_zip_bytes *above, uint64_t at, uint64_t len);
GPQ_MUST_USE enum gpq_status gpq_zip_bytes_of_packed(struct gpq_zip_bytes *bytes, struct gpq_budget *budget,
						     struct gpq_zip_member *packed, uint64_t size_bytes,
						     struct gpq_error *err);

/* Closes a file and forgets what the bytes were; the window stays. */
void gpq_zip_bytes_leave(struct gpq_zip_bytes *bytes);
void gpq_zip_bytes_done(struct gpq_zip_bytes *bytes);

/*
 * gpq_zip_bytes_view() lends the bytes from 'offset' on, at least 'least' of them (at most GPQ_ZIP_VIEW_BYTES), all
 * that are at hand, until the next call for 'bytes' or what they stand in. 'offset' + 'least' lies within the archive.
 * Errors: GPQ_E_TRUNCATED (a file that shrank), GPQ_E_SYSTEM; of packed ones those of the member they are.
 */
GPQ_MUST_USE enum gpq_status gpq_zip_bytes_view(struct gpq_zip_bytes *bytes, uint64_t offset, size_t least,
						const uint8_t **out, size_t *out_len, struct gpq_error *err);

/* gpq_zip_bytes_read() copies 'len' bytes from 'offset' on, which lie within the archive: large parts of files past the
 * window. */
GPQ_MUST_USE enum gpq_status gpq_zip_bytes_read(struct gpq_zip_bytes *bytes, uint64_t offset, uint8_t *out, size_t len,
						struct gpq_error *err);

#endif
