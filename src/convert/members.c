// SPDX-License-Identifier: MIT
#include "convert/members.h"

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
	uint32_t depth;
	struct gpq_zip_place places[GPQ_ARCHIVE_MAX_DEPTH];
	char texts[]; /* path and name, each with its terminator */
};

struct walk {
	struct gpq_budget *budget;
	struct gpq_archive *archive;
	const struct gpq_members_visitor *visitor;
	const char *file;
	struct gpq_zip_tally tally;
	struct waiting *first, *last;
	struct gpq_zip_place places[GPQ_ARCHIVE_MAX_DEPTH]; /* of the member under way */
	char path[PATH_BYTES], name[PATH_BYTES];            /* likewise */
};

size_t gpq_members_need(void)
{
	return sizeof(struct walk) + gpq_archive_need(GPQ_ARCHIVE_MAX_DEPTH);
}

static const char *last_part(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash ? slash + 1 : path;
}

static enum gpq_status waiting_add(struct walk *walk, const struct gpq_member *member, struct gpq_error *err)
{
	size_t path_len = strlen(member->path), name_len = strlen(member->name);
	size_t bytes = sizeof(struct waiting) + path_len + name_len + 2;
	struct waiting *waiting = NULL;
	GPQ_TRY(gpq_alloc(walk->budget, GPQ_TAG_CONVERT, bytes, &waiting, err));
	*waiting = (struct waiting){
		.bytes = bytes, .path_len = path_len, .name_len = name_len, .depth = member->address.depth
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

static void waiting_drop(struct walk *walk)
{
	struct waiting *waiting = walk->first;
	walk->first = waiting->next;
	if (!walk->first)
		walk->last = NULL;
	gpq_free(walk->budget, GPQ_TAG_CONVERT, waiting, waiting->bytes);
}

static struct gpq_member archive_member(const struct walk *walk, const struct waiting *waiting)
{
	const char *name = waiting->texts + waiting->path_len + 1, *mark = waiting->depth ? strrchr(name, '!') : NULL;
	return (struct gpq_member){
		.path = waiting->texts,
		.name = name,
		.base = mark ? mark + 1 : name,
		.address = { walk->file, waiting->places, waiting->depth },
		.stored_bytes =
		    waiting->depth ? waiting->places[waiting->depth - 1].stored_bytes : walk->tally.file_bytes,
		.kind = GPQ_ZIP_FILE,
	};
}

/* One member of the archive 'above'. */
static enum gpq_status entry_visit(struct walk *walk, const struct waiting *above, const struct gpq_zip_entry *entry,
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
		.address = { walk->file, walk->places, above->depth + 1 },
		.stored_bytes = entry->place.stored_bytes,
		.kind = entry->kind,
		.reason = entry->reason,
	};
	GPQ_TRY(walk->visitor->member(walk->visitor->context, &member, &archive, err));
	return archive && !entry->reason ? waiting_add(walk, &member, err) : GPQ_OK;
}

/* The failure of an archive is its own, but for those that are not its doing. */
static enum gpq_status archive_barren(struct walk *walk, const struct waiting *waiting, const struct gpq_error *failure,
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

static enum gpq_status archive_walk(struct walk *walk, const struct waiting *waiting, struct gpq_error *err)
{
	struct gpq_address address = { walk->file, waiting->places, waiting->depth };
	struct gpq_zip_entry entry;
	struct gpq_error failure = { .status = GPQ_OK };
	bool any = false;
	enum gpq_status status = gpq_archive_list(walk->archive, &address, &walk->tally, &failure);
	while (status == GPQ_OK) {
		status = gpq_archive_next(walk->archive, &entry, &failure);
		if (status == GPQ_OK)
			GPQ_TRY(entry_visit(walk, waiting, &entry, err));
		any = any || status == GPQ_OK;
	}
	if (status != GPQ_END)
		return archive_barren(walk, waiting, &failure, err);
	return any ? GPQ_OK : archive_barren(walk, waiting, NULL, err);
}

static enum gpq_status file_walk(struct walk *walk, struct gpq_error *err)
{
	struct gpq_member file = { .path = walk->file, .name = last_part(walk->file) };
	GPQ_TRY(gpq_archive_open(walk->budget, &walk->archive, err));
	GPQ_TRY(waiting_add(walk, &file, err));
	while (walk->first) {
		GPQ_TRY(archive_walk(walk, walk->first, err));
		waiting_drop(walk);
	}
	return GPQ_OK;
}

enum gpq_status gpq_members_walk(struct gpq_budget *budget, const char *path, uint64_t file_bytes,
				 const struct gpq_members_visitor *visitor, struct gpq_error *err)
{
	struct walk *walk = NULL;
	GPQ_TRY(gpq_alloc_zero(budget, GPQ_TAG_CONVERT, sizeof(*walk), &walk, err));
	walk->budget = budget;
	walk->visitor = visitor;
	walk->file = path;
	walk->tally.file_bytes = file_bytes;
	enum gpq_status status = file_walk(walk, err);
	while (walk->first)
		waiting_drop(walk);
	gpq_archive_close(walk->archive);
	gpq_free(budget, GPQ_TAG_CONVERT, walk, sizeof(*walk));
	return status;
}
