// SPDX-License-Identifier: MIT
#include "io/listing.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* Of the room, for the system's entries: an eighth between these. */
#define FLOOR_ENTRIES_BYTES ((size_t)4 << 10)
#define CAP_ENTRIES_BYTES   ((size_t)32 << 10)

enum gpq_status gpq_listing_init(struct gpq_listing *listing, struct gpq_budget *budget, size_t room_bytes,
				 struct gpq_error *err)
{
	uint8_t *room = NULL;
	size_t entries = (room_bytes / 8) & ~(size_t)63;
	if (room_bytes < GPQ_LISTING_FLOOR_BYTES || room_bytes > UINT32_MAX)
		return gpq_fail(err, GPQ_E_BUG, "a folder cannot be listed in %zu bytes", room_bytes);
	room_bytes &= ~(size_t)63;
	GPQ_TRY(gpq_alloc(budget, GPQ_TAG_IO, room_bytes, &room, err));
	if (entries > CAP_ENTRIES_BYTES)
		entries = CAP_ENTRIES_BYTES;
	if (entries < FLOOR_ENTRIES_BYTES)
		entries = FLOOR_ENTRIES_BYTES;
	memset(listing, 0, sizeof(*listing));
	listing->budget = budget;
	listing->room = room;
	listing->room_bytes = room_bytes;
	listing->entries_bytes = entries;
	listing->more = true; /* nothing was read yet */
	return GPQ_OK;
}

void gpq_listing_done(struct gpq_listing *listing)
{
	if (listing->budget)
		gpq_free(listing->budget, GPQ_TAG_IO, listing->room, listing->room_bytes);
	memset(listing, 0, sizeof(*listing));
}

static char *names_of(const struct gpq_listing *listing)
{
	return (char *)listing->room + listing->entries_bytes;
}

/* The offsets of the kept names. */
static uint32_t *spots_of(const struct gpq_listing *listing)
{
	return (uint32_t *)(void *)(listing->room + listing->room_bytes) - listing->n_names;
}

/* Heapsort: qsort(3) of the C library asks for memory that no budget sees. */
static void spots_sift(uint32_t *spots, size_t at, size_t n, const char *names)
{
	for (size_t child; (child = 2 * at + 1) < n; at = child) {
		if (child + 1 < n && strcmp(names + spots[child], names + spots[child + 1]) < 0)
			child++;
		if (strcmp(names + spots[at], names + spots[child]) >= 0)
			return;
		uint32_t spot = spots[at];
		spots[at] = spots[child];
		spots[child] = spot;
	}
}

static void spots_sort(struct gpq_listing *listing)
{
	uint32_t *spots = spots_of(listing);
	const char *names = names_of(listing);
	for (size_t at = listing->n_names / 2; at-- > 0;)
		spots_sift(spots, at, listing->n_names, names);
	for (size_t n = listing->n_names; n-- > 1;) {
		uint32_t highest = spots[0];
		spots[0] = spots[n];
		spots[n] = highest;
		spots_sift(spots, 0, n, names);
	}
}

/* The upper half of the names leaves: its lowest becomes the bound. */
static void upper_half_drop(struct gpq_listing *listing)
{
	char *names = names_of(listing);
	size_t end = listing->names_bytes;
	spots_sort(listing);
	strcpy(listing->bound, names + spots_of(listing)[listing->n_names / 2]);
	listing->names_bytes = listing->n_names = 0;
	for (size_t at = 0, len; at < end; at += len) {
		len = strlen(names + at) + 1;
		if (strcmp(names + at, listing->bound) >= 0)
			continue;
		memmove(names + listing->names_bytes, names + at, len);
		listing->n_names++;
		*spots_of(listing) = (uint32_t)listing->names_bytes;
		listing->names_bytes += len;
	}
}

static void name_keep(struct gpq_listing *listing, const char *name, size_t len)
{
	size_t rest = listing->room_bytes - listing->entries_bytes;
	if (listing->names_bytes + len + 1 + (listing->n_names + 1) * sizeof(uint32_t) > rest)
		upper_half_drop(listing);
	if (listing->bound[0] && strcmp(name, listing->bound) >= 0)
		return;
	memcpy(names_of(listing) + listing->names_bytes, name, len + 1);
	listing->n_names++;
	*spots_of(listing) = (uint32_t)listing->names_bytes;
	listing->names_bytes += len + 1;
}

static enum gpq_status entries_keep(struct gpq_listing *listing, const char *path, size_t bytes, struct gpq_error *err)
{
	const struct dirent64 *entry;
	for (size_t at = 0; at < bytes; at += entry->d_reclen) {
		entry = (const struct dirent64 *)(const void *)(listing->room + at);
		const char *name = entry->d_name;
		size_t len = strlen(name);
		if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
			continue;
		if (len >= GPQ_LISTING_NAME_BYTES)
			return gpq_fail_errno(err, ENAMETOOLONG, "%s holds a name of %zu bytes", path, len);
		if (strcmp(name, listing->last) > 0)
			name_keep(listing, name, len);
	}
	return GPQ_OK;
}

static enum gpq_status open_failed(const char *path, int sys_errno, struct gpq_error *err)
{
	enum gpq_status status = gpq_fail_errno(err, sys_errno, "%s cannot be listed", path);
	if (sys_errno == ENOENT || sys_errno == ENOTDIR) {
		status = GPQ_E_INPUT_MISSING;
		if (err)
			err->status = status;
	}
	return status;
}

/* Reads the folder once: the lowest names above 'last' that fit, in order. */
static enum gpq_status pass_read(struct gpq_listing *listing, const char *path, struct gpq_error *err)
{
	int fd;
	enum gpq_status status = GPQ_OK;
	listing->names_bytes = listing->n_names = listing->at = 0;
	listing->bound[0] = '\0';
	do
		fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	while (fd < 0 && errno == EINTR);
	if (fd < 0)
		return open_failed(path, errno, err);
	while (status == GPQ_OK) {
		ssize_t got = getdents64(fd, listing->room, listing->entries_bytes);
		if (got == 0)
			break;
		if (got > 0)
			status = entries_keep(listing, path, (size_t)got, err);
		else if (errno != EINTR)
			status = gpq_fail_errno(err, errno, "%s cannot be listed", path);
	}
	close(fd);
	spots_sort(listing);
	listing->more = listing->bound[0] != '\0';
	return status;
}

enum gpq_status gpq_listing_next(struct gpq_listing *listing, const char *path, const char **out, struct gpq_error *err)
{
	if (listing->at == listing->n_names && listing->more)
		GPQ_TRY(pass_read(listing, path, err));
	if (listing->at == listing->n_names) {
		*out = NULL;
		return GPQ_OK;
	}
	strcpy(listing->last, names_of(listing) + spots_of(listing)[listing->at++]);
	*out = listing->last;
	return GPQ_OK;
}
