// SPDX-License-Identifier: MIT
/* Whole runs on archives that the tests write: the same bytes for all settings, nothing lost, nothing left behind. */
#include "unit/convert/archive.h"

#include <signal.h>
#include <sys/resource.h>

#define MIB ((uint64_t)1 << 20)

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

/* Converts with several threads and bounds; every time the same files come out. Returns their listing. */
static char *settings_agree(enum gpq_status expected)
{
	static const struct {
		uint32_t threads;
		uint64_t memory_bytes, chunk_rows;
		uint32_t batch_files;
	} cases[] = { { 1, 256 * MIB, 0, 0 },
		      { 2, 128 * MIB, 0, 0 },
		      { 4, 256 * MIB, 0, 0 },
		      { 1, 64 * MIB, 0, 0 },
		      { 4, 256 * MIB, 100, 1 } };
	char *first = NULL;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		archive_remove_output(&archive);
		archive_converts(&archive,
				 &(struct gpq_convert_settings){ .threads = cases[i].threads,
								 .memory_bytes = cases[i].memory_bytes,
								 .chunk_rows = cases[i].chunk_rows,
								 .batch_files = cases[i].batch_files,
								 .codec = GPQ_CODEC_ZSTD },
				 expected);
		assert_int_equal(archive_number(&archive, "bound_bytes"), cases[i].memory_bytes);
		assert_true(archive_number(&archive, "budget_peak_bytes") <= cases[i].memory_bytes);
		char *listing = archive_output(&archive);
		assert_int_equal(archive_count(listing, "spill"), 0);
		assert_int_equal(archive_count(listing, ".tmp"), 0);
		if (first && strcmp(first, listing) != 0)
			fail_msg("case %zu differs:\n%s\n%s", i, first, listing);
		if (first)
			free(listing);
		else
			first = listing;
	}
	return first;
}

/* ---- nothing is published ---- */

static void an_output_that_exists_is_kept_without_force(void **state)
{
	(void)state;
	archive_days(&archive, JULY_1, 3, 10);
	archive_converts(&archive, &(struct gpq_convert_settings){ .threads = 1 }, GPQ_OK);
	char *before = archive_output(&archive);
	archive_converts(&archive, &(struct gpq_convert_settings){ .threads = 2 }, GPQ_E_OUTPUT_EXISTS);
	assert_non_null(strstr(archive.err.message, "da_energy_hourly_2024.parquet"));
	assert_non_null(strstr(archive.err.message, "--force"));
	char *after = archive_output(&archive);
	assert_string_equal(before, after);
	free(after);
	archive_converts(&archive, &(struct gpq_convert_settings){ .threads = 2, .force = true }, GPQ_OK);
	after = archive_output(&archive);
	assert_string_equal(before, after);
	free(before);
	free(after);
}

/* The second year's output is met only when its rows come: what was written until then vanishes. */
static void an_output_that_exists_and_was_not_foreseen(void **state)
{
	(void)state;
	struct archive_file years = {
		.name = "years.csv", .from_s = 1735635600 /* 2024-12-31T09:00Z */, .hours = 48, .nodes = 5
	};
	archive_make(&archive, &years);
	archive_converts(&archive, &(struct gpq_convert_settings){ .threads = 1 }, GPQ_OK);
	char path[400];
	snprintf(path, sizeof(path), "%s/pjm/da_energy_hourly/da_energy_hourly_2024.parquet", archive.out);
	assert_int_equal(unlink(path), 0);
	char *before = archive_output(&archive);
	assert_int_equal(archive_count(before, "2025.parquet"), 1);
	archive_converts(&archive, &(struct gpq_convert_settings){ .threads = 1 }, GPQ_E_OUTPUT_EXISTS);
	assert_non_null(strstr(archive.err.message, "2025.parquet"));
	char *after = archive_output(&archive);
	assert_string_equal(before, after);
	free(before);
	free(after);
}

