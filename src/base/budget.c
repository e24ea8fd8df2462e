// SPDX-License-Identifier: MIT
#include "base/budget.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

static const char *const tag_names[GPQ_N_TAGS] = {
	[GPQ_TAG_BASE] = "base",       [GPQ_TAG_IO] = "io",         [GPQ_TAG_CSV] = "csv",
	[GPQ_TAG_VALUE] = "value",     [GPQ_TAG_TABLE] = "table",   [GPQ_TAG_SORT] = "sort",
	[GPQ_TAG_PARQUET] = "parquet", [GPQ_TAG_MARKET] = "market", [GPQ_TAG_CONVERT] = "convert",
	[GPQ_TAG_CLI] = "cli",         [GPQ_TAG_WORKBOOK] = "workbook",
};

const char *gpq_tag_name(enum gpq_tag tag)
{
	return tag_names[tag];
}

void gpq_budget_init(struct gpq_budget *budget, size_t cap_bytes)
{
	memset(budget, 0, sizeof(*budget));
	budget->cap_bytes = cap_bytes;
}

void gpq_budget_done(struct gpq_budget *budget)
{
	assert(atomic_load(&budget->used_bytes) == 0);
	(void)budget;
}

size_t gpq_budget_left_bytes(const struct gpq_budget *budget)
{
	size_t used = atomic_load(&budget->used_bytes);
	return used < budget->cap_bytes ? budget->cap_bytes - used : 0;
}

static void peak_raise(atomic_size_t *peak, size_t value)
{
	size_t seen = atomic_load_explicit(peak, memory_order_relaxed);
	while (value > seen && !atomic_compare_exchange_weak(peak, &seen, value))
		;
}

/* Pages and cache lines: what the system really hands out for a request of 'bytes'. */
static size_t charged_bytes(size_t bytes)
{
	if (bytes >= GPQ_BUDGET_MAP_BYTES)
		return (bytes + 4095) & ~(size_t)4095;
	return bytes >= 64 ? (bytes + 63) & ~(size_t)63 : (bytes + 15) & ~(size_t)15;
}

static bool budget_take(struct gpq_budget *budget, enum gpq_tag tag, size_t bytes)
{
	size_t before = atomic_fetch_add(&budget->used_bytes, bytes);
	if (before + bytes > budget->cap_bytes || before + bytes < before) {
		atomic_fetch_sub(&budget->used_bytes, bytes);
		return false;
	}
	peak_raise(&budget->peak_bytes, before + bytes);
	size_t tagged = atomic_fetch_add(&budget->tag_used_bytes[tag], bytes) + bytes;
	peak_raise(&budget->tag_peak_bytes[tag], tagged);
	return true;
}

static void budget_give(struct gpq_budget *budget, enum gpq_tag tag, size_t bytes)
{
	atomic_fetch_sub(&budget->used_bytes, bytes);
	atomic_fetch_sub(&budget->tag_used_bytes[tag], bytes);
}

static void *system_take(size_t bytes)
{
	if (bytes >= GPQ_BUDGET_MAP_BYTES) {
		void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		return memory == MAP_FAILED ? NULL : memory;
	}
	if (bytes >= 64)
		return aligned_alloc(64, bytes);
	return malloc(bytes);
}

enum gpq_status gpq_alloc(struct gpq_budget *budget, enum gpq_tag tag, size_t bytes, void *out, struct gpq_error *err)
{
	size_t charged = charged_bytes(bytes ? bytes : 1);
	long number = atomic_fetch_add(&budget->allocations, 1) + 1;
	if (number == budget->fail_at || charged < bytes || !budget_take(budget, tag, charged))
		return gpq_fail(err, GPQ_E_BUDGET, "%s needs %zu bytes, has %zu of %zu", tag_names[tag], bytes,
		                gpq_budget_left_bytes(budget), budget->cap_bytes);
	void *memory = system_take(charged);
	if (!memory) {
		budget_give(budget, tag, charged);
		return gpq_fail_errno(err, ENOMEM, "%s needs %zu bytes", tag_names[tag], bytes);
	}
	memcpy(out, &memory, sizeof(memory));
	return GPQ_OK;
}

enum gpq_status gpq_alloc_zero(struct gpq_budget *budget, enum gpq_tag tag, size_t bytes, void *out,
                               struct gpq_error *err)
{
	void *memory = NULL;
	GPQ_TRY(gpq_alloc(budget, tag, bytes, &memory, err));
	if (charged_bytes(bytes) < GPQ_BUDGET_MAP_BYTES)
		memset(memory, 0, bytes);
	memcpy(out, &memory, sizeof(memory));
	return GPQ_OK;
}

void gpq_free(struct gpq_budget *budget, enum gpq_tag tag, void *memory, size_t bytes)
{
	if (!memory)
		return;
	size_t charged = charged_bytes(bytes ? bytes : 1);
	budget_give(budget, tag, charged);
	if (charged >= GPQ_BUDGET_MAP_BYTES)
		munmap(memory, charged);
	else
		free(memory);
}
