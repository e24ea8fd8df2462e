// SPDX-License-Identifier: MIT
#include "table/dataset.h"

int gpq_dataset_cell(const struct gpq_dataset *dataset, enum gpq_column_id column)
{
	for (int k = 0; k < dataset->n_cells; k++)
		if (dataset->cells[k].column == column)
			return k;
	return -1;
}
