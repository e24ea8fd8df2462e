// SPDX-License-Identifier: MIT
#include "value/zone.h"
#include "value/posix_rule.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define ZONEINFO_FOLDER "/usr/share/zoneinfo"
#define DAY_S           86400

/* Real files are below 4 KiB; these bounds keep the file and the zone together under 64 KiB. */
#define FILE_CAP_BYTES  ((size_t)32 << 10)
#define CAP_TRANSITIONS 2000 /* what tzcode's own reader takes */

/* "Slim" files (tzdata's default since 2020b) leave the years since 2007 to the footer rule: its changes are entered up
 * to 2100 so that a lookup is a search. Later years go by the rule. */
#define CAP_RULE_TRANSITIONS 400
#define RULE_TABLE_END_S     INT64_C(4133980800) /* 2101-01-01 */

/* RFC 8536 section 3.2: offsets beyond -25..26 hours are no clock's. */
#define OFFSET_MIN_S (-89999)
#define OFFSET_MAX_S 93599

/* No wall clock is further from UTC. */
#define REACH_S 93600

struct gpq_zone {
	struct gpq_budget *budget;
	size_t bytes;
	uint32_t n_transitions;
	int32_t first_offset_s; /* before the first transition */
	bool has_rule;
	struct gpq_posix_rule rule; /* from the last transition on */
	int32_t *offsets_s;         /* from at_s[i] on */
	int64_t at_s[];             /* ascending */
};

/* One block of a file (RFC 8536 section 3.1 and 3.2): its counts, and where its parts begin. */
struct tz_block {
	uint64_t n_utc, n_standard, n_leaps, n_times, n_types, n_chars;
	size_t times, indices, types, end;
};

static uint32_t load_be32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static int64_t load_be64(const uint8_t *p)
{
	return (int64_t)((uint64_t)load_be32(p) << 32 | load_be32(p + 4));
}

/* The block whose header begins at 'at', its times being 'time_bytes' wide. False where it does not fit the file. */
static bool block_find(const uint8_t *bytes, size_t len, size_t at, unsigned time_bytes, struct tz_block *out)
{
	if (len < at || len - at < 44 || memcmp(bytes + at, "TZif", 4) != 0)
		return false;
	const uint8_t *counts = bytes + at + 20;
	struct tz_block block = {
		.n_utc = load_be32(counts),
		.n_standard = load_be32(counts + 4),
		.n_leaps = load_be32(counts + 8),
		.n_times = load_be32(counts + 12),
		.n_types = load_be32(counts + 16),
		.n_chars = load_be32(counts + 20),
	};
	uint64_t size = block.n_times * (time_bytes + 1) + block.n_types * 6 + block.n_chars +
			block.n_leaps * (time_bytes + 4) + block.n_standard + block.n_utc;
	if (size > len - at - 44)
		return false;
	block.times = at + 44;
	block.indices = block.times + (size_t)block.n_times * time_bytes;
	block.types = block.indices + (size_t)block.n_times;
	block.end = block.times + (size_t)size;
	*out = block;
	return true;
}

/* Why the wide block cannot be used, NULL where it can. */
static const char *block_fault(const uint8_t *bytes, const struct tz_block *block)
{
	if (!block->n_types || !block->n_chars || block->n_types > 256 || block->n_times > CAP_TRANSITIONS ||
	    (block->n_utc && block->n_utc != block->n_types) ||
	    (block->n_standard && block->n_standard != block->n_types))
		return "its counts are not those of a zone";
	if (block->n_leaps)
		return "it counts leap seconds, which UTC stamps do not";
	for (uint64_t i = 0; i < block->n_types; i++) {
		int32_t offset_s = (int32_t)load_be32(bytes + block->types + i * 6);
		if (offset_s < OFFSET_MIN_S || offset_s > OFFSET_MAX_S)
			return "an offset is no clock's";
	}
	for (uint64_t i = 0; i < block->n_times; i++) {
		if (bytes[block->indices + i] >= block->n_types)
			return "a transition names a type that is not there";
		if (i && load_be64(bytes + block->times + i * 8) <= load_be64(bytes + block->times + i * 8 - 8))
			return "its transitions are not in order";
	}
	return NULL;
}

