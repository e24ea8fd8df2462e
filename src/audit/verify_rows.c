// SPDX-License-Identifier: MIT
#include "audit/verify_rows.h"

#include "io/source.h"

#define TEXT_CAP      ((size_t)16 << 20)
#define SOURCES_FIRST ((size_t)256)

/* Which columns of the file the texts of a location stand in (table/locations.h). */
static void texts_place(struct gpq_row_check *check)
{
	const struct gpq_file_claims *claims = check->claims;
	static const enum gpq_column_id columns[GPQ_N_TABLES][GPQ_KEY_TEXTS] = {
		[GPQ_TABLE_ENERGY] = { GPQ_COLUMN_SETTLEMENT_LOCATION, GPQ_COLUMN_SETTLEMENT_LOCATION_ID,
				       GPQ_COLUMN_SETTLEMENT_LOCATION_TYPE },
		[GPQ_TABLE_ANCILLARY] = { GPQ_COLUMN_AS_PRODUCT, GPQ_COLUMN_AS_REGION, GPQ_COLUMN_SETTLEMENT_LOCATION },
	};
	enum gpq_table_id table = claims->table->id;
	for (int k = 0; k < GPQ_KEY_TEXTS; k++)
		check->text_column[k] = check->column[columns[table][k]];
	if (claims->dataset)
		check->key_texts = claims->dataset->key_texts;
	else
		check->key_texts = table == GPQ_TABLE_ENERGY ? 1 << GPQ_TEXT_NAME | 1 << GPQ_TEXT_ID : 7;
	check->sort_texts = check->key_texts | 1; /* text 0 leads the order also where the key is without it */
}

enum gpq_status gpq_row_check_init(struct gpq_row_check *check, struct gpq_budget *budget,
				   struct gpq_findings *findings, const struct gpq_file_claims *claims,
				   const struct gpq_parquet_reader *reader, struct gpq_error *err)
{
	*check = (struct gpq_row_check){ .budget = budget, .findings = findings, .claims = claims, .era = 1 };
	for (int i = 0; i < GPQ_N_COLUMNS; i++)
		check->column[i] = -1;
	for (uint32_t i = 0; i < claims->table->n_columns; i++) {
		int at = gpq_parquet_reader_leaf(reader, claims->table->columns[i].name);
		if (at < 0)
			return gpq_fail(err, GPQ_E_BUG, "rows are checked of a file without the column %s",
					claims->table->columns[i].name);
		check->column[claims->table->columns[i].id] = at;
	}
	texts_place(check);
	check->by_time = claims->has_order && claims->order == GPQ_ORDER_TIME;
	gpq_instants_init(&check->instants, budget);
	for (int k = 0; k < GPQ_KEY_TEXTS; k++)
		gpq_buf_init(&check->last_bytes[k], budget, GPQ_TAG_CONVERT, TEXT_CAP);
	return GPQ_OK;
}

void gpq_row_check_done(struct gpq_row_check *check)
{
	if (!check->budget)
		return;
	gpq_instants_done(&check->instants);
	for (int k = 0; k < GPQ_KEY_TEXTS; k++)
		gpq_buf_done(&check->last_bytes[k]);
	gpq_free(check->budget, GPQ_TAG_CONVERT, check->spans, check->spans_room * sizeof(*check->spans));
	gpq_free(check->budget, GPQ_TAG_CONVERT, check->sources, check->sources_room * sizeof(*check->sources));
	*check = (struct gpq_row_check){ .budget = NULL };
}

void gpq_row_check_group_begin(struct gpq_row_check *check)
{
	check->group_any = false;
	if (check->claims->has_order && check->claims->order == GPQ_ORDER_BLOCK) {
		/* A block is sorted by itself, and its keys are in no other. */
		check->has_last = false;
		check->run_any = false;
		check->era++;
		check->spans_count = 0;
	}
}

static void reach_take(struct gpq_row_check *check, const struct gpq_parquet_slice *slices, uint32_t rows)
{
	const int64_t *us = slices[check->column[GPQ_COLUMN_DATETIME_UTC]].words;
	const int64_t *day = slices[check->column[GPQ_COLUMN_DELIVERY_DATE]].words;
	if (!check->group_any && rows) {
		check->group_min_us = check->group_max_us = us[0];
		check->group_min_day = check->group_max_day = (int32_t)day[0];
		check->group_any = true;
	}
	for (uint32_t i = 0; i < rows; i++) {
		check->group_min_us = us[i] < check->group_min_us ? us[i] : check->group_min_us;
		check->group_max_us = us[i] > check->group_max_us ? us[i] : check->group_max_us;
		check->group_min_day = day[i] < check->group_min_day ? (int32_t)day[i] : check->group_min_day;
		check->group_max_day = day[i] > check->group_max_day ? (int32_t)day[i] : check->group_max_day;
	}
}

