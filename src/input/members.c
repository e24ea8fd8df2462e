// SPDX-License-Identifier: MIT
#include "input/members.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

/* A path on disk and a name for each archive behind it. */
#define PATH_BYTES (PATH_MAX + GPQ_ARCHIVE_MAX_DEPTH * (GPQ_ZIP_NAME_BYTES + 1))

/* An archive that waits for its turn: its texts stand behind its places. */
struct waiting {
	struct waiting *next;
	size_t bytes; /* of this, all in all */
	size_t path_len, name_len;
	size_t inside_at, base_at; /* in path and name */
	uint32_t depth;
	struct gpq_zip_place places[GPQ_ARCHIVE_MAX_DEPTH];
	char texts[]; /* path and name, each with its terminator */
};

struct gpq_members {
	struct gpq_budget *budget;
	struct gpq_member_opener *opener;
	struct gpq_workbook *workbook; /* NULL: there was none yet */
	const struct gpq_members_visitor *visitor;
	const char *file;
	struct gpq_zip_tally tally;
	struct waiting *first, *last;
	struct gpq_zip_place places[GPQ_ARCHIVE_MAX_DEPTH]; /* of the member under way */
	char path[PATH_BYTES], name[PATH_BYTES];            /* likewise */
};

size_t gpq_members_need(void)
{
	return sizeof(struct gpq_members) + gpq_archive_need(GPQ_ARCHIVE_MAX_DEPTH) + gpq_workbook_need();
}

static const char *last_part(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash ? slash + 1 : path;
}

static enum gpq_status waiting_add(struct gpq_members *walk, const struct gpq_member *member, struct gpq_error *err)
{
	size_t path_len = strlen(member->path), name_len = strlen(member->name);
	size_t bytes = sizeof(struct waiting) + path_len + name_len + 2;
	struct waiting *waiting = NULL;
	GPQ_TRY(gpq_alloc(walk->budget, GPQ_TAG_CONVERT, bytes, &waiting, err));
	*waiting = (struct waiting){
		.bytes = bytes,
		.path_len = path_len,
		.name_len = name_len,
		.inside_at = (size_t)(member->inside - member->path),
		.base_at = (size_t)(member->base - member->name),
		.depth = member->address.depth,
	};
	if (waiting->depth)
		memcpy(waiting->places, member->address.places, waiting->depth * sizeof(waiting->places[0]));
	memcpy(waiting->texts, member->path, path_len + 1);
	memcpy(waiting->texts + path_len + 1, member->name, name_len + 1);
	if (walk->last)
		walk->last->next = waiting;
	else
		walk->first = waiting;
	walk->last = waiting;
	return GPQ_OK;
}

static void waiting_drop(struct gpq_members *walk)
{
	struct waiting *waiting = walk->first;
	walk->first = waiting->next;
	if (!walk->first)
		walk->last = NULL;
	gpq_free(walk->budget, GPQ_TAG_CONVERT, waiting, waiting->bytes);
}

static struct gpq_member archive_member(const struct gpq_members *walk, const struct waiting *waiting)
{
	const char *name = waiting->texts + waiting->path_len + 1;
	return (struct gpq_member){
		.path = waiting->texts,
		.name = name,
		.base = name + waiting->base_at,
		.own = name + waiting->base_at, /* no sheet is an archive */
		.inside = waiting->texts + waiting->inside_at,
		.address = { walk->file, waiting->places, waiting->depth },
		.stored_bytes =
		    waiting->depth ? waiting->places[waiting->depth - 1].stored_bytes : walk->tally.file_bytes,
		.kind = GPQ_ZIP_FILE,
	};
}

/* One member of the archive 'above'. */
static enum gpq_status entry_visit(struct gpq_members *walk, const struct waiting *above, const struct gpq_zip_entry *entry,
				   struct gpq_error *err)
{
	const char *base = entry->kind == GPQ_ZIP_FOLDER ? entry->name : last_part(entry->name);
	bool archive = false;
	snprintf(walk->path, sizeof(walk->path), "%s!%s", above->texts, entry->name);
	snprintf(walk->name, sizeof(walk->name), "%s!%s", above->texts + above->path_len + 1, base);
	memcpy(walk->places, above->places, above->depth * sizeof(walk->places[0]));
	walk->places[above->depth] = entry->place;
	struct gpq_member member = {
		.path = walk->path,
		.name = walk->name,
		.base = walk->name + above->name_len + 1,
		.own = walk->name + above->name_len + 1,
		.inside = walk->path + above->path_len + 1,
		.address = { walk->file, walk->places, above->depth + 1 },
		.stored_bytes = entry->place.stored_bytes,
		.kind = entry->kind,
		.reason = entry->reason,
	};
	GPQ_TRY(walk->visitor->member(walk->visitor->context, &member, &archive, err));
	return archive && !entry->reason ? waiting_add(walk, &member, err) : GPQ_OK;
}

/* The failure of an archive is its own, but for those that are not its doing. */
static enum gpq_status archive_barren(struct gpq_members *walk, const struct waiting *waiting, const struct gpq_error *failure,
				      struct gpq_error *err)
{
	struct gpq_member member = archive_member(walk, waiting);
	if (failure && (failure->status == GPQ_E_BUDGET || failure->status == GPQ_E_BUG)) {
		if (err)
			*err = *failure;
		return failure->status;
	}
	return walk->visitor->barren(walk->visitor->context, &member, failure, err);
}

