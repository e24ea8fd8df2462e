// SPDX-License-Identifier: MIT
/*
 * Any bytes as a number, a stamp, text, a voltage and a zone file. The first byte chooses which; the rest is the field.
 * Numbers are compared with strtod() wherever its grammar says the same.
 */
#include "cpu/features.h"
#include "value/decimal_kernel.h"
#include "value/instant.h"
#include "value/utf8.h"
#include "value/zone.h"

#include <math.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
	if (!holds)
		abort();
}

/* Whether the bytes are a number for strtod() and for us alike: [+-]digits[.digits][e[+-]digits]. */
static bool is_plain_number(const char *p)
{
	p += *p == '-' || *p == '+';
	size_t whole = strspn(p, "0123456789");
	p += whole;
	size_t part = 0;
	if (*p == '.') {
		part = strspn(p + 1, "0123456789");
		p += 1 + part;
	}
	if (!whole && !part)
		return false;
	if (*p == 'e' || *p == 'E') {
		p += 1 + (p[1] == '-' || p[1] == '+');
		size_t digits = strspn(p, "0123456789");
		if (!digits)
			return false;
		p += digits;
	}
	return *p == '\0';
}

static void fuzz_cell(const uint8_t *data, size_t size)
{
	if (!size)
		return;
	unsigned scale = data[0] & 15;
	data++, size--;
	char *bytes = malloc(size + GPQ_VALUE_PADDING);
	memcpy(bytes, data, size);
	memset(bytes + size, '8', GPQ_VALUE_PADDING);
	struct gpq_text text = { bytes, (uint32_t)size };
	int64_t any = 77, plain = 77, kernel = 77;
	enum gpq_reject reason = gpq_value_cell_any(text, scale, &any);
	require(gpq_value_cell(text, scale, &plain) == reason && plain == any);
	require(gpq_value_kernels(gpq_cpu_features(GPQ_CPU_ALL)).cell(text, scale, &kernel) == reason && kernel == any);
	require(reason == GPQ_REJECT_NONE || any == 77);
	int32_t whole = 77;
	require(gpq_value_whole(text, -1, &whole) == GPQ_REJECT_NONE || whole == 77);

	memset(bytes + size, 0, GPQ_VALUE_PADDING);
	if (memchr(bytes, 0, size) == NULL && is_plain_number(bytes)) {
		double expected = strtod(bytes, NULL);
		require(reason == (isinf(expected) ? GPQ_REJECT_NUMBER_RANGE : GPQ_REJECT_NONE));
		if (reason == GPQ_REJECT_NONE)
			require(any != GPQ_CELL_NULL && gpq_cell_to_double(any, scale) == expected &&
				(expected != 0 || any == 0));
	}
	if (reason == GPQ_REJECT_NONE && any != GPQ_CELL_NULL) {
		/* what goes in comes out; and the number less itself is nothing */
		const int64_t cells[2] = { any, any };
		const int8_t one = 1, both[2] = { 1, -1 };
		require(gpq_value_cell_sum(cells, &one, 1, scale) == any);
		require(gpq_value_cell_sum(cells, both, 2, scale) == 0);
	}
	free(bytes);
}

static void fuzz_stamp(const uint8_t *data, size_t size)
{
	char *bytes = malloc(size ? size : 1), print[24];
	memcpy(bytes, data, size);
	struct gpq_stamp stamp = { 0 }, again = { 0 };
	if (gpq_value_stamp((struct gpq_text){ bytes, (uint32_t)size }, &stamp) == GPQ_REJECT_NONE) {
		require(stamp.fraction_us < 1000000 && (stamp.has_offset || !stamp.offset_s));
		gpq_stamp_print(stamp.civil_s, print);
		/* 9999-12-31 24:00 has no print of its own */
		if (stamp.civil_s < INT64_C(253402300800)) {
			require(gpq_value_stamp(gpq_text_of(print), &again) == GPQ_REJECT_NONE);
			require(again.civil_s == stamp.civil_s && again.has_offset && !again.offset_s);
		}
	}
	free(bytes);
}

static void fuzz_text(const uint8_t *data, size_t size)
{
	char *bytes = malloc(size + GPQ_VALUE_PADDING);
	memcpy(bytes, data, size);
	struct gpq_text text = { bytes, (uint32_t)size }, trimmed = gpq_value_trim(text);
	require(!trimmed.bytes || (trimmed.bytes >= bytes && trimmed.bytes + trimmed.len <= bytes + size));
	require(gpq_text_equal(gpq_value_trim(trimmed), trimmed));
	if (gpq_value_is_utf8(bytes, size)) /* then so are both halves of a cut at any boundary, and what is trimmed */
		require(!trimmed.bytes || gpq_value_is_utf8(trimmed.bytes, trimmed.len));
	memset(bytes + size, '8', GPQ_VALUE_PADDING);
	int64_t cell = 77;
	if (!gpq_value_voltage(text, 3, &cell))
		require(cell == GPQ_CELL_NULL);
	free(bytes);
}

static void fuzz_zone(const uint8_t *data, size_t size)
{
	struct gpq_budget budget;
	struct gpq_zone *zone = NULL;
	struct gpq_error err;
	gpq_budget_init(&budget, (size_t)64 << 10);
	uint8_t *bytes = malloc(size ? size : 1);
	memcpy(bytes, data, size);
	if (gpq_zone_parse(&budget, "Fuzz", bytes, size, &zone, &err) == GPQ_OK) {
		static const int64_t at_s[] = { INT64_MIN,  -2208988800,           0,        1710054000, 1730613600,
						4200000000, INT64_C(250000000000), INT64_MAX };
		for (size_t i = 0; i < sizeof(at_s) / sizeof(at_s[0]); i++) {
			int64_t instants_s[2];
			int32_t offset_s = gpq_zone_offset_s(zone, at_s[i]);
			require(offset_s >= -93600 && offset_s <= 93600);
			int n = gpq_zone_instants(zone, at_s[i], instants_s);
			require(n >= 0 && n <= 2);
			for (int k = 0; k < n; k++)
				require(instants_s[k] + gpq_zone_offset_s(zone, instants_s[k]) == at_s[i]);
			gpq_zone_midnight_s(zone, (int32_t)(at_s[i] % INT32_MAX));
		}
	}
	gpq_zone_close(zone);
	require(atomic_load(&budget.used_bytes) == 0);
	free(bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (!size)
		return 0;
	switch (data[0] & 3) {
	case 0:
		fuzz_cell(data + 1, size - 1);
		break;
	case 1:
		fuzz_stamp(data + 1, size - 1);
		break;
	case 2:
		fuzz_text(data + 1, size - 1);
		break;
	default:
		fuzz_zone(data + 1, size - 1);
	}
	return 0;
}
