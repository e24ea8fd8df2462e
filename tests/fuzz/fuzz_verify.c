// SPDX-License-Identifier: MIT
/* Any bytes as a file of ours: verified within a bound; findings or not, nothing is left behind. */
#include "audit/verify.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

/* A run of one value can claim more rows than anyone would wait for: stop after some hundred thousand. */
static bool enough(void *context)
{
	return ++*(int *)context > 4;
}

static void result_touch(void *context, const char *bytes, size_t len)
{
	volatile char last = len ? bytes[len - 1] : 0;
	(void)context;
	(void)last;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static int fd = -1;
	char path[32];
	int questions = 0;
	struct gpq_budget budget;
	struct gpq_hooks hooks = { .context = &questions, .result = result_touch, .cancelled = enough };
	if (fd < 0)
		fd = memfd_create("parquet", MFD_CLOEXEC);
	if (fd < 0 || ftruncate(fd, 0) != 0 || pwrite(fd, data, size, 0) != (ssize_t)size)
		abort();
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	const char *items[] = { path };
	gpq_budget_init(&budget, (size_t)48 << 20);
	enum gpq_status status = gpq_convert_verify(&budget, (struct gpq_texts){ items, 1 },
						    size & 1 ? GPQ_REPORT_JSON : GPQ_REPORT_TEXT, &hooks, NULL);
	if (status == GPQ_E_BUG || status == GPQ_E_INPUT_MISSING || atomic_load(&budget.used_bytes) != 0)
		abort();
	return 0;
}
