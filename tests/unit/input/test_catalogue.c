// SPDX-License-Identifier: MIT
/* Inputs come back as they were entered, in reading order and with their ranks (RULES 21), in memory or in the spill file. */
#include "unit/io/workplace.h"

#include "input/catalogue.h"

static struct workplace place;
static struct gpq_budget budget;
static struct gpq_catalogue catalogue;
static struct gpq_input_names names;

static void catalogue_open(size_t cap_bytes)
{
	assert_int_equal(gpq_catalogue_init(&catalogue, &budget, cap_bytes, workplace_path(&place, "out"), NULL), GPQ_OK);
}

static int setup(void **state)
{
	(void)state;
	workplace_open(&place);
	gpq_budget_init(&budget, (size_t)32 << 20);
	catalogue_open((size_t)4 << 20);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	gpq_catalogue_done(&catalogue);
	gpq_catalogue_done(&catalogue); /* again: nothing */
	assert_int_equal(atomic_load(&budget.used_bytes), 0);
	workplace_close(&place);
	return 0;
}

static struct gpq_input input_at(uint32_t number)
{
	struct gpq_input input;
	assert_int_equal(gpq_catalogue_get(&catalogue, number, &input, NULL), GPQ_OK);
	return input;
}

static const char *path_at(uint32_t number)
{
	struct gpq_input input = input_at(number);
	assert_int_equal(gpq_catalogue_names(&catalogue, &input, &names, NULL), GPQ_OK);
	return names.path;
}

static const struct gpq_feed *feed_of(const char *id)
{
	for (uint32_t f = 0; f < gpq_market_pjm.n_feeds; f++)
		if (strcmp(gpq_market_pjm.feeds[f]->id, id) == 0)
			return gpq_market_pjm.feeds[f];
	fail_msg("%s", id);
	return NULL;
}

static void enter(const char *path, const char *feed, uint32_t first_s)
{
	struct gpq_input input = { .size_bytes = 10, .seems_first_s = first_s };
	gpq_input_recognise(&input, feed ? &gpq_market_pjm : NULL, feed ? feed_of(feed) : NULL);
	assert_int_equal(gpq_catalogue_add(&catalogue, path, &input, NULL, NULL), GPQ_OK);
}

static void names_are_the_last_part(void **state)
{
	(void)state;
	static const char *const cases[][2] = { { "/archive/a/one.csv", "one.csv" }, { "plain.csv", "plain.csv" },
						{ "/root.csv", "root.csv" },	     { "a//b.csv", "b.csv" },
						{ "/archive/a/two.csv", "two.csv" }, { "", "" } };
	char path[6000];
	for (uint32_t i = 0; i < 6; i++)
		enter(cases[i][0], NULL, 0);
	memset(path, 'd', sizeof(path));
	memcpy(path + sizeof(path) - 6, "/x.gz", 6);
	enter(path, NULL, 0);
	for (uint32_t i = 0; i < 6; i++) {
		assert_string_equal(path_at(i), cases[i][0]);
		assert_string_equal(names.name, cases[i][1]);
		assert_string_equal(names.base, cases[i][1]);
		assert_int_equal(names.address.depth, 0);
		assert_string_equal(names.address.path, cases[i][0]);
	}
	assert_string_equal(path_at(6), path);
	assert_string_equal(names.name, "x.gz");
	assert_int_equal(catalogue.count, 7);
}

static void too_long_a_path_is_refused(void **state)
{
	(void)state;
	static char path[GPQ_INPUT_PATH_BYTES + 1];
	const struct gpq_input input = { .size_bytes = 1 };
	struct gpq_error err = { 0 };
	memset(path, 'x', sizeof(path) - 1);
	assert_int_equal(gpq_catalogue_add(&catalogue, path, &input, NULL, &err), GPQ_E_USAGE);
	assert_non_null(strstr(err.message, "longer than any may be"));
	assert_int_equal(catalogue.count, 0);
}

