// SPDX-License-Identifier: MIT
/* Whatever the bytes and wherever a chunk ends: the chunks, the header and what is given up make the input again. */
#include "unit/io/workplace.h"

#include "input/input_reader.h"
#include "cpu/features.h"
#include "csv/scan.h"

#include <zlib.h>

#define HEADER  "datetime_beginning_utc,pnode_id,pnode_name,total_lmp_da\n"
#define LINE    "7/1/2024 4:00:00 AM,1,A,5\n"
#define CAP     ((size_t)64 << 20)
#define MAX_BAD 8

static struct workplace place;
static struct gpq_budget budget;
static struct gpq_head *head;
static struct gpq_input_reader reader;
static struct gpq_chunk_buffer buffer, small; /* of the long and of the short room */

/* What a whole reading came to. */
static struct {
	uint32_t chunks, n_bad;
	uint64_t bytes, lines;
	struct {
		enum gpq_reject reason;
		uint64_t byte, line;
		size_t len;
	} bad[MAX_BAD];
} seen;

static int setup(void **state)
{
	(void)state;
	workplace_open(&place);
	gpq_budget_init(&budget, CAP);
	uint32_t features = gpq_cpu_features(GPQ_CPU_ALL);
	assert_int_equal(gpq_head_open(&budget, features, &head, NULL), GPQ_OK);
	assert_int_equal(gpq_input_reader_init(&reader, &budget, features, NULL), GPQ_OK);
	assert_int_equal(gpq_chunk_buffer_init(&buffer, &budget, GPQ_CHUNK_ROOM_LONG, NULL), GPQ_OK);
	assert_int_equal(gpq_chunk_buffer_init(&small, &budget, GPQ_CHUNK_ROOM_SHORT, NULL), GPQ_OK);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	gpq_head_close(head);
	gpq_input_reader_done(&reader);
	gpq_chunk_buffer_done(&buffer, &budget);
	gpq_chunk_buffer_done(&small, &budget);
	assert_int_equal(atomic_load(&budget.used_bytes), 0);
	workplace_close(&place);
	return 0;
}

static uint64_t lines_of(const char *bytes, size_t len)
{
	uint64_t lines = 0;
	const char *end = bytes + len;
	while ((bytes = memchr(bytes, '\n', (size_t)(end - bytes))) != NULL) {
		bytes++;
		lines++;
	}
	return lines;
}

static struct gpq_known_input input_of(const char *path)
{
	static char kept[PATH_MAX];
	struct gpq_head_facts facts;
	snprintf(kept, sizeof(kept), "%s", path);
	assert_int_equal(gpq_head_read(head, kept, (struct gpq_texts){ NULL, 0 }, &facts, NULL), GPQ_OK);
	if (facts.status != GPQ_OK)
		fail_msg("%s", facts.why);
	return (struct gpq_known_input){ .path = kept,
					 .name = "in.csv",
					 .base = "in.csv",
					 .address = { .path = kept },
					 .market = facts.market,
					 .feed = facts.feed };
}

/* The next chunk: in the small buffer where its records fit that. */
static enum gpq_status next_read(struct gpq_read_chunk *out, struct gpq_error *err)
{
	enum gpq_status status = gpq_input_reader_next(&reader, &small, out, err);
	if (status != GPQ_OK || !out->put_back)
		return status;
	status = gpq_input_reader_next(&reader, &buffer, out, err);
	assert_true(status != GPQ_OK || !out->put_back);
	return status;
}

/* Reads 'bytes' as a file and compares every chunk with the place that it names. Its first 'skip' bytes are header. */
static enum gpq_status read_whole(const char *name, const char *bytes, size_t len, size_t skip, struct gpq_error *err)
{
	struct gpq_known_input input = input_of(workplace_path(&place, name));
	struct gpq_read_chunk read;
	enum gpq_status status;
	uint64_t at = skip;
	memset(&seen, 0, sizeof(seen));
	assert_int_equal(gpq_input_reader_begin(&reader, head, &input, 7, true, err), GPQ_OK);
	while ((status = next_read(&read, err)) == GPQ_OK) {
		const struct gpq_input_chunk *chunk = &read.chunk;
		assert_int_equal(chunk->input, 7);
		assert_int_equal(chunk->byte, at);
		assert_true(chunk->len > 0 && chunk->byte + chunk->len <= len);
		assert_memory_equal(chunk->bytes, bytes + chunk->byte, chunk->len);
		assert_int_equal(chunk->first_line, lines_of(bytes, chunk->byte) + 1);
		at += chunk->len;
		if (read.reason != GPQ_REJECT_NONE) {
			assert_true(seen.n_bad < MAX_BAD);
			seen.bad[seen.n_bad].reason = read.reason;
			seen.bad[seen.n_bad].byte = chunk->byte;
			seen.bad[seen.n_bad].line = chunk->first_line;
			seen.bad[seen.n_bad++].len = chunk->len;
			/* Of a line too long to be kept the begin is given; it goes on to its end. */
			while (read.reason == GPQ_REJECT_LONG && at < len && bytes[at - 1] != '\n')
				at++;
		} else {
			/* Whole records: they end where a line ends, or the input. */
			assert_true(bytes[at - 1] == '\n' || at == len);
		}
		seen.chunks++;
		seen.bytes += chunk->len;
	}
	if (status == GPQ_END)
		assert_int_equal(at, len);
	gpq_input_reader_end(&reader);
	return status;
}

