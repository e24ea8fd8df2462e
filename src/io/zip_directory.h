/*
 * io/zip_directory.h - the members of an archive, as its central directory lists them.
 *
 * Records are looked at one after the other where the archive's bytes are: a directory of any length takes no more
 * memory. Before the first is given all were checked: that each is whole, that its member lies before the directory and
 * over no other, that they are as many as the end says. So an archive gives all of its members or none. Call order:
 * open -> next* -> close.
 */
#ifndef GPQ_IO_ZIP_DIRECTORY_H
#define GPQ_IO_ZIP_DIRECTORY_H

#include "io/zip_end.h"
#include "io/zip_member.h"
#include "io/zip_name.h"
#include "io/zip_record.h"

/* More than ten times what the largest archive of a year of 5-minute files has (107,000). */
#define GPQ_ZIP_CAP_MEMBERS ((uint64_t)1000000)

/*
 * Deflate packs at most 1032 bytes into one. Tables of prices are packed 10 to 130 times, a line of 65 bytes over and over 340
 * times (zlib, levels 6 and 9). What unpacks to more than 1 MiB and more than this is taken for a bomb.
 */
#define GPQ_ZIP_CAP_RATIO ((uint64_t)500)

enum gpq_zip_kind {
	GPQ_ZIP_FILE,   /* can be read */
	GPQ_ZIP_FOLDER, /* the others cannot; 'reason' says why */
	GPQ_ZIP_DECORATION,
	GPQ_ZIP_ENCRYPTED,
	GPQ_ZIP_PACKED_ELSE, /* by a method that is not read here */
	GPQ_ZIP_NAME_ODD,
	GPQ_ZIP_BOMB,
};

struct gpq_zip_entry {
	struct gpq_zip_place place; /* what opens a FILE */
	enum gpq_zip_kind kind;
	const char *name;   /* as text, with folders; Borrows until the next call */
	const char *reason; /* NULL for a FILE; Borrows likewise */
	uint64_t record_at; /* of the directory's record, in the archive */
	int64_t written_s;  /* when the member was written: seconds since 1970 on its writer's clock; 0: not known */
};

/* What one file on disk has listed so far, in all of its archives. */
struct gpq_zip_tally {
	uint64_t file_bytes; /* of the file: set by the caller, the others begin at 0 */
	uint64_t n_members, size_bytes;
};

/* Members are this room's own. */
struct gpq_zip_directory {
	struct gpq_budget *budget;
	struct gpq_zip_bytes *bytes; /* Borrows until close */
	struct gpq_zip_span span;
	uint64_t at;         /* of the next record */
	bool is_document;    /* holds what only office documents begin with or list: see gpq_archive_is_document() */
	uint64_t member_end; /* of the member given last: its data end there or later */
	char name[GPQ_ZIP_NAME_BYTES];
	char reason[128];
};

/* What open takes for the time that it runs. */
size_t gpq_zip_directory_need(void);

/*
 * gpq_zip_directory_open() finds and checks the directory. 'directory' is the caller's storage; 'tally' may be NULL.
 * Errors, err->byte in the archive: GPQ_E_TRUNCATED, GPQ_E_DATA (damage, overlapping members, more members or bytes
 * than an archive may have), GPQ_E_BUDGET, and those of the archive's bytes.
 */
GPQ_MUST_USE enum gpq_status gpq_zip_directory_open(struct gpq_zip_directory *directory, struct gpq_budget *budget,
						    struct gpq_zip_bytes *bytes, struct gpq_zip_tally *tally,
						    struct gpq_error *err);

/* The next member; GPQ_END behind the last. */
GPQ_MUST_USE enum gpq_status gpq_zip_directory_next(struct gpq_zip_directory *directory, struct gpq_zip_entry *out,
						    struct gpq_error *err);

#endif