static void members_keep_their_places(void **state)
{
	(void)state;
	struct gpq_zip_place places[3] = { { 1, 2, 3, 4, 5, 8, 0 },
					   { UINT64_MAX, UINT64_MAX - 1, 300, UINT32_MAX, 0x80, 0, 0 },
					   { 7, 70, 700, 7000, 70000, 8, 0 } };
	const struct gpq_input input = { .size_bytes = 70 };
	struct gpq_member member = { .path = "/d/f.zip!a/i.zip!b!c.zip!x/y.csv.gz",
				     .name = "f.zip!i.zip!b!c.zip!y.csv.gz",
				     .address = { "/d/f.zip", places, 3 } };
	member.base = member.own = member.name + 20;
	member.inside = member.path + 25;
	assert_string_equal(member.base, "y.csv.gz");
	assert_string_equal(member.inside, "x/y.csv.gz");
	assert_int_equal(gpq_catalogue_add_member(&catalogue, &member, &input, NULL, NULL), GPQ_OK);
	/* The same archive again, and one that is not in it. */
	assert_int_equal(gpq_catalogue_add_member(&catalogue, &member, &input, NULL, NULL), GPQ_OK);
	struct gpq_member outer = { .path = "/d/f.zip!z.csv", .name = "f.zip!z.csv", .address = { "/d/f.zip", places, 1 } };
	outer.base = outer.own = outer.name + 6;
	outer.inside = outer.path + 9;
	assert_int_equal(gpq_catalogue_add_member(&catalogue, &outer, &input, NULL, NULL), GPQ_OK);
	for (uint32_t i = 0; i < 2; i++) {
		assert_string_equal(path_at(i), member.path);
		assert_string_equal(names.name, member.name);
		assert_string_equal(names.base, member.base);
		assert_string_equal(names.address.path, "/d/f.zip");
		assert_int_equal(names.address.depth, 3);
		for (int p = 0; p < 3; p++) {
			assert_true(names.address.places[p].local_at == places[p].local_at);
			assert_true(names.address.places[p].stored_bytes == places[p].stored_bytes);
			assert_true(names.address.places[p].size_bytes == places[p].size_bytes);
			assert_int_equal(names.address.places[p].crc, places[p].crc);
			assert_int_equal(names.address.places[p].name_crc, places[p].name_crc);
			assert_int_equal(names.address.places[p].method, places[p].method);
		}
		assert_true(input_at(i).is_member);
	}
	assert_string_equal(path_at(2), outer.path);
	assert_string_equal(names.name, outer.name);
	assert_int_equal(names.address.depth, 1);
	assert_int_equal(catalogue.max_depth, 3);
}

static void sheets_are_of_their_workbook(void **state)
{
	(void)state;
	struct gpq_zip_place places[2] = { { .local_at = 1 }, { .local_at = 9, .reading = GPQ_READ_SHEET } };
	const struct gpq_input input = { .size_bytes = 70 };
	struct gpq_member sheet = { .path = "/d/f.zip!a/book.xlsx!Q1/Q2", .name = "f.zip!book.xlsx!Q1/Q2",
				    .address = { "/d/f.zip", places, 2 } };
	sheet.base = sheet.name + 6;
	sheet.own = sheet.name + 16;
	sheet.inside = sheet.path + 21;
	assert_string_equal(sheet.own, "Q1/Q2");
	assert_string_equal(sheet.inside, "Q1/Q2");
	assert_false(catalogue.sheets);
	assert_int_equal(gpq_catalogue_add_member(&catalogue, &sheet, &input, NULL, NULL), GPQ_OK);
	assert_true(catalogue.sheets);
	assert_string_equal(path_at(0), sheet.path);
	assert_string_equal(names.name, sheet.name);
	assert_string_equal(names.base, "book.xlsx!Q1/Q2");
	assert_true(gpq_address_is_sheet(&names.address));
	assert_int_equal(names.address.places[0].reading, GPQ_READ_BYTES);
}

