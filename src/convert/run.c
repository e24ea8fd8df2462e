// SPDX-License-Identifier: MIT
#include "convert/run.h"

#include "input/content_hash.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct gpq_dataset_run *gpq_run_dataset(struct gpq_run *run, const struct gpq_dataset *dataset)
{
	for (uint32_t d = 0; d < run->n_datasets; d++)
		if (run->datasets[d].dataset == dataset)
			return &run->datasets[d];
	return NULL;
}

enum gpq_status gpq_run_zone(struct gpq_run *run, const char *name, const struct gpq_zone **out, struct gpq_error *err)
{
	for (uint32_t i = 0; i < run->n_zones; i++)
		if (strcmp(run->zones[i].name, name) == 0) {
			*out = run->zones[i].zone;
			return GPQ_OK;
		}
	if (run->n_zones == GPQ_RUN_MAX_ZONES)
		return gpq_fail(err, GPQ_E_BUG, "more than %d market clocks in one run", GPQ_RUN_MAX_ZONES);
	GPQ_TRY(gpq_zone_open(run->budget, name, &run->zones[run->n_zones].zone, err));
	run->zones[run->n_zones].name = name;
	*out = run->zones[run->n_zones++].zone;
	return GPQ_OK;
}

void gpq_run_say(struct gpq_run *run, enum gpq_severity severity, const char *format, ...)
{
	if (!run->hooks->message)
		return;
	char text[1024];
	va_list args;
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	pthread_mutex_lock(&run->talk);
	run->hooks->message(run->hooks->context, severity, text);
	pthread_mutex_unlock(&run->talk);
}

void gpq_run_fail_locked(struct gpq_run *run, const struct gpq_error *err)
{
	if (run->error.status == GPQ_OK)
		run->error = *err;
	run->stop = true;
	pthread_cond_broadcast(&run->changed);
}

void gpq_run_fail(struct gpq_run *run, const struct gpq_error *err)
{
	pthread_mutex_lock(&run->lock);
	gpq_run_fail_locked(run, err);
	pthread_mutex_unlock(&run->lock);
}

uint64_t gpq_run_resident_bytes(void)
{
	char text[64];
	unsigned long pages = 0;
	int fd = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return 0;
	ssize_t got = read(fd, text, sizeof(text) - 1);
	close(fd);
	text[got > 0 ? got : 0] = 0;
	if (sscanf(text, "%*u %lu", &pages) != 1)
		return 0;
	return (uint64_t)pages * (uint64_t)sysconf(_SC_PAGESIZE);
}

/* The content hash of an input, reading it where it has not been read to its end yet. */
static enum gpq_status input_hash(struct gpq_run *run, uint32_t number, struct gpq_hash *out, struct gpq_error *err)
{
	struct gpq_input_names names;
	struct gpq_input input;
	GPQ_TRY(gpq_catalogue_get(&run->catalogue, number, &input, err));
	*out = input.hash;
	if (input.has_hash)
		return GPQ_OK;
	GPQ_TRY(gpq_catalogue_names(&run->catalogue, &input, &names, err));
	GPQ_TRY(gpq_content_hash(run->budget, &names.address, out, err));
	pthread_mutex_lock(&run->lock);
	enum gpq_status status = gpq_catalogue_get(&run->catalogue, number, &input, err);
	input.hash = *out;
	input.has_hash = true;
	if (status == GPQ_OK)
		status = gpq_catalogue_put(&run->catalogue, number, &input, err);
	pthread_mutex_unlock(&run->lock);
	return status;
}

/* Ranks do not change: those asked for last are at hand. */
static enum gpq_status input_rank(struct gpq_run *run, uint32_t number, uint32_t *out, struct gpq_error *err)
{
	_Atomic uint64_t *place = &run->rank[number % GPQ_RUN_RANKS];
	uint64_t known = atomic_load_explicit(place, memory_order_relaxed);
	if (known >> 32 != (uint64_t)number + 1) {
		struct gpq_input input;
		GPQ_TRY(gpq_catalogue_get(&run->catalogue, number, &input, err));
		known = ((uint64_t)number + 1) << 32 | input.rank;
		atomic_store_explicit(place, known, memory_order_relaxed);
	}
	*out = (uint32_t)known;
	return GPQ_OK;
}

enum gpq_status gpq_run_input_newer(void *context, uint32_t a, uint32_t b, int *out_order, struct gpq_error *err)
{
	struct gpq_run *run = context;
	uint32_t rank_a = 0, rank_b = 0;
	GPQ_TRY(input_rank(run, a, &rank_a, err));
	GPQ_TRY(input_rank(run, b, &rank_b, err));
	*out_order = (rank_a > rank_b) - (rank_a < rank_b);
	if (*out_order || a == b)
		return GPQ_OK;
	struct gpq_hash x, y;
	GPQ_TRY(input_hash(run, a, &x, err));
	GPQ_TRY(input_hash(run, b, &y, err));
	*out_order = x.high != y.high ? (x.high > y.high ? 1 : -1) : (x.low > y.low) - (x.low < y.low);
	return GPQ_OK;
}

bool gpq_run_input_dropped(void *context, uint32_t number)
{
	struct gpq_run *run = context;
	struct gpq_error err;
	struct gpq_input input;
	pthread_mutex_lock(&run->lock);
	enum gpq_status status = run->n_failed ? gpq_catalogue_get(&run->catalogue, number, &input, &err) : GPQ_OK;
	bool dropped = run->n_failed && status == GPQ_OK && input.state == GPQ_INPUT_FAILED;
	if (status != GPQ_OK)
		gpq_run_fail_locked(run, &err);
	pthread_mutex_unlock(&run->lock);
	return dropped;
}
