// SPDX-License-Identifier: MIT
/* Markets are converted one after the other: together they need no more than the one that needs most, and give what each gives alone. */
#include "unit/convert/archive.h"

#define MIB   ((uint64_t)1 << 20)
#define NODES 15000u /* of each market: both together are more than 64 MiB have room for */

static struct archive archive;

static int setup(void **state)
{
	(void)state;
	archive_open(&archive);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	archive_close(&archive);
	return 0;
}

static void ercot_make(const char *name, uint32_t points)
{
	struct archive_text text = { NULL, 0, 0 };
	archive_print(&text, "DeliveryDate,HourEnding,SettlementPoint,SettlementPointPrice,DSTFlag\n");
	for (uint32_t i = 0; i < points; i++)
		archive_print(&text, "07/01/2024,05:00,POINT_%05u,%u.%02u,N\n", i, i % 90, i % 100);
	archive_bytes(&archive, name, text.bytes, text.len);
	free(text.bytes);
}

static void both_make(void)
{
	archive_make(&archive, &(struct archive_file){
				   .name = "pjm/da.csv", .from_s = JULY_1, .hours = 2, .nodes = NODES });
	ercot_make("ercot/da.csv", NODES);
}

static void markets_need_the_bound_one_by_one(void **state)
{
	(void)state;
	both_make();
	archive_converts(&archive, &(struct gpq_convert_settings){ .memory_bytes = 64 * MIB }, GPQ_OK);
	archive_identity(&archive, 3 * NODES, 3 * NODES);
	assert_int_equal(archive_number(&archive, "files_converted"), 2);
	assert_true(archive_number(&archive, "peak_bytes") <= 64 * MIB);
	/* What the report names of locations was kept: PJM's stage began after ERCOT's had ended. */
	assert_non_null(strstr(archive.report, "\"dataset\":\"da_energy_hourly\""));
	assert_int_equal(archive_number(&archive, "locations"), NODES);
	char *together = archive_data(&archive);
	static const char *const folders[] = { "pjm", "ercot" };
	for (int i = 0; i < 2; i++) {
		char in[400], out[400];
		const char *input = in;
		snprintf(in, sizeof(in), "%s/%s", archive.in, folders[i]);
		snprintf(out, sizeof(out), "%s/alone", archive.place.folder);
		struct gpq_convert_settings alone = {
			.inputs = { &input, 1 }, .output = out, .memory_bytes = 64 * MIB, .force = true
		};
		archive_converts(&archive, &alone, GPQ_OK);
	}
	char alone[400];
	snprintf(alone, sizeof(alone), "%s/alone", archive.place.folder);
	char *apart = archive_listing_of(alone, true);
	assert_string_equal(together, apart);
	free(together);
	free(apart);
}

static void a_failure_in_one_leaves_nothing_of_the_others(void **state)
{
	(void)state;
	both_make();
	archive.cancel_at = 1;
	archive_converts(&archive, &(struct gpq_convert_settings){ .memory_bytes = 64 * MIB }, GPQ_E_INTERRUPTED);
	archive_nothing_left(&archive);
}

/* More locations than there is room for in one market end the run, whichever comes first. */
static void one_market_alone_may_need_more(void **state)
{
	(void)state;
	ercot_make("ercot/da.csv", 25000);
	archive_make(&archive, &(struct archive_file){ .name = "pjm/da.csv", .from_s = JULY_1, .hours = 2, .nodes = 3 });
	archive_converts(&archive, &(struct gpq_convert_settings){ .memory_bytes = 64 * MIB }, GPQ_E_BUDGET);
	archive_nothing_left(&archive);
	archive_converts(&archive, &(struct gpq_convert_settings){ .memory_bytes = 192 * MIB }, GPQ_OK);
	archive_identity(&archive, 25006, 25006);
}

static void nothing_recognised_has_no_stage(void **state)
{
	(void)state;
	archive_text(&archive, "notes.csv", "what,is,this\n1,2,3\n");
	archive_converts(&archive, &(struct gpq_convert_settings){ .memory_bytes = 64 * MIB }, GPQ_OK);
	archive_identity(&archive, 0, 0);
	assert_int_equal(archive_number(&archive, "files_unrecognised"), 1);
	assert_true(archive_number(&archive, "threads") >= 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(markets_need_the_bound_one_by_one, setup, teardown),
		cmocka_unit_test_setup_teardown(a_failure_in_one_leaves_nothing_of_the_others, setup, teardown),
		cmocka_unit_test_setup_teardown(one_market_alone_may_need_more, setup, teardown),
		cmocka_unit_test_setup_teardown(nothing_recognised_has_no_stage, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