static void cancelled_at_any_moment_it_leaves_nothing(void **state)
{
	(void)state;
	archive_days(&archive, JULY_1, 12, 400);
	bool stopped = false;
	for (uint32_t at = 1;; at += at < 14 ? 3 : 1) {
		archive.cancel_at = at;
		enum gpq_status status =
		    archive_convert(&archive, &(struct gpq_convert_settings){ .threads = at % 3 + 1 });
		if (status == GPQ_OK)
			break;
		stopped = true;
		assert_int_equal(status, GPQ_E_INTERRUPTED);
		archive_nothing_left(&archive);
	}
	assert_true(stopped);
	archive.cancel_at = 0;
	/* What an earlier run published stays as it is. */
	char *before = archive_data(&archive);
	for (uint32_t at = 2; at < 18; at += 5) {
		archive.cancel_at = at;
		enum gpq_status status =
		    archive_convert(&archive, &(struct gpq_convert_settings){ .threads = 2, .force = true });
		assert_true(status == GPQ_E_INTERRUPTED || status == GPQ_OK);
		char *after = archive_data(&archive);
		assert_string_equal(before, after);
		free(after);
	}
	free(before);
}

static void an_output_that_cannot_be_written(void **state)
{
	(void)state;
	archive_days(&archive, JULY_1, 1, 3);
	char path[PATH_MAX + 4];
	snprintf(path, sizeof(path), "%s", workplace_file(&archive.place, "file", "x", 1));
	strcat(path, "/out");
	enum gpq_status status =
	    archive_convert(&archive, &(struct gpq_convert_settings){ .threads = 1, .output = path });
	assert_int_equal(gpq_status_exit_code(status), 3);
	assert_true(strlen(archive.err.message) > 0);
	status =
	    archive_convert(&archive, &(struct gpq_convert_settings){ .threads = 1, .output = "/proc/gridpq-out" });
	assert_int_equal(gpq_status_exit_code(status), 3);
	if (geteuid() != 0) {
		assert_int_equal(mkdir(archive.out, 0500), 0);
		archive_converts(&archive, &(struct gpq_convert_settings){ .threads = 1 }, GPQ_E_PERMISSION);
		assert_int_equal(chmod(archive.out, 0700), 0);
	}
}

/* No room for more than 64 KiB a file: the run fails while it writes, and nothing stays. */
static void a_write_that_is_refused_leaves_nothing(void **state)
{
	(void)state;
	struct rlimit before, small;
	archive_days(&archive, JULY_1, 7, 300);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	small = before;
	small.rlim_cur = 64 << 10;
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	enum gpq_status status = archive_convert(&archive, &(struct gpq_convert_settings){ .threads = 2 });
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	assert_int_equal(gpq_status_exit_code(status), 3);
	archive_nothing_left(&archive);
}

static void settings_that_make_no_sense_are_refused(void **state)
{
	(void)state;
	struct gpq_error err;
	static const char *const nowhere[] = { "/nonexistent/gridpq" };
	static const char *const bad_assume[] = { "x=PJM/nothing" };
	static const char *const bad_dataset[] = { "da_energy_weekly" };
	struct gpq_year_range backwards = { 2025, 2024 };
	struct gpq_convert_settings none = { .output = archive.out };
	assert_int_equal(gpq_convert(&none, NULL, &err), GPQ_E_USAGE);
	archive_days(&archive, JULY_1, 1, 1);
	archive_converts(&archive, &(struct gpq_convert_settings){ .output = "" }, GPQ_E_USAGE);
	archive_converts(&archive, &(struct gpq_convert_settings){ .years = &backwards, .n_years = 1 }, GPQ_E_USAGE);
	archive_converts(&archive, &(struct gpq_convert_settings){ .inputs = { nowhere, 1 } }, GPQ_E_INPUT_MISSING);
	archive_converts(&archive, &(struct gpq_convert_settings){ .assume = { bad_assume, 1 } }, GPQ_E_USAGE);
	archive_converts(&archive, &(struct gpq_convert_settings){ .datasets = { bad_dataset, 1 } }, GPQ_E_USAGE);
	archive_nothing_left(&archive);
}

static void two_runs_on_one_output_exclude_each_other(void **state)
{
	(void)state;
	archive_days(&archive, JULY_1, 1, 1);
	archive_converts(&archive, &(struct gpq_convert_settings){ .threads = 1 }, GPQ_OK);
	char path[400];
	snprintf(path, sizeof(path), "%s/.gridpq/lock", archive.out);
	int fd = open(path, O_RDWR | O_CLOEXEC);
	assert_true(fd >= 0);
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	/* Either kind of lock that the run may use is held by another open file. */
	assert_int_equal(fcntl(fd, F_OFD_SETLK, &lock), 0);
	extern int flock(int, int);
	assert_int_equal(flock(fd, 2 /* LOCK_EX */ | 4 /* LOCK_NB */), 0);
	archive_converts(&archive, &(struct gpq_convert_settings){ .threads = 1, .force = true }, GPQ_E_LOCKED);
	close(fd);
	archive_converts(&archive, &(struct gpq_convert_settings){ .threads = 1, .force = true }, GPQ_OK);
}

