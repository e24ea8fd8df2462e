// SPDX-License-Identifier: MIT
#include "io/walk.h"

#include "io/listing.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>

/* Room for the names of one folder: of the first this, of each one deeper half of the one above, but the floor. Ten
 * thousand names of 40 bytes fit into the first; of more there are several passes. */
#define FIRST_LISTING_BYTES ((size_t)512 << 10)
#define CAP_DEPTH           64

/* A folder that is open, and what it stands in: a folder that is its own ancestor is a loop of links. */
struct level {
	const struct level *above;
	dev_t device;
	ino_t inode;
	unsigned depth;
	size_t listing_bytes;
	struct gpq_listing listing;
};

struct walk {
	struct gpq_budget *budget;
	enum gpq_status (*visit)(void *context, const struct gpq_walk_entry *entry, struct gpq_error *err);
	void *context;
	size_t path_len;
	char path[PATH_MAX];
};

static size_t level_listing_bytes(unsigned depth)
{
	size_t bytes = depth < 16 ? FIRST_LISTING_BYTES >> depth : 0;
	return bytes > GPQ_LISTING_FLOOR_BYTES ? bytes : GPQ_LISTING_FLOOR_BYTES;
}

size_t gpq_walk_need(void)
{
	size_t bytes = sizeof(struct walk) + 4096;
	for (unsigned depth = 0; depth < CAP_DEPTH; depth++)
		bytes += level_listing_bytes(depth) + ((sizeof(struct level) + 63) & ~(size_t)63);
	return bytes;
}

static enum gpq_status folder_walk(struct walk *walk, const struct level *above, const struct stat *status,
				   struct gpq_error *err);

static enum gpq_status path_append(struct walk *walk, const char *name, struct gpq_error *err)
{
	size_t len = strlen(name);
	bool slash = walk->path_len > 0 && walk->path[walk->path_len - 1] != '/';
	if (walk->path_len + slash + len >= sizeof(walk->path))
		return gpq_fail_errno(err, ENAMETOOLONG, "%s holds a path of %zu bytes", walk->path,
				      walk->path_len + slash + len);
	if (slash)
		walk->path[walk->path_len++] = '/';
	memcpy(walk->path + walk->path_len, name, len + 1);
	walk->path_len += len;
	return GPQ_OK;
}

static enum gpq_status file_visit(struct walk *walk, const struct stat *status, struct gpq_error *err)
{
	struct gpq_walk_entry entry = {
		.path = walk->path,
		.size_bytes = (uint64_t)status->st_size,
		.modified_ns = (int64_t)status->st_mtim.tv_sec * 1000000000 + status->st_mtim.tv_nsec,
		.readable_kind = S_ISREG(status->st_mode),
	};
	return walk->visit(walk->context, &entry, err);
}

/* What stands at the path. A link to nothing is reported as the link that it is; what vanished since is not there. */
static enum gpq_status path_examine(const struct walk *walk, struct stat *out, bool *out_there, struct gpq_error *err)
{
	*out_there = true;
	if (stat(walk->path, out) == 0)
		return GPQ_OK;
	int sys_errno = errno;
	if (sys_errno == ENOENT || sys_errno == ELOOP || sys_errno == ENOTDIR) {
		if (lstat(walk->path, out) == 0)
			return GPQ_OK;
		*out_there = false;
		return GPQ_OK;
	}
	return gpq_fail_errno(err, sys_errno, "%s cannot be examined", walk->path);
}

static enum gpq_status name_walk(struct walk *walk, const struct level *level, const char *name, struct gpq_error *err)
{
	struct stat status;
	bool there = false;
	size_t path_len = walk->path_len;
	if (name[0] == '.')
		return GPQ_OK;
	GPQ_TRY(path_append(walk, name, err));
	GPQ_TRY(path_examine(walk, &status, &there, err));
	if (there && S_ISDIR(status.st_mode))
		GPQ_TRY(folder_walk(walk, level, &status, err));
	else if (there)
		GPQ_TRY(file_visit(walk, &status, err));
	walk->path_len = path_len;
	walk->path[path_len] = '\0';
	return GPQ_OK;
}

static bool is_loop(const struct level *above, const struct stat *status)
{
	for (; above; above = above->above)
		if (above->device == status->st_dev && above->inode == status->st_ino)
			return true;
	return false;
}

static enum gpq_status level_walk(struct walk *walk, struct level *level, struct gpq_error *err)
{
	const char *name = NULL;
	enum gpq_status status =
	    gpq_listing_init(&level->listing, walk->budget, level_listing_bytes(level->depth), err);
	while (status == GPQ_OK) {
		status = gpq_listing_next(&level->listing, walk->path, &name, err);
		if (status != GPQ_OK || !name)
			break;
		status = name_walk(walk, level, name, err);
	}
	gpq_listing_done(&level->listing);
	return status;
}

static enum gpq_status folder_walk(struct walk *walk, const struct level *above, const struct stat *status,
				   struct gpq_error *err)
{
	struct level *level = NULL;
	if (is_loop(above, status))
		return GPQ_OK;
	if (above && above->depth + 1 == CAP_DEPTH)
		return gpq_fail(err, GPQ_E_SYSTEM, "%s lies deeper than %d folders", walk->path, CAP_DEPTH);
	GPQ_TRY(gpq_alloc_zero(walk->budget, GPQ_TAG_IO, sizeof(*level), &level, err));
	level->above = above;
	level->device = status->st_dev;
	level->inode = status->st_ino;
	level->depth = above ? above->depth + 1 : 0;
	enum gpq_status result = level_walk(walk, level, err);
	gpq_free(walk->budget, GPQ_TAG_IO, level, sizeof(*level));
	return result;
}

static enum gpq_status root_walk(struct walk *walk, const char *root, struct gpq_error *err)
{
	struct stat status;
	GPQ_TRY(path_append(walk, root, err));
	if (stat(root, &status) != 0) {
		enum gpq_status result = gpq_fail_errno(err, errno, "%s cannot be examined", root);
		if (errno != ENOENT && errno != ENOTDIR)
			return result;
		if (err)
			err->status = GPQ_E_INPUT_MISSING;
		return GPQ_E_INPUT_MISSING;
	}
	return S_ISDIR(status.st_mode) ? folder_walk(walk, NULL, &status, err) : file_visit(walk, &status, err);
}

enum gpq_status gpq_walk(struct gpq_budget *budget, const char *root,
			 enum gpq_status (*visit)(void *context, const struct gpq_walk_entry *entry,
						  struct gpq_error *err),
			 void *context, struct gpq_error *err)
{
	struct walk *walk = NULL;
	GPQ_TRY(gpq_alloc_zero(budget, GPQ_TAG_IO, sizeof(*walk), &walk, err));
	walk->budget = budget;
	walk->visit = visit;
	walk->context = context;
	enum gpq_status status = root_walk(walk, root, err);
	gpq_free(budget, GPQ_TAG_IO, walk, sizeof(*walk));
	return status;
}
