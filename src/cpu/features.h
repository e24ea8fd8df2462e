/*
 * cpu/features.h - what this processor can do, asked once and passed by argument.
 */
#ifndef GPQ_CPU_FEATURES_H
#define GPQ_CPU_FEATURES_H

#include <stdint.h>

enum gpq_cpu_feature {
	GPQ_CPU_AVX2 = 1u << 0,   /* with BMI1, POPCNT and PCLMULQDQ */
	GPQ_CPU_AVX512 = 1u << 1, /* F, BW, VL and VBMI2 */
	GPQ_CPU_BMI2 = 1u << 2,
};

#define GPQ_CPU_ALL UINT32_MAX

/* gpq_cpu_features() gives the features that are both there and in 'mask': tests force a level with the mask. */
uint32_t gpq_cpu_features(uint32_t mask);

#endif
