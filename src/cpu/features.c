// SPDX-License-Identifier: MIT
#include "cpu/features.h"

#if defined(__x86_64__)
/* The compiler's run time asks CPUID and, through XGETBV, whether the system saves the wide registers. */
static uint32_t features_found(void)
{
	uint32_t found = 0;
	__builtin_cpu_init();
	if (__builtin_cpu_supports("bmi2"))
		found |= GPQ_CPU_BMI2;
	if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") && __builtin_cpu_supports("popcnt") &&
	    __builtin_cpu_supports("pclmul"))
		found |= GPQ_CPU_AVX2;
	if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
	    __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512vbmi2"))
		found |= GPQ_CPU_AVX512;
	return found;
}
#else
static uint32_t features_found(void)
{
	return 0;
}
#endif

uint32_t gpq_cpu_features(uint32_t mask)
{
	return features_found() & mask;
}
