// SPDX-License-Identifier: MIT
/* Strips on their way into blocks: cut at blocks' ends, left out where nobody asks for them, and the same as rows. */
#include "unit/convert/archive.h"

#include "value/instant.h"

#define MIB ((uint64_t)1 << 20)
#define HEADER                                                                                                         \
	"INTERVALSTARTTIME_GMT,INTERVALENDTIME_GMT,NODE,MARKET_RUN_ID,LMP_TYPE,MW\n"
#define NAME  "20240101_20240109_PRC_LMP_DAM_20240110_08_00_00_v1.csv"
#define FROM  INT64_C(1703923200) /* 2023-12-30T08:00:00Z: midnight in Los Angeles, two days before the year's end */
#define HOURS 240u                /* ten days: blocks are of four */
#define NODES 5u
#define COMPONENTS 5u

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

/* How the lines of a file stand. */
enum lines_order { BY_GROUP, BY_TIME, SHUFFLED };

struct prices_file {
	const char *name;
	uint32_t from_hour, hours, from_component, components;
	enum lines_order order;
	int64_t cents; /* added to every price */
};

static void line_add(struct archive_text *text, const struct prices_file *file, uint32_t number)
{
	static const char *const names[] = { "LMP", "MCE", "MCC", "MCL", "MGHG" };
	uint32_t hour = number % file->hours, group = number / file->hours, component = group % file->components;
	uint32_t node = group / file->components;
	if (file->order == BY_GROUP) {
		hour = (hour * 7 + 3) % file->hours; /* in any order, each once: 7 divides none of the lengths below */
	} else {
		uint32_t groups = NODES * file->components;
		hour = number / groups, group = number % groups, component = group % file->components;
		node = group / file->components;
	}
	char start[24], end[24];
	int64_t start_s = FROM + (int64_t)(file->from_hour + hour) * 3600;
	component += file->from_component;
	uint64_t mixed = archive_mix((uint64_t)(start_s * 97 + node * 7 + component));
	archive_print(text, "%s,%s,NODE_%u,DAM,%s,%d.%02u\n", gpq_stamp_print(start_s, start), gpq_stamp_print(start_s + 3600, end),
	              node, names[component], (int)(mixed % 90) - 20, (unsigned)((mixed >> 8) + (uint64_t)file->cents) % 100);
}

static void file_make(const struct prices_file *file)
{
	struct archive_text text = { NULL, 0, 0 };
	uint32_t count = NODES * file->components * file->hours;
	archive_print(&text, HEADER);
	for (uint32_t i = 0; i < count; i++)
		line_add(&text, file, file->order == SHUFFLED ? (uint32_t)((uint64_t)i * 7919 % count) : i);
	archive_bytes(&archive, file->name, text.bytes, text.len);
	free(text.bytes);
}

static char *data_of(const struct gpq_convert_settings *settings, uint64_t partial_rows, uint64_t written)
{
	archive_remove_output(&archive);
	archive_converts(&archive, settings, GPQ_OK);
	archive_identity(&archive, partial_rows, written);
	return archive_data(&archive);
}

/* Groups of ten days in blocks of four; and the same lines in other orders. */
static void strips_over_block_ends_give_what_lines_give(void **state)
{
	(void)state;
	static const enum lines_order orders[] = { BY_GROUP, BY_TIME, SHUFFLED };
	static const struct gpq_convert_settings settings[] = {
		{ .threads = 1, .memory_bytes = 64 * MIB, .codec = GPQ_CODEC_ZSTD },
		{ .threads = 2, .memory_bytes = 128 * MIB, .codec = GPQ_CODEC_ZSTD },
		{ .threads = 4, .memory_bytes = 256 * MIB, .codec = GPQ_CODEC_ZSTD },
	};
	char *first = NULL;
	for (size_t o = 0; o < 3; o++)
		for (size_t s = 0; s < 3; s++) {
			file_make(&(struct prices_file){ NAME, 0, HOURS, 0, COMPONENTS, orders[o], 0 });
			char *data = data_of(&settings[s], NODES * COMPONENTS * HOURS, NODES * HOURS);
			if (first && strcmp(first, data) != 0)
				fail_msg("order %zu, settings %zu:\n%s\n%s", o, s, first, data);
			if (first)
				free(data);
			else
				first = data;
		}
	assert_int_equal(archive_count(first, "da_energy_hourly_2023"), 1);
	assert_int_equal(archive_count(first, "da_energy_hourly_2024"), 1);
	free(first);
}

