/*
 * io/zip_end.h - where the directory of an archive is, from the records at its end.
 *
 * The last record that ends where the archive does counts. What stands before the archive proper (a program that
 * unpacks itself, a saved page) moves all offsets by its length.
 */
#ifndef GPQ_IO_ZIP_END_H
#define GPQ_IO_ZIP_END_H

#include "io/zip_bytes.h"

struct gpq_zip_span {
	uint64_t directory_at, directory_end; /* in the archive's bytes */
	uint64_t shift;                       /* what is to be added to offsets of local headers */
	uint64_t n_members;
	bool wide; /* 'n_members' is of 64 bits; else it may have lost multiples of 65,536 */
};

/* Errors, err->byte in the archive: GPQ_E_TRUNCATED (no end in sight), GPQ_E_DATA, and those of the archive's bytes. */
GPQ_MUST_USE enum gpq_status gpq_zip_end_find(struct gpq_zip_bytes *bytes, struct gpq_zip_span *out,
					      struct gpq_error *err);

#endif