/* ---- the dataset's constants ---- */

static void constant_check(struct gpq_row_check *check, const struct gpq_parquet_slice *slices, enum gpq_column_id id,
			   struct gpq_text wanted, uint32_t group, uint64_t row, uint32_t rows)
{
	const struct gpq_text *texts = slices[check->column[id]].texts;
	const char *seen = NULL; /* where the bytes are those of the row before, they need no look */
	for (uint32_t i = 0; i < rows && wanted.bytes; i++) {
		if (texts[i].bytes == seen && texts[i].len == wanted.len)
			continue;
		if (gpq_text_equal(texts[i], wanted)) {
			seen = texts[i].bytes;
			continue;
		}
		struct gpq_place place = { .group = group, .row = (int64_t)(row + i), .byte = -1, .column = NULL };
		gpq_findings_say(check->findings, GPQ_FINDING_VALUE, place,
				 "'%.*s' stands where the file has '%.*s' (%s)",
				 (int)(texts[i].len < 60 ? texts[i].len : 60), texts[i].bytes,
				 (int)(wanted.len < 60 ? wanted.len : 60), wanted.bytes,
				 id == GPQ_COLUMN_ISO       ? "iso"
				 : id == GPQ_COLUMN_DATASET ? "dataset"
							    : "market_type");
	}
}

/* Words that are none, or any where no file of the market says one. */
static void finality_check(struct gpq_row_check *check, const struct gpq_parquet_slice *slices, uint32_t group,
			   uint64_t row, uint32_t rows)
{
	const struct gpq_text *texts = slices[check->column[GPQ_COLUMN_FINALITY]].texts;
	const struct gpq_market *market = check->claims->market;
	bool none = market && !market->n_finality_words;
	const char *seen = NULL;
	for (uint32_t i = 0; i < rows; i++) {
		if (!texts[i].bytes || texts[i].bytes == seen)
			continue;
		bool known = gpq_text_equal(texts[i], gpq_text_of("final")) ||
			     gpq_text_equal(texts[i], gpq_text_of("prelim"));
		seen = texts[i].bytes;
		if (known && !none)
			continue;
		struct gpq_place place = { .group = group, .row = (int64_t)(row + i), .byte = -1, .column = NULL };
		gpq_findings_say(check->findings, GPQ_FINDING_VALUE, place, "'%.*s' stands as the finality%s",
				 (int)(texts[i].len < 60 ? texts[i].len : 60), texts[i].bytes,
				 none ? ", which the market does not publish" : "");
	}
}

/* ---- sources ---- */

static struct gpq_source_seen *source_slot(struct gpq_source_seen *sources, size_t room, uint64_t hash)
{
	size_t slot = (size_t)hash & (room - 1);
	while (sources[slot].rows && sources[slot].hash != hash)
		slot = (slot + 1) & (room - 1);
	return &sources[slot];
}

static enum gpq_status sources_grow(struct gpq_row_check *check, struct gpq_error *err)
{
	size_t room = check->sources_room ? check->sources_room * 2 : SOURCES_FIRST;
	struct gpq_source_seen *sources = NULL;
	GPQ_TRY(gpq_alloc_zero(check->budget, GPQ_TAG_CONVERT, room * sizeof(*sources), &sources, err));
	for (size_t i = 0; i < check->sources_room; i++)
		if (check->sources[i].rows)
			*source_slot(sources, room, check->sources[i].hash) = check->sources[i];
	gpq_free(check->budget, GPQ_TAG_CONVERT, check->sources, check->sources_room * sizeof(*check->sources));
	check->sources = sources;
	check->sources_room = room;
	return GPQ_OK;
}

