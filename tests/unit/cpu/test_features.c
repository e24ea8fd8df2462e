// SPDX-License-Identifier: MIT
#include "cpu/features.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static char cpu_flags[16384];

/* Reads the 'flags' line that the kernel made from CPUID and what it enabled; false where there is none. */
static bool cpu_flags_read(void)
{
	FILE *file = fopen("/proc/cpuinfo", "r");
	if (!file)
		return false;
	bool found = false;
	while (!found && fgets(cpu_flags, sizeof(cpu_flags), file))
		found = strncmp(cpu_flags, "flags", 5) == 0;
	fclose(file);
	char *newline = strchr(cpu_flags, '\n');
	if (newline)
		*newline = ' ';
	return found;
}

static bool cpu_has(const char *flag)
{
	char padded[32];
	snprintf(padded, sizeof(padded), " %s ", flag);
	return strstr(cpu_flags, padded) != NULL;
}

static void an_empty_mask_leaves_no_feature(void **state)
{
	(void)state;
	assert_int_equal(gpq_cpu_features(0), 0);
}

static void a_mask_never_adds_a_feature(void **state)
{
	(void)state;
	uint32_t all = gpq_cpu_features(GPQ_CPU_ALL);
	for (uint32_t mask = 0; mask < 16; mask++)
		assert_int_equal(gpq_cpu_features(mask), all & mask);
	assert_int_equal(all & ~(uint32_t)(GPQ_CPU_AVX2 | GPQ_CPU_AVX512 | GPQ_CPU_BMI2), 0);
}

static void features_are_those_of_the_kernel(void **state)
{
	(void)state;
	if (!cpu_flags_read())
		skip();
	uint32_t expected = 0;
	if (cpu_has("bmi2"))
		expected |= GPQ_CPU_BMI2;
	if (cpu_has("avx2") && cpu_has("bmi1") && cpu_has("popcnt") && cpu_has("pclmulqdq"))
		expected |= GPQ_CPU_AVX2;
	if (cpu_has("avx512f") && cpu_has("avx512bw") && cpu_has("avx512vl") && cpu_has("avx512_vbmi2"))
		expected |= GPQ_CPU_AVX512;
	assert_int_equal(gpq_cpu_features(GPQ_CPU_ALL), expected);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_empty_mask_leaves_no_feature),
		cmocka_unit_test(a_mask_never_adds_a_feature),
		cmocka_unit_test(features_are_those_of_the_kernel),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