static void reads(const char *bytes, size_t len, size_t skip)
{
	workplace_file(&place, "in.csv", bytes, len);
	assert_int_equal(read_whole("in.csv", bytes, len, skip, NULL), GPQ_END);
}

/* ---- what fails ---- */

static void a_gzip_that_ends_early_or_has_a_wrong_checksum(void **state)
{
	(void)state;
	size_t len = 3 * GPQ_CHUNK_BYTES;
	char *bytes = malloc(len + 200);
	uint32_t mixed = 1;
	size_t at = (size_t)sprintf(bytes, HEADER);
	while (at < len)
		at +=
		    (size_t)sprintf(bytes + at, "7/1/2024 4:00:00 AM,1,A,%u\n", mixed = mixed * 1664525u + 1013904223u);
	gzFile gz = gzopen(workplace_path(&place, "in.csv.gz"), "wb6");
	assert_int_equal(gzwrite(gz, bytes, (unsigned)at), (int)at);
	gzclose(gz);
	assert_int_equal(read_whole("in.csv.gz", bytes, at, strlen(HEADER), NULL), GPQ_END);
	assert_true(seen.chunks >= 3);
	struct stat status;
	char path[PATH_MAX];
	snprintf(path, sizeof(path), "%s", workplace_path(&place, "in.csv.gz"));
	assert_int_equal(stat(path, &status), 0);
	int fd = open(path, O_RDWR);
	uint8_t byte = 0;
	assert_int_equal(pread(fd, &byte, 1, status.st_size - 6), 1);
	byte ^= 1;
	assert_int_equal(pwrite(fd, &byte, 1, status.st_size - 6), 1);
	struct gpq_error err;
	assert_int_equal(read_whole("in.csv.gz", bytes, at, strlen(HEADER), &err), GPQ_E_CHECKSUM);
	assert_int_equal(ftruncate(fd, status.st_size / 2), 0);
	assert_int_equal(read_whole("in.csv.gz", bytes, at, strlen(HEADER), &err), GPQ_E_TRUNCATED);
	close(fd);
	free(bytes);
}

static void a_header_that_changed_is_told(void **state)
{
	(void)state;
	struct gpq_error err;
	workplace_file(&place, "in.csv", HEADER LINE, strlen(HEADER LINE));
	struct gpq_known_input input = input_of(workplace_path(&place, "in.csv"));
	workplace_file(&place, "in.csv", "a,b\n1,2\n", 8);
	assert_int_equal(gpq_input_reader_begin(&reader, head, &input, 0, false, &err), GPQ_E_DATA);
	workplace_file(&place, "in.csv", "", 0);
	assert_int_equal(gpq_input_reader_begin(&reader, head, &input, 0, false, &err), GPQ_E_DATA);
	assert_int_equal(unlink(workplace_path(&place, "in.csv")), 0);
	assert_int_equal(gpq_input_reader_begin(&reader, head, &input, 0, false, &err), GPQ_E_INPUT_MISSING);
}

/* ---- chunks ---- */

static void small_inputs(void **state)
{
	(void)state;
	static const char *const bodies[] = {
		"",       LINE,      LINE LINE,          LINE "7/1/2024 5:00 AM,1,A,5", "\n", "\n\n" LINE "\n",
		LINE "x", ",\n,\n,", "\"a\nb\",1\n" LINE
	};
	char bytes[400];
	for (size_t i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++) {
		int len = snprintf(bytes, sizeof(bytes), HEADER "%s", bodies[i]);
		reads(bytes, (size_t)len, strlen(HEADER));
		assert_int_equal(seen.chunks, bodies[i][0] != 0);
		assert_int_equal(seen.n_bad, 0);
		len = snprintf(bytes, sizeof(bytes), "\xEF\xBB\xBF\n \r\n" HEADER "%s", bodies[i]);
		reads(bytes, (size_t)len, strlen(HEADER) + 7);
	}
	reads(HEADER, strlen(HEADER) - 1, strlen(HEADER) - 1); /* a header without a line end */
}

/* Inputs of every length around the size of a chunk and of two: records of odd lengths meet the end everywhere. */
static void a_chunk_may_end_at_every_place_of_a_record(void **state)
{
	(void)state;
	size_t cap = 3 * GPQ_CHUNK_BYTES;
	char *bytes = malloc(cap);
	for (uint32_t shift = 0; shift < 64; shift++) {
		size_t at = (size_t)sprintf(bytes, HEADER "7/1/2024 4:00:00 AM,1,%.*s,5\r\n", (int)shift,
					    "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx");
		uint32_t record = 0;
		while (at < 2 * GPQ_CHUNK_BYTES + 500) {
			record++;
			at += (size_t)sprintf(bytes + at,
					      record % 3 ? "7/1/2024 4:00:00 AM,%u,A,5\r\n"
							 : "7/1/2024 4:00:00 AM,1,\"A, \"\"%u\"\"\nB\",5\n",
					      record);
		}
		size_t len = at - shift % 7; /* the last record's end may be missing */
		reads(bytes, len, strlen(HEADER));
		assert_true(seen.chunks >= 2);
		assert_true(seen.n_bad <= 1); /* a quote that the cut left open */
	}
	free(bytes);
}

