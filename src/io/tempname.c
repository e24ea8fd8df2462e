// SPDX-License-Identifier: MIT
#include "io/tempname.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/random.h>

#define N_DIGITS       16
#define TRIES          8   /* 64 random bits do not meet by chance; a broken generator shall not loop */
#define CAP_NAME_BYTES 200 /* of the target's name: with what is added below NAME_MAX, 255 */

bool gpq_tempname_is(const char *name)
{
	size_t len = strlen(name);
	if (len <= GPQ_TEMPNAME_MORE_BYTES || name[0] != '.' || strcmp(name + len - 4, ".tmp") != 0)
		return false;
	const char *digits = name + len - 4 - N_DIGITS;
	return digits[-1] == '.' && strspn(digits, "0123456789abcdef") == N_DIGITS;
}

static enum gpq_status random_digits(char *out, struct gpq_error *err)
{
	uint64_t bits = 0;
	ssize_t got;
	do
		got = getrandom(&bits, sizeof(bits), 0);
	while (got < 0 && errno == EINTR);
	if (got != (ssize_t)sizeof(bits))
		return gpq_fail_errno(err, got < 0 ? errno : EIO, "the system gives no random bytes");
	for (unsigned i = 0; i < N_DIGITS; i++, bits >>= 4)
		out[i] = "0123456789abcdef"[bits & 15];
	return GPQ_OK;
}

enum gpq_status gpq_tempname_create(const char *target, char *out_path, int *out_fd, struct gpq_error *err)
{
	const char *slash = strrchr(target, '/');
	size_t folder_len = slash ? (size_t)(slash - target) + 1 : 0;
	size_t name_len = strnlen(target + folder_len, CAP_NAME_BYTES);
	char *at = out_path + folder_len;
	int fd = -1, failure = EEXIST;
	if (!name_len)
		return gpq_fail(err, GPQ_E_USAGE, "%s names no file", target);
	memcpy(out_path, target, folder_len);
	*at++ = '.';
	memcpy(at, target + folder_len, name_len);
	at += name_len;
	*at++ = '.';
	memcpy(at + N_DIGITS, ".tmp", 5);
	for (unsigned i = 0; i < TRIES && fd < 0 && (failure == EEXIST || failure == EINTR); i++) {
		GPQ_TRY(random_digits(at, err));
		fd = open(out_path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
		failure = fd < 0 ? errno : 0;
	}
	if (fd < 0)
		return gpq_fail_errno(err, failure, "%s cannot be made", out_path);
	*out_fd = fd;
	return GPQ_OK;
}