static void reading_order_is_feed_time_name_path(void **state)
{
	(void)state;
	enter("/z/b.csv", "rt_hrl_lmps", 100);
	enter("/u/unknown.csv", NULL, 0);
	enter("/b/same.csv", "da_hrl_lmps", 300);
	enter("/a/same.csv", "da_hrl_lmps", 300);
	enter("/z/a.csv", "da_hrl_lmps", 300);
	enter("/z/c.csv", "da_hrl_lmps", 200);
	enter("/z/d.csv", "rt_hrl_lmps", 50);
	enter("/z/e.csv", "da_hrl_lmps", 0);
	enter("/y/late.csv", "da_hrl_lmps", 4000000000u);
	assert_int_equal(gpq_catalogue_sort(&catalogue, NULL), GPQ_OK);
	static const char *const order[] = { "/z/e.csv",    "/z/c.csv",	   "/z/a.csv", "/a/same.csv",	"/b/same.csv",
					     "/y/late.csv", "/z/d.csv",	   "/z/b.csv", "/u/unknown.csv" };
	for (uint32_t i = 0; i < 9; i++)
		assert_string_equal(path_at(i), order[i]);
	assert_int_equal(catalogue.n_ranges, 3);
	assert_int_equal(catalogue.ranges[0].found, 6);
	assert_int_equal(catalogue.ranges[0].first_s, 0);
	assert_int_equal(catalogue.ranges[0].name_bytes, 5 + 5 + 5 + 8 + 8 + 8);
	assert_int_equal(catalogue.ranges[1].begin, 6);
	assert_int_equal(catalogue.ranges[1].end, 8);
	assert_int_equal(catalogue.ranges[1].first_s, 50);
	assert_int_equal(catalogue.ranges[2].feed_number, 0);
	struct gpq_input first = input_at(0), last = input_at(8);
	assert_ptr_equal(gpq_input_feed(&first), feed_of("da_hrl_lmps"));
	assert_ptr_equal(gpq_input_market(&first), &gpq_market_pjm);
	assert_null(gpq_input_feed(&last));
	assert_null(gpq_input_market(&last));
}

/* Feeds of one name stay apart, each in its order: there is a range a feed, however their instants lie. */
static void feeds_of_one_name_do_not_interleave(void **state)
{
	(void)state;
	static const char *const outputs[] = { "rt_reserve_hourly", "rt_reserve_5min" };
	char path[32];
	for (uint32_t i = 0; i < 40; i++) {
		struct gpq_input input = { .size_bytes = 10, .seems_first_s = 1000 + i };
		for (uint32_t f = 0; f < gpq_market_pjm.n_feeds; f++) {
			const struct gpq_feed *feed = gpq_market_pjm.feeds[f];
			if (strcmp(feed->id, "reserve_market_results") == 0 && strcmp(feed->outputs[0]->id, outputs[i % 2]) == 0)
				gpq_input_recognise(&input, &gpq_market_pjm, feed);
		}
		snprintf(path, sizeof(path), "/a/%02u.csv", i);
		assert_int_equal(gpq_catalogue_add(&catalogue, path, &input, NULL, NULL), GPQ_OK);
	}
	assert_int_equal(gpq_catalogue_sort(&catalogue, NULL), GPQ_OK);
	assert_int_equal(catalogue.n_ranges, 2);
	for (uint32_t i = 0; i < 40; i++) {
		struct gpq_input input = input_at(i);
		assert_string_equal(gpq_input_feed(&input)->outputs[0]->id, outputs[i < 20]);
		assert_int_equal(input.seems_first_s, 1000 + i % 20 * 2 + (i < 20));
	}
}

static void an_empty_catalogue_is_sorted(void **state)
{
	(void)state;
	assert_int_equal(gpq_catalogue_sort(&catalogue, NULL), GPQ_OK);
	assert_int_equal(catalogue.count, 0);
	assert_int_equal(catalogue.n_ranges, 0);
}

/* ---- ranks ---- */