/* ---- the same bytes ---- */

static void daily_files_give_the_same_bytes_for_all_settings(void **state)
{
	(void)state;
	archive_days(&archive, JULY_1, 30, 150);
	char *listing = settings_agree(GPQ_OK);
	archive_identity(&archive, 30 * 24 * 150, 30 * 24 * 150);
	assert_int_equal(archive_number(&archive, "lines"), 30 * (24 * 150 + 1));
	assert_int_equal(archive_number(&archive, "files_converted"), 30);
	assert_int_equal(archive_count(listing, ".parquet"), 1);
	assert_int_equal(archive_number(&archive, "row_groups"), 5); /* weeks from Monday the 1st: four and two days */
	free(listing);
}

static void order_within_a_file_does_not_matter(void **state)
{
	(void)state;
	char *first = NULL;
	for (enum archive_order order = ARCHIVE_BY_TIME; order <= ARCHIVE_LAST_FIRST; order++) {
		archive_make(&archive,
			     &(struct archive_file){
				 .name = "all.csv", .from_s = JULY_1, .hours = 28 * 24, .nodes = 200, .order = order });
		char *listing = settings_agree(GPQ_OK);
		archive_identity(&archive, 28 * 24 * 200, 28 * 24 * 200);
		free(listing);
		char *data = archive_data(&archive);
		if (first)
			assert_string_equal(first, data);
		else
			first = strdup(data);
		free(data);
	}
	free(first);
}

/* More rows than the pool of the smallest bound holds, in no order: they go to disk and come back. */
static void what_does_not_fit_is_spilled(void **state)
{
	(void)state;
	uint64_t rows = 70 * 24 * 600;
	archive_make(&archive,
		     &(struct archive_file){
			 .name = "a.csv", .from_s = JULY_1, .hours = 70 * 24, .nodes = 600, .order = ARCHIVE_BY_NODE });
	archive_converts(&archive, &(struct gpq_convert_settings){ .threads = 1, .memory_bytes = 64 * MIB }, GPQ_OK);
	assert_true(archive_number(&archive, "spilled_bytes") > 0);
	archive_identity(&archive, rows, rows);
	char *spilled = archive_output(&archive);
	archive_remove_output(&archive);
	archive_converts(&archive, &(struct gpq_convert_settings){ .threads = 2, .memory_bytes = 512 * MIB }, GPQ_OK);
	assert_int_equal(archive_number(&archive, "spilled_bytes"), 0);
	char *held = archive_output(&archive);
	assert_string_equal(spilled, held);
	free(spilled);
	free(held);
}

/* A file that seems to begin late brings rows of the first week, which is written by then: it is built again. */
static void late_rows_reach_their_block(void **state)
{
	(void)state;
	struct archive_text late = { NULL, 0, 0 }, early = { NULL, 0, 0 };
	archive_days(&archive, JULY_1, 42, 60);
	for (int pass = 0; pass < 2; pass++) {
		struct archive_text *text = pass ? &early : &late;
		archive_print(text, "%s\r\n", ARCHIVE_HEADER);
		for (int part = 0; part < 2; part++) {
			int64_t from_s = part == pass ? JULY_1 + 41 * DAY_S : JULY_1 + DAY_S;
			for (uint32_t i = 0; i < 24 * 60;
			     i++) /* other nodes than the daily files', and some of theirs with a newer version */
				archive_line(text, from_s + i / 60 * 3600, 30 + i % 60, 9, 2);
		}
	}
	archive_bytes(&archive, "zz_late.csv", late.bytes, late.len);
	char *listing = settings_agree(GPQ_OK);
	uint64_t written = 42 * 24 * 60 + 2 * 24 * 30;
	archive_identity(&archive, 42 * 24 * 60 + 2 * 24 * 60, written);
	assert_int_equal(archive_number(&archive, "superseded"), 2 * 24 * 30);
	char *data = archive_data(&archive);
	archive_bytes(&archive, "zz_late.csv", early.bytes, early.len);
	free(settings_agree(GPQ_OK));
	char *in_order = archive_data(&archive);
	assert_string_equal(data, in_order);
	free(listing);
	free(data);
	free(in_order);
	free(late.bytes);
	free(early.bytes);
}

