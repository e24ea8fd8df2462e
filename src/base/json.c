// SPDX-License-Identifier: MIT
#include "base/json.h"

#include "base/shortest.h"

#include <math.h>
#include <string.h>

void gpq_json_init(struct gpq_json *json, struct gpq_buf *out)
{
	memset(json, 0, sizeof(*json));
	json->out = out;
}

enum gpq_status gpq_json_finish(struct gpq_json *json, struct gpq_error *err)
{
	if (!json->failure.status && json->depth)
		return gpq_fail(err, GPQ_E_BUG, "a JSON text ends with %u levels open", json->depth);
	if (!json->failure.status && !json->has_items[0])
		return gpq_fail(err, GPQ_E_BUG, "a JSON text ends without a value");
	if (json->failure.status && err)
		*err = json->failure;
	return json->failure.status;
}

static bool failed(const struct gpq_json *json)
{
	return json->failure.status != GPQ_OK;
}

static void misused(struct gpq_json *json, const char *how)
{
	(void)gpq_fail(&json->failure, GPQ_E_BUG, "a JSON text is printed out of order: %s", how);
}

static void put(struct gpq_json *json, const void *bytes, size_t len)
{
	if (!failed(json))
		(void)!gpq_buf_append(json->out, bytes, len, &json->failure);
}

/* Everything that stands where a value may stand begins here. */
static bool value_begin(struct gpq_json *json)
{
	if (failed(json))
		return false;
	if (json->in_object[json->depth]) {
		if (!json->key_given)
			misused(json, "a value in an object without a key");
		json->key_given = false;
		return !failed(json);
	}
	if (json->has_items[json->depth]) {
		if (!json->depth)
			misused(json, "a second value at the top");
		put(json, ",", 1);
	}
	json->has_items[json->depth] = true;
	return !failed(json);
}

static void level_begin(struct gpq_json *json, bool object)
{
	if (!value_begin(json))
		return;
	if (json->depth == GPQ_JSON_CAP_DEPTH) {
		misused(json, "nested too deep");
		return;
	}
	json->depth++;
	json->in_object[json->depth] = object;
	json->has_items[json->depth] = false;
	put(json, object ? "{" : "[", 1);
}

static void level_end(struct gpq_json *json, bool object)
{
	if (failed(json))
		return;
	if (!json->depth || json->in_object[json->depth] != object || json->key_given) {
		misused(json, object ? "an object ends that is not open" : "an array ends that is not open");
		return;
	}
	json->depth--;
	put(json, object ? "}" : "]", 1);
}

void gpq_json_object_begin(struct gpq_json *json)
{
	level_begin(json, true);
}

void gpq_json_object_end(struct gpq_json *json)
{
	level_end(json, true);
}

void gpq_json_array_begin(struct gpq_json *json)
{
	level_begin(json, false);
}

void gpq_json_array_end(struct gpq_json *json)
{
	level_end(json, false);
}

/* Length of the UTF-8 sequence at 'at' (RFC 3629 section 4: no surrogates, nothing overlong), 0 where there is none. */
static size_t utf8_len(const uint8_t *at, size_t left)
{
	uint8_t first = at[0];
	if (first < 0x80)
		return 1;
	size_t len = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
	if (first < 0xc2 || first > 0xf4 || left < len)
		return 0;
	uint8_t low = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
	uint8_t high = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
	if (at[1] < low || at[1] > high)
		return 0;
	for (size_t i = 2; i < len; i++)
		if (at[i] < 0x80 || at[i] > 0xbf)
			return 0;
	return len;
}

static const char hex_lower[] = "0123456789abcdef";
static const char hex_upper[] = "0123456789ABCDEF"; /* RFC 3986 section 2.1 */

