// SPDX-License-Identifier: MIT
#include "cpu/features.h"
#include "csv/kernels.h"

#include <assert.h>

/* One allocation: the scanner, then the ends, then the records. The head keeps the ends aligned to a cache line, and room
 * for the one in front of them. */
struct gpq_csv_scanner {
	struct gpq_budget *budget;
	struct gpq_csv_kernels kernels;
	uint32_t *ends, *records;
};

#define SCANNER_HEAD_BYTES ((sizeof(struct gpq_csv_scanner) + sizeof(uint32_t) + 63) & ~(size_t)63)
#define ENDS_BYTES         (GPQ_CSV_ENDS_CAP * sizeof(uint32_t))
#define RECORDS_BYTES      (GPQ_CSV_RECORDS_CAP * sizeof(uint32_t))

struct gpq_csv_kernels gpq_csv_kernels_pick(uint32_t cpu_features)
{
#if defined(__x86_64__)
	const uint32_t need_avx2 = GPQ_CPU_AVX2 | GPQ_CPU_BMI2;
	const uint32_t need_avx512 = need_avx2 | GPQ_CPU_AVX512;
	/* A caller's mask such as GPQ_CPU_ALL may name what this processor lacks: the processor has the last word. */
	uint32_t usable = gpq_cpu_features(cpu_features);
	if ((usable & need_avx512) == need_avx512)
		return gpq_csv_kernels_avx512;
	if ((usable & need_avx2) == need_avx2)
		return gpq_csv_kernels_avx2;
#else
	(void)cpu_features;
#endif
	return gpq_csv_kernels_scalar;
}

size_t gpq_csv_scan_need(void)
{
	return (SCANNER_HEAD_BYTES + ENDS_BYTES + RECORDS_BYTES + 4095) & ~(size_t)4095;
}

enum gpq_status gpq_csv_scanner_open(struct gpq_budget *budget, uint32_t cpu_features, struct gpq_csv_scanner **out,
				     struct gpq_error *err)
{
	uint8_t *memory;
	GPQ_TRY(gpq_alloc(budget, GPQ_TAG_CSV, gpq_csv_scan_need(), &memory, err));
	struct gpq_csv_scanner *scanner = (struct gpq_csv_scanner *)(void *)memory;
	scanner->budget = budget;
	scanner->kernels = gpq_csv_kernels_pick(cpu_features);
	scanner->ends = (uint32_t *)(void *)(memory + SCANNER_HEAD_BYTES);
	scanner->records = (uint32_t *)(void *)(memory + SCANNER_HEAD_BYTES + ENDS_BYTES);
	scanner->ends[-1] = UINT32_MAX;
	*out = scanner;
	return GPQ_OK;
}

void gpq_csv_scanner_close(struct gpq_csv_scanner *scanner)
{
	if (scanner)
		gpq_free(scanner->budget, GPQ_TAG_CSV, scanner, gpq_csv_scan_need());
}

size_t gpq_csv_scan(struct gpq_csv_scanner *scanner, const uint8_t *bytes, size_t len, struct gpq_csv_index *out)
{
	/* Offsets are 32 bits wide. */
	assert(len <= UINT32_MAX - GPQ_CSV_PADDING);
	out->ends = scanner->ends;
	out->records = scanner->records;
	return scanner->kernels.scan(bytes, len, out);
}

uint32_t gpq_csv_match(const struct gpq_csv_scanner *scanner, const struct gpq_text_column *column, const char *expected,
		       const uint32_t *at, uint32_t step)
{
	return scanner->kernels.match(column, expected, at, step);
}
