// SPDX-License-Identifier: MIT
#include "sort/slab.h"

#include <assert.h>
#include <pthread.h>
#include <sys/mman.h>

/* Slabs that are taken from the budget together: 2 MiB, a large page of x86-64 and AArch64. */
#define CHUNK_SLABS 32
#define AHEAD_SLABS 16 /* idle ones below which the next chunk is made: what a thread fills while another one makes it */

struct gpq_slabs {
	struct gpq_budget *budget;
	size_t max_count;
	atomic_size_t in_use, n_idle;
	pthread_mutex_t growing; /* guards what follows; taken before 'lock' */
	size_t made;
	struct gpq_slab *chunks;
	pthread_mutex_t lock;    /* guards what follows, and is never held long */
	struct gpq_slab *idle;
};

void gpq_huge_pages(void *memory, size_t bytes)
{
	if (bytes >= CHUNK_SLABS * GPQ_SLAB_BYTES)
		(void)madvise(memory, bytes, MADV_HUGEPAGE); /* a wish: refused where the system has none */
}

enum gpq_status gpq_slabs_open(struct gpq_budget *budget, size_t bytes, struct gpq_slabs **out, struct gpq_error *err)
{
	struct gpq_slabs *slabs = NULL;
	GPQ_TRY(gpq_alloc_zero(budget, GPQ_TAG_SORT, sizeof(*slabs), &slabs, err));
	slabs->budget = budget;
	slabs->max_count = bytes / GPQ_SLAB_BYTES;
	if (slabs->max_count > GPQ_SLAB_MAX_COUNT)
		slabs->max_count = GPQ_SLAB_MAX_COUNT;
	pthread_mutex_init(&slabs->growing, NULL);
	pthread_mutex_init(&slabs->lock, NULL);
	*out = slabs;
	return GPQ_OK;
}

void gpq_slabs_close(struct gpq_slabs *slabs)
{
	if (!slabs)
		return;
	assert(atomic_load(&slabs->in_use) == 0);
	while (slabs->chunks) {
		struct gpq_slab *chunk = slabs->chunks;
		slabs->chunks = chunk->next_chunk;
		gpq_free(slabs->budget, GPQ_TAG_SORT, chunk, chunk->chunk_slabs * GPQ_SLAB_BYTES);
	}
	pthread_mutex_destroy(&slabs->lock);
	pthread_mutex_destroy(&slabs->growing);
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

/* Takes a chunk from the budget and puts its slabs among the idle ones, in the order of their addresses. The first write into
 * it waits for a cleared page, a large one for a millisecond or two: nobody who only takes or gives waits with it. */
static enum gpq_status chunk_make(struct gpq_slabs *slabs, struct gpq_error *err)
{
	size_t left = slabs->max_count - slabs->made, n = left < CHUNK_SLABS ? left : CHUNK_SLABS;
	struct gpq_slab *first = NULL, *last = NULL;
	uint8_t *memory = NULL;
	GPQ_TRY(gpq_alloc(slabs->budget, GPQ_TAG_SORT, n * GPQ_SLAB_BYTES, &memory, err));
	gpq_huge_pages(memory, n * GPQ_SLAB_BYTES);
	for (size_t i = n; i-- > 0;) {
		struct gpq_slab *slab = (struct gpq_slab *)(void *)(memory + i * GPQ_SLAB_BYTES);
		slab->chunk_slabs = 0;
		slab->next = first;
		first = slab;
		last = last ? last : slab;
	}
	first->chunk_slabs = (uint32_t)n;
	first->next_chunk = slabs->chunks;
	slabs->chunks = first;
	slabs->made += n;
	pthread_mutex_lock(&slabs->lock);
	last->next = slabs->idle;
	slabs->idle = first;
	atomic_fetch_add(&slabs->n_idle, n);
	pthread_mutex_unlock(&slabs->lock);
	return GPQ_OK;
}

enum gpq_status gpq_slabs_prepare(struct gpq_slabs *slabs, struct gpq_error *err)
{
	enum gpq_status status = GPQ_OK;
	if (GPQ_LIKELY(atomic_load(&slabs->n_idle) >= AHEAD_SLABS) || pthread_mutex_trylock(&slabs->growing))
		return GPQ_OK;
	if (slabs->made < slabs->max_count && atomic_load(&slabs->n_idle) < AHEAD_SLABS)
		status = chunk_make(slabs, err);
	pthread_mutex_unlock(&slabs->growing);
	return status;
}

static struct gpq_slab *idle_take(struct gpq_slabs *slabs)
{
	pthread_mutex_lock(&slabs->lock);
	struct gpq_slab *slab = slabs->idle;
	if (slab) {
		slabs->idle = slab->next;
		atomic_fetch_sub(&slabs->n_idle, 1);
		atomic_fetch_add(&slabs->in_use, 1);
	}
	pthread_mutex_unlock(&slabs->lock);
	return slab;
}

enum gpq_status gpq_slabs_take(struct gpq_slabs *slabs, struct gpq_slab **out, struct gpq_error *err)
{
	enum gpq_status status = GPQ_OK;
	struct gpq_slab *slab = idle_take(slabs);
	if (!slab) {
		pthread_mutex_lock(&slabs->growing);
		slab = idle_take(slabs); /* of a chunk that was being made just now */
		while (!slab && status == GPQ_OK && slabs->made < slabs->max_count) {
			status = chunk_make(slabs, err);
			slab = status == GPQ_OK ? idle_take(slabs) : NULL;
		}
		pthread_mutex_unlock(&slabs->growing);
	}
	if (slab) {
		slab->next = NULL;
		gpq_slab_begin(slab, GPQ_SLAB_STAMPED);
	}
	if (status == GPQ_OK)
		*out = slab;
	return status;
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
	atomic_fetch_add(&slabs->n_idle, count);
	atomic_fetch_sub(&slabs->in_use, count);
	pthread_mutex_unlock(&slabs->lock);
}
