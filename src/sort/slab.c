// SPDX-License-Identifier: MIT
#include "sort/slab.h"

#include <assert.h>
#include <pthread.h>

struct gpq_slabs {
	struct gpq_budget *budget;
	size_t max_count;
	atomic_size_t in_use;
	pthread_mutex_t lock; /* guards what follows */
	size_t made;
	struct gpq_slab *idle;
};

enum gpq_status gpq_slabs_open(struct gpq_budget *budget, size_t bytes, struct gpq_slabs **out, struct gpq_error *err)
{
	struct gpq_slabs *slabs = NULL;
	GPQ_TRY(gpq_alloc_zero(budget, GPQ_TAG_SORT, sizeof(*slabs), &slabs, err));
	slabs->budget = budget;
	slabs->max_count = bytes / GPQ_SLAB_BYTES;
	if (slabs->max_count > GPQ_SLAB_MAX_COUNT)
		slabs->max_count = GPQ_SLAB_MAX_COUNT;
	pthread_mutex_init(&slabs->lock, NULL);
	*out = slabs;
	return GPQ_OK;
}

void gpq_slabs_close(struct gpq_slabs *slabs)
{
	if (!slabs)
		return;
	assert(atomic_load(&slabs->in_use) == 0);
	while (slabs->idle) {
		struct gpq_slab *slab = slabs->idle;
		slabs->idle = slab->next;
		gpq_free(slabs->budget, GPQ_TAG_SORT, slab, GPQ_SLAB_BYTES);
	}
	pthread_mutex_destroy(&slabs->lock);
	gpq_free(slabs->budget, GPQ_TAG_SORT, slabs, sizeof(*slabs));
}

size_t gpq_slabs_free_bytes(const struct gpq_slabs *slabs)
{
	return (slabs->max_count - atomic_load(&slabs->in_use)) * GPQ_SLAB_BYTES;
}

size_t gpq_slabs_total_bytes(const struct gpq_slabs *slabs)
{
	return slabs->max_count * GPQ_SLAB_BYTES;
}

enum gpq_status gpq_slabs_take(struct gpq_slabs *slabs, struct gpq_slab **out, struct gpq_error *err)
{
	struct gpq_slab *slab = NULL;
	bool make = false;
	pthread_mutex_lock(&slabs->lock);
	if (slabs->idle) {
		slab = slabs->idle;
		slabs->idle = slab->next;
		atomic_fetch_add(&slabs->in_use, 1);
	} else if (slabs->made < slabs->max_count) {
		make = true;
		slabs->made++;
		atomic_fetch_add(&slabs->in_use, 1);
	}
	pthread_mutex_unlock(&slabs->lock);
	if (make) {
		enum gpq_status status = gpq_alloc(slabs->budget, GPQ_TAG_SORT, GPQ_SLAB_BYTES, &slab, err);
		if (status != GPQ_OK) {
			pthread_mutex_lock(&slabs->lock);
			slabs->made--;
			atomic_fetch_sub(&slabs->in_use, 1);
			pthread_mutex_unlock(&slabs->lock);
			return status;
		}
	}
	if (slab) {
		slab->next = NULL;
		slab->rows = 0;
	}
	*out = slab;
	return GPQ_OK;
}

void gpq_slabs_give(struct gpq_slabs *slabs, struct gpq_slab *chain)
{
	if (!chain)
		return;
	size_t count = 1;
	struct gpq_slab *last = chain;
	for (; last->next; last = last->next)
		count++;
	pthread_mutex_lock(&slabs->lock);
	last->next = slabs->idle;
	slabs->idle = chain;
	atomic_fetch_sub(&slabs->in_use, count);
	pthread_mutex_unlock(&slabs->lock);
}

bool gpq_slab_rows_alike(const struct gpq_slab_rows *rows, uint32_t a, uint32_t b)
{
	const struct gpq_columns *columns = &rows->columns;
	uint8_t *base_a = rows->slab[a >> GPQ_SLAB_ROW_BITS], *base_b = rows->slab[b >> GPQ_SLAB_ROW_BITS];
	a &= GPQ_SLAB_ROW_MASK;
	b &= GPQ_SLAB_ROW_MASK;
	bool alike = gpq_columns_location(columns, base_a)[a] == gpq_columns_location(columns, base_b)[b] &&
		     gpq_columns_version(columns, base_a)[a] == gpq_columns_version(columns, base_b)[b];
	for (uint32_t k = 0; k < columns->n_cells; k++)
		alike &= gpq_columns_cell(columns, base_a, k)[a] == gpq_columns_cell(columns, base_b, k)[b];
	return alike;
}
