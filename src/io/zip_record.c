// SPDX-License-Identifier: MIT
#include "io/zip_record.h"

#include <string.h>

#define SIGNATURE_LOCAL      0x04034b50u
#define SIGNATURE_CENTRAL    0x02014b50u
#define SIGNATURE_END        0x06054b50u
#define SIGNATURE_END64      0x06064b50u
#define SIGNATURE_LOCATOR    0x07064b50u
#define SIGNATURE_DESCRIPTOR 0x08074b50u

#define EXTRA_ZIP64 0x0001u
#define SHORT_16    0xffffu
#define SHORT_32    0xffffffffu

static uint16_t u16_at(const uint8_t *bytes)
{
	return (uint16_t)(bytes[0] | bytes[1] << 8);
}

static uint32_t u32_at(const uint8_t *bytes)
{
	return u16_at(bytes) | (uint32_t)u16_at(bytes + 2) << 16;
}

static uint64_t u64_at(const uint8_t *bytes)
{
	return u32_at(bytes) | (uint64_t)u32_at(bytes + 4) << 32;
}

/* From the flags to the length of the extra fields both headers have the same 24 bytes. */
static struct gpq_zip_header header_parse(const uint8_t *bytes)
{
	return (struct gpq_zip_header){
		.flags = u16_at(bytes),
		.method = u16_at(bytes + 2),
		.dos_time = u16_at(bytes + 4),
		.dos_date = u16_at(bytes + 6),
		.crc = u32_at(bytes + 8),
		.stored_bytes = u32_at(bytes + 12),
		.size_bytes = u32_at(bytes + 16),
		.name_len = u16_at(bytes + 20),
		.extra_len = u16_at(bytes + 22),
	};
}

bool gpq_zip_local_parse(const uint8_t *bytes, struct gpq_zip_header *out)
{
	if (u32_at(bytes) != SIGNATURE_LOCAL)
		return false;
	*out = header_parse(bytes + 6);
	return true;
}

bool gpq_zip_central_parse(const uint8_t *bytes, struct gpq_zip_header *out)
{
	if (u32_at(bytes) != SIGNATURE_CENTRAL)
		return false;
	*out = header_parse(bytes + 8);
	out->comment_len = u16_at(bytes + 32);
	out->disk = u16_at(bytes + 34);
	out->local_at = u32_at(bytes + 42);
	return true;
}

bool gpq_zip_end_parse(const uint8_t *bytes, struct gpq_zip_end *out, uint32_t *out_comment_len)
{
	if (u32_at(bytes) != SIGNATURE_END)
		return false;
	*out = (struct gpq_zip_end){
		.disk = u16_at(bytes + 4),
		.directory_disk = u16_at(bytes + 6),
		.n_members_here = u16_at(bytes + 8),
		.n_members = u16_at(bytes + 10),
		.directory_bytes = u32_at(bytes + 12),
		.directory_at = u32_at(bytes + 16),
	};
	*out_comment_len = u16_at(bytes + 20);
	return true;
}

bool gpq_zip_end64_parse(const uint8_t *bytes, struct gpq_zip_end *out)
{
	if (u32_at(bytes) != SIGNATURE_END64)
		return false;
	*out = (struct gpq_zip_end){
		.disk = u32_at(bytes + 16),
		.directory_disk = u32_at(bytes + 20),
		.n_members_here = u64_at(bytes + 24),
		.n_members = u64_at(bytes + 32),
		.directory_bytes = u64_at(bytes + 40),
		.directory_at = u64_at(bytes + 48),
	};
	return true;
}

bool gpq_zip_locator_parse(const uint8_t *bytes, uint64_t *out_at)
{
	if (u32_at(bytes) != SIGNATURE_LOCATOR)
		return false;
	*out_at = u64_at(bytes + 8);
	return true;
}

