// SPDX-License-Identifier: MIT
#include "unit/io/workplace.h"

#include "input/rejects.h"

#include <pthread.h>

static struct workplace place;
static struct gpq_budget budget;
static struct gpq_rejects *rejects;

static int setup(void **state)
{
	(void)state;
	workplace_open(&place);
	gpq_budget_init(&budget, gpq_rejects_need() + 65536);
	return gpq_rejects_open(&budget, place.folder, &rejects, NULL) == GPQ_OK ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	gpq_rejects_close(rejects);
	assert_int_equal(atomic_load(&budget.used_bytes), 0);
	workplace_close(&place);
	return 0;
}

static char *content(const char *name, size_t *out_len)
{
	char inside[200];
	snprintf(inside, sizeof(inside), ".gridpq/rejects/%s", name);
	FILE *file = fopen(workplace_path(&place, inside), "rb");
	if (!file)
		return NULL;
	char *text = calloc(1, 1 << 20);
	*out_len = fread(text, 1, (1 << 20) - 1, file);
	fclose(file);
	return text;
}

static void publishes(struct gpq_rejects *all)
{
	assert_int_equal(gpq_rejects_sync(all, NULL), GPQ_OK);
	assert_int_equal(gpq_rejects_publish(all, NULL), GPQ_OK);
}

static struct gpq_bad_line line_of(const char *bytes, enum gpq_reject reason, uint64_t line, uint32_t field,
				   const char *value)
{
	return (struct gpq_bad_line){ reason, 1000 + line, line, field, gpq_text_of(bytes), gpq_text_of(value), false };
}

static void nothing_is_published_without_a_reject(void **state)
{
	(void)state;
	size_t len;
	assert_int_equal(gpq_rejects_count(rejects), 0);
	publishes(rejects);
	assert_null(content("rejects.jsonl", &len));
}

static void unpublished_files_vanish(void **state)
{
	(void)state;
	size_t len;
	struct gpq_bad_line line = line_of("x,y\r\n", GPQ_REJECT_NUMBER, 2, 1, "x");
	assert_int_equal(gpq_rejects_add(rejects, "/a/in.csv", NULL, &line, NULL), GPQ_OK);
	gpq_rejects_close(rejects);
	assert_null(content("rejects.jsonl", &len));
	assert_int_equal(gpq_rejects_open(&budget, place.folder, &rejects, NULL), GPQ_OK);
}

static void a_line_is_kept_byte_for_byte(void **state)
{
	(void)state;
	size_t len;
	struct gpq_bad_line first = line_of("x,\"y\"\r\n", GPQ_REJECT_NUMBER, 2, 1, "x"),
			    second = line_of("a\xFF\tb", GPQ_REJECT_UTF8, 77, 0, NULL);
	assert_int_equal(gpq_rejects_add(rejects, "/a/\"in\".csv", NULL, &first, NULL), GPQ_OK);
	assert_int_equal(gpq_rejects_add(rejects, "/a/in\xFF.csv", NULL, &second, NULL), GPQ_OK);
	assert_int_equal(gpq_rejects_count(rejects), 2);
	publishes(rejects);
	char *raw = content("rejects.raw", &len);
	assert_int_equal(len, 7 + 4);
	assert_memory_equal(raw, "x,\"y\"\r\na\xFF\tb", 11);
	free(raw);
	char *index = content("rejects.jsonl", &len);
	char expected[1000];
	snprintf(expected, sizeof(expected),
		 "{\"file\":\"/a/"
		 "\\\"in\\\".csv\",\"member\":null,\"line\":2,\"byte\":1002,\"field\":1,\"value\":\"x\",\"reason\":\"%"
		 "s\",\"sentence\":\"%s\","
		 "\"raw_byte\":0,\"raw_len\":7}\n",
		 gpq_reject_word(GPQ_REJECT_NUMBER), gpq_reject_sentence(GPQ_REJECT_NUMBER));
	assert_true(strlen(index) > strlen(expected));
	assert_memory_equal(index, expected, strlen(expected));
	assert_non_null(strstr(index, "\"value\":null,\"reason\":\"utf8\""));
	assert_non_null(strstr(index, "\"raw_byte\":7,\"raw_len\":4}\n"));
	assert_null(strchr(index, '\xFF')); /* JSON is UTF-8 */
	free(index);
}

static void a_long_value_is_cut_and_the_line_is_not(void **state)
{
	(void)state;
	size_t len;
	static char text[100001];
	memset(text, 'v', 100000);
	struct gpq_bad_line line = line_of(text, GPQ_REJECT_NUMBER, 5, 3, text);
	assert_int_equal(gpq_rejects_add(rejects, "in.csv", NULL, &line, NULL), GPQ_OK);
	publishes(rejects);
	char *raw = content("rejects.raw", &len);
	assert_int_equal(len, 100000);
	free(raw);
	char *index = content("rejects.jsonl", &len);
	assert_true(len < 1000);
	assert_non_null(strstr(index, "\"raw_len\":100000}"));
	free(index);
}

