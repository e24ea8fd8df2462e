/*
 * base/json.h - print one JSON text, piece by piece, into a buffer.
 *
 * The printer puts the commas and colons and watches the order of calls. It keeps its first failure and does nothing
 * after it, so that only gpq_json_finish() needs to be asked. It never looks back: the caller may write the buffer's
 * bytes away and clear it between two calls.
 * Call order: init -> begin/end, key, values -> finish. In an object each value follows a key.
 * Memory: the buffer's, up to its cap.      Threads: one printer, one thread.
 */
#ifndef GPQ_BASE_JSON_H
#define GPQ_BASE_JSON_H

#include "base/buf.h"

/* Objects and arrays inside one another. */
#define GPQ_JSON_CAP_DEPTH 32

/* Members are the printer's own. */
struct gpq_json {
	struct gpq_buf *out; /* Borrows until finish */
	struct gpq_error failure;
	uint32_t depth;
	bool in_object[GPQ_JSON_CAP_DEPTH + 1], has_items[GPQ_JSON_CAP_DEPTH + 1];
	bool key_given;
};

/* gpq_json_init() starts a text that is appended to 'out'. */
void gpq_json_init(struct gpq_json *json, struct gpq_buf *out);

/*
 * gpq_json_finish() returns the first failure: GPQ_E_BUDGET (the buffer is full) or GPQ_E_BUG (calls out of order, nesting
 * past GPQ_JSON_CAP_DEPTH, something left open, no value at all). What was printed until then stays in the buffer.
 */
GPQ_MUST_USE enum gpq_status gpq_json_finish(struct gpq_json *json, struct gpq_error *err);

void gpq_json_object_begin(struct gpq_json *json);
void gpq_json_object_end(struct gpq_json *json);
void gpq_json_array_begin(struct gpq_json *json);
void gpq_json_array_end(struct gpq_json *json);

/* gpq_json_key() names the value that follows; 'key' is terminated. */
void gpq_json_key(struct gpq_json *json, const char *key);

/*
 * gpq_json_string() prints 'len' bytes as a string; gpq_json_text() a terminated one, NULL as null. Control characters, '"'
 * and '\' are escaped; a byte that is not UTF-8 (RFC 3629) becomes the three characters %XX, as RFC 3986 has it.
 */
void gpq_json_string(struct gpq_json *json, const void *bytes, size_t len);
void gpq_json_text(struct gpq_json *json, const char *text);

void gpq_json_int64(struct gpq_json *json, int64_t value);
void gpq_json_uint64(struct gpq_json *json, uint64_t value);

/* gpq_json_double() prints the shortest decimal that reads back the same; NaN and the infinities, which JSON lacks, as null. */
void gpq_json_double(struct gpq_json *json, double value);
void gpq_json_bool(struct gpq_json *json, bool value);
void gpq_json_null(struct gpq_json *json);

/* A key and its value in one call. */
void gpq_json_member_text(struct gpq_json *json, const char *key, const char *text);
void gpq_json_member_string(struct gpq_json *json, const char *key, const void *bytes, size_t len); /* NULL bytes: null */
void gpq_json_member_uint64(struct gpq_json *json, const char *key, uint64_t value);
void gpq_json_member_bool(struct gpq_json *json, const char *key, bool value);

#endif
