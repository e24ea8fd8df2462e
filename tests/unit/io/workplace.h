/*
 * A folder of its own for each test, in $TMPDIR or /tmp, and small files in it. For tests only: asserts where anything
 * fails.
 */
#ifndef GPQ_TESTS_IO_WORKPLACE_H
#define GPQ_TESTS_IO_WORKPLACE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct workplace {
	char folder[256];
	char path[PATH_MAX]; /* the last one that was asked for */
};

static inline void workplace_open(struct workplace *place)
{
	const char *above = getenv("TMPDIR");
	snprintf(place->folder, sizeof(place->folder), "%s/gridpq-test-XXXXXX", above && *above ? above : "/tmp");
	assert_non_null(mkdtemp(place->folder));
}

static inline int workplace_remove_one(const char *path, const struct stat *status, int kind, struct FTW *where)
{
	(void)status, (void)kind, (void)where;
	return remove(path);
}

static inline void workplace_close(struct workplace *place)
{
	assert_int_equal(nftw(place->folder, workplace_remove_one, 16, FTW_DEPTH | FTW_PHYS), 0);
}

static inline const char *workplace_path(struct workplace *place, const char *name)
{
	int len = snprintf(place->path, sizeof(place->path), "%s/%s", place->folder, name);
	assert_true(len > 0 && (size_t)len < sizeof(place->path));
	return place->path;
}

static inline const char *workplace_file(struct workplace *place, const char *name, const void *bytes, size_t len)
{
	const char *path = workplace_path(place, name);
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	assert_true(fd >= 0);
	for (size_t at = 0; at < len;) {
		ssize_t put = write(fd, (const char *)bytes + at, len - at);
		assert_true(put > 0);
		at += (size_t)put;
	}
	assert_int_equal(close(fd), 0);
	return path;
}

static inline void workplace_folder(struct workplace *place, const char *name)
{
	assert_int_equal(mkdir(workplace_path(place, name), 0700), 0);
}

#endif
