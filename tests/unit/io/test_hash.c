// SPDX-License-Identifier: MIT
/* The same value with all instructions, whatever the lengths, the places and the pieces. */
#include "unit/io/workplace.h"

#include "cpu/features.h"
#include "io/hash.h"

#define CAP 100000

static const uint32_t levels[] = { 0, GPQ_CPU_AVX2, GPQ_CPU_ALL };

#define N_LEVELS (sizeof(levels) / sizeof(levels[0]))

static uint8_t bytes[CAP + 64];

static int fill(void **state)
{
	uint64_t mixed = 88172645463325252;
	(void)state;
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)((mixed = mixed * 6364136223846793005 + 1442695040888963407) >> 56);
	return 0;
}

static void levels_agree(const uint8_t *at, size_t len, size_t piece)
{
	struct gpq_hash whole = gpq_hash_of(at, len);
	for (size_t level = 0; level < N_LEVELS; level++) {
		struct gpq_hasher hasher;
		gpq_hasher_init(&hasher, levels[level]);
		for (size_t off = 0; off < len; off += piece)
			gpq_hasher_update(&hasher, at + off, len - off < piece ? len - off : piece);
		struct gpq_hash seen = gpq_hasher_digest(&hasher);
		if (seen.high != whole.high || seen.low != whole.low)
			fail_msg("level %zu differs for %zu bytes in pieces of %zu", level, len, piece);
	}
}

/* What the shared libxxhash 0.8.1 gives. */
static void known_values(void **state)
{
	static const uint8_t zeros[1000];
	static const struct {
		const void *bytes;
		size_t len;
		uint64_t high, low;
	} cases[] = {
		{ "", 0, 0x99aa06d3014798d8, 0x6001c324468d497f },
		{ "abc", 3, 0x06b05ab6733a6185, 0x78af5f94892f3950 },
		{ zeros, sizeof(zeros), 0x3fb94aea6d09b972, 0x24c1ea6074dd588c },
	};
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		for (size_t level = 0; level < N_LEVELS; level++) {
			struct gpq_hasher hasher;
			gpq_hasher_init(&hasher, levels[level]);
			gpq_hasher_update(&hasher, cases[i].bytes, cases[i].len);
			struct gpq_hash seen = gpq_hasher_digest(&hasher);
			assert_true(seen.high == cases[i].high && seen.low == cases[i].low);
		}
}

static void lengths_and_places(void **state)
{
	(void)state;
	for (size_t len = 0; len < 3000; len += len < 600 ? 1 : 37)
		for (size_t align = 0; align < 64; align += 7)
			levels_agree(bytes + align, len, len + 1);
}

static void pieces(void **state)
{
	static const size_t sizes[] = { 1, 17, 63, 64, 65, 255, 256, 257, 1023, 1024, 1025, 4096, 65536, 99999 };
	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
		for (size_t align = 0; align < 64; align += 9)
			levels_agree(bytes + align, CAP - align * 31, sizes[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_values),
		cmocka_unit_test(lengths_and_places),
		cmocka_unit_test(pieces),
	};
	return cmocka_run_group_tests(tests, fill, NULL);
}