static enum gpq_status sheet_visit(struct gpq_members *walk, const struct waiting *book, const struct gpq_package_sheet *sheet,
				   struct gpq_error *err)
{
	struct gpq_member above = archive_member(walk, book);
	bool archive = false;
	snprintf(walk->path, sizeof(walk->path), "%s!%s", above.path, sheet->name);
	snprintf(walk->name, sizeof(walk->name), "%s!%s", above.name, sheet->name);
	memcpy(walk->places, book->places, book->depth * sizeof(walk->places[0]));
	walk->places[book->depth] = sheet->part.place;
	walk->places[book->depth].reading = GPQ_READ_SHEET;
	struct gpq_member member = {
		.path = walk->path,
		.name = walk->name,
		.base = walk->name + (above.base - above.name),
		.own = walk->name + book->name_len + 1,
		.inside = walk->path + book->path_len + 1,
		.address = { walk->file, walk->places, book->depth + 1 },
		.stored_bytes = sheet->part.place.stored_bytes,
		.kind = !sheet->reason ? GPQ_ZIP_FILE : sheet->is_none ? GPQ_ZIP_DECORATION : GPQ_ZIP_PACKED_ELSE,
		.reason = sheet->reason,
	};
	return walk->visitor->member(walk->visitor->context, &member, &archive, err);
}

/* Of an office document: a workbook's sheets, or what else it is. '*out_other': it is none, but an archive as others are. */
static enum gpq_status document_walk(struct gpq_members *walk, const struct waiting *waiting, bool *out_other,
				     struct gpq_error *err)
{
	struct gpq_address address = { walk->file, waiting->places, waiting->depth };
	struct gpq_error failure = { .status = GPQ_OK };
	const struct gpq_package *package = NULL;
	if (!walk->workbook)
		GPQ_TRY(gpq_workbook_open(walk->budget, NULL, &walk->workbook, err));
	enum gpq_status status = gpq_workbook_list(walk->workbook, walk->opener->archive, &address, &package, &failure);
	*out_other = status == GPQ_END;
	if (status == GPQ_END)
		return GPQ_OK;
	if (status == GPQ_OK && !package->n_sheets)
		status = gpq_fail(&failure, GPQ_E_UNRECOGNISED, "a workbook without sheets");
	if (status != GPQ_OK)
		return archive_barren(walk, waiting, &failure, err);
	for (uint32_t i = 0; i < package->n_sheets; i++)
		GPQ_TRY(sheet_visit(walk, waiting, &package->sheets[i], err));
	return GPQ_OK;
}

static enum gpq_status archive_walk(struct gpq_members *walk, const struct waiting *waiting, struct gpq_error *err)
{
	struct gpq_address address = { walk->file, waiting->places, waiting->depth };
	struct gpq_zip_entry entry;
	struct gpq_error failure = { .status = GPQ_OK };
	bool any = false;
	enum gpq_status status = gpq_archive_list(walk->opener->archive, &address, &walk->tally, &failure);
	if (status == GPQ_OK && gpq_archive_is_document(walk->opener->archive)) {
		bool other = false;
		GPQ_TRY(document_walk(walk, waiting, &other, err));
		if (!other)
			return GPQ_OK;
		status = gpq_archive_list(walk->opener->archive, &address, NULL, &failure);
	}
	while (status == GPQ_OK) {
		status = gpq_archive_next(walk->opener->archive, &entry, &failure);
		if (status == GPQ_OK)
			GPQ_TRY(entry_visit(walk, waiting, &entry, err));
		any = any || status == GPQ_OK;
	}
	if (status != GPQ_END)
		return archive_barren(walk, waiting, &failure, err);
	return any ? GPQ_OK : archive_barren(walk, waiting, NULL, err);
}

static enum gpq_status file_walk(struct gpq_members *walk, struct gpq_error *err)
{
	const char *name = last_part(walk->file);
	struct gpq_member file = { .path = walk->file, .name = name, .base = name, .own = name, .inside = walk->file };
	if (!walk->opener->archive)
		GPQ_TRY(gpq_archive_open(walk->budget, &walk->opener->archive, err));
	GPQ_TRY(waiting_add(walk, &file, err));
	while (walk->first) {
		GPQ_TRY(archive_walk(walk, walk->first, err));
		waiting_drop(walk);
	}
	return GPQ_OK;
}

enum gpq_status gpq_members_open(struct gpq_member_opener *opener, struct gpq_members **out, struct gpq_error *err)
{
	struct gpq_members *walk = NULL;
	GPQ_TRY(gpq_alloc_zero(opener->budget, GPQ_TAG_CONVERT, sizeof(*walk), &walk, err));
	walk->budget = opener->budget;
	walk->opener = opener;
	*out = walk;
	return GPQ_OK;
}

void gpq_members_close(struct gpq_members *walk)
{
	if (!walk)
		return;
	gpq_workbook_close(walk->workbook);
	gpq_free(walk->budget, GPQ_TAG_CONVERT, walk, sizeof(*walk));
}

enum gpq_status gpq_members_visit(struct gpq_members *walk, const char *path, uint64_t file_bytes,
				  const struct gpq_members_visitor *visitor, struct gpq_error *err)
{
	walk->visitor = visitor;
	walk->file = path;
	walk->tally = (struct gpq_zip_tally){ .file_bytes = file_bytes };
	enum gpq_status status = file_walk(walk, err);
	while (walk->first)
		waiting_drop(walk);
	return status;
}

enum gpq_status gpq_members_walk(struct gpq_budget *budget, const char *path, uint64_t file_bytes,
				 const struct gpq_members_visitor *visitor, struct gpq_error *err)
{
	struct gpq_member_opener opener = { .budget = budget };
	struct gpq_members *members = NULL;
	enum gpq_status status = gpq_members_open(&opener, &members, err);
	if (status == GPQ_OK)
		status = gpq_members_visit(members, path, file_bytes, visitor, err);
	gpq_members_close(members);
	gpq_member_opener_done(&opener);
	return status;
}
