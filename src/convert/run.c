// SPDX-License-Identifier: MIT
#include "convert/run.h"

#include "input/input_ranks.h"

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

void gpq_run_fail(struct gpq_run *run, const struct gpq_error *err)
{
	pthread_mutex_lock(&run->lock);
	if (run->error.status == GPQ_OK)
		run->error = *err;
	run->stop = true;
	pthread_cond_broadcast(&run->changed);
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
	struct gpq_input *input = &run->catalogue.inputs[number];
	pthread_mutex_lock(&run->lock);
	bool known = input->has_hash;
	*out = input->hash;
	pthread_mutex_unlock(&run->lock);
	if (known)
		return GPQ_OK;
	GPQ_TRY(gpq_input_content_hash(run->budget, input, out, err));
	pthread_mutex_lock(&run->lock);
	input->hash = *out;
	input->has_hash = true;
	pthread_mutex_unlock(&run->lock);
	return GPQ_OK;
}

enum gpq_status gpq_run_input_newer(void *context, uint32_t a, uint32_t b, int *out_order, struct gpq_error *err)
{
	struct gpq_run *run = context;
	*out_order = (run->rank[a] > run->rank[b]) - (run->rank[a] < run->rank[b]);
	if (*out_order || a == b)
		return GPQ_OK;
	struct gpq_hash x, y;
	GPQ_TRY(input_hash(run, a, &x, err));
	GPQ_TRY(input_hash(run, b, &y, err));
	*out_order = x.high != y.high ? (x.high > y.high ? 1 : -1) : (x.low > y.low) - (x.low < y.low);
	return GPQ_OK;
}

bool gpq_run_input_dropped(void *context, uint32_t input)
{
	struct gpq_run *run = context;
	pthread_mutex_lock(&run->lock);
	bool dropped = run->catalogue.inputs[input].state == GPQ_INPUT_FAILED;
	pthread_mutex_unlock(&run->lock);
	return dropped;
}
