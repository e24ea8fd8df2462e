// SPDX-License-Identifier: MIT
/*
 * Any bytes as an input whose first line is its name: it is looked at, and looked at again as a run would; never out of bounds or
 * out of the budget. What is recognised and not left out is bound, its tables stand one behind the other within the input, and
 * the second look says what the first said.
 */
#include "input/head.h"
#include "input/name_facts.h"
#include "cpu/features.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#define BUDGET_BYTES ((size_t)8 << 20)
#define NAME_BYTES   200u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct gpq_head_facts facts, again;

static void refuse_unless(bool condition)
{
	if (!condition)
		abort();
}

static void tables_check(size_t size)
{
	size_t at = 0;
	refuse_unless(facts.n_tables >= 1 && facts.n_tables <= GPQ_HEAD_TABLES);
	for (uint32_t t = 0; t < facts.n_tables; t++) {
		const struct gpq_head_table *table = &facts.tables[t];
		refuse_unless(table->first_byte >= at && table->data_byte >= table->first_byte && table->data_byte <= size);
		refuse_unless(table->binding.feed == facts.feed && table->binding.table == t);
		refuse_unless(!facts.feed->preamble_date || table->binding.start != GPQ_NO_FIELD || table->binding.day >= 0);
		refuse_unless(table->binding.hours_count == 0 ||
			      table->binding.hours_first + table->binding.hours_count <= table->binding.n_fields);
		at = table->data_byte;
	}
}

static void look_again(struct gpq_head *head, struct gpq_budget *budget, const char *path, const char *name)
{
	struct gpq_known_input input = { .path = path, .name = name, .base = name, .market = facts.market, .feed = facts.feed };
	struct gpq_first_bytes first;
	struct gpq_source *source = NULL;
	struct gpq_error err;
	refuse_unless(gpq_source_open(budget, path, false, &source, &err) == GPQ_OK);
	refuse_unless(gpq_head_bind(head, &input, source, &again, &first, &err) == GPQ_OK);
	gpq_source_close(source);
	refuse_unless(again.n_tables == facts.n_tables);
	for (uint32_t t = 0; t < facts.n_tables; t++)
		refuse_unless(again.tables[t].data_byte == facts.tables[t].data_byte &&
			      again.tables[t].binding.signature == facts.tables[t].binding.signature &&
			      again.tables[t].binding.day == facts.tables[t].binding.day);
}

static void names_look(struct gpq_text name)
{
	uint32_t count;
	int32_t day;
	const struct gpq_market *const *markets = gpq_markets(&count);
	for (uint32_t m = 0; m < count; m++) {
		(void)gpq_name_finality(markets[m], name, name);
		(void)gpq_name_published_s(markets[m], name);
	}
	refuse_unless(!gpq_name_day(name, &day) || (day >= 0 && day < 49710));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *end = size ? memchr(data, '\n', size) : NULL;
	size_t name_len = end ? (size_t)(end - data) : 0, text_at = end ? name_len + 1 : 0;
	if (name_len > NAME_BYTES)
		return -1;
	names_look((struct gpq_text){ (const char *)data, (uint32_t)name_len });
	int fd = memfd_create("head", 0);
	char path[64];
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	refuse_unless(fd >= 0 && write(fd, data + text_at, size - text_at) == (ssize_t)(size - text_at));
	struct gpq_budget budget;
	struct gpq_head *head = NULL;
	struct gpq_error err;
	gpq_budget_init(&budget, BUDGET_BYTES);
	refuse_unless(gpq_head_open(&budget, gpq_cpu_features(GPQ_CPU_ALL), &head, &err) == GPQ_OK);
	enum gpq_status status = gpq_head_read(head, path, (struct gpq_texts){ NULL, 0 }, &facts, &err);
	refuse_unless(status == GPQ_OK ? facts.why[0] != 0 : err.message[0] != 0 && status != GPQ_E_BUDGET && status != GPQ_E_BUG);
	if (status == GPQ_OK && facts.status == GPQ_OK && !facts.feed->left_out && !facts.compressed) {
		tables_check(size - text_at);
		look_again(head, &budget, path, path);
	}
	gpq_head_close(head);
	refuse_unless(atomic_load(&budget.used_bytes) == 0);
	gpq_budget_done(&budget);
	close(fd);
	return 0;
}
