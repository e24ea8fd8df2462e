// SPDX-License-Identifier: MIT
#include "input/content_kind.h"

#include "io/zip_archive.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

static const char binary_data[] = "binary data, no CSV";

/* A compound file (MS-CFB 2.2): old workbooks, and what is encrypted. The names of its streams tell, where its directory is near. */
static const char *compound_kind(const uint8_t *bytes, size_t len)
{
	static const char magic[] = "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1";
	static const struct {
		const char *name; /* UTF-16, without its last zero */
		size_t len;
		const char *sentence;
	} streams[] = {
		{ "E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e", 31, "an encrypted document; save it without a password" },
		{ "W\0o\0r\0k\0b\0o\0o\0k", 15, "an old workbook (.xls); save it as .xlsx or CSV" },
	};
	if (len < sizeof(magic) - 1 || memcmp(bytes, magic, sizeof(magic) - 1) != 0)
		return NULL;
	for (size_t i = 0; i < sizeof(streams) / sizeof(streams[0]); i++)
		if (memmem(bytes, len, streams[i].name, streams[i].len))
			return streams[i].sentence;
	return "an OLE document, as old workbooks (.xls) and encrypted ones are; save it as .xlsx or CSV";
}

const char *gpq_content_kind(const uint8_t *bytes, size_t len)
{
	static const struct {
		const char *magic;
		size_t len;
		const char *sentence;
	} kinds[] = {
		{ "\xFF\xFE", 2, "text in UTF-16; save it as UTF-8" },
		{ "\xFE\xFF", 2, "text in UTF-16; save it as UTF-8" },
		{ "PAR1", 4, "a Parquet file, no CSV" },
		{ "%PDF", 4, "a PDF document, no CSV" },
		{ "<?xml", 5, "an XML document, no CSV" },
	};
	static const char nothing[] = "No data exists for this period";
	if (!len)
		return "the file is empty";
	if (len >= sizeof(nothing) - 1 && memcmp(bytes, nothing, sizeof(nothing) - 1) == 0)
		return "the operator's answer that no data exists for the period, in place of data";
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (len >= kinds[i].len && memcmp(bytes, kinds[i].magic, kinds[i].len) == 0)
			return kinds[i].sentence;
	const char *compound = compound_kind(bytes, len);
	if (compound)
		return compound;
	size_t at = 0;
	while (at < len && (bytes[at] == ' ' || bytes[at] == '\t' || bytes[at] == '\r' || bytes[at] == '\n'))
		at++;
	if (at == len)
		return "nothing but blank lines";
	if (bytes[at] == '<')
		return strncasecmp((const char *)bytes + at, "<!doctype html", 14) == 0 ||
		                       strncasecmp((const char *)bytes + at, "<html", 5) == 0
		               ? "an HTML page saved under another name (a failed download?)"
		               : "markup, no CSV";
	if (memchr(bytes, 0, len < 512 ? len : 512))
		return binary_data;
	return NULL;
}

/* What stands between "<prefix:name>" and the next '<', blanks off; empty where there is no such element. */
static void element_text(const uint8_t *bytes, size_t len, const char *name, char *out, size_t cap)
{
	size_t name_len = strlen(name), n = 0;
	out[0] = 0;
	for (size_t at = 1; at + name_len < len; at++) {
		if (memcmp(bytes + at, name, name_len) != 0 || (bytes[at - 1] != '<' && bytes[at - 1] != ':'))
			continue;
		for (at += name_len; at < len && bytes[at] != '<' && n + 1 < cap; at++)
			if (bytes[at] >= ' ' && bytes[at] < 0x7F && (n || bytes[at] != ' '))
				out[n++] = (char)bytes[at];
		while (n && out[n - 1] == ' ')
			n--;
		out[n] = 0;
		return;
	}
}

const char *gpq_content_oasis(const uint8_t *bytes, size_t len, char *out, size_t cap)
{
	char code[16], text[100];
	size_t at = 0;
	while (at < len && (bytes[at] == ' ' || bytes[at] == '\t' || bytes[at] == '\r' || bytes[at] == '\n'))
		at++;
	if (at == len || bytes[at] != '<')
		return NULL;
	element_text(bytes, len, "ERR_CODE>", code, sizeof(code));
	element_text(bytes, len, "ERR_DESC>", text, sizeof(text));
	if (code[0])
		snprintf(out, cap, "an error of OASIS in place of data: %s%s%s", code, text[0] ? ", " : "", text);
	else if (memmem(bytes, len, "OASISReport", 11))
		snprintf(out, cap, "a report of OASIS in XML; those in CSV are read");
	else
		return NULL;
	return out;
}

bool gpq_content_is_archive(const uint8_t *bytes, size_t len, const char *name)
{
	size_t name_len = strlen(name);
	bool named_so = name_len > 4 && strcasecmp(name + name_len - 4, ".zip") == 0;
	return gpq_archive_begins_so(bytes, len) || (named_so && gpq_content_kind(bytes, len) == binary_data);
}
