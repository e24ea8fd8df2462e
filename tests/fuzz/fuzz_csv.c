// SPDX-License-Identifier: MIT
/*
 * Any bytes: each kernel must find the fields that the naive machine finds, cut where it cuts, and a reader with a
 * small buffer must see what a reader of the whole sees. The first byte says how large the buffer is, the second how
 * often the rest is repeated, so that small inputs reach the borders of blocks.
 */
#include "unit/csv/csv_naive.h"

/* Fewer fields than a record may have, whatever the bytes. */
#define WHOLE_CAP_BYTES 60000

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct gpq_budget budget;
static struct gpq_csv_scanner *scanners[NAIVE_LEVELS];
static uint8_t whole[WHOLE_CAP_BYTES + GPQ_CSV_PADDING];

static void check(bool holds)
{
	if (!holds)
		abort();
}

static void scanners_open(void)
{
	if (scanners[0])
		return;
	gpq_budget_init(&budget, (size_t)16 << 20);
	for (int level = 0; level < NAIVE_LEVELS; level++)
		check(gpq_csv_scanner_open(&budget, gpq_cpu_features(naive_levels[level]), &scanners[level], NULL) ==
		      GPQ_OK);
}

static bool cuts_equal(struct gpq_csv_cut a, struct gpq_csv_cut b)
{
	return a.kind == b.kind && a.len == b.len && a.lines == b.lines &&
	       naive_traits_equal(a.traits, b.traits);
}

/* The cut that all levels agree on. */
static struct gpq_csv_cut cut_checked(const uint8_t *bytes, size_t len, bool full, bool last)
{
	struct gpq_csv_cut cut = naive_cut(bytes, len, full, last);
	for (int level = 0; level < NAIVE_LEVELS; level++)
		check(cuts_equal(gpq_csv_cut(bytes, len, full, last, gpq_cpu_features(naive_levels[level])), cut));
	return cut;
}

static void scan_checked(const uint8_t *bytes, size_t len)
{
	struct naive_text text = naive_read(bytes, len);
	char scratch[WHOLE_CAP_BYTES];
	for (int level = 0; level < NAIVE_LEVELS; level++)
		check(!naive_scan_differs(scanners[level], &text, bytes, len));
	for (size_t i = 0; i < text.n_fields; i++) {
		struct gpq_text field = { (const char *)bytes + text.fields[i].begin,
					  (uint32_t)(text.fields[i].end - text.fields[i].begin) };
		check(gpq_csv_unquote(field, scratch, field.len).len <= field.len);
	}
	free(text.fields);
}

/* A reader with 'room' bytes, in memory of its own, so that the sanitizer sees what is read too far. Each part that it
 * takes is compared with the machine; nothing may be skipped, and nothing may stop it. */
static void buffer_read(const uint8_t *bytes, size_t len, size_t room, uint8_t filler)
{
	for (size_t at = 0; at < len;) {
		size_t held = len - at < room ? len - at : room;
		uint8_t *buffer = malloc(held + GPQ_CSV_PADDING);
		memcpy(buffer, bytes + at, held);
		memset(buffer + held, filler, GPQ_CSV_PADDING);
		bool last = at + held == len;
		struct gpq_csv_cut cut = cut_checked(buffer, held, held == room, last);
		check(cut.kind != GPQ_CUT_MORE && cut.len > 0 && cut.len <= held);
		if (cut.kind == GPQ_CUT_RECORDS) {
			check(last || buffer[cut.len - 1] == '\n');
			scan_checked(buffer, cut.len);
		}
		free(buffer);
		at += cut.len;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size < 3 || size > 4096)
		return 0;
	scanners_open();
	size_t room = 1 + data[0] * (size_t)3, repeats = 1 + data[1] % 16, part = size - 2, len = 0;
	for (size_t i = 0; i < repeats && len + part <= WHOLE_CAP_BYTES; i++, len += part)
		memcpy(whole + len, data + 2, part);
	memset(whole + len, data[2], GPQ_CSV_PADDING);
	scan_checked(whole, len);
	for (int flags = 0; flags < 4; flags++)
		cut_checked(whole, len, flags & 1, flags & 2);
	buffer_read(whole, len, room, data[2]);
	return 0;
}