static void gz_break(const char *path)
{
	struct stat status;
	int fd = open(path, O_RDWR | O_CLOEXEC);
	uint8_t byte;
	assert_true(fd >= 0);
	assert_int_equal(fstat(fd, &status), 0);
	assert_int_equal(pread(fd, &byte, 1, status.st_size - 1), 1);
	byte ^= 0x40; /* of the length, the last word of a gzip */
	assert_int_equal(pwrite(fd, &byte, 1, status.st_size - 1), 1);
	close(fd);
}

/* A gzip whose last byte is wrong: its weeks were written before that was known, and are built again without it. */
static void a_file_that_fails_at_its_end_gives_nothing(void **state)
{
	(void)state;
	archive_days(&archive, JULY_1, 35, 40);
	archive_converts(&archive, &(struct gpq_convert_settings){ .threads = 1, .codec = GPQ_CODEC_ZSTD }, GPQ_OK);
	char *without = archive_data(&archive);
	archive_make(&archive, &(struct archive_file){ .name = "bad.csv.gz",
						       .from_s = JULY_1 + 3600,
						       .hours = 34 * 24,
						       .nodes = 120,
						       .first_node = 20,
						       .version = 3 });
	char path[400];
	snprintf(path, sizeof(path), "%s/bad.csv.gz", archive.in);
	gz_break(path);
	char *listing = settings_agree(GPQ_E_DATA);
	assert_non_null(strstr(archive.err.message, "bad.csv.gz"));
	assert_int_equal(archive_number(&archive, "files_failed"), 1);
	assert_int_equal(archive_number(&archive, "files_converted"), 35);
	archive_identity(&archive, 35 * 24 * 40, 35 * 24 * 40);
	assert_non_null(strstr(archive.report, "\"incomplete\":true"));
	char *with = archive_data(&archive);
	assert_string_equal(without, with);
	free(listing);
	free(with);
	free(without);
	/* An output that exists is kept unless the caller says otherwise. */
	char *before = archive_output(&archive);
	archive_converts(&archive, &(struct gpq_convert_settings){ .threads = 2, .force = true }, GPQ_E_DATA);
	char *kept = archive_output(&archive);
	assert_string_equal(before, kept);
	assert_non_null(strstr(archive.messages, "kept as it was"));
	free(kept);
	archive_converts(&archive,
			 &(struct gpq_convert_settings){ .threads = 2, .force = true, .allow_incomplete = true },
			 GPQ_E_DATA);
	kept = archive_output(&archive);
	assert_string_not_equal(before, kept); /* another codec */
	free(before);
	free(kept);
}

static void a_file_that_alone_fails_leaves_no_output(void **state)
{
	(void)state;
	archive_make(&archive,
		     &(struct archive_file){ .name = "bad.csv.gz", .from_s = JULY_1, .hours = 14 * 24, .nodes = 100 });
	char path[400];
	snprintf(path, sizeof(path), "%s/bad.csv.gz", archive.in);
	gz_break(path);
	archive_converts(&archive, &(struct gpq_convert_settings){ .threads = 2 }, GPQ_E_DATA);
	char *data = archive_data(&archive);
	assert_string_equal(data, "");
	free(data);
	archive_identity(&archive, 0, 0);
}

/* Folders do not count: of two files of one name the content decides which is newer. */
static void one_name_in_two_folders(void **state)
{
	(void)state;
	struct archive_file a = { .name = "a/da.csv", .from_s = JULY_1, .hours = 9 * 24, .nodes = 50, .seed = 1 };
	struct archive_file b = {
		.name = "b/da.csv", .from_s = JULY_1 + 2 * DAY_S, .hours = 9 * 24, .nodes = 50, .seed = 2
	};
	archive_make(&archive, &a);
	archive_make(&archive, &b);
	char *first = settings_agree(GPQ_OK);
	archive_identity(&archive, 2 * 9 * 24 * 50, 11 * 24 * 50);
	assert_int_equal(archive_number(&archive, "superseded"), 7 * 24 * 50);
	char *data = archive_data(&archive);
	a.name = "b/da.csv";
	b.name = "a/da.csv";
	archive_make(&archive, &a);
	archive_make(&archive, &b);
	free(settings_agree(GPQ_OK));
	char *swapped = archive_data(&archive);
	assert_string_equal(data, swapped);
	free(first);
	free(data);
	free(swapped);
}

