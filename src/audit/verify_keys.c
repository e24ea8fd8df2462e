// SPDX-License-Identifier: MIT
#include "audit/verify_rows.h"

#include "io/source.h"
#include "value/instant.h"

#include <stdio.h>

#define SPANS_FIRST ((size_t)4096)
#define SPANS_CAP   ((size_t)1 << 21)

/* The key of row i: views into the slices. */
struct key {
	struct gpq_text text[GPQ_KEY_TEXTS];
	int64_t us;
};

static void key_of(const struct gpq_row_check *check, const struct gpq_parquet_slice *slices, uint32_t i,
		   struct key *out)
{
	for (int k = 0; k < GPQ_KEY_TEXTS; k++)
		out->text[k] =
		    check->text_column[k] < 0 ? (struct gpq_text){ NULL, 0 } : slices[check->text_column[k]].texts[i];
	out->us = slices[check->column[GPQ_COLUMN_DATETIME_UTC]].words[i];
}

static int texts_compare(const struct gpq_text *a, const struct gpq_text *b, uint8_t which)
{
	for (int k = 0; k < GPQ_KEY_TEXTS; k++) {
		if (!(which >> k & 1))
			continue;
		int order = gpq_text_compare(a[k], b[k]);
		if (order)
			return order;
	}
	return 0;
}

static enum gpq_status last_keep(struct gpq_row_check *check, const struct key *key, bool texts, struct gpq_error *err)
{
	check->last_us = key->us;
	check->has_last = true;
	if (!texts)
		return GPQ_OK;
	for (int k = 0; k < GPQ_KEY_TEXTS; k++) {
		struct gpq_buf *buf = &check->last_bytes[k];
		gpq_buf_clear(buf);
		check->last_text[k] = (struct gpq_text){ NULL, 0 };
		if (!key->text[k].bytes)
			continue;
		GPQ_TRY(gpq_buf_reserve(buf, (size_t)key->text[k].len + 1, err));
		GPQ_TRY(gpq_buf_append(buf, key->text[k].bytes, key->text[k].len, err));
		check->last_text[k] = (struct gpq_text){ (const char *)buf->bytes, key->text[k].len };
	}
	return GPQ_OK;
}

static void key_say(struct gpq_row_check *check, enum gpq_finding kind, uint32_t group, uint64_t row,
		    const struct key *key, const char *what)
{
	char stamp[24] = "no time";
	struct gpq_text name = key->text[0];
	if (key->us > INT64_C(-62135596800000000) && key->us < INT64_C(253402300800000000))
		gpq_stamp_print(key->us / 1000000, stamp);
	gpq_findings_say(check->findings, kind,
			 (struct gpq_place){ .group = group, .row = (int64_t)row, .byte = -1, .column = NULL },
			 "%.*s at %s %s", (int)(name.len < 100 ? name.len : 100), name.bytes ? name.bytes : "", stamp,
			 what);
}

/* ---- renamed locations: the spans of time of each (key, name) ---- */

static size_t span_slot(const struct gpq_key_span *spans, size_t room, uint64_t hash, uint64_t era)
{
	size_t slot = (size_t)hash & (room - 1);
	while (spans[slot].era == era && spans[slot].hash != hash)
		slot = (slot + 1) & (room - 1);
	return slot;
}

static bool spans_grow(struct gpq_row_check *check)
{
	size_t room = check->spans_room ? check->spans_room * 2 : SPANS_FIRST;
	struct gpq_key_span *spans = NULL;
	if (room > SPANS_CAP ||
	    gpq_alloc_zero(check->budget, GPQ_TAG_CONVERT, room * sizeof(*spans), &spans, NULL) != GPQ_OK)
		return false;
	for (size_t i = 0; i < check->spans_room; i++)
		if (check->spans[i].era == check->era)
			spans[span_slot(spans, room, check->spans[i].hash, check->era)] = check->spans[i];
	gpq_free(check->budget, GPQ_TAG_CONVERT, check->spans, check->spans_room * sizeof(*check->spans));
	check->spans = spans;
	check->spans_room = room;
	return true;
}