static void rank_enter(const char *path, enum gpq_finality finality, uint32_t published_s)
{
	struct gpq_input input = { .finality = (uint8_t)finality, .published_s = published_s, .size_bytes = catalogue.count };
	assert_int_equal(gpq_catalogue_add(&catalogue, path, &input, NULL, NULL), GPQ_OK);
}

/* Ranks by the order that inputs were entered in. */
static void ranks_expect(const uint32_t *expected, uint32_t count)
{
	assert_int_equal(gpq_catalogue_sort(&catalogue, NULL), GPQ_OK);
	for (uint32_t i = 0; i < count; i++) {
		struct gpq_input input = input_at(i);
		assert_int_equal(input.rank, expected[input.size_bytes]);
	}
}

static void finality_comes_before_stamp_and_name(void **state)
{
	(void)state;
	rank_enter("/a/z.csv", GPQ_FINALITY_PRELIM, 2000000000);
	rank_enter("/a/c.csv", GPQ_FINALITY_UNMARKED, 1);
	rank_enter("/a/b.csv", GPQ_FINALITY_REPRICED, 0);
	rank_enter("/a/a.csv", GPQ_FINALITY_FINAL, 0);
	ranks_expect((const uint32_t[]){ 0, 1, 2, 3 }, 4);
}

static void a_stamp_comes_before_the_name_and_none_is_oldest(void **state)
{
	(void)state;
	rank_enter("/a/a.csv", GPQ_FINALITY_FINAL, UINT32_MAX);
	rank_enter("/a/b.csv", GPQ_FINALITY_FINAL, 1700000000);
	rank_enter("/a/c.csv", GPQ_FINALITY_FINAL, 1700000000);
	rank_enter("/a/d.csv", GPQ_FINALITY_FINAL, 0);
	ranks_expect((const uint32_t[]){ 3, 1, 2, 0 }, 4);
}

static void names_are_compared_by_bytes_without_folder_and_gz(void **state)
{
	(void)state;
	rank_enter("/z/da.csv", GPQ_FINALITY_UNMARKED, 0);
	rank_enter("/a/da.csv.gz", GPQ_FINALITY_UNMARKED, 0);
	rank_enter("/a/DB.csv", GPQ_FINALITY_UNMARKED, 0);
	rank_enter("/a/\xc3\xa9.csv", GPQ_FINALITY_UNMARKED, 0);
	ranks_expect((const uint32_t[]){ 1, 1, 0, 2 }, 4);
}

static void rank_names_have_no_gz(void **state)
{
	(void)state;
	static const char *const cases[][2] = {
		{ "/a/x.csv.gz", "x.csv" }, { "x.csv", "x.csv" }, { "/a/.gz", ".gz" }, { "a.gz.gz", "a.gz" }
	};
	for (uint32_t i = 0; i < 4; i++) {
		enter(cases[i][0], NULL, 0);
		path_at(i);
		assert_true(gpq_text_equal(gpq_input_rank_name(&names), gpq_text_of(cases[i][1])));
	}
}

static void names_that_are_no_utf8_are_escaped(void **state)
{
	(void)state;
	static const char *const cases[][2] = {
		{ "plain%.csv", "plain%.csv" }, { "\xc3\xa9%.csv", "\xc3\xa9%.csv" }, { "\xe9%.csv", "%E9%25.csv" }, { "", "" }
	};
	char text[64];
	for (int i = 0; i < 4; i++) {
		size_t len = gpq_input_name_write(cases[i][0], text);
		assert_int_equal(len, strlen(cases[i][1]));
		assert_memory_equal(text, cases[i][1], len);
		assert_int_equal(gpq_input_name_write(cases[i][0], NULL), len);
	}
}

/* ---- outcomes ---- */

