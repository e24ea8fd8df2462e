// SPDX-License-Identifier: MIT
#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define FIRST_BYTES ((size_t)256)

void gpq_buf_init(struct gpq_buf *buf, struct gpq_budget *budget, enum gpq_tag tag, size_t cap_bytes)
{
	*buf = (struct gpq_buf){ .budget = budget, .tag = tag, .cap_bytes = cap_bytes };
}

void gpq_buf_done(struct gpq_buf *buf)
{
	if (buf->budget)
		gpq_free(buf->budget, buf->tag, buf->bytes, buf->room);
	buf->bytes = NULL;
	buf->len = buf->room = 0;
}

void gpq_buf_clear(struct gpq_buf *buf)
{
	buf->len = 0;
}

enum gpq_status gpq_buf_reserve(struct gpq_buf *buf, size_t more, struct gpq_error *err)
{
	if (more <= buf->room - buf->len)
		return GPQ_OK;
	if (more > buf->cap_bytes - buf->len)
		return gpq_fail(err, GPQ_E_BUDGET, "a buffer of at most %zu bytes needs %zu", buf->cap_bytes, buf->len + more);
	size_t room = buf->room ? buf->room : FIRST_BYTES;
	while (room < buf->len + more && room <= buf->cap_bytes / 2)
		room *= 2;
	if (room < buf->len + more || room > buf->cap_bytes)
		room = buf->cap_bytes;
	uint8_t *bytes = NULL;
	GPQ_TRY(gpq_alloc(buf->budget, buf->tag, room, &bytes, err));
	if (buf->len)
		memcpy(bytes, buf->bytes, buf->len);
	gpq_free(buf->budget, buf->tag, buf->bytes, buf->room);
	buf->bytes = bytes;
	buf->room = room;
	return GPQ_OK;
}

enum gpq_status gpq_buf_append(struct gpq_buf *buf, const void *bytes, size_t len, struct gpq_error *err)
{
	GPQ_TRY(gpq_buf_reserve(buf, len, err));
	if (len)
		memcpy(buf->bytes + buf->len, bytes, len);
	buf->len += len;
	return GPQ_OK;
}

enum gpq_status gpq_buf_printf(struct gpq_buf *buf, struct gpq_error *err, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	va_list again;
	va_copy(again, args);
	int len = vsnprintf(NULL, 0, format, args);
	va_end(args);
	enum gpq_status status = len < 0 ? gpq_fail(err, GPQ_E_BUG, "a text cannot be formatted")
	                                 : gpq_buf_reserve(buf, (size_t)len + 1, err);
	if (status == GPQ_OK) {
		vsnprintf((char *)buf->bytes + buf->len, (size_t)len + 1, format, again);
		buf->len += (size_t)len;
	}
	va_end(again);
	return status;
}
