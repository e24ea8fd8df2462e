// SPDX-License-Identifier: MIT
/* The hashes are what the shared library of xxHash 0.8.1 gives; the empty one stands in its own sanity test as well. */
#include "unit/io/workplace.h"

#include "io/source.h"

#include <sys/socket.h>
#include <sys/un.h>

static struct workplace place;
static struct gpq_budget budget;

static int setup(void **state)
{
	(void)state;
	workplace_open(&place);
	gpq_budget_init(&budget, (size_t)8 << 20);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	assert_int_equal(atomic_load(&budget.used_bytes), 0);
	workplace_close(&place);
	return 0;
}

static void expect_refusal(const char *path, enum gpq_status status, const char *says)
{
	struct gpq_source *source = NULL;
	struct gpq_error err = { 0 };
	uint8_t byte = 0;
	size_t len = 77;
	assert_int_equal(gpq_source_open(&budget, path, false, &source, &err), status);
	assert_null(source);
	assert_int_equal(err.status, status);
	if (!strstr(err.message, says))
		fail_msg("\"%s\" lacks \"%s\"", err.message, says);
	assert_int_equal(gpq_source_tail(path, &byte, 1, &len, NULL), status);
	assert_int_equal(len, 77);
}

static void not_a_file(void **state)
{
	(void)state;
	expect_refusal(workplace_path(&place, "nothing.csv"), GPQ_E_INPUT_MISSING, "cannot be opened");
	expect_refusal("", GPQ_E_INPUT_MISSING, "cannot be opened");
	expect_refusal(place.folder, GPQ_E_USAGE, "is a folder");
	assert_int_equal(mkfifo(workplace_path(&place, "pipe"), 0600), 0);
	expect_refusal(place.path, GPQ_E_USAGE, "is a pipe");
	expect_refusal("/dev/null", GPQ_E_USAGE, "device");
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	snprintf(address.sun_path, sizeof(address.sun_path), "%.80s/socket", place.folder);
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	expect_refusal(address.sun_path, GPQ_E_USAGE, "socket");
	close(fd);
	workplace_file(&place, "file", "x", 1);
	expect_refusal(workplace_path(&place, "file/below"), GPQ_E_INPUT_MISSING, "cannot be opened");
}

static void not_permitted(void **state)
{
	(void)state;
	if (geteuid() == 0) {
		print_message("skipped: the superuser may read everything\n");
		return;
	}
	workplace_file(&place, "closed.csv", "x", 1);
	chmod(place.path, 0);
	expect_refusal(place.path, GPQ_E_PERMISSION, "cannot be opened");
}

static void shrinks_while_read(void **state)
{
	(void)state;
	struct gpq_source *source = NULL;
	struct gpq_error err = { 0 };
	uint8_t bytes[64];
	size_t len = 0;
	const char *path = workplace_file(&place, "x.csv", "0123456789", 10);
	assert_int_equal(gpq_source_open(&budget, path, false, &source, &err), GPQ_OK);
	assert_int_equal(truncate(path, 4), 0);
	assert_int_equal(gpq_source_read(source, bytes, sizeof(bytes), &len, &err), GPQ_E_TRUNCATED);
	assert_int_equal(err.byte, 4);
	assert_non_null(strstr(err.message, "had 10 bytes, has 4 now; reading stopped at byte 4"));
	gpq_source_close(source);
}