static void outcomes_are_kept(void **state)
{
	(void)state;
	static char longest[2 * GPQ_REASON_BYTES];
	const struct gpq_line_counts counts = { 1, 0, 127, 128, UINT64_MAX, 16384, 16383, 7, 8, (uint64_t)1 << 63, 0, 0 };
	const struct gpq_input blank = { .size_bytes = 1 };
	struct gpq_outcome outcome;
	memset(longest, 'y', sizeof(longest) - 1);
	enter("/a.csv", NULL, 0);
	assert_int_equal(gpq_catalogue_add(&catalogue, "/b.csv", &blank, "no header", NULL), GPQ_OK);
	assert_int_equal(gpq_catalogue_add(&catalogue, "/c.csv", &blank, "no header", NULL), GPQ_OK);
	assert_int_equal(gpq_catalogue_add(&catalogue, "/d.csv", &blank, longest, NULL), GPQ_OK);
	assert_true(input_at(1).outcome_at == input_at(2).outcome_at); /* one text for both */
	for (uint32_t i = 0; i < 4; i++) {
		struct gpq_input input = input_at(i);
		assert_int_equal(gpq_catalogue_outcome(&catalogue, &input, &outcome, NULL), GPQ_OK);
		assert_true(outcome.has_reason == (i > 0));
		assert_int_equal(outcome.lines.lines, 0);
		if (i == 3)
			assert_int_equal(strlen(outcome.reason), GPQ_REASON_BYTES - 1);
		else
			assert_string_equal(outcome.reason, i ? "no header" : "");
	}
	for (int with_reason = 0; with_reason < 2; with_reason++) {
		struct gpq_input input = input_at(0);
		assert_int_equal(gpq_catalogue_note(&catalogue, &input, with_reason ? "it broke" : NULL, &counts, NULL), GPQ_OK);
		assert_int_equal(gpq_catalogue_put(&catalogue, 0, &input, NULL), GPQ_OK);
		input = input_at(0);
		assert_int_equal(gpq_catalogue_outcome(&catalogue, &input, &outcome, NULL), GPQ_OK);
		assert_true(outcome.has_reason == (with_reason == 1));
		assert_string_equal(outcome.reason, with_reason ? "it broke" : "");
		assert_memory_equal(&outcome.lines, &counts, sizeof(counts));
	}
}

/* ---- many ---- */

#define MANY 60000u

/* Entered backwards, in 128 KiB of memory, what is said of each changed later: all as it would be with few. */
static void many_inputs_take_no_more_memory(void **state)
{
	(void)state;
	char path[100];
	gpq_catalogue_done(&catalogue);
	catalogue_open((size_t)128 << 10);
	for (uint32_t i = MANY; i > 0; i--) {
		struct gpq_input input = { .size_bytes = i, .seems_first_s = 1000000 + i / 3 };
		gpq_input_recognise(&input, &gpq_market_pjm, feed_of("da_hrl_lmps"));
		snprintf(path, sizeof(path), "/archive/%03u/da_hrl_lmps_%06u.csv", i / 1000, i);
		assert_int_equal(gpq_catalogue_add(&catalogue, path, &input, i % 2 ? "odd" : NULL, NULL), GPQ_OK);
	}
	assert_true(atomic_load(&budget.peak_bytes) < (size_t)512 << 10);
	assert_int_equal(gpq_catalogue_sort(&catalogue, NULL), GPQ_OK);
	size_t most = gpq_catalogue_settle(&catalogue);
	assert_true(most < (size_t)512 << 10);
	for (uint32_t i = 0; i < MANY; i++) {
		struct gpq_input input = input_at(i);
		const struct gpq_line_counts counts = { .lines = i, .data_lines = i };
		assert_int_equal(input.size_bytes, i + 1);
		assert_int_equal(input.rank, i);
		input.merged.written = 3 * (uint64_t)i;
		assert_int_equal(gpq_catalogue_note(&catalogue, &input, NULL, &counts, NULL), GPQ_OK);
		assert_int_equal(gpq_catalogue_put(&catalogue, i, &input, NULL), GPQ_OK);
	}
	assert_true(atomic_load(&budget.used_bytes) <= most);
	for (uint32_t i = 0; i < MANY; i += 7) {
		struct gpq_outcome outcome;
		uint32_t number = (uint32_t)((uint64_t)i * 48271 % MANY);
		struct gpq_input input = input_at(number);
		snprintf(path, sizeof(path), "/archive/%03u/da_hrl_lmps_%06u.csv", (number + 1) / 1000, number + 1);
		assert_string_equal(path_at(number), path);
		assert_int_equal(gpq_catalogue_outcome(&catalogue, &input, &outcome, NULL), GPQ_OK);
		assert_int_equal(outcome.lines.lines, number);
		assert_int_equal(input.merged.written, 3 * (uint64_t)number);
	}
	assert_int_equal(access(workplace_path(&place, "out"), F_OK), -1); /* nothing is left to be seen, or made for it */
}