/* Of strips that go over the year's end only the places asked for are written, the others are counted. */
static void places_that_nobody_asks_for_are_outside(void **state)
{
	(void)state;
	const struct gpq_year_range years[] = { { 2024, 2024 } };
	file_make(&(struct prices_file){ NAME, 0, HOURS, 0, COMPONENTS, BY_GROUP, 0 });
	char *data = data_of(&(struct gpq_convert_settings){ .threads = 1, .years = years, .n_years = 1, .codec = GPQ_CODEC_ZSTD },
	                     NODES * COMPONENTS * HOURS, NODES * (HOURS - 48));
	assert_int_equal(archive_number(&archive, "outside"), NODES * COMPONENTS * 48);
	assert_int_equal(archive_count(data, "2023"), 0);
	free(data);
	const char *node = "NODE_3";
	data = data_of(&(struct gpq_convert_settings){ .threads = 1, .locations = { &node, 1 }, .codec = GPQ_CODEC_ZSTD },
	               NODES * COMPONENTS * HOURS, HOURS);
	assert_int_equal(archive_number(&archive, "outside"), (NODES - 1) * COMPONENTS * HOURS);
	free(data);
}

/* A file for each component, in any order: joined. Another one later supersedes one component of some hours. */
static void components_meet_from_several_files(void **state)
{
	(void)state;
	static const char *const names[] = {
		"20240101_20240109_PRC_LMP_DAM_LMP_v12.csv",  "20240101_20240109_PRC_LMP_DAM_MCE_v12.csv",
		"20240101_20240109_PRC_LMP_DAM_MCC_v12.csv",  "20240101_20240109_PRC_LMP_DAM_MCL_v12.csv",
		"20240101_20240109_PRC_LMP_DAM_MGHG_v12.csv",
	};
	for (uint32_t c = 0; c < COMPONENTS; c++)
		file_make(&(struct prices_file){ names[c], 0, HOURS, c, 1, c % 2 ? BY_GROUP : BY_TIME, 0 });
	char *data = data_of(&(struct gpq_convert_settings){ .threads = 2, .codec = GPQ_CODEC_ZSTD }, NODES * COMPONENTS * HOURS,
	                     NODES * HOURS);
	assert_int_equal(archive_number(&archive, "joined"), NODES * (COMPONENTS - 1) * HOURS);
	free(data);
	file_make(&(struct prices_file){ "20240102_20240103_PRC_LMP_DAM_20240110_08_00_00_v12.csv", 90, 20, 2, 1, BY_GROUP, 1 });
	data = data_of(&(struct gpq_convert_settings){ .threads = 2, .codec = GPQ_CODEC_ZSTD },
	               NODES * COMPONENTS * HOURS + NODES * 20, NODES * HOURS);
	assert_int_equal(archive_number(&archive, "superseded"), NODES * 20);
	free(data);
}

/* A day that comes last of all: its block is written already, and is built again. */
static void late_strips_build_a_block_again(void **state)
{
	(void)state;
	char name[80];
	for (uint32_t day = 0; day < 10; day++) {
		snprintf(name, sizeof(name), "202401%02u_202401%02u_PRC_LMP_DAM_20240110_08_00_00_v1.csv", day + 1, day + 1);
		file_make(&(struct prices_file){ name, day * 24, 24, 0, COMPONENTS, BY_GROUP, 0 });
	}
	char *data = data_of(&(struct gpq_convert_settings){ .threads = 1, .memory_bytes = 64 * MIB, .codec = GPQ_CODEC_ZSTD },
	                     NODES * COMPONENTS * HOURS, NODES * HOURS);
	free(data);
	/* Its head says the last day, what comes behind the head the first. */
	struct archive_text text = { NULL, 0, 0 };
	archive_print(&text, HEADER);
	struct prices_file last = { NULL, 216, 24, 0, COMPONENTS, BY_TIME, 0 };
	struct prices_file early = { NULL, 0, 24, 0, COMPONENTS, BY_GROUP, 1 };
	for (uint32_t round = 0; round < 4; round++)
		for (uint32_t i = 0; i < NODES * COMPONENTS * 24; i++)
			line_add(&text, &last, i);
	for (uint32_t i = 0; i < NODES * COMPONENTS * 24; i++)
		line_add(&text, &early, i);
	archive_bytes(&archive, "20240120_20240120_PRC_LMP_DAM_20240121_08_00_00_v1.csv", text.bytes, text.len);
	free(text.bytes);
	char *first = NULL;
	for (uint32_t threads = 1; threads <= 4; threads *= 2) {
		data = data_of(&(struct gpq_convert_settings){ .threads = threads, .memory_bytes = 256 * MIB, .codec = GPQ_CODEC_ZSTD },
		               NODES * COMPONENTS * (HOURS + 5 * 24), NODES * HOURS);
		assert_int_equal(archive_number(&archive, "superseded"), NODES * COMPONENTS * 24);
		assert_int_equal(archive_number(&archive, "duplicate"), NODES * COMPONENTS * 4 * 24);
		if (first)
			assert_string_equal(first, data);
		free(first);
		first = data;
	}
	free(first);
}

#define DELIVERY_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		DELIVERY_TEST(strips_over_block_ends_give_what_lines_give),
		DELIVERY_TEST(places_that_nobody_asks_for_are_outside),
		DELIVERY_TEST(components_meet_from_several_files),
		DELIVERY_TEST(late_strips_build_a_block_again),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
