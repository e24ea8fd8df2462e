// SPDX-License-Identifier: MIT
/*
 * Any bytes as parts of a workbook: its sheets are read, the same text in small steps as in large ones, or it is refused by a sentence;
 * never out of bounds or out of the budget, never without an end. The archive around the parts is written here, whole and with the right
 * sums, so that the parts are reached.
 *
 *     input: how, part, 0, part, 0, part ...      how bit 0: parts are the sheet, shared strings; else workbook, relations, types, sheet
 */
#include "workbook/workbook.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <zlib.h>

#define CAP_ARCHIVE ((size_t)1 << 20)
#define CAP_TEXT    ((uint64_t)4 << 20) /* of one sheet: a run stays short */
#define CAP_SHEETS  4u
#define N_PARTS     6

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct part {
	const char *name;
	const uint8_t *bytes;
	size_t len, at;
};

static uint8_t zip[CAP_ARCHIVE];
static size_t zip_len;

static void put(uint64_t value, int n_bytes)
{
	for (; n_bytes--; value >>= 8)
		zip[zip_len++] = (uint8_t)value;
}

/* What local header and directory record share (APPNOTE.TXT 4.4), for a stored member. */
static void numbers_put(const struct part *part)
{
	put(20, 2);
	put(0, 8);
	put(crc32(0, part->bytes, (uInt)part->len), 4);
	put(part->len, 4);
	put(part->len, 4);
	put(strlen(part->name), 2);
	put(0, 2);
}

static void bytes_put(const void *bytes, size_t len)
{
	memcpy(zip + zip_len, bytes, len);
	zip_len += len;
}

static void archive_write(struct part *parts)
{
	zip_len = 0;
	for (int i = 0; i < N_PARTS; i++) {
		parts[i].at = zip_len;
		put(0x04034b50, 4);
		numbers_put(&parts[i]);
		bytes_put(parts[i].name, strlen(parts[i].name));
		bytes_put(parts[i].bytes, parts[i].len);
	}
	size_t directory = zip_len;
	for (int i = 0; i < N_PARTS; i++) {
		put(0x02014b50, 4);
		put(20, 2);
		numbers_put(&parts[i]);
		put(0, 10);
		put(parts[i].at, 4);
		bytes_put(parts[i].name, strlen(parts[i].name));
	}
	size_t end = zip_len;
	put(0x06054b50, 4);
	put(0, 4);
	put(N_PARTS, 2);
	put(N_PARTS, 2);
	put(end - directory, 4);
	put(directory, 4);
	put(0, 2);
}

static void check_failure(enum gpq_status status, const struct gpq_error *err)
{
	if (status != GPQ_E_DATA && status != GPQ_E_UNRECOGNISED)
		abort();
	if (!err->message[0])
		abort();
}

/* The CRC of a sheet's text, as far as CAP_TEXT, and how it ended. */
static enum gpq_status sheet_read(struct gpq_workbook *workbook, struct gpq_archive *archive, const struct gpq_address *address,
				  size_t step, uLong *out_crc)
{
	static uint8_t text[1 << 16];
	struct gpq_error err = { 0 };
	uint64_t len = 0;
	size_t got = step;
	uLong crc = crc32(0, NULL, 0);
	uint8_t last = '\n';
	enum gpq_status status = gpq_workbook_begin(workbook, archive, address, &err);
	while (status == GPQ_OK && got == step && len < CAP_TEXT) {
		status = gpq_workbook_read(workbook, text, step, &got, &err);
		if (status != GPQ_OK || !got)
			break;
		size_t counted = len + got > CAP_TEXT ? (size_t)(CAP_TEXT - len) : got;
		crc = crc32(crc, text, (uInt)counted);
		len += got;
		last = text[got - 1];
	}
	if (status != GPQ_OK)
		check_failure(status, &err);
	else if (got < step && last != '\n')
		abort();
	*out_crc = status == GPQ_OK ? crc : 0;
	return status;
}