static void the_same_file_twice_is_duplicate(void **state)
{
	(void)state;
	archive_make(&archive,
		     &(struct archive_file){ .name = "a/da.csv", .from_s = JULY_1, .hours = 8 * 24, .nodes = 30 });
	archive_make(&archive,
		     &(struct archive_file){ .name = "b/da.csv", .from_s = JULY_1, .hours = 8 * 24, .nodes = 30 });
	archive_make(&archive,
		     &(struct archive_file){ .name = "c/da.csv.gz", .from_s = JULY_1, .hours = 8 * 24, .nodes = 30 });
	free(settings_agree(GPQ_OK));
	archive_identity(&archive, 3 * 8 * 24 * 30, 8 * 24 * 30);
	assert_int_equal(archive_number(&archive, "duplicate"), 2 * 8 * 24 * 30);
}

static void orders_partitions_and_codecs_agree_with_themselves(void **state)
{
	(void)state;
	archive_make(&archive, &(struct archive_file){ .name = "a.csv",
						       .from_s = JULY_1 + 20 * DAY_S,
						       .hours = 20 * 24,
						       .nodes = 60,
						       .order = ARCHIVE_SHUFFLED });
	for (enum gpq_order order = GPQ_ORDER_BLOCK; order <= GPQ_ORDER_LOCATION; order++)
		for (int codec = GPQ_CODEC_NONE; codec <= GPQ_CODEC_ZSTD; codec++) {
			struct gpq_convert_settings settings = {
				.threads = 1,
				.order = order,
				.codec = (enum gpq_codec)codec,
				.partition = GPQ_PARTITION_MONTH,
				.keep_revisions = codec % 2,
			};
			archive_remove_output(&archive);
			archive_converts(&archive, &settings, GPQ_OK);
			archive_identity(&archive, 20 * 24 * 60, 20 * 24 * 60);
			char *one = archive_output(&archive);
			assert_int_equal(archive_count(one, "_2024-07.parquet"), 1);
			assert_int_equal(archive_count(one, "_2024-08.parquet"), 1);
			archive_remove_output(&archive);
			settings.threads = 3;
			settings.memory_bytes = 256 * MIB;
			archive_converts(&archive, &settings, GPQ_OK);
			char *three = archive_output(&archive);
			assert_string_equal(one, three);
			free(one);
			free(three);
		}
}

/* ---- nothing is lost ---- */

static void every_line_is_accounted_for(void **state)
{
	(void)state;
	archive_make(&archive,
		     &(struct archive_file){
			 .name = "day_a.csv",
			 .from_s = JULY_1,
			 .hours = 24,
			 .nodes = 20,
			 .more =
			     "\r\n" ARCHIVE_HEADER "\r\n"
			     "7/1/2024 4:00:00 AM,1000000,NODE 00000,,,GEN,AECO,,,,,True,1\r\n"       /* blank */
			     "7/1/2024 4:00:00 AM,1,X,,,GEN,AECO,1,2,three,4,True,1\r\n"              /* rejected */
			     "7/1/2024 4:00:00 AM,1,X,,,GEN\r\n"                                      /* rejected */
			     "7/1/2024 5:00:00 AM,1,\"X \"\"Y\"\", Z\",,,GEN,AECO,1,2,3,4,True,1\r\n" /* written */
			     "7/1/2024 5:00:00 AM,1,\"X \"\"Y\"\", Z\",,,GEN,AECO,1,2,3,4,True,1" }); /* duplicate */
	archive_text(&archive, "page.csv", "<!DOCTYPE html><html></html>");
	archive_text(&archive, "other.csv", "a,b,c\n1,2,3\n");
	archive_text(&archive, "empty.csv", "");
	free(settings_agree(GPQ_OK));
	archive_identity(&archive, 24 * 20 + 5, 24 * 20 + 1);
	assert_int_equal(archive_number(&archive, "blank"), 1);
	assert_int_equal(archive_number(&archive, "rejected"), 2);
	assert_int_equal(archive_number(&archive, "duplicate"), 1);
	assert_int_equal(archive_number(&archive, "header_lines"), 2);
	assert_int_equal(archive_number(&archive, "blank_lines"), 1);
	assert_int_equal(archive_number(&archive, "files_unrecognised"), 3);
	char *listing = archive_output(&archive);
	assert_int_equal(archive_count(listing, "rejects.jsonl"), 1);
	assert_int_equal(archive_count(listing, "rejects.raw"), 1);
	free(listing);
	archive_remove_output(&archive);
	archive_converts(&archive, &(struct gpq_convert_settings){ .threads = 1, .strict = true }, GPQ_E_FINDINGS);
}