const uint8_t *gpq_zip_extra_find(const uint8_t *extra, size_t len, uint16_t id, size_t *out_len)
{
	while (len >= 4) {
		size_t field_len = u16_at(extra + 2);
		if (field_len > len - 4)
			return NULL;
		if (u16_at(extra) == id) {
			*out_len = field_len;
			return extra + 4;
		}
		extra += 4 + field_len;
		len -= 4 + field_len;
	}
	return NULL;
}

static bool wide_take(uint64_t *value, const uint8_t **at, size_t *left)
{
	if (*value != SHORT_32)
		return true;
	if (*left < 8)
		return false;
	*value = u64_at(*at);
	*at += 8;
	*left -= 8;
	return true;
}

/* 4.5.3: only the numbers that do not fit stand there, in this order. */
bool gpq_zip_header_widen(struct gpq_zip_header *header, const uint8_t *extra, size_t len)
{
	if (header->size_bytes != SHORT_32 && header->stored_bytes != SHORT_32 && header->local_at != SHORT_32 &&
	    header->disk != SHORT_16)
		return true;
	size_t left = 0;
	const uint8_t *at = gpq_zip_extra_find(extra, len, EXTRA_ZIP64, &left);
	if (!at || !wide_take(&header->size_bytes, &at, &left) || !wide_take(&header->stored_bytes, &at, &left) ||
	    !wide_take(&header->local_at, &at, &left))
		return false;
	if (header->disk != SHORT_16)
		return true;
	if (left < 4)
		return false;
	header->disk = u32_at(at);
	return true;
}

static bool sizes_fit(const uint8_t *bytes, size_t len, uint64_t stored_bytes, uint64_t size_bytes)
{
	if (len >= 8 && u32_at(bytes) == stored_bytes && u32_at(bytes + 4) == size_bytes)
		return true;
	return len >= 16 && u64_at(bytes) == stored_bytes && u64_at(bytes + 8) == size_bytes;
}

bool gpq_zip_descriptor_fits(const uint8_t *bytes, size_t len, uint32_t crc, uint64_t stored_bytes, uint64_t size_bytes)
{
	if (len >= 4 && u32_at(bytes) == crc && sizes_fit(bytes + 4, len - 4, stored_bytes, size_bytes))
		return true;
	return len >= 8 && u32_at(bytes) == SIGNATURE_DESCRIPTOR && u32_at(bytes + 4) == crc &&
	       sizes_fit(bytes + 8, len - 8, stored_bytes, size_bytes);
}

int64_t gpq_zip_dos_seconds(uint16_t date, uint16_t time)
{
	static const uint16_t days_before[12] = { 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334 };
	static const uint8_t month_days[12] = { 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	int64_t year = 1980 + (date >> 9), day = date & 31;
	uint32_t month = date >> 5 & 15, hour = time >> 11, minute = time >> 5 & 63, second = (time & 31) * 2u;
	if (month < 1 || month > 12 || day < 1 || day > month_days[month - 1] || hour > 23 || minute > 59 ||
	    second > 59)
		return 0;
	/* 1980 was a leap year; 2100, the one year of four until 2107 that is none, is passed over. */
	bool leap = year % 4 == 0 && year != 2100;
	if (month == 2 && day == 29 && !leap)
		return 0;
	int64_t days = 3652 + (year - 1980) * 365 + (year - 1977) / 4 - (year > 2100) + days_before[month - 1] +
		       (leap && month > 2) + day - 1;
	return days * 86400 + hour * 3600 + minute * 60 + second;
}

/* 4.4.5. */
const char *gpq_zip_method_word(uint16_t method)
{
	static const struct {
		uint16_t method;
		const char *word;
	} words[] = {
		{ 1, "Shrink" },  { 2, "Reduce" },    { 3, "Reduce" }, { 4, "Reduce" }, { 5, "Reduce" },
		{ 6, "Implode" }, { 9, "Deflate64" }, { 12, "bzip2" }, { 14, "LZMA" },  { 93, "Zstandard" },
		{ 95, "XZ" },     { 98, "PPMd" },     { 99, "AES" },
	};
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (words[i].method == method)
			return words[i].word;
	return "an unknown method";
}
