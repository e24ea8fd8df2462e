// SPDX-License-Identifier: MIT
/* Texts compared in words are what memcmp() says, at each length, wherever they differ and whatever stands behind them. */
#include "table/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#define LONGEST 150u

static bool both_ways(const char *a, const char *b, uint32_t len)
{
	bool equal = gpq_padded_equal(a, b, len);
	assert_int_equal(gpq_padded_equal_long(a, b, len), equal);
	return equal;
}

static void padded_texts_are_compared_as_bytes(void **state)
{
	(void)state;
	for (uint32_t len = 0; len <= LONGEST; len++) {
		/* Blocks of just the readable bytes, so that a sanitizer sees more. */
		char *a = malloc(len + GPQ_PADDED_BYTES), *b = malloc(len + GPQ_PADDED_BYTES);
		for (uint32_t i = 0; i < len; i++)
			a[i] = b[i] = (char)(i * 37 + len);
		memset(a + len, 'x', GPQ_PADDED_BYTES);
		memset(b + len, 'y', GPQ_PADDED_BYTES);
		assert_true(both_ways(a, b, len));
		for (uint32_t i = 0; i < len; i++) {
			b[i] ^= (char)(1 << i % 8);
			assert_false(both_ways(a, b, len));
			b[i] = a[i];
		}
		free(a);
		free(b);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(padded_texts_are_compared_as_bytes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