static void filters_leave_rows_outside(void **state)
{
	(void)state;
	archive_make(&archive, &(struct archive_file){ .name = "years.csv",
						       .from_s = 1735707600 - 24 * 3600 /* 2024-12-31T05Z */,
						       .hours = 48,
						       .nodes = 10 });
	struct gpq_year_range years = { 2024, 2024 };
	archive_converts(&archive, &(struct gpq_convert_settings){ .threads = 2, .years = &years, .n_years = 1 },
			 GPQ_OK);
	archive_identity(&archive, 480, 240);
	assert_int_equal(archive_number(&archive, "outside"), 240);
	archive_remove_output(&archive);
	static const char *const types[] = { "GEN" }, *const nodes[] = { "NODE 00005", "1000007" };
	archive_converts(&archive, &(struct gpq_convert_settings){ .threads = 2, .location_types = { types, 1 } },
			 GPQ_OK);
	archive_identity(&archive, 480, 48 * 2);
	archive_remove_output(&archive);
	archive_converts(&archive, &(struct gpq_convert_settings){ .threads = 2, .locations = { nodes, 2 } }, GPQ_OK);
	archive_identity(&archive, 480, 48 * 2);
	archive_remove_output(&archive);
	static const char *const datasets[] = { "pjm/rt_energy_hourly" };
	archive_converts(&archive, &(struct gpq_convert_settings){ .threads = 2, .datasets = { datasets, 1 } }, GPQ_OK);
	assert_int_equal(archive_number(&archive, "files_skipped"), 1);
	char *data = archive_data(&archive);
	assert_string_equal(data, "");
	free(data);
}

static void one_row_for_two_datasets_is_two_rows(void **state)
{
	(void)state;
	struct archive_text text = { NULL, 0, 0 };
	archive_print(&text, "datetime_beginning_utc,pnode_id,pnode_name,total_lmp_rt,total_lmp_da\n");
	for (int hour = 0; hour < 24; hour++)
		for (int node = 0; node < 5; node++)
			archive_print(&text, "2024-07-02T%02d:00:00,%d,N%d,%d.5,%s\n", hour, node + 1, node, hour,
				      node ? "7.25" : "");
	archive_bytes(&archive, "rt_da_monthly_lmps.csv", text.bytes, text.len);
	free(text.bytes);
	char *listing = settings_agree(GPQ_OK);
	archive_identity(&archive, 240, 24 * 5 + 24 * 4);
	assert_int_equal(archive_number(&archive, "blank"), 24);
	assert_int_equal(archive_count(listing, ".parquet"), 2);
	free(listing);
	archive_remove_output(&archive);
	static const char *const datasets[] = { "da_energy_hourly" };
	archive_converts(&archive, &(struct gpq_convert_settings){ .threads = 2, .datasets = { datasets, 1 } }, GPQ_OK);
	archive_identity(&archive, 240, 24 * 4);
	assert_int_equal(archive_number(&archive, "outside"), 24 * 5);
}

static void a_file_off_its_grid_fails(void **state)
{
	(void)state;
	struct archive_text text = { NULL, 0, 0 };
	archive_print(&text, "%s\n", ARCHIVE_HEADER);
	for (int i = 0; i < 600; i++)
		archive_print(&text, "2024-07-02T%02d:%02d:00,1,A,,,,,1,2,3,4,True,1\n", i / 60, i % 60);
	archive_bytes(&archive, "minutes.csv", text.bytes, text.len);
	free(text.bytes);
	archive_converts(&archive, &(struct gpq_convert_settings){ .threads = 2 }, GPQ_E_DATA);
	assert_non_null(strstr(archive.err.message, "grid"));
	char *data = archive_data(&archive);
	assert_string_equal(data, "");
	free(data);
}

