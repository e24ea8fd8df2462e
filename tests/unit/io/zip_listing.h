/*
 * Lists an archive into an array and reads members whole, through io/zip_archive.h. For tests only.
 */
#ifndef GPQ_TESTS_IO_ZIP_LISTING_H
#define GPQ_TESTS_IO_ZIP_LISTING_H

#include "unit/io/zip_writer.h"

#include "io/zip_archive.h"

#define ZIP_LISTED 64

struct zip_listed {
	struct gpq_zip_entry entry;
	char name[GPQ_ZIP_NAME_BYTES], reason[128];
};

static struct zip_listed zip_listed[ZIP_LISTED];
static unsigned zip_n_listed;

/* Lists into 'zip_listed'. */
static inline enum gpq_status zip_list(struct gpq_archive *archive, const struct gpq_address *address,
				       struct gpq_error *err)
{
	struct gpq_zip_entry entry;
	enum gpq_status status = gpq_archive_list(archive, address, NULL, err);
	zip_n_listed = 0;
	if (status != GPQ_OK)
		return status;
	while ((status = gpq_archive_next(archive, &entry, err)) == GPQ_OK) {
		assert_true(zip_n_listed < ZIP_LISTED);
		struct zip_listed *to = &zip_listed[zip_n_listed++];
		to->entry = entry;
		strcpy(to->name, entry.name);
		snprintf(to->reason, sizeof(to->reason), "%s", entry.reason ? entry.reason : "");
		assert_int_equal(entry.kind == GPQ_ZIP_FILE, entry.reason == NULL);
	}
	return status == GPQ_END ? GPQ_OK : status;
}

/* The address of 'place' in the archive at 'above'; its places stay until 256 others were made. */
static inline struct gpq_address zip_below(const struct gpq_address *above, const struct gpq_zip_place *place)
{
	static struct gpq_zip_place places[256][GPQ_ARCHIVE_MAX_DEPTH];
	static unsigned at;
	struct gpq_zip_place *own = places[at++ % 256];
	assert_true(above->depth < GPQ_ARCHIVE_MAX_DEPTH);
	if (above->depth)
		memcpy(own, above->places, above->depth * sizeof(*own));
	own[above->depth] = *place;
	return (struct gpq_address){ above->path, own, above->depth + 1 };
}

/* The address of member 'index' of what was listed at 'above'. */
static inline struct gpq_address zip_address(const struct gpq_address *above, unsigned index)
{
	assert_true(index < zip_n_listed);
	return zip_below(above, &zip_listed[index].entry.place);
}

/* Reads a member in steps; what was read before a failure counts too. */
static inline enum gpq_status zip_read(struct gpq_archive *archive, const struct gpq_address *address, size_t step,
				       uint8_t *out, size_t cap, size_t *out_len, struct gpq_error *err)
{
	size_t len = 0, got, want;
	enum gpq_status status = gpq_archive_begin(archive, address, err);
	*out_len = 0;
	if (status != GPQ_OK)
		return status;
	do {
		want = step < cap - len ? step : cap - len;
		assert_true(want > 0);
		got = 0;
		status = gpq_archive_read(archive, out + len, want, &got, err);
		len += got;
	} while (status == GPQ_OK && got == want);
	*out_len = len;
	return status;
}

#endif
