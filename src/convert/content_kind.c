// SPDX-License-Identifier: MIT
#include "convert/content_kind.h"

#include "io/zip_archive.h"

#include <string.h>
#include <strings.h>

static const char binary_data[] = "binary data, no CSV";

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
	if (!len)
		return "the file is empty";
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (len >= kinds[i].len && memcmp(bytes, kinds[i].magic, kinds[i].len) == 0)
			return kinds[i].sentence;
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

bool gpq_content_is_archive(const uint8_t *bytes, size_t len, const char *name)
{
	size_t name_len = strlen(name);
	bool named_so = name_len > 4 && strcasecmp(name + name_len - 4, ".zip") == 0;
	return gpq_archive_begins_so(bytes, len) || (named_so && gpq_content_kind(bytes, len) == binary_data);
}
