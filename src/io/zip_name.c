// SPDX-License-Identifier: MIT
#include "io/zip_name.h"

#include "io/zip_record.h"

#include <isa-l/crc.h>
#include <string.h>
#include <strings.h>

/* Info-ZIP's Unicode Path: version 1, CRC of the name that it replaces, UTF-8 (4.6.9). */
#define EXTRA_UNICODE_PATH       0x7075u
#define EXTRA_UNICODE_PATH_BYTES 5u

/* Code page 437 from 0x80 on, made by Python's codec: [ord(bytes([b]).decode("cp437")) for b in range(128, 256)]. */
static const uint16_t upper_half[128] = {
	0x00c7, 0x00fc, 0x00e9, 0x00e2, 0x00e4, 0x00e0, 0x00e5, 0x00e7, 0x00ea, 0x00eb, 0x00e8, 0x00ef, 0x00ee,
	0x00ec, 0x00c4, 0x00c5, 0x00c9, 0x00e6, 0x00c6, 0x00f4, 0x00f6, 0x00f2, 0x00fb, 0x00f9, 0x00ff, 0x00d6,
	0x00dc, 0x00a2, 0x00a3, 0x00a5, 0x20a7, 0x0192, 0x00e1, 0x00ed, 0x00f3, 0x00fa, 0x00f1, 0x00d1, 0x00aa,
	0x00ba, 0x00bf, 0x2310, 0x00ac, 0x00bd, 0x00bc, 0x00a1, 0x00ab, 0x00bb, 0x2591, 0x2592, 0x2593, 0x2502,
	0x2524, 0x2561, 0x2562, 0x2556, 0x2555, 0x2563, 0x2551, 0x2557, 0x255d, 0x255c, 0x255b, 0x2510, 0x2514,
	0x2534, 0x252c, 0x251c, 0x2500, 0x253c, 0x255e, 0x255f, 0x255a, 0x2554, 0x2569, 0x2566, 0x2560, 0x2550,
	0x256c, 0x2567, 0x2568, 0x2564, 0x2565, 0x2559, 0x2558, 0x2552, 0x2553, 0x256b, 0x256a, 0x2518, 0x250c,
	0x2588, 0x2584, 0x258c, 0x2590, 0x2580, 0x03b1, 0x00df, 0x0393, 0x03c0, 0x03a3, 0x03c3, 0x00b5, 0x03c4,
	0x03a6, 0x0398, 0x03a9, 0x03b4, 0x221e, 0x03c6, 0x03b5, 0x2229, 0x2261, 0x00b1, 0x2265, 0x2264, 0x2320,
	0x2321, 0x00f7, 0x2248, 0x00b0, 0x2219, 0x00b7, 0x221a, 0x207f, 0x00b2, 0x25a0, 0x00a0
};

/* Text under way; the last byte is kept for the terminator. */
struct name_text {
	char *out;
	size_t len;
	bool cut;
};

static void text_put(struct name_text *text, const void *bytes, size_t len)
{
	text->cut = text->cut || len > GPQ_ZIP_NAME_BYTES - 1 - text->len;
	if (text->cut)
		return;
	memcpy(text->out + text->len, bytes, len);
	text->len += len;
}

static void escape_put(struct name_text *text, uint8_t byte)
{
	static const char digits[] = "0123456789ABCDEF";
	text_put(text, (char[]){ '%', digits[byte >> 4], digits[byte & 15] }, 3);
}

static void ascii_put(struct name_text *text, uint8_t byte)
{
	char c = byte == '\\' ? '/' : (char)byte;
	if (byte < 0x20 || byte == 0x7f)
		escape_put(text, byte);
	else
		text_put(text, &c, 1);
}

/* A code point above ASCII of the code page: all are below U+10000. */
static void point_put(struct name_text *text, uint16_t point)
{
	uint8_t bytes[3] = { (uint8_t)(0xe0 | point >> 12), (uint8_t)(0x80 | (point >> 6 & 0x3f)),
			     (uint8_t)(0x80 | (point & 0x3f)) };
	if (point < 0x800)
		text_put(text, (uint8_t[]){ (uint8_t)(0xc0 | point >> 6), bytes[2] }, 2);
	else
		text_put(text, bytes, 3);
}

