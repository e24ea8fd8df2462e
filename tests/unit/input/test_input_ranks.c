// SPDX-License-Identifier: MIT
/* Which input is newer (RULES 21): finality, then publish stamp, then base name, whatever the folder; then content. */
#include "unit/io/zip_writer.h"

#include "input/input_ranks.h"
#include "input/members.h"

static struct workplace place;
static struct gpq_budget budget;
static struct gpq_catalogue catalogue;
static uint32_t rank[16];

static int setup(void **state)
{
	(void)state;
	workplace_open(&place);
	gpq_budget_init(&budget, (size_t)16 << 20);
	gpq_catalogue_init(&catalogue, &budget, (size_t)4 << 20);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	gpq_catalogue_done(&catalogue);
	assert_int_equal(atomic_load(&budget.used_bytes), 0);
	workplace_close(&place);
	return 0;
}

static void add(const char *path, enum gpq_finality finality, uint32_t published_s)
{
	struct gpq_input *input = NULL;
	assert_int_equal(gpq_catalogue_add(&catalogue, path, 10, &input, NULL), GPQ_OK);
	assert_int_equal(input->finality, GPQ_FINALITY_UNMARKED); /* until something says otherwise */
	input->finality = (uint8_t)finality;
	input->published_s = published_s;
}

static void ranks_make(void)
{
	assert_int_equal(gpq_inputs_rank(&catalogue, &budget, rank, NULL), GPQ_OK);
}

static void finality_comes_before_stamp_and_name(void **state)
{
	(void)state;
	add("/a/z.csv", GPQ_FINALITY_PRELIM, 2000000000);
	add("/a/c.csv", GPQ_FINALITY_UNMARKED, 1);
	add("/a/b.csv", GPQ_FINALITY_REPRICED, 0);
	add("/a/a.csv", GPQ_FINALITY_FINAL, 0);
	ranks_make();
	for (uint32_t i = 0; i < 4; i++)
		assert_int_equal(rank[i], i);
}

static void a_stamp_comes_before_the_name_and_none_is_oldest(void **state)
{
	(void)state;
	add("/a/a.csv", GPQ_FINALITY_FINAL, UINT32_MAX);
	add("/a/b.csv", GPQ_FINALITY_FINAL, 1700000000);
	add("/a/c.csv", GPQ_FINALITY_FINAL, 1700000000);
	add("/a/d.csv", GPQ_FINALITY_FINAL, 0);
	ranks_make();
	assert_int_equal(rank[3], 0);
	assert_int_equal(rank[1], 1);
	assert_int_equal(rank[2], 2);
	assert_int_equal(rank[0], 3);
}

static void names_are_compared_by_bytes_without_folder_and_gz(void **state)
{
	(void)state;
	add("/z/da.csv", GPQ_FINALITY_UNMARKED, 0);
	add("/a/da.csv.gz", GPQ_FINALITY_UNMARKED, 0);
	add("/a/DB.csv", GPQ_FINALITY_UNMARKED, 0);
	add("/a/\xc3\xa9.csv", GPQ_FINALITY_UNMARKED, 0);
	ranks_make();
	assert_int_equal(rank[2], 0);
	assert_int_equal(rank[0], 1);
	assert_int_equal(rank[1], 1);
	assert_int_equal(rank[3], 2);
}

static void no_inputs_have_no_ranks(void **state)
{
	(void)state;
	ranks_make();
}

static void names_are_listed_once_and_escaped(void **state)
{
	(void)state;
	uint32_t number[4];
	struct gpq_text names[4];
	uint8_t finality[4];
	struct gpq_source_names out = { .names = names, .number = number, .finality = finality };
	add("/z/b.csv", GPQ_FINALITY_PRELIM, 0);
	add("/a/b.csv", GPQ_FINALITY_FINAL, 9);
	add("/a/\xe9%.csv", GPQ_FINALITY_FINAL, 9);
	add("/a/a.csv", GPQ_FINALITY_FINAL, 9);
	assert_int_equal(gpq_inputs_name(&catalogue, &budget, &out, NULL), GPQ_OK);
	assert_int_equal(out.n_names, 3);
	assert_true(gpq_text_equal(names[0], gpq_text_of("%E9%25.csv")));
	assert_true(gpq_text_equal(names[1], gpq_text_of("a.csv")));
	assert_true(gpq_text_equal(names[2], gpq_text_of("b.csv")));
	assert_int_equal(number[0], 2);
	assert_int_equal(number[1], 2);
	assert_int_equal(number[2], 0);
	assert_int_equal(number[3], 1);
	assert_int_equal(finality[0], GPQ_FINALITY_PRELIM);
	assert_int_equal(finality[3], GPQ_FINALITY_FINAL);
}

/* ---- content ---- */

