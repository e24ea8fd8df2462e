/*
 * input/members.h - what is in an archive, and in the archives in it, one member after the other; of a workbook its sheets.
 *
 * An archive gives all of its members before those of an archive among them follow, so that each is gone through once,
 * in the order that its directory lists: the order in which members can be opened at the least cost (io/zip_archive.h).
 * Memory: gpq_members_need(), with the opener's archive reader and a workbook reader, and some 200 bytes for each inner archive that
 * waits.      Threads: one.
 */
#ifndef GPQ_INPUT_MEMBERS_H
#define GPQ_INPUT_MEMBERS_H

#include "input/member_source.h"

/* A member; everything Borrows until the visit returns. */
struct gpq_member {
	const char *path; /* "folder/file.zip!inner.zip!folder/member.csv" */
	const char *name; /* "file.zip!inner.zip!member.csv", the source_file of its rows */
	const char *base; /* within 'name': "member.csv"; of a sheet its workbook's too: "book.xlsx!Jan" */
	const char *own;  /* within 'name': what the archive or workbook adds: "member.csv", "Jan" */
	const char *inside; /* within 'path': "folder/member.csv", "Jan"; 'path' itself where the member is the file */
	struct gpq_address address;
	uint64_t stored_bytes;
	enum gpq_zip_kind kind;
	const char *reason; /* NULL: it can be read */
};

struct gpq_members_visitor {
	void *context;
	/* 'out_archive' is to be set where the member is an archive itself. */
	enum gpq_status (*member)(void *context, const struct gpq_member *member, bool *out_archive,
				  struct gpq_error *err);
	/* The file, or a member that was said to be an archive, has no members; 'failure' is NULL where it is an empty
	 * archive, its status GPQ_E_UNRECOGNISED where it is a document that is not read. */
	enum gpq_status (*barren)(void *context, const struct gpq_member *archive, const struct gpq_error *failure,
				  struct gpq_error *err);
};

size_t gpq_members_need(void);

/* What goes through one archive after the other, and keeps its memory meanwhile. Borrows 'opener', whose archive reader lists: what
 * a visitor reads by the same opener is read from the file that is open. */
struct gpq_members;
GPQ_MUST_USE enum gpq_status gpq_members_open(struct gpq_member_opener *opener, struct gpq_members **out, struct gpq_error *err);
void gpq_members_close(struct gpq_members *members);

/*
 * gpq_members_visit() goes through the archive that is the file 'path'. An archive that cannot be read gives no members
 * and is told to the visitor. Errors: GPQ_E_BUDGET, GPQ_E_BUG, and what the visitor returns.
 */
GPQ_MUST_USE enum gpq_status gpq_members_visit(struct gpq_members *members, const char *path, uint64_t file_bytes,
					       const struct gpq_members_visitor *visitor, struct gpq_error *err);

/* gpq_members_walk() does it once, with an opener of its own. */
GPQ_MUST_USE enum gpq_status gpq_members_walk(struct gpq_budget *budget, const char *path, uint64_t file_bytes,
					      const struct gpq_members_visitor *visitor, struct gpq_error *err);

#endif