static void cut_off_to_nearly_nothing(void **state)
{
	(void)state;
	static const struct {
		const char *name, *bytes;
		size_t len;
		bool compressed;
	} cases[] = {
		{ "a.csv", "", 0, false },   { "a.gz", "", 0, true },          { "a.GZ", "", 0, true },
		{ "a.gz", "\x1f", 1, true }, { "a.csv", "\x1f", 1, true },     { "a.gz", "x", 1, false },
		{ ".gz", "", 0, true },      { "a.csv", "\x1f\x8b", 2, true }, { "a.gz", "\x1f\x8c", 2, false },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct gpq_source *source = NULL;
		struct gpq_error err = { 0 };
		uint8_t bytes[8];
		size_t len = 77;
		const char *path = workplace_file(&place, cases[i].name, cases[i].bytes, cases[i].len);
		assert_int_equal(gpq_source_open(&budget, path, false, &source, &err), GPQ_OK);
		assert_int_equal(gpq_source_is_compressed(source), cases[i].compressed);
		enum gpq_status status = gpq_source_read(source, bytes, sizeof(bytes), &len, &err);
		assert_int_equal(status, cases[i].compressed ? GPQ_E_TRUNCATED : GPQ_OK);
		assert_int_equal(len, cases[i].compressed ? 77 : cases[i].len);
		gpq_source_close(source);
	}
}

static void hash_known(void **state)
{
	(void)state;
	struct gpq_hash empty = gpq_hash_of("", 0), text = gpq_hash_of("gridpq", 6);
	assert_true(empty.high == 0x99aa06d3014798d8 && empty.low == 0x6001c324468d497f);
	assert_true(text.high == 0x99d2eed02ae6d489 && text.low == 0xa0daa1b420d2340a);
}

static void plain_file(void **state)
{
	(void)state;
	size_t size = 700001;
	uint8_t *text = test_malloc(size), *out = test_malloc(size);
	for (size_t i = 0; i < size; i++)
		text[i] = (uint8_t)(i * i >> 7);
	const char *path = workplace_file(&place, "x.csv", text, size);
	static const size_t steps[] = { 1000, 65536, 300000, 700001 };
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		struct gpq_source *source = NULL;
		struct gpq_hash hash, whole = gpq_hash_of(text, size);
		size_t at = 0, len;
		assert_int_equal(gpq_source_open(&budget, path, true, &source, NULL), GPQ_OK);
		assert_int_equal(gpq_source_size_bytes(source), size);
		assert_false(gpq_source_is_compressed(source));
		do {
			size_t want = steps[i] < size - at ? steps[i] : size - at;
			assert_int_equal(gpq_source_read(source, out + at, want ? want : 1, &len, NULL), GPQ_OK);
			at += len;
			assert_int_equal(gpq_source_stored_bytes(source), at);
		} while (len);
		assert_int_equal(at, size);
		assert_memory_equal(out, text, size);
		hash = gpq_source_hash(source);
		assert_true(hash.high == whole.high && hash.low == whole.low);
		gpq_source_close(source);
	}
	size_t len = 0;
	assert_int_equal(gpq_source_tail(path, out, 100, &len, NULL), GPQ_OK);
	assert_int_equal(len, 100);
	assert_memory_equal(out, text + size - 100, 100);
	assert_int_equal(gpq_source_tail(path, out, size, &len, NULL), GPQ_OK);
	assert_int_equal(len, size);
	test_free(text);
	test_free(out);
}

static void tail_of_compressed(void **state)
{
	(void)state;
	uint8_t bytes[8];
	size_t len = 77;
	workplace_file(&place, "x.csv", "\x1f\x8b\x08zzzz", 7);
	assert_int_equal(gpq_source_tail(place.path, bytes, sizeof(bytes), &len, NULL), GPQ_OK);
	assert_int_equal(len, 0);
}

static void close_nothing(void **state)
{
	(void)state;
	gpq_source_close(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(not_a_file, setup, teardown),
		cmocka_unit_test_setup_teardown(not_permitted, setup, teardown),
		cmocka_unit_test_setup_teardown(shrinks_while_read, setup, teardown),
		cmocka_unit_test_setup_teardown(cut_off_to_nearly_nothing, setup, teardown),
		cmocka_unit_test_setup_teardown(hash_known, setup, teardown),
		cmocka_unit_test_setup_teardown(plain_file, setup, teardown),
		cmocka_unit_test_setup_teardown(tail_of_compressed, setup, teardown),
		cmocka_unit_test(close_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