/* The (key, name) under way is over: was its key seen under another name at the same time? */
void gpq_row_check_run_end(struct gpq_row_check *check, uint32_t group)
{
	if (!check->run_any || check->spans_full)
		return;
	check->run_any = false;
	if (check->spans_count * 2 >= check->spans_room && !spans_grow(check)) {
		check->spans_full = true;
		gpq_findings_note(check->findings,
				  "keys of renamed locations are not compared: too many locations for the bound");
		return;
	}
	struct gpq_key_span *span =
	    &check->spans[span_slot(check->spans, check->spans_room, check->run.hash, check->era)];
	if (span->era != check->era) {
		*span = check->run;
		check->spans_count++;
		return;
	}
	struct key key = { .us = check->run.min_us };
	memcpy(key.text, check->last_text, sizeof(key.text));
	/* Two spans that begin or end together certainly share an instant; two that only meet may be interleaved. */
	if (span->min_us == check->run.min_us || span->max_us == check->run.max_us)
		key_say(check, GPQ_FINDING_KEY, group, 0, &key, "has the key of another name at the same instant");
	else if (span->min_us <= check->run.max_us && check->run.min_us <= span->max_us)
		check->spans_unsure++;
	span->min_us = check->run.min_us < span->min_us ? check->run.min_us : span->min_us;
	span->max_us = check->run.max_us > span->max_us ? check->run.max_us : span->max_us;
}

static void run_take(struct gpq_row_check *check, const struct key *key, uint32_t group, bool texts_changed)
{
	if (check->key_texts & 1 << GPQ_TEXT_NAME || check->spans_full)
		return;
	if (check->by_time ? !check->run_any || texts_changed || key->us != check->run.min_us
			   : !check->run_any || texts_changed) {
		/* The texts of the run that ends are still the last ones. */
		gpq_row_check_run_end(check, group);
		if (check->by_time && check->has_last && key->us != check->last_us) {
			check->era++; /* keys of different instants are different: forget them all */
			check->spans_count = 0;
		}
		uint64_t hash = 0;
		for (int k = 0; k < GPQ_KEY_TEXTS; k++)
			if (check->key_texts >> k & 1)
				hash = hash * UINT64_C(0x9E3779B97F4A7C15) +
				       gpq_hash_of(key->text[k].bytes ? key->text[k].bytes : "", key->text[k].len).low +
				       (key->text[k].bytes == NULL);
		check->run = (struct gpq_key_span){ hash, key->us, key->us, check->era };
		check->run_any = true;
	}
	check->run.min_us = key->us < check->run.min_us ? key->us : check->run.min_us;
	check->run.max_us = key->us > check->run.max_us ? key->us : check->run.max_us;
}

/* ---- order, keys, revisions ---- */

static enum gpq_status current_take(struct gpq_row_check *check, const struct key *key, uint32_t group, uint64_t row,
				    struct gpq_error *err)
{
	int by_text = check->has_last ? texts_compare(key->text, check->last_text, check->sort_texts) : 1;
	int by_time = check->has_last ? (key->us > check->last_us) - (key->us < check->last_us) : 1;
	int order = check->by_time ? (by_time ? by_time : by_text) : (by_text ? by_text : by_time);
	if (order < 0 && check->claims->has_order)
		key_say(check, GPQ_FINDING_ORDER, group, row, key, "stands behind a row that it should be before");
	if (order == 0)
		key_say(check, GPQ_FINDING_KEY, group, row, key, "has the key of the current row before it");
	run_take(check, key, group, by_text != 0);
	return last_keep(check, key, by_text != 0 || !check->has_last, err);
}

enum gpq_status gpq_row_check_keys(struct gpq_row_check *check, const struct gpq_parquet_slice *slices, uint32_t group,
				   uint64_t row, uint32_t rows, struct gpq_error *err)
{
	const int64_t *current = slices[check->column[GPQ_COLUMN_IS_CURRENT]].words;
	for (uint32_t i = 0; i < rows; i++) {
		struct key key;
		key_of(check, slices, i, &key);
		check->rows++;
		if (current[i]) {
			check->current_rows++;
			GPQ_TRY(current_take(check, &key, group, row + i, err));
		} else if (!check->has_last || key.us != check->last_us ||
			   texts_compare(key.text, check->last_text, check->key_texts) != 0) {
			key_say(check, GPQ_FINDING_KEY, group, row + i, &key,
				"is not current and does not follow the current row of its key");
		}
	}
	return GPQ_OK;
}