static void nothing_to_convert_is_no_failure(void **state)
{
	(void)state;
	archive_converts(&archive, &(struct gpq_convert_settings){ .threads = 2 }, GPQ_OK);
	archive_text(&archive, "header.csv", ARCHIVE_HEADER "\n");
	archive_text(&archive, "blank.csv", ARCHIVE_HEADER "\n\n\n7/1/2024 4:00:00 AM,1,A,,,,,,,,,True,1\n");
	archive_converts(&archive, &(struct gpq_convert_settings){ .threads = 2 }, GPQ_OK);
	assert_int_equal(archive_number(&archive, "files_converted"), 2);
	archive_identity(&archive, 1, 0);
	char *data = archive_data(&archive);
	assert_string_equal(data, "");
	free(data);
}

/* Inputs below the output folder are outputs, and not read. */
static void the_output_folder_is_not_an_input(void **state)
{
	(void)state;
	char out[400];
	archive_days(&archive, JULY_1, 2, 4);
	snprintf(out, sizeof(out), "%s/out", archive.in);
	archive_converts(&archive, &(struct gpq_convert_settings){ .threads = 1, .output = out }, GPQ_OK);
	archive_converts(&archive, &(struct gpq_convert_settings){ .threads = 1, .output = out, .force = true },
			 GPQ_OK);
	assert_int_equal(archive_number(&archive, "files_unrecognised"), 0);
	assert_int_equal(archive_number(&archive, "files_converted"), 2);
	/* However the folder is spelt. */
	snprintf(out, sizeof(out), "%s/./out/", archive.in);
	archive_converts(&archive, &(struct gpq_convert_settings){ .threads = 1, .output = out, .force = true },
			 GPQ_OK);
	assert_int_equal(archive_number(&archive, "files_unrecognised"), 0);
	assert_int_equal(archive_number(&archive, "files_converted"), 2);
}

/* Inputs may stand in the output folder: only what a run writes is passed over. */
static void the_output_folder_may_hold_the_inputs(void **state)
{
	(void)state;
	archive_days(&archive, JULY_1, 2, 4);
	for (int pass = 0; pass < 4; pass++) {
		const char *output = pass < 2 ? archive.place.folder : archive.in;
		archive_converts(
		    &archive, &(struct gpq_convert_settings){ .threads = 1, .output = output, .force = true }, GPQ_OK);
		assert_int_equal(archive_number(&archive, "files_converted"), 2);
		assert_int_equal(archive_number(&archive, "files_unrecognised"), 0);
	}
}

#define RUN_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		RUN_TEST(settings_that_make_no_sense_are_refused),
		RUN_TEST(an_output_that_exists_is_kept_without_force),
		RUN_TEST(an_output_that_exists_and_was_not_foreseen),
		RUN_TEST(an_output_that_cannot_be_written),
		RUN_TEST(a_write_that_is_refused_leaves_nothing),
		RUN_TEST(two_runs_on_one_output_exclude_each_other),
		RUN_TEST(a_file_off_its_grid_fails),
		RUN_TEST(a_file_that_alone_fails_leaves_no_output),
		RUN_TEST(a_file_that_fails_at_its_end_gives_nothing),
		RUN_TEST(late_rows_reach_their_block),
		RUN_TEST(every_line_is_accounted_for),
		RUN_TEST(filters_leave_rows_outside),
		RUN_TEST(one_row_for_two_datasets_is_two_rows),
		RUN_TEST(nothing_to_convert_is_no_failure),
		RUN_TEST(the_output_folder_is_not_an_input),
		RUN_TEST(the_output_folder_may_hold_the_inputs),
		RUN_TEST(daily_files_give_the_same_bytes_for_all_settings),
		RUN_TEST(order_within_a_file_does_not_matter),
		RUN_TEST(what_does_not_fit_is_spilled),
		RUN_TEST(one_name_in_two_folders),
		RUN_TEST(the_same_file_twice_is_duplicate),
		RUN_TEST(orders_partitions_and_codecs_agree_with_themselves),
		RUN_TEST(cancelled_at_any_moment_it_leaves_nothing),
	};
	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