static void each_allocation_may_fail(void **state)
{
	(void)state;
	const struct gpq_input input = { .size_bytes = 1 };
	gpq_catalogue_done(&catalogue);
	for (long n = 1; n < 100; n++) {
		char path[32];
		budget.fail_at = atomic_load(&budget.allocations) + n;
		enum gpq_status status = gpq_catalogue_init(&catalogue, &budget, (size_t)4 << 20, place.folder, NULL);
		for (int i = 0; i < 700 && status == GPQ_OK; i++) {
			snprintf(path, sizeof(path), "/a/%d.csv", i);
			status = gpq_catalogue_add(&catalogue, path, &input, "why", NULL);
		}
		if (status == GPQ_OK)
			status = gpq_catalogue_sort(&catalogue, NULL);
		budget.fail_at = 0;
		uint32_t count = catalogue.count;
		gpq_catalogue_done(&catalogue);
		assert_int_equal(atomic_load(&budget.used_bytes), 0);
		if (status == GPQ_OK) {
			assert_int_equal(count, 700);
			return;
		}
		assert_int_equal(status, GPQ_E_BUDGET);
	}
	fail();
}

static void states_have_words(void **state)
{
	(void)state;
	static const char *const words[] = { "found", "converted", "failed", "unrecognised", "left_out", "skipped" };
	for (int i = 0; i < GPQ_N_INPUT_STATES; i++)
		assert_string_equal(gpq_input_state_word((enum gpq_input_state)i), words[i]);
}

static void every_feed_has_a_number(void **state)
{
	(void)state;
	uint32_t n_markets;
	const struct gpq_market *const *markets = gpq_markets(&n_markets);
	for (uint32_t m = 0; m < n_markets; m++)
		for (uint32_t f = 0; f < markets[m]->n_feeds; f++) {
			struct gpq_input input = { .size_bytes = 0 };
			gpq_input_recognise(&input, markets[m], markets[m]->feeds[f]);
			assert_ptr_equal(gpq_input_feed(&input), markets[m]->feeds[f]);
			assert_ptr_equal(gpq_input_market(&input), markets[m]);
		}
}

#define CATALOGUE_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CATALOGUE_TEST(names_are_the_last_part),
		CATALOGUE_TEST(too_long_a_path_is_refused),
		CATALOGUE_TEST(members_keep_their_places),
		CATALOGUE_TEST(sheets_are_of_their_workbook),
		CATALOGUE_TEST(reading_order_is_feed_time_name_path),
		CATALOGUE_TEST(feeds_of_one_name_do_not_interleave),
		CATALOGUE_TEST(an_empty_catalogue_is_sorted),
		CATALOGUE_TEST(finality_comes_before_stamp_and_name),
		CATALOGUE_TEST(a_stamp_comes_before_the_name_and_none_is_oldest),
		CATALOGUE_TEST(names_are_compared_by_bytes_without_folder_and_gz),
		CATALOGUE_TEST(rank_names_have_no_gz),
		CATALOGUE_TEST(names_that_are_no_utf8_are_escaped),
		CATALOGUE_TEST(outcomes_are_kept),
		CATALOGUE_TEST(many_inputs_take_no_more_memory),
		CATALOGUE_TEST(each_allocation_may_fail),
		CATALOGUE_TEST(states_have_words),
		CATALOGUE_TEST(every_feed_has_a_number),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