/* Length of the sequence at 'bytes', whose first byte is 0x80 or more; 0: none that Unicode allows (table 3-7 of its
 * standard). */
static size_t sequence_len(const uint8_t *bytes, size_t left)
{
	uint8_t first = bytes[0], low = 0x80, high = 0xbf;
	size_t len = first >= 0xc2 && first <= 0xdf   ? 2
		     : first >= 0xe0 && first <= 0xef ? 3
		     : first >= 0xf0 && first <= 0xf4 ? 4
						      : 0;
	if (first == 0xe0)
		low = 0xa0;
	else if (first == 0xed)
		high = 0x9f;
	else if (first == 0xf0)
		low = 0x90;
	else if (first == 0xf4)
		high = 0x8f;
	if (!len || len > left || bytes[1] < low || bytes[1] > high)
		return 0;
	for (size_t i = 2; i < len; i++)
		if ((bytes[i] & 0xc0) != 0x80)
			return 0;
	return len;
}

static void utf8_put(struct name_text *text, const uint8_t *raw, size_t len)
{
	for (size_t at = 0; at < len;) {
		size_t step = raw[at] < 0x80 ? 1 : sequence_len(raw + at, len - at);
		if (raw[at] < 0x80)
			ascii_put(text, raw[at]);
		else if (step)
			text_put(text, raw + at, step);
		else
			escape_put(text, raw[at]);
		at += step ? step : 1;
	}
}

static void cp437_put(struct name_text *text, const uint8_t *raw, size_t len)
{
	for (size_t at = 0; at < len; at++) {
		if (raw[at] < 0x80)
			ascii_put(text, raw[at]);
		else
			point_put(text, upper_half[raw[at] - 0x80]);
	}
}

/* The field counts only where its CRC says that it belongs to this name: who renames a member may leave an old one
 * behind. */
static const uint8_t *unicode_path(const uint8_t *raw, size_t len, const uint8_t *extra, size_t extra_len,
				   size_t *out_len)
{
	size_t field_len = 0;
	const uint8_t *field = gpq_zip_extra_find(extra, extra_len, EXTRA_UNICODE_PATH, &field_len);
	if (!field || field_len <= EXTRA_UNICODE_PATH_BYTES || field[0] != 1)
		return NULL;
	uint32_t crc =
	    (uint32_t)field[1] | (uint32_t)field[2] << 8 | (uint32_t)field[3] << 16 | (uint32_t)field[4] << 24;
	if (crc != crc32_gzip_refl(0, raw, len))
		return NULL;
	*out_len = field_len - EXTRA_UNICODE_PATH_BYTES;
	return field + EXTRA_UNICODE_PATH_BYTES;
}

bool gpq_zip_name_write(const uint8_t *raw, size_t len, bool utf8, const uint8_t *extra, size_t extra_len, char *out)
{
	struct name_text text = { .out = out };
	size_t path_len = 0;
	const uint8_t *path = utf8 ? NULL : unicode_path(raw, len, extra, extra_len, &path_len);
	if (path)
		utf8_put(&text, path, path_len);
	else if (utf8)
		utf8_put(&text, raw, len);
	else
		cp437_put(&text, raw, len);
	out[text.len] = '\0';
	return !text.cut;
}

bool gpq_zip_name_is_folder(const char *name)
{
	size_t len = strlen(name);
	return len && name[len - 1] == '/';
}

/* A part of a path that begins with a point is hidden, but for the two that every folder has. */
static bool part_is_hidden(const char *part, size_t len)
{
	return len && part[0] == '.' && !(len == 1 || (len == 2 && part[1] == '.'));
}

bool gpq_zip_name_is_decoration(const char *name)
{
	static const char *const added[] = { "__MACOSX", "Thumbs.db", "desktop.ini" };
	for (const char *part = name; part;) {
		const char *slash = strchr(part, '/');
		size_t len = slash ? (size_t)(slash - part) : strlen(part);
		if (part_is_hidden(part, len))
			return true;
		for (size_t i = 0; i < sizeof(added) / sizeof(added[0]); i++)
			if (len == strlen(added[i]) && strncasecmp(part, added[i], len) == 0)
				return true;
		part = slash ? slash + 1 : NULL;
	}
	return false;
}