static void workbook_look(const char *path, struct gpq_workbook *workbook, struct gpq_archive *archive)
{
	const struct gpq_package *package = NULL;
	struct gpq_error err = { 0 };
	struct gpq_address address = { .path = path };
	enum gpq_status status = gpq_workbook_list(workbook, archive, &address, &package, &err);
	struct gpq_zip_place places[CAP_SHEETS];
	uint32_t count = 0;
	if (status == GPQ_END)
		return;
	if (status != GPQ_OK) {
		check_failure(status, &err);
		return;
	}
	for (uint32_t i = 0; i < package->n_sheets && count < CAP_SHEETS; i++)
		if (!package->sheets[i].reason)
			places[count++] = package->sheets[i].part.place;
	for (uint32_t i = 0; i < count; i++) {
		struct gpq_address sheet = { path, &places[i], 1 };
		uLong large = 0, small = 0;
		enum gpq_status first = sheet_read(workbook, archive, &sheet, 1 << 16, &large);
		enum gpq_status second = sheet_read(workbook, archive, &sheet, 61, &small);
		if (first != second || large != small)
			abort();
	}
}

static void parts_split(const uint8_t *data, size_t size, struct part *parts, const int *order, int count)
{
	for (int i = 0; i < count; i++) {
		const uint8_t *end = i + 1 < count ? memchr(data, 0, size) : NULL;
		size_t len = end ? (size_t)(end - data) : size;
		parts[order[i]].bytes = data;
		parts[order[i]].len = len;
		data += len + (end != NULL);
		size -= len + (end != NULL);
	}
}

#define TEXT_PART(name, text) { name, (const uint8_t *)(text), sizeof(text) - 1, 0 }

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static int fd = -1;
	static char path[64];
	static const int cells[] = { 5, 4 }, package[] = { 2, 3, 0, 5 };
	struct part parts[N_PARTS] = {
		TEXT_PART("[Content_Types].xml", "<Types><Override PartName=\"/w.xml\" ContentType=\"spreadsheetml.sheet.main\"/></Types>"),
		TEXT_PART("_rels/.rels", "<Relationships><Relationship Type=\"/officeDocument\" Target=\"w.xml\"/></Relationships>"),
		TEXT_PART("w.xml", "<workbook><sheets><sheet name=\"S\" id=\"s\"/></sheets></workbook>"),
		TEXT_PART("_rels/w.xml.rels", "<Relationships><Relationship Id=\"s\" Type=\"/worksheet\" Target=\"s.xml\"/>"
					      "<Relationship Id=\"t\" Type=\"/sharedStrings\" Target=\"t.xml\"/></Relationships>"),
		TEXT_PART("t.xml", "<sst><si><t>a</t></si></sst>"),
		TEXT_PART("s.xml", "<worksheet><sheetData><row><c t=\"s\"><v>0</v></c></row></sheetData></worksheet>"),
	};
	if (size < 1 || size > CAP_ARCHIVE - 4096)
		return 0;
	if (fd < 0) {
		fd = memfd_create("input", 0);
		snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	}
	if (data[0] & 1)
		parts_split(data + 1, size - 1, parts, cells, 2);
	else
		parts_split(data + 1, size - 1, parts, package, 4);
	archive_write(parts);
	if (ftruncate(fd, 0) != 0 || pwrite(fd, zip, zip_len, 0) != (ssize_t)zip_len)
		abort();
	struct gpq_budget budget;
	struct gpq_archive *archive = NULL;
	struct gpq_workbook *workbook = NULL;
	gpq_budget_init(&budget, gpq_archive_need(1) + gpq_workbook_need());
	if (gpq_archive_open(&budget, &archive, NULL) != GPQ_OK || gpq_workbook_open(&budget, "/tmp", &workbook, NULL) != GPQ_OK)
		abort();
	workbook_look(path, workbook, archive);
	gpq_workbook_close(workbook);
	gpq_archive_close(archive);
	if (atomic_load(&budget.used_bytes) != 0)
		abort();
	return 0;
}
