/* A file that is looked at, for tests of recognition: written, read as a head, removed. For tests only: asserts where anything fails. */
#ifndef GPQ_TESTS_INPUT_LOOKED_HEAD_H
#define GPQ_TESTS_INPUT_LOOKED_HEAD_H

#include "unit/io/workplace.h"

#include "cpu/features.h"
#include "input/head.h"

static struct workplace place;
static struct gpq_budget budget;
static struct gpq_head *head;
static struct gpq_head_facts facts;

static inline int setup(void **state)
{
	(void)state;
	workplace_open(&place);
	gpq_budget_init(&budget, (size_t)16 << 20);
	return gpq_head_open(&budget, gpq_cpu_features(GPQ_CPU_ALL), &head, NULL) == GPQ_OK ? 0 : -1;
}

static inline int teardown(void **state)
{
	(void)state;
	gpq_head_close(head);
	assert_int_equal(atomic_load(&budget.used_bytes), 0);
	workplace_close(&place);
	return 0;
}

static inline void look_assuming(const char *name, const char *text, const char *assume)
{
	const char *items[] = { assume };
	struct gpq_error err;
	const char *path = workplace_file(&place, name, text, strlen(text));
	enum gpq_status status = gpq_head_read(head, path, (struct gpq_texts){ items, assume != NULL }, &facts, &err);
	assert_int_equal(unlink(path), 0);
	if (status != GPQ_OK)
		fail_msg("%s", err.message);
}

#endif