/* The footer: newline, rule (may be empty), newline. */
static bool footer_read(const uint8_t *bytes, size_t len, size_t at, bool *out_has_rule, struct gpq_posix_rule *out)
{
	if (at >= len || bytes[at] != '\n')
		return false;
	const char *text = (const char *)bytes + at + 1;
	const char *end = memchr(text, '\n', len - at - 1);
	if (!end)
		return false;
	*out_has_rule = end > text;
	return end == text || gpq_posix_rule_parse(text, (size_t)(end - text), out);
}

static void rule_transitions_add(struct gpq_zone *zone, uint32_t cap)
{
	if (!zone->has_rule || !zone->n_transitions)
		return;
	int64_t at_s = zone->at_s[zone->n_transitions - 1];
	if (at_s < -GPQ_RULE_REACH_S)
		return;
	while (zone->n_transitions < cap) {
		struct gpq_zone_span span = gpq_posix_rule_span(&zone->rule, at_s);
		if (span.end_s >= RULE_TABLE_END_S)
			return;
		at_s = span.end_s;
		zone->at_s[zone->n_transitions] = at_s;
		zone->offsets_s[zone->n_transitions++] = gpq_posix_rule_span(&zone->rule, at_s).offset_s;
	}
}

enum gpq_status gpq_zone_parse(struct gpq_budget *budget, const char *name, const uint8_t *bytes, size_t len,
			       struct gpq_zone **out, struct gpq_error *err)
{
	struct tz_block narrow, wide;
	struct gpq_posix_rule rule = { 0 };
	bool has_rule = false;
	if (!block_find(bytes, len, 0, 4, &narrow))
		return gpq_fail(err, GPQ_E_DATA, "time zone %s: the file is no TZif, or cut short", name);
	if (bytes[4] < '2')
		return gpq_fail(err, GPQ_E_DATA,
				"time zone %s: the file is TZif version 1; version 2 or later is needed", name);
	if (!block_find(bytes, len, narrow.end, 8, &wide))
		return gpq_fail(err, GPQ_E_DATA, "time zone %s: the file is cut short", name);
	const char *fault = block_fault(bytes, &wide);
	if (fault)
		return gpq_fail(err, GPQ_E_DATA, "time zone %s: %s", name, fault);
	if (!footer_read(bytes, len, wide.end, &has_rule, &rule))
		return gpq_fail(err, GPQ_E_DATA, "time zone %s: the rule at the end of the file cannot be read", name);

	uint32_t n = (uint32_t)wide.n_times, cap = n + (has_rule && rule.has_summer ? CAP_RULE_TRANSITIONS : 0);
	size_t need = sizeof(struct gpq_zone) + cap * (sizeof(int64_t) + sizeof(int32_t));
	struct gpq_zone *zone;
	GPQ_TRY(gpq_alloc(budget, GPQ_TAG_VALUE, need, &zone, err));
	*zone = (struct gpq_zone){
		.budget = budget, .bytes = need, .n_transitions = n, .has_rule = has_rule, .rule = rule
	};
	zone->offsets_s = (int32_t *)(void *)(zone->at_s + cap);
	zone->first_offset_s = (int32_t)load_be32(bytes + wide.types); /* type 0, RFC 8536 section 3.2 */
	for (uint32_t i = 0; i < n; i++) {
		zone->at_s[i] = load_be64(bytes + wide.times + (size_t)i * 8);
		zone->offsets_s[i] = (int32_t)load_be32(bytes + wide.types + (size_t)bytes[wide.indices + i] * 6);
	}
	rule_transitions_add(zone, cap);
	*out = zone;
	return GPQ_OK;
}

/* Names of the tz database: letters, digits and _+-/ without a way out of the folder. */
static bool name_is_safe(const char *name)
{
	size_t len = strlen(name);
	if (!len || len > 64 || name[0] == '/')
		return false;
	for (size_t i = 0; i < len; i++) {
		char c = name[i];
		if ((unsigned char)((c | 32) - 'a') >= 26 && (unsigned char)(c - '0') > 9 && c != '_' && c != '+' &&
		    c != '-' && c != '/')
			return false;
	}
	return true;
}

/* At most 'cap' bytes of a file: '*out_len' tells how many. Returns 0 or an errno. */
static int file_read(const char *path, uint8_t *bytes, size_t cap, size_t *out_len)
{
	int descriptor = open(path, O_RDONLY | O_CLOEXEC);
	if (descriptor < 0)
		return errno;
	size_t len = 0;
	int sys_errno = 0;
	while (len < cap) {
		ssize_t got = read(descriptor, bytes + len, cap - len);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			sys_errno = errno;
		if (got <= 0)
			break;
		len += (size_t)got;
	}
	close(descriptor);
	*out_len = len;
	return sys_errno;
}