static void an_earlier_runs_files_are_replaced_or_removed(void **state)
{
	(void)state;
	size_t len;
	struct gpq_bad_line line = line_of("one\n", GPQ_REJECT_STAMP, 2, 1, "one");
	assert_int_equal(gpq_rejects_add(rejects, "in.csv", NULL, &line, NULL), GPQ_OK);
	publishes(rejects);
	gpq_rejects_close(rejects);
	assert_int_equal(gpq_rejects_open(&budget, place.folder, &rejects, NULL), GPQ_OK);
	line = line_of("two\n", GPQ_REJECT_STAMP, 2, 1, "two");
	assert_int_equal(gpq_rejects_add(rejects, "in.csv", NULL, &line, NULL), GPQ_OK);
	publishes(rejects);
	char *raw = content("rejects.raw", &len);
	assert_string_equal(raw, "two\n");
	free(raw);
	gpq_rejects_close(rejects);
	assert_int_equal(gpq_rejects_open(&budget, place.folder, &rejects, NULL), GPQ_OK);
	publishes(rejects);
	assert_null(content("rejects.raw", &len));
	assert_null(content("rejects.jsonl", &len));
}

static void *add_many(void *context)
{
	struct gpq_bad_line line = line_of(context, GPQ_REJECT_STAMP, 9, 1, "v");
	for (int i = 0; i < 300; i++)
		assert_int_equal(gpq_rejects_add(rejects, "in.csv", NULL, &line, NULL), GPQ_OK);
	return NULL;
}

/* Whatever the order, each entry's raw_byte and raw_len name its own bytes. */
static void threads_do_not_mix_lines(void **state)
{
	(void)state;
	static char lines[4][20] = { "a\n", "bb\n", "ccc\n", "dddd\n" };
	pthread_t threads[4];
	size_t len, raw_len;
	for (int i = 0; i < 4; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, add_many, lines[i]), 0);
	for (int i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	assert_int_equal(gpq_rejects_count(rejects), 1200);
	publishes(rejects);
	char *raw = content("rejects.raw", &raw_len), *index = content("rejects.jsonl", &len);
	uint32_t n = 0;
	for (char *at = index; (at = strstr(at, "\"raw_byte\":")); n++) {
		unsigned long byte = strtoul(at + 11, &at, 10), bytes = strtoul(at + 11, &at, 10);
		assert_true(byte + bytes <= raw_len && bytes >= 2 && bytes <= 5);
		assert_memory_equal(raw + byte, lines[bytes - 2], bytes);
	}
	assert_int_equal(n, 1200);
	free(raw);
	free(index);
}

static void a_folder_that_cannot_be_written(void **state)
{
	(void)state;
	struct gpq_error err;
	gpq_rejects_close(rejects);
	workplace_file(&place, "file", "x", 1);
	assert_int_equal(gpq_rejects_open(&budget, workplace_path(&place, "file"), &rejects, NULL), GPQ_OK);
	struct gpq_bad_line line = line_of("x\n", GPQ_REJECT_STAMP, 2, 1, "x");
	assert_int_equal(gpq_status_exit_code(gpq_rejects_add(rejects, "in.csv", NULL, &line, &err)), 3);
}

static void each_allocation_may_fail(void **state)
{
	(void)state;
	gpq_rejects_close(rejects);
	rejects = NULL;
	struct gpq_bad_line line = line_of("x\n", GPQ_REJECT_STAMP, 2, 1, "x");
	for (long n = 1;; n++) {
		budget.fail_at = atomic_load(&budget.allocations) + n;
		enum gpq_status status = gpq_rejects_open(&budget, place.folder, &rejects, NULL);
		if (status == GPQ_OK)
			status = gpq_rejects_add(rejects, "in.csv", NULL, &line, NULL);
		if (status == GPQ_OK)
			status = gpq_rejects_sync(rejects, NULL);
		if (status == GPQ_OK)
			status = gpq_rejects_publish(rejects, NULL);
		gpq_rejects_close(rejects);
		rejects = NULL;
		assert_int_equal(atomic_load(&budget.used_bytes), 0);
		if (status == GPQ_OK)
			break;
		assert_int_equal(status, GPQ_E_BUDGET);
		assert_true(n < 100);
	}
	budget.fail_at = 0;
}

#define REJECTS_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		REJECTS_TEST(nothing_is_published_without_a_reject),
		REJECTS_TEST(unpublished_files_vanish),
		REJECTS_TEST(a_folder_that_cannot_be_written),
		REJECTS_TEST(each_allocation_may_fail),
		REJECTS_TEST(a_line_is_kept_byte_for_byte),
		REJECTS_TEST(a_long_value_is_cut_and_the_line_is_not),
		REJECTS_TEST(an_earlier_runs_files_are_replaced_or_removed),
		REJECTS_TEST(threads_do_not_mix_lines),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
