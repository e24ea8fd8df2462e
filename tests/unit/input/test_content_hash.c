// SPDX-License-Identifier: MIT
/* The content of a file, of a member and of a damaged one (RULES 21). */
#include "unit/io/zip_writer.h"

#include "input/content_hash.h"
#include "input/members.h"

static struct workplace place;
static struct gpq_budget budget;

static int setup(void **state)
{
	(void)state;
	workplace_open(&place);
	gpq_budget_init(&budget, (size_t)16 << 20);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	assert_int_equal(atomic_load(&budget.used_bytes), 0);
	workplace_close(&place);
	return 0;
}

static void hash_expect(const struct gpq_address *address, const char *content)
{
	struct gpq_hash hash = { 1, 1 }, expected = gpq_hash_of(content, strlen(content));
	if (!*content)
		expected = (struct gpq_hash){ 0, 0 };
	assert_int_equal(gpq_content_hash(&budget, address, &hash, NULL), GPQ_OK);
	assert_int_equal(hash.low, expected.low);
	assert_int_equal(hash.high, expected.high);
}

static uint32_t n_seen;

static enum gpq_status member_hash(void *context, const struct gpq_member *member, bool *out_archive,
				   struct gpq_error *err)
{
	static const char *const contents[] = { "a.csv", "alpha", "b.csv", "beta", "c.csv", "" }; /* c.csv: damaged */
	(void)context, (void)err;
	*out_archive = strcmp(member->base, "inner.zip") == 0;
	for (int i = 0; i < 6; i += 2)
		if (strcmp(member->base, contents[i]) == 0) {
			hash_expect(&member->address, contents[i + 1]);
			n_seen++;
		}
	return GPQ_OK;
}

static void files_and_members_are_hashed_by_their_content(void **state)
{
	(void)state;
	const struct gpq_members_visitor visitor = { .member = member_hash };
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
	n_seen = 0;
	const char *path = workplace_file(&place, "x.zip", zip.bytes, zip.len);
	assert_int_equal(gpq_members_walk(&budget, path, zip.len, &visitor, NULL), GPQ_OK);
	assert_int_equal(n_seen, 3);
	hash_expect(&(struct gpq_address){ .path = workplace_file(&place, "d.csv", "delta", 5) }, "delta");
	zip_close(&zip);
	zip_close(&inner);
}

static void what_is_gone_fails(void **state)
{
	(void)state;
	struct gpq_hash hash = { 7, 7 };
	struct gpq_error err;
	struct gpq_address gone = { .path = workplace_path(&place, "gone.csv") };
	assert_int_equal(gpq_content_hash(&budget, &gone, &hash, &err), GPQ_E_INPUT_MISSING);
	assert_int_equal(hash.low, 7);
}

static void each_allocation_may_fail(void **state)
{
	(void)state;
	struct gpq_hash hash;
	struct gpq_address address = { .path = workplace_file(&place, "a.csv", "alpha", 5) };
	enum gpq_status status = GPQ_E_BUDGET;
	for (long n = 1; status != GPQ_OK; n++) {
		assert_true(n < 100);
		budget.fail_at = atomic_load(&budget.allocations) + n;
		status = gpq_content_hash(&budget, &address, &hash, NULL);
		assert_true(status == GPQ_OK || status == GPQ_E_BUDGET);
		assert_int_equal(atomic_load(&budget.used_bytes), 0);
	}
	budget.fail_at = 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(files_and_members_are_hashed_by_their_content, setup, teardown),
		cmocka_unit_test_setup_teardown(what_is_gone_fails, setup, teardown),
		cmocka_unit_test_setup_teardown(each_allocation_may_fail, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