static enum gpq_status sources_take(struct gpq_row_check *check, const struct gpq_parquet_slice *slices, uint32_t rows,
				    struct gpq_error *err)
{
	const struct gpq_text *texts = slices[check->column[GPQ_COLUMN_SOURCE_FILE]].texts;
	struct gpq_source_seen *seen = NULL;
	struct gpq_text last = { NULL, 0 };
	for (uint32_t i = 0; i < rows; i++) {
		if (!seen || texts[i].bytes != last.bytes || texts[i].len != last.len) {
			last = texts[i];
			size_t len = last.len;
			if (len > 3 && memcmp(last.bytes + len - 3, ".gz", 3) == 0)
				len -= 3;
			uint64_t hash = gpq_hash_of(last.bytes, len).low;
			if (check->sources_count * 2 >= check->sources_room)
				GPQ_TRY(sources_grow(check, err));
			seen = source_slot(check->sources, check->sources_room, hash);
			check->sources_count += seen->rows == 0;
			seen->hash = hash;
		}
		seen->rows++;
	}
	return GPQ_OK;
}

/* ---- rows ---- */

enum gpq_status gpq_row_check_rows(struct gpq_row_check *check, const struct gpq_parquet_slice *slices, uint32_t group,
				   uint64_t row, uint32_t rows, struct gpq_error *err)
{
	const struct gpq_file_claims *claims = check->claims;
	struct gpq_text market = gpq_text_of(claims->dataset ? claims->dataset->market_type : NULL);
	reach_take(check, slices, rows);
	constant_check(check, slices, GPQ_COLUMN_ISO, claims->iso, group, row, rows);
	constant_check(check, slices, GPQ_COLUMN_DATASET, claims->dataset_id, group, row, rows);
	constant_check(check, slices, GPQ_COLUMN_MARKET_TYPE, market, group, row, rows);
	finality_check(check, slices, group, row, rows);
	gpq_row_check_times(check, slices, group, row, rows);
	gpq_row_check_prices(check, slices, group, row, rows);
	GPQ_TRY(sources_take(check, slices, rows, err));
	return gpq_row_check_keys(check, slices, group, row, rows, err);
}

/* A row group is one block of the dataset: its first and its last row are in the same one. */
static void block_check(struct gpq_row_check *check, struct gpq_place place)
{
	const struct gpq_file_claims *claims = check->claims;
	if (!claims->dataset || !claims->zone || !claims->has_partition)
		return;
	bool monthly = claims->end_day - claims->first_day <= 31;
	struct gpq_calendar calendar = gpq_calendar_of(claims->dataset, claims->zone, GPQ_ORDER_BLOCK,
						       monthly ? GPQ_PARTITION_MONTH : GPQ_PARTITION_YEAR);
	if (gpq_calendar_span(&calendar, check->group_min_us / 1000000).key !=
	    gpq_calendar_span(&calendar, check->group_max_us / 1000000).key)
		gpq_findings_say(check->findings, GPQ_FINDING_ORDER, place, "its rows are of more than one block");
}

void gpq_row_check_group_end(struct gpq_row_check *check, uint32_t group)
{
	const struct gpq_file_claims *claims = check->claims;
	bool blocks = claims->has_order && claims->order == GPQ_ORDER_BLOCK;
	if (blocks)
		gpq_row_check_run_end(check, group);
	gpq_row_check_prices_group_end(check);
	if (!check->group_any)
		return;
	struct gpq_place place = { .group = group, .row = -1, .byte = -1, .column = NULL };
	/* Blocks of some hours share a delivery date; their instants are disjoint all the same. */
	bool shares_days = claims->dataset && claims->dataset->block_hours % 24 != 0;
	if (blocks)
		block_check(check, place);
	if (blocks && check->before_any && check->group_min_us <= check->before_max_us)
		gpq_findings_say(check->findings, GPQ_FINDING_ORDER, place,
				 "its rows begin before those of the row groups before it end");
	else if (blocks && check->before_any && !shares_days && check->group_min_day <= check->before_max_day)
		gpq_findings_say(check->findings, GPQ_FINDING_ORDER, place,
				 "it has a delivery date of the row groups before it");
	if (!check->before_any || check->group_max_us > check->before_max_us)
		check->before_max_us = check->group_max_us;
	if (!check->before_any || check->group_max_day > check->before_max_day)
		check->before_max_day = check->group_max_day;
	check->before_any = true;
}

enum gpq_status gpq_row_check_end(struct gpq_row_check *check, struct gpq_error *err)
{
	gpq_row_check_run_end(check, 0);
	if (check->spans_unsure)
		gpq_findings_note(check->findings,
				  "%llu locations have two names within the same time; that no key stands twice is not "
				  "shown for them",
				  (unsigned long long)check->spans_unsure);
	gpq_row_check_prices_end(check);
	return gpq_row_check_days(check, err);
}
