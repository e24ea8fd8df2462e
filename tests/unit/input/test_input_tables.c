// SPDX-License-Identifier: MIT
/* Inputs of two tables, and inputs that end in lines that are no rows: each chunk is of one table, and the last lines are in
 * the last chunk, wherever chunks end. */
#include "unit/io/workplace.h"

#include "input/input_reader.h"
#include "cpu/features.h"

#define CAP ((size_t)64 << 20)
#define HOURS                                                                                                          \
	" HE 1,HE 2,HE 3,HE 4,HE 5,HE 6,HE 7,HE 8,HE 9,HE 10,HE 11,HE 12,HE 13,HE 14,HE 15,HE 16,HE 17,HE 18,HE 19,"   \
	"HE 20,HE 21,HE 22,HE 23,HE 24\n"
#define NUMBERS       "1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24\n"
#define ZONES_HEAD    "Dayahead Market MCPs.\n\n01/01/2023,,All Hours-Ending are Eastern Standard Time (EST)\n\n,,MCP Type," HOURS
#define ZONE_LINES    "MISO Wide,-,GENREGMCP," NUMBERS "Zone 1,-,GENREGMCP," NUMBERS
#define RESOURCE_HEAD "\n\nPnode,Zone,MCP Type," HOURS
#define RESOURCE_LINE "ALTW.ADAMSADAM,Zone 1,GENREGMCP," NUMBERS
#define FIVE_MINUTE_HEAD                                                                                               \
	"a\nb\nc\n\nMKTHOUR_EST,PNODENAME,LMP,CON_LMP,LOSS_LMP\n"
#define FIVE_MINUTE_LINE "07/01/2024 00:05,SOME.NODE,21.5,0.25,-1\n"

static struct workplace place;
static struct gpq_budget budget;
static struct gpq_head *head;
static struct gpq_input_reader reader;
static struct gpq_chunk_buffer buffer;

static int setup(void **state)
{
	(void)state;
	workplace_open(&place);
	gpq_budget_init(&budget, CAP);
	uint32_t features = gpq_cpu_features(GPQ_CPU_ALL);
	assert_int_equal(gpq_head_open(&budget, features, &head, NULL), GPQ_OK);
	assert_int_equal(gpq_input_reader_init(&reader, &budget, features, NULL), GPQ_OK);
	assert_int_equal(gpq_chunk_buffer_init(&buffer, &budget, GPQ_CHUNK_ROOM_SHORT, NULL), GPQ_OK);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	gpq_head_close(head);
	gpq_input_reader_done(&reader);
	gpq_chunk_buffer_done(&buffer, &budget);
	assert_int_equal(atomic_load(&budget.used_bytes), 0);
	workplace_close(&place);
	return 0;
}

static void input_open(const char *name, const char *bytes, size_t len)
{
	static char path[PATH_MAX];
	struct gpq_head_facts facts;
	workplace_file(&place, name, bytes, len);
	snprintf(path, sizeof(path), "%s", workplace_path(&place, name));
	assert_int_equal(gpq_head_read(head, path, (struct gpq_texts){ NULL, 0 }, &facts, NULL), GPQ_OK);
	if (facts.status != GPQ_OK)
		fail_msg("%s", facts.why);
	struct gpq_known_input input = { .path = path,
					  .name = name,
					  .base = name,
					  .address = { .path = path },
					  .market = facts.market,
					  .feed = facts.feed };
	assert_int_equal(gpq_input_reader_begin(&reader, head, &input, 7, true, NULL), GPQ_OK);
}

static void chunk_is(const char *bytes, uint64_t byte, uint64_t line, uint32_t table)
{
	struct gpq_read_chunk read;
	assert_int_equal(gpq_input_reader_next(&reader, &buffer, &read, NULL), GPQ_OK);
	assert_int_equal(read.reason, GPQ_REJECT_NONE);
	assert_int_equal(read.chunk.byte, byte);
	assert_int_equal(read.chunk.first_line, line);
	assert_int_equal(read.chunk.len, strlen(bytes));
	assert_memory_equal(read.chunk.bytes, bytes, read.chunk.len);
	assert_ptr_equal(read.table, &reader.facts.tables[table]);
	const struct gpq_head_table *other = &reader.facts.tables[1 - table];
	assert_true(gpq_text_equal(read.chunk.other_header, (struct gpq_text){ other->header, other->header_len }));
}

static void end_is(void)
{
	struct gpq_read_chunk read;
	assert_int_equal(gpq_input_reader_next(&reader, &buffer, &read, NULL), GPQ_END);
	gpq_input_reader_end(&reader);
}

static void each_chunk_is_of_one_table(void **state)
{
	(void)state;
	static const char text[] = ZONES_HEAD ZONE_LINES RESOURCE_HEAD RESOURCE_LINE RESOURCE_LINE;
	input_open("20230101_asm_expost_damcp.csv", text, sizeof(text) - 1);
	chunk_is(ZONE_LINES, strlen(ZONES_HEAD), 6, 0);
	chunk_is(RESOURCE_LINE RESOURCE_LINE, strlen(ZONES_HEAD ZONE_LINES RESOURCE_HEAD), 11, 1);
	end_is();
	assert_int_equal(reader.facts.tables[1].header_lines, 1);
	assert_int_equal(reader.facts.tables[1].blank_lines, 2);
}

