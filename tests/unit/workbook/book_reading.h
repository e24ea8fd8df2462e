/*
 * Opens a workbook file and reads its sheets whole, through workbook/workbook.h. For tests only: asserts where nothing should fail.
 */
#ifndef GPQ_TESTS_WORKBOOK_BOOK_READING_H
#define GPQ_TESTS_WORKBOOK_BOOK_READING_H

#include "unit/io/zip_writer.h"

#include "workbook/workbook.h"

struct book_reading {
	struct workplace place;
	struct gpq_budget budget;
	struct gpq_archive *archive;
	struct gpq_workbook *workbook;
	const struct gpq_package *package; /* of the file listed last */
	char path[PATH_MAX];
};

static inline void book_open(struct book_reading *book)
{
	memset(book, 0, sizeof(*book));
	workplace_open(&book->place);
	gpq_budget_init(&book->budget, gpq_archive_need(GPQ_ARCHIVE_MAX_DEPTH) + gpq_workbook_need());
	assert_int_equal(gpq_archive_open(&book->budget, &book->archive, NULL), GPQ_OK);
	assert_int_equal(gpq_workbook_open(&book->budget, book->place.folder, &book->workbook, NULL), GPQ_OK);
}

static inline void book_close(struct book_reading *book)
{
	gpq_workbook_close(book->workbook);
	gpq_archive_close(book->archive);
	assert_int_equal(atomic_load(&book->budget.used_bytes), 0);
	workplace_close(&book->place);
}

/* Lists the sheets of a file in the test's folder. */
static inline enum gpq_status book_list(struct book_reading *book, const char *name, struct gpq_error *err)
{
	snprintf(book->path, sizeof(book->path), "%s", workplace_path(&book->place, name));
	struct gpq_address address = { .path = book->path };
	gpq_archive_leave(book->archive); /* the file may be another by now */
	return gpq_workbook_list(book->workbook, book->archive, &address, &book->package, err);
}

/* Reads a sheet of what was listed in pieces of 'step' bytes into 'out', or past it where 'out' is NULL. */
static inline enum gpq_status book_read(struct book_reading *book, const struct gpq_zip_place *sheet, size_t step, uint8_t *out,
					size_t cap, size_t *out_len, uint32_t *out_crc, struct gpq_error *err)
{
	static uint8_t piece[1 << 16];
	struct gpq_address address = { book->path, sheet, 1 };
	uLong crc = crc32(0, NULL, 0);
	size_t len = 0, got = step;
	assert_true(step <= sizeof(piece));
	enum gpq_status status = gpq_workbook_begin(book->workbook, book->archive, &address, err);
	while (status == GPQ_OK && got == step) {
		status = gpq_workbook_read(book->workbook, piece, step, &got, err);
		if (status != GPQ_OK)
			break;
		assert_true(!out || got <= cap - len);
		if (out)
			memcpy(out + len, piece, got);
		crc = crc32(crc, piece, (uInt)got);
		len += got;
	}
	*out_len = len;
	if (out_crc)
		*out_crc = (uint32_t)crc;
	return status;
}

#endif
