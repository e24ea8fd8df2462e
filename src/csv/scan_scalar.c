// SPDX-License-Identifier: MIT
#include "csv/simd_scalar.h"

#include "csv/scan_template.h"

const struct gpq_csv_kernels gpq_csv_kernels_scalar = { piece_scan, lines_count, records_walk, texts_match };