static void either_table_may_be_empty(void **state)
{
	(void)state;
	static const char first_empty[] = ZONES_HEAD RESOURCE_HEAD RESOURCE_LINE, second_empty[] = ZONES_HEAD ZONE_LINES RESOURCE_HEAD;
	input_open("20230101_asm_expost_damcp.csv", first_empty, sizeof(first_empty) - 1);
	chunk_is(RESOURCE_LINE, strlen(ZONES_HEAD RESOURCE_HEAD), 9, 1);
	end_is();
	input_open("20230101_asm_expost_damcp.csv", second_empty, sizeof(second_empty) - 1);
	chunk_is(ZONE_LINES, strlen(ZONES_HEAD), 6, 0);
	end_is();
}

/* More than a chunk in the second table. */
static void a_long_second_table_is_cut_as_ever(void **state)
{
	(void)state;
	size_t cap = 3 * GPQ_CHUNK_BYTES, at = 0;
	char *text = malloc(cap + 1000);
	at += (size_t)sprintf(text, ZONES_HEAD ZONE_LINES RESOURCE_HEAD);
	size_t from = at;
	while (at < cap)
		at += (size_t)sprintf(text + at, RESOURCE_LINE);
	input_open("20230101_asm_expost_damcp.csv", text, at);
	chunk_is(ZONE_LINES, strlen(ZONES_HEAD), 6, 0);
	struct gpq_read_chunk read;
	enum gpq_status status;
	while ((status = gpq_input_reader_next(&reader, &buffer, &read, NULL)) == GPQ_OK) {
		assert_int_equal(read.chunk.byte, from);
		assert_memory_equal(read.chunk.bytes, text + from, read.chunk.len);
		assert_ptr_equal(read.table, &reader.facts.tables[1]);
		from += read.chunk.len;
	}
	assert_int_equal(status, GPQ_END);
	assert_int_equal(from, at);
	gpq_input_reader_end(&reader);
	free(text);
}

/* Begins of the last 'lines' lines that are not blank. */
static size_t last_lines_at(const char *text, size_t len, uint32_t lines)
{
	size_t at = len;
	while (lines && at) {
		size_t begin = at - 1;
		while (begin && text[begin - 1] != '\n')
			begin--;
		lines -= text[begin] != '\n' && text[begin] != '\r';
		at = begin;
	}
	return at;
}

static void read_with_footer(const char *text, size_t len)
{
	size_t at = strlen(FIVE_MINUTE_HEAD);
	struct gpq_read_chunk read;
	enum gpq_status status;
	uint32_t footer_lines = 0;
	size_t last_begin = 0;
	uint64_t line = 6;
	input_open("5min.csv", text, len);
	while ((status = gpq_input_reader_next(&reader, &buffer, &read, NULL)) == GPQ_OK) {
		assert_int_equal(footer_lines, 0); /* of a chunk before */
		assert_int_equal(read.chunk.byte, at);
		assert_int_equal(read.chunk.first_line, line);
		assert_memory_equal(read.chunk.bytes, text + at, read.chunk.len);
		for (size_t i = 0; i < read.chunk.len; i++)
			line += read.chunk.bytes[i] == '\n';
		footer_lines = read.chunk.footer_lines;
		last_begin = at;
		at += read.chunk.len;
	}
	assert_int_equal(status, GPQ_END);
	assert_int_equal(at, len);
	assert_int_equal(footer_lines, 2);
	size_t wanted = last_lines_at(text, len, 2);
	assert_true(last_begin <= wanted || wanted < strlen(FIVE_MINUTE_HEAD));
	gpq_input_reader_end(&reader);
}

/* Inputs of every length around one and two readings, whose last lines are a footer, blank, or rows. */
static void the_last_lines_are_in_the_last_chunk(void **state)
{
	(void)state;
	static const char *const ends[] = { "", "\n\n \r\n", "one\ntwo\n", "one\ntwo", "\n\none\n\n\ntwo\r\n\r\n", "\"one\n1\"\n" };
	char *text = malloc(3 * GPQ_CHUNK_BYTES);
	for (uint32_t round = 0; round < 600; round++) {
		size_t target = (1 + round % 2) * GPQ_CHUNK_BYTES + round / 2 % 100 - 50;
		const char *end = ends[round % 6];
		size_t at = (size_t)sprintf(text, FIVE_MINUTE_HEAD);
		while (at + strlen(FIVE_MINUTE_LINE) + strlen(end) + 100 < target)
			at += (size_t)sprintf(text + at, FIVE_MINUTE_LINE);
		size_t filler = target - at - strlen(end) - strlen(FIVE_MINUTE_LINE);
		at += (size_t)sprintf(text + at, "07/01/2024 00:05,%0*u,21.5,0.25,-1\n%s", (int)filler + 9, 1u, end);
		read_with_footer(text, at);
	}
	read_with_footer(FIVE_MINUTE_HEAD "one", strlen(FIVE_MINUTE_HEAD "one"));
	free(text);
}

#define READER_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		READER_TEST(each_chunk_is_of_one_table),
		READER_TEST(either_table_may_be_empty),
		READER_TEST(a_long_second_table_is_cut_as_ever),
		READER_TEST(the_last_lines_are_in_the_last_chunk),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