/* The header ends at, just before and just behind what is looked at and what is read at once. */
static void blank_lines_push_the_header_to_the_end_of_the_head(void **state)
{
	(void)state;
	size_t cap = 2 * GPQ_HEAD_BYTES;
	char *bytes = malloc(cap);
	for (size_t before = GPQ_HEAD_BYTES - strlen(HEADER) - 3; before <= GPQ_HEAD_BYTES - strlen(HEADER); before++) {
		memset(bytes, '\n', before);
		size_t at = before + (size_t)sprintf(bytes + before, HEADER LINE LINE);
		reads(bytes, at, before + strlen(HEADER));
		assert_int_equal(seen.chunks, 1);
	}
	free(bytes);
}

static void a_line_longer_than_any_is_given_up(void **state)
{
	(void)state;
	static const size_t lengths[] = { 100,
					  GPQ_CHUNK_BYTES - 1,
					  GPQ_CHUNK_BYTES,
					  GPQ_CHUNK_BYTES + 1,
					  GPQ_CSV_MAX_RECORD_BYTES - 100,
					  GPQ_CSV_MAX_RECORD_BYTES + GPQ_CHUNK_BYTES + 1,
					  3 * GPQ_CSV_MAX_RECORD_BYTES,
					  3 * GPQ_CSV_MAX_RECORD_BYTES + 12345 };
	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++)
		for (int ended = 0; ended < 2; ended++) {
			char *bytes = malloc(lengths[i] + 1000);
			size_t at = (size_t)sprintf(bytes, HEADER LINE LINE), begin = at;
			memset(bytes + at, 'x', lengths[i]);
			at += lengths[i];
			if (ended)
				at += (size_t)sprintf(bytes + at, "\n" LINE LINE LINE);
			reads(bytes, at, strlen(HEADER));
			bool is_long = lengths[i] > GPQ_CSV_MAX_RECORD_BYTES + GPQ_CHUNK_BYTES;
			assert_int_equal(seen.n_bad, is_long);
			if (is_long) {
				assert_int_equal(seen.bad[0].reason, GPQ_REJECT_LONG);
				assert_int_equal(seen.bad[0].byte, begin);
				assert_int_equal(seen.bad[0].line, 4);
			}
			free(bytes);
		}
}

/* A quote that never closes: its line is given up, and the next ones are read. */
static void an_unclosed_quote_costs_its_line(void **state)
{
	(void)state;
	static const char open_line[] = "7/1/2024 4:00:00 AM,1,\"A,5\n";
	static const size_t behind[] = { 0, 10, 5000, 60000 };
	for (size_t i = 0; i < sizeof(behind) / sizeof(behind[0]); i++) {
		char *bytes = malloc(behind[i] * 40 + 1000);
		size_t at = (size_t)sprintf(bytes, HEADER LINE), begin = at;
		at += (size_t)sprintf(bytes + at, "%s", open_line);
		for (size_t k = 0; k < behind[i]; k++)
			at += (size_t)sprintf(bytes + at, LINE);
		reads(bytes, at, strlen(HEADER));
		assert_int_equal(seen.n_bad, 1);
		assert_int_equal(seen.bad[0].reason, GPQ_REJECT_QUOTE);
		assert_int_equal(seen.bad[0].byte, begin);
		assert_int_equal(seen.bad[0].line, 3);
		assert_int_equal(seen.bad[0].len, strlen(open_line));
		free(bytes);
	}
}

static void each_allocation_may_fail(void **state)
{
	(void)state;
	workplace_file(&place, "in.csv", HEADER LINE, strlen(HEADER LINE));
	struct gpq_known_input input = input_of(workplace_path(&place, "in.csv"));
	size_t before = atomic_load(&budget.used_bytes);
	for (long n = 1;; n++) {
		budget.fail_at = atomic_load(&budget.allocations) + n;
		enum gpq_status status = gpq_input_reader_begin(&reader, head, &input, 0, true, NULL);
		gpq_input_reader_end(&reader);
		assert_int_equal(atomic_load(&budget.used_bytes), before);
		if (status == GPQ_OK)
			break;
		assert_int_equal(status, GPQ_E_BUDGET);
		assert_true(n < 100);
	}
	budget.fail_at = 0;
}

#define READER_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		READER_TEST(each_allocation_may_fail),
		READER_TEST(a_gzip_that_ends_early_or_has_a_wrong_checksum),
		READER_TEST(a_header_that_changed_is_told),
		READER_TEST(small_inputs),
		READER_TEST(a_chunk_may_end_at_every_place_of_a_record),
		READER_TEST(blank_lines_push_the_header_to_the_end_of_the_head),
		READER_TEST(a_line_longer_than_any_is_given_up),
		READER_TEST(an_unclosed_quote_costs_its_line),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
