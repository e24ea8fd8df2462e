/*
 * base/status.h - how calls fail.
 * Knows: statuses, error records.      Not: files, rows, people.
 * The statuses themselves are public (gridpq.h), since callers of the library see them too.
 */
#ifndef GPQ_BASE_STATUS_H
#define GPQ_BASE_STATUS_H

#include <gridpq/gridpq.h>

#define GPQ_MUST_USE __attribute__((warn_unused_result))
#define GPQ_PRINTF(format_at, args_at) __attribute__((format(printf, format_at, args_at)))
#define GPQ_LIKELY(x) __builtin_expect(!!(x), 1)
#define GPQ_UNLIKELY(x) __builtin_expect(!!(x), 0)

/* Return a failure to the caller. Never wraps a 'next' call, whose GPQ_END is no failure. */
#define GPQ_TRY(expression)                                                                                            \
	do {                                                                                                           \
		enum gpq_status gpq_try_status = (expression);                                                         \
		if (gpq_try_status != GPQ_OK)                                                                          \
			return gpq_try_status;                                                                         \
	} while (0)

/*
 * gpq_fail() writes 'status' and the formatted text into 'err' (which may be NULL) and returns 'status'.
 * Position members are zeroed: who knows the position sets them afterwards.
 */
enum gpq_status gpq_fail(struct gpq_error *err, enum gpq_status status, const char *format, ...) GPQ_PRINTF(3, 4);

/* gpq_fail_errno() does the same for a system call that set 'sys_errno', chooses the status by it (disk full,
 * permission, system) and appends the system's own sentence. */
enum gpq_status gpq_fail_errno(struct gpq_error *err, int sys_errno, const char *format, ...) GPQ_PRINTF(3, 4);

/* gpq_fail_prefix() puts the formatted text before the message that 'err' holds: callers add which file it was. */
void gpq_fail_prefix(struct gpq_error *err, const char *format, ...) GPQ_PRINTF(2, 3);

#endif