static void put_escaped(struct gpq_json *json, uint8_t byte)
{
	static const char shorts[] = {
		['\b'] = 'b', ['\f'] = 'f', ['\n'] = 'n', ['\r'] = 'r', ['\t'] = 't', ['"'] = '"', ['\\'] = '\\'
	};
	if (byte < sizeof(shorts) && shorts[byte]) {
		put(json, (char[]){ '\\', shorts[byte] }, 2);
	} else if (byte < 0x20) {
		put(json, (char[]){ '\\', 'u', '0', '0', hex_lower[byte >> 4], hex_lower[byte & 15] }, 6);
	} else {
		put(json, (char[]){ '%', hex_upper[byte >> 4], hex_upper[byte & 15] }, 3);
	}
}

static void put_string(struct gpq_json *json, const uint8_t *bytes, size_t len)
{
	size_t plain = 0; /* where the bytes begin that stand as they are */
	put(json, "\"", 1);
	for (size_t at = 0; at < len;) {
		size_t step = utf8_len(bytes + at, len - at);
		if (step > 1 || (step == 1 && bytes[at] >= 0x20 && bytes[at] != '"' && bytes[at] != '\\')) {
			at += step;
			continue;
		}
		put(json, bytes + plain, at - plain);
		put_escaped(json, bytes[at]);
		plain = ++at;
	}
	if (len > plain)
		put(json, bytes + plain, len - plain);
	put(json, "\"", 1);
}

void gpq_json_key(struct gpq_json *json, const char *key)
{
	if (failed(json))
		return;
	if (!json->in_object[json->depth] || json->key_given) {
		misused(json, "a key where none belongs");
		return;
	}
	if (json->has_items[json->depth])
		put(json, ",", 1);
	json->has_items[json->depth] = true;
	json->key_given = true;
	put_string(json, (const uint8_t *)key, strlen(key));
	put(json, ":", 1);
}

void gpq_json_string(struct gpq_json *json, const void *bytes, size_t len)
{
	if (value_begin(json))
		put_string(json, bytes, len);
}

void gpq_json_text(struct gpq_json *json, const char *text)
{
	if (text)
		gpq_json_string(json, text, strlen(text));
	else
		gpq_json_null(json);
}

static void put_integer(struct gpq_json *json, bool negative, uint64_t magnitude)
{
	char digits[21]; /* a sign and the 20 digits of 2^64 - 1 */
	size_t at = sizeof(digits);
	do {
		digits[--at] = (char)('0' + magnitude % 10);
		magnitude /= 10;
	} while (magnitude);
	if (negative)
		digits[--at] = '-';
	if (value_begin(json))
		put(json, digits + at, sizeof(digits) - at);
}

void gpq_json_int64(struct gpq_json *json, int64_t value)
{
	put_integer(json, value < 0, value < 0 ? 0 - (uint64_t)value : (uint64_t)value);
}

void gpq_json_uint64(struct gpq_json *json, uint64_t value)
{
	put_integer(json, false, value);
}

void gpq_json_double(struct gpq_json *json, double value)
{
	if (!isfinite(value)) {
		gpq_json_null(json);
		return;
	}
	char text[GPQ_SHORTEST_CAP_BYTES];
	size_t len = gpq_shortest_write(value, text);
	if (value_begin(json))
		put(json, text, len);
}

void gpq_json_bool(struct gpq_json *json, bool value)
{
	if (value_begin(json))
		put(json, value ? "true" : "false", value ? 4 : 5);
}

void gpq_json_null(struct gpq_json *json)
{
	if (value_begin(json))
		put(json, "null", 4);
}

void gpq_json_member_text(struct gpq_json *json, const char *key, const char *text)
{
	gpq_json_key(json, key);
	gpq_json_text(json, text);
}

void gpq_json_member_string(struct gpq_json *json, const char *key, const void *bytes, size_t len)
{
	gpq_json_key(json, key);
	if (bytes)
		gpq_json_string(json, bytes, len);
	else
		gpq_json_null(json);
}

void gpq_json_member_uint64(struct gpq_json *json, const char *key, uint64_t value)
{
	gpq_json_key(json, key);
	gpq_json_uint64(json, value);
}

void gpq_json_member_bool(struct gpq_json *json, const char *key, bool value)
{
	gpq_json_key(json, key);
	gpq_json_bool(json, value);
}
