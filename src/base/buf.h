/*
 * base/buf.h - bytes that grow up to a cap named at birth.
 * Memory: at most 'cap_bytes' from the budget, doubled as needed.      Threads: one buffer, one thread.
 */
#ifndef GPQ_BASE_BUF_H
#define GPQ_BASE_BUF_H

#include "base/budget.h"

/* Members are read freely and written by the calls below only. */
struct gpq_buf {
	struct gpq_budget *budget;
	enum gpq_tag tag;
	uint8_t *bytes;
	size_t len, room, cap_bytes;
};

void gpq_buf_init(struct gpq_buf *buf, struct gpq_budget *budget, enum gpq_tag tag, size_t cap_bytes);
void gpq_buf_done(struct gpq_buf *buf);
void gpq_buf_clear(struct gpq_buf *buf);

/* gpq_buf_reserve() makes sure that 'more' bytes fit behind 'len'. Errors: GPQ_E_BUDGET (cap or budget). */
GPQ_MUST_USE enum gpq_status gpq_buf_reserve(struct gpq_buf *buf, size_t more, struct gpq_error *err);
GPQ_MUST_USE enum gpq_status gpq_buf_append(struct gpq_buf *buf, const void *bytes, size_t len, struct gpq_error *err);
GPQ_MUST_USE enum gpq_status gpq_buf_printf(struct gpq_buf *buf, struct gpq_error *err, const char *format, ...)
	GPQ_PRINTF(3, 4);

#endif