enum gpq_status gpq_zone_open(struct gpq_budget *budget, const char *name, struct gpq_zone **out, struct gpq_error *err)
{
	char path[sizeof(ZONEINFO_FOLDER) + 1 + 64] = ZONEINFO_FOLDER "/";
	if (!name_is_safe(name))
		return gpq_fail(err, GPQ_E_USAGE, "'%.64s' is no name of a time zone", name);
	memcpy(path + sizeof(ZONEINFO_FOLDER), name, strlen(name) + 1);
	uint8_t *bytes = NULL;
	size_t len = 0;
	GPQ_TRY(gpq_alloc(budget, GPQ_TAG_VALUE, FILE_CAP_BYTES, &bytes, err));
	enum gpq_status status;
	int sys_errno = file_read(path, bytes, FILE_CAP_BYTES, &len);
	if (sys_errno == ENOENT || sys_errno == ENOTDIR)
		status = gpq_fail(err, GPQ_E_SYSTEM, "there is no time zone %s in %s: install the package tzdata", name,
				  ZONEINFO_FOLDER);
	else if (sys_errno)
		status = gpq_fail_errno(err, sys_errno, "time zone %s: cannot read %s", name, path);
	else if (len == FILE_CAP_BYTES)
		status = gpq_fail(err, GPQ_E_DATA, "time zone %s: the file is larger than any zone's", name);
	else
		status = gpq_zone_parse(budget, name, bytes, len, out, err);
	gpq_free(budget, GPQ_TAG_VALUE, bytes, FILE_CAP_BYTES);
	return status;
}

void gpq_zone_close(struct gpq_zone *zone)
{
	if (zone)
		gpq_free(zone->budget, GPQ_TAG_VALUE, zone, zone->bytes);
}

/* How many transitions are at or before an instant. */
static uint32_t transitions_until(const struct gpq_zone *zone, int64_t utc_s)
{
	uint32_t low = 0, high = zone->n_transitions;
	while (low < high) {
		uint32_t middle = (low + high) / 2;
		if (zone->at_s[middle] <= utc_s)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static struct gpq_zone_span zone_span(const struct gpq_zone *zone, int64_t utc_s)
{
	uint32_t i = transitions_until(zone, utc_s);
	if (i == zone->n_transitions && zone->has_rule)
		return gpq_posix_rule_span(&zone->rule, utc_s);
	return (struct gpq_zone_span){ i ? zone->offsets_s[i - 1] : zone->first_offset_s,
				       i < zone->n_transitions ? zone->at_s[i] : INT64_MAX };
}

int32_t gpq_zone_offset_s(const struct gpq_zone *zone, int64_t utc_s)
{
	return zone_span(zone, utc_s).offset_s;
}

int gpq_zone_instants(const struct gpq_zone *zone, int64_t civil_s, int64_t out_utc_s[2])
{
	if (civil_s > GPQ_RULE_REACH_S || civil_s < -GPQ_RULE_REACH_S)
		return 0;
	int count = 0;
	/* every span of one offset that a clock showing 'civil_s' may be in */
	for (int64_t begin_s = civil_s - REACH_S; begin_s <= civil_s + REACH_S && count < 2;) {
		struct gpq_zone_span span = zone_span(zone, begin_s);
		int64_t utc_s = civil_s - span.offset_s;
		if (utc_s >= begin_s && utc_s < span.end_s)
			out_utc_s[count++] = utc_s;
		begin_s = span.end_s;
	}
	return count;
}

int64_t gpq_zone_midnight_s(const struct gpq_zone *zone, int32_t days)
{
	int64_t civil_s = (int64_t)days * DAY_S, instants_s[2];
	if (gpq_zone_instants(zone, civil_s, instants_s))
		return instants_s[0];
	/* Clocks that skip midnight: the day begins as they are put forward. */
	struct gpq_zone_span span = zone_span(zone, civil_s - REACH_S);
	while (span.end_s <= civil_s + REACH_S) {
		struct gpq_zone_span next = zone_span(zone, span.end_s);
		if (span.end_s + span.offset_s <= civil_s && span.end_s + next.offset_s > civil_s)
			return span.end_s;
		span = next;
	}
	return civil_s - span.offset_s;
}
