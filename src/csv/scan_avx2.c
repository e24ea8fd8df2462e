// SPDX-License-Identifier: MIT
#if defined(__x86_64__)
#include "csv/simd_avx2.h"

#include "csv/scan_template.h"

const struct gpq_csv_kernels gpq_csv_kernels_avx2 = { piece_scan, lines_count, records_walk, texts_match };
#else
/* ISO C wants a declaration in each file. */
struct gpq_csv_no_avx2;
#endif
