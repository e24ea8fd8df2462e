// SPDX-License-Identifier: MIT
#include "base/status.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const struct {
	enum gpq_status status;
	const char *sentence;
} sentences[] = {
	{ GPQ_OK, "done" },
	{ GPQ_END, "no more" },
	{ GPQ_E_USAGE, "an argument or option is wrong" },
	{ GPQ_E_INPUT_MISSING, "an input does not exist" },
	{ GPQ_E_OUTPUT_EXISTS, "a file that would be written exists already" },
	{ GPQ_E_BUDGET, "the memory bound is too small" },
	{ GPQ_E_SYSTEM, "the operating system refused a call" },
	{ GPQ_E_DISK_FULL, "no space left on the device" },
	{ GPQ_E_PERMISSION, "permission denied" },
	{ GPQ_E_LOCKED, "another run holds the output's lock" },
	{ GPQ_E_INTERRUPTED, "stopped on request" },
	{ GPQ_E_DATA, "the data is not what it should be" },
	{ GPQ_E_TRUNCATED, "the data ends too early" },
	{ GPQ_E_CHECKSUM, "a checksum or size does not match" },
	{ GPQ_E_UNRECOGNISED, "no dataset matches" },
	{ GPQ_E_AMBIGUOUS, "several datasets match" },
	{ GPQ_E_FINDINGS, "something was found" },
	{ GPQ_E_BUG, "gridpq has a bug" },
};

const char *gpq_status_text(enum gpq_status status)
{
	for (size_t i = 0; i < sizeof(sentences) / sizeof(sentences[0]); i++)
		if (sentences[i].status == status)
			return sentences[i].sentence;
	return "unknown status";
}

int gpq_status_exit_code(enum gpq_status status)
{
	return (int)status / 10;
}

static void error_fill(struct gpq_error *err, enum gpq_status status, int sys_errno, const char *format, va_list args)
{
	memset(err, 0, sizeof(*err));
	err->status = status;
	err->sys_errno = sys_errno;
	vsnprintf(err->message, sizeof(err->message), format, args);
}

enum gpq_status gpq_fail(struct gpq_error *err, enum gpq_status status, const char *format, ...)
{
	if (err) {
		va_list args;
		va_start(args, format);
		error_fill(err, status, 0, format, args);
		va_end(args);
	}
	return status;
}

static enum gpq_status errno_status(int sys_errno)
{
	switch (sys_errno) {
	case ENOSPC:
	case EDQUOT:
		return GPQ_E_DISK_FULL;
	case EACCES:
	case EPERM:
	case EROFS:
		return GPQ_E_PERMISSION;
	case ENOMEM:
		return GPQ_E_BUDGET;
	default:
		return GPQ_E_SYSTEM;
	}
}

enum gpq_status gpq_fail_errno(struct gpq_error *err, int sys_errno, const char *format, ...)
{
	enum gpq_status status = errno_status(sys_errno);
	if (!err)
		return status;
	va_list args;
	va_start(args, format);
	error_fill(err, status, sys_errno, format, args);
	va_end(args);
	char storage[96];
	const char *reason = strerror_r(sys_errno, storage, sizeof(storage)); /* the GNU one: never fails */
	size_t len = strlen(err->message);
	snprintf(err->message + len, sizeof(err->message) - len, ": %s", reason);
	return status;
}

void gpq_fail_prefix(struct gpq_error *err, const char *format, ...)
{
	if (!err)
		return;
	char message[sizeof(err->message)];
	memcpy(message, err->message, sizeof(message));
	va_list args;
	va_start(args, format);
	int len = vsnprintf(err->message, sizeof(err->message), format, args);
	va_end(args);
	if (len >= 0 && (size_t)len < sizeof(err->message))
		snprintf(err->message + len, sizeof(err->message) - (size_t)len, "%s", message);
}