static enum gpq_status member_add(void *context, const struct gpq_member *member, bool *out_archive,
				  struct gpq_error *err)
{
	struct gpq_input *input = NULL;
	(void)context;
	*out_archive = strcmp(member->base, "inner.zip") == 0;
	return *out_archive ? GPQ_OK : gpq_catalogue_add_member(&catalogue, member, &input, err);
}

static void hash_expect(uint32_t input, const char *content)
{
	struct gpq_hash hash = { 1, 1 }, expected = gpq_hash_of(content, strlen(content));
	if (!*content)
		expected = (struct gpq_hash){ 0, 0 };
	assert_int_equal(gpq_input_content_hash(&budget, &catalogue.inputs[input], &hash, NULL), GPQ_OK);
	assert_int_equal(hash.low, expected.low);
	assert_int_equal(hash.high, expected.high);
}

static void files_and_members_are_hashed_by_their_content(void **state)
{
	(void)state;
	const struct gpq_members_visitor visitor = { .member = member_add };
	const struct zip_options deflated = { .method = 8 };
	struct zip_writer zip, inner;
	zip_open(&zip, 65536);
	zip_open(&inner, 65536);
	zip_add(&inner, "b.csv", "beta", 4, deflated);
	zip_end(&inner, NULL, false, NULL);
	zip_add(&zip, "a.csv", "alpha", 5, deflated);
	zip_add(&zip, "inner.zip", inner.bytes, inner.len, deflated);
	zip_add(&zip, "c.csv", "gamma", 5, deflated);
	zip_end(&zip, NULL, false, NULL);
	zip_spoil(&zip, zip.members[2].record_at + 16, 0, 4); /* its CRC */
	const char *path = workplace_file(&place, "x.zip", zip.bytes, zip.len);
	assert_int_equal(gpq_members_walk(&budget, path, zip.len, &visitor, NULL), GPQ_OK);
	add(workplace_file(&place, "d.csv", "delta", 5), GPQ_FINALITY_UNMARKED, 0);
	assert_int_equal(catalogue.count, 4);
	hash_expect(0, "alpha");
	hash_expect(1, ""); /* damaged: it will fail by itself */
	hash_expect(2, "beta");
	hash_expect(3, "delta");
	zip_close(&zip);
	zip_close(&inner);
}

static void what_is_gone_fails(void **state)
{
	(void)state;
	struct gpq_hash hash = { 7, 7 };
	struct gpq_error err;
	add(workplace_path(&place, "gone.csv"), GPQ_FINALITY_UNMARKED, 0);
	assert_int_equal(gpq_input_content_hash(&budget, &catalogue.inputs[0], &hash, &err), GPQ_E_INPUT_MISSING);
	assert_int_equal(hash.low, 7);
}

static void each_allocation_may_fail(void **state)
{
	(void)state;
	uint32_t number[2];
	struct gpq_text names[2];
	uint8_t finality[4];
	struct gpq_source_names out = { .names = names, .number = number, .finality = finality };
	struct gpq_hash hash;
	add(workplace_file(&place, "a.csv", "alpha", 5), GPQ_FINALITY_UNMARKED, 0);
	add("/a/\xe9.csv", GPQ_FINALITY_UNMARKED, 0);
	size_t used = atomic_load(&budget.used_bytes);
	for (long n = 1, failed = 3; failed > 0; n++) {
		assert_true(n < 100);
		failed = 0;
		budget.fail_at = atomic_load(&budget.allocations) + n;
		failed += gpq_inputs_rank(&catalogue, &budget, rank, NULL) != GPQ_OK;
		budget.fail_at = atomic_load(&budget.allocations) + n;
		failed += gpq_inputs_name(&catalogue, &budget, &out, NULL) != GPQ_OK;
		budget.fail_at = atomic_load(&budget.allocations) + n;
		failed += gpq_input_content_hash(&budget, &catalogue.inputs[0], &hash, NULL) != GPQ_OK;
		assert_int_equal(atomic_load(&budget.used_bytes), used);
	}
	budget.fail_at = 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(finality_comes_before_stamp_and_name, setup, teardown),
		cmocka_unit_test_setup_teardown(a_stamp_comes_before_the_name_and_none_is_oldest, setup, teardown),
		cmocka_unit_test_setup_teardown(names_are_compared_by_bytes_without_folder_and_gz, setup, teardown),
		cmocka_unit_test_setup_teardown(no_inputs_have_no_ranks, setup, teardown),
		cmocka_unit_test_setup_teardown(names_are_listed_once_and_escaped, setup, teardown),
		cmocka_unit_test_setup_teardown(files_and_members_are_hashed_by_their_content, setup, teardown),
		cmocka_unit_test_setup_teardown(what_is_gone_fails, setup, teardown),
		cmocka_unit_test_setup_teardown(each_allocation_may_fail, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
