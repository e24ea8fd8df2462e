// SPDX-License-Identifier: MIT
#include "base/json.h"
#include "market/market.h"
#include "table/cell.h"

#define TEXT_CAP_BYTES ((size_t)4 << 20) /* PJM takes 20 KiB */

/* ---- words for what the tables hold ---- */

/* The key columns of a dataset beside the instant, by enum gpq_location_text. */
static const char *key_column(const struct gpq_dataset *dataset, unsigned text)
{
	static const char *const energy[GPQ_LOCATION_TEXTS] = {
		[GPQ_TEXT_NAME] = "settlement_location",
		[GPQ_TEXT_ID] = "settlement_location_id",
		[GPQ_TEXT_TYPE] = "settlement_location_type",
		[GPQ_TEXT_ZONE] = "zone",
	};
	static const char *const ancillary[GPQ_LOCATION_TEXTS] = {
		[GPQ_TEXT_PRODUCT] = "as_product",
		[GPQ_TEXT_REGION] = "as_region",
		[GPQ_TEXT_RESOURCE] = "settlement_location",
		[GPQ_TEXT_UNIT] = "unit",
	};
	if (!(dataset->key_texts & 1u << text))
		return NULL;
	return dataset->table == GPQ_TABLE_ENERGY ? energy[text] : ancillary[text];
}

static const char *partition_word(const struct gpq_dataset *dataset)
{
	return dataset->partition == GPQ_PARTITION_MONTH ? "month" : "year";
}

/* What tells the feed from others with its header. */
static const char *choice_word(const struct gpq_feed *feed)
{
	static const char *const words[] = {
		[GPQ_CHOICE_NONE] = "header", [GPQ_CHOICE_STEP] = "step", [GPQ_CHOICE_NAME] = "name", [GPQ_CHOICE_RUN] = "run",
		[GPQ_CHOICE_STAMPS] = "stamps",      [GPQ_CHOICE_NAMED] = "named", [GPQ_CHOICE_NAMED_OR_STEP] = "named_or_step",
	};
	return words[feed->choice];
}

static const char *column_name(const struct gpq_dataset *dataset, enum gpq_column_id id)
{
	const struct gpq_table *table = gpq_table_schema(dataset->table);
	for (uint32_t k = 0; k < table->n_columns; k++)
		if (table->columns[k].id == id)
			return table->columns[k].name;
	return NULL;
}

/* ---- JSON; docs/JSON.md names the keys ---- */

static void array_member(struct gpq_json *json, const char *key)
{
	gpq_json_key(json, key);
	gpq_json_array_begin(json);
}

static void dataset_json(struct gpq_json *json, const struct gpq_dataset *dataset)
{
	gpq_json_object_begin(json);
	gpq_json_member_text(json, "id", dataset->id);
	gpq_json_member_text(json, "table", gpq_table_schema(dataset->table)->name);
	gpq_json_member_text(json, "market_type", dataset->market_type);
	gpq_json_member_uint64(json, "interval_minutes", dataset->interval_minutes);
	gpq_json_member_text(json, "partition", partition_word(dataset));
	gpq_json_key(json, "block_hours");
	if (dataset->block_hours)
		gpq_json_uint64(json, dataset->block_hours);
	else
		gpq_json_null(json);
	array_member(json, "key");
	gpq_json_text(json, "datetime_utc");
	for (unsigned text = 0; text < GPQ_LOCATION_TEXTS; text++)
		if (key_column(dataset, text))
			gpq_json_text(json, key_column(dataset, text));
	gpq_json_array_end(json);
	array_member(json, "values");
	for (unsigned k = 0; k < dataset->n_cells; k++)
		gpq_json_text(json, column_name(dataset, dataset->cells[k].column));
	gpq_json_array_end(json);
	gpq_json_member_bool(json, "derives_energy", dataset->derives_energy);
	gpq_json_key(json, "sum_slack");
	if (dataset->sum_slack)
		gpq_json_double(json, gpq_cell_to_double(dataset->sum_slack, dataset->cells[0].scale));
	else
		gpq_json_null(json);
	gpq_json_member_text(json, "doc", dataset->doc);
	gpq_json_member_text(json, "source", dataset->source);
	gpq_json_object_end(json);
}

/* A column's name, whichever table has it. */
static const char *column_of_any(enum gpq_column_id id)
{
	for (int t = 0; t < GPQ_N_TABLES; t++) {
		const struct gpq_table *table = gpq_table_schema((enum gpq_table_id)t);
		for (uint32_t k = 0; k < table->n_columns; k++)
			if (table->columns[k].id == id)
				return table->columns[k].name;
	}
	return NULL;
}

static void texts_json(struct gpq_json *json, const char *key, const char *const *texts, size_t most)
{
	array_member(json, key);
	for (size_t k = 0; k < most && texts[k]; k++)
		gpq_json_text(json, texts[k]);
	gpq_json_array_end(json);
}

static void columns_json(struct gpq_json *json, const char *key, const struct gpq_feed_column *columns, unsigned count)
{
	array_member(json, key);
	for (unsigned k = 0; k < count; k++) {
		const struct gpq_feed_column *column = &columns[k];
		gpq_json_object_begin(json);
		gpq_json_member_text(json, "name", column->names[0]);
		texts_json(json, "other_names", column->names + 1, sizeof(column->names) / sizeof(column->names[0]) - 1);
		gpq_json_member_bool(json, "required", column->required);
		gpq_json_member_bool(json, "used", column->role != GPQ_ROLE_IGNORE);
		gpq_json_member_uint64(json, "fields", column->role == GPQ_ROLE_HOURS ? GPQ_HOURS_ACROSS : 1);
		gpq_json_object_end(json);
	}
	gpq_json_array_end(json);
}

static void feed_json(struct gpq_json *json, const struct gpq_feed *feed)
{
	gpq_json_object_begin(json);
	gpq_json_member_text(json, "id", feed->id);
	array_member(json, "datasets");
	for (int k = 0; k < 2; k++)
		if (feed->outputs[k])
			gpq_json_text(json, feed->outputs[k]->id);
	gpq_json_array_end(json);
	gpq_json_member_text(json, "told_by", choice_word(feed));
	columns_json(json, "columns", feed->columns, feed->n_columns);
	columns_json(json, "second_columns", feed->second_columns, feed->n_second_columns);
	texts_json(json, "titles", feed->titles, sizeof(feed->titles) / sizeof(feed->titles[0]));
	texts_json(json, "market_runs", feed->market_runs, sizeof(feed->market_runs) / sizeof(feed->market_runs[0]));
	array_member(json, "names");
	for (unsigned k = 0; k < sizeof(feed->name_words) / sizeof(feed->name_words[0]) && feed->name_words[k].word; k++)
		gpq_json_text(json, feed->name_words[k].word);
	gpq_json_array_end(json);
	array_member(json, "components");
	for (unsigned k = 0; k < feed->n_components; k++) {
		gpq_json_object_begin(json);
		gpq_json_member_text(json, "text", feed->components[k].text);
		gpq_json_member_text(json, "column", column_of_any(feed->components[k].column));
		gpq_json_object_end(json);
	}
	gpq_json_array_end(json);
	gpq_json_member_uint64(json, "preamble_lines", feed->preamble_lines);
	gpq_json_member_bool(json, "preamble_date", feed->preamble_date);
	gpq_json_member_text(json, "date_behind", feed->date_behind);
	gpq_json_member_text(json, "published_behind", feed->published_behind);
	gpq_json_member_text(json, "name_behind", feed->name_behind);
	gpq_json_member_uint64(json, "footer_lines", feed->footer_lines);
	gpq_json_member_bool(json, "by_length", feed->by_length);
	gpq_json_member_text(json, "left_out", feed->left_out);
	gpq_json_member_text(json, "doc", feed->doc);
	gpq_json_member_text(json, "source", feed->source);
	gpq_json_object_end(json);
}

static const char *finality_word(enum gpq_finality finality)
{
	static const char *const words[] = {
		[GPQ_FINALITY_PRELIM] = "prelim",
		[GPQ_FINALITY_UNMARKED] = NULL,
		[GPQ_FINALITY_REPRICED] = "repriced",
		[GPQ_FINALITY_FINAL] = "final",
	};
	return words[finality];
}

static void finality_json(struct gpq_json *json, const struct gpq_market *market)
{
	static const char *const stamps[] = {
		[GPQ_PUBLISH_NONE] = NULL,
		[GPQ_PUBLISH_OASIS_NAME] = "YYYYMMDD_HH_MM_SS_v",
		[GPQ_PUBLISH_MIS_NAME] = "YYYYMMDD.HHMMSS",
	};
	array_member(json, "finality_words");
	for (uint32_t k = 0; k < market->n_finality_words; k++) {
		gpq_json_object_begin(json);
		gpq_json_member_text(json, "word", market->finality_words[k].word);
		gpq_json_member_text(json, "finality", finality_word(market->finality_words[k].finality));
		gpq_json_object_end(json);
	}
	gpq_json_array_end(json);
	gpq_json_member_text(json, "publish_stamp", stamps[market->publish_stamp]);
}

static void market_json(struct gpq_json *json, const struct gpq_market *market)
{
	gpq_json_object_begin(json);
	gpq_json_member_text(json, "iso", market->iso);
	gpq_json_member_text(json, "name", market->name);
	gpq_json_member_text(json, "folder", market->folder);
	gpq_json_member_text(json, "zone", market->zone);
	finality_json(json, market);
	array_member(json, "datasets");
	for (uint32_t k = 0; k < market->n_datasets; k++)
		dataset_json(json, market->datasets[k]);
	gpq_json_array_end(json);
	array_member(json, "feeds");
	for (uint32_t k = 0; k < market->n_feeds; k++)
		feed_json(json, market->feeds[k]);
	gpq_json_array_end(json);
	array_member(json, "products");
	for (uint32_t k = 0; k < market->n_products; k++) {
		gpq_json_object_begin(json);
		gpq_json_member_text(json, "published", market->products[k].published);
		gpq_json_member_text(json, "standard", market->products[k].standard);
		gpq_json_member_text(json, "source", market->products[k].source);
		gpq_json_object_end(json);
	}
	gpq_json_array_end(json);
	gpq_json_object_end(json);
}

static enum gpq_status formats_json(struct gpq_buf *out, struct gpq_error *err)
{
	struct gpq_json json;
	uint32_t n_markets;
	const struct gpq_market *const *markets = gpq_markets(&n_markets);
	gpq_json_init(&json, out);
	gpq_json_object_begin(&json);
	gpq_json_member_uint64(&json, "schema_version", GPQ_SCHEMA_VERSION);
	array_member(&json, "markets");
	for (uint32_t k = 0; k < n_markets; k++)
		market_json(&json, markets[k]);
	gpq_json_array_end(&json);
	gpq_json_object_end(&json);
	GPQ_TRY(gpq_json_finish(&json, err));
	return gpq_buf_append(out, "\n", 1, err);
}

/* ---- text ---- */

static enum gpq_status dataset_text(struct gpq_buf *out, const struct gpq_dataset *dataset, struct gpq_error *err)
{
	GPQ_TRY(gpq_buf_printf(out, err, "  %s\n    %s\n    table %s, %s, %u min, one file a %s, ", dataset->id,
			       dataset->doc, gpq_table_schema(dataset->table)->name, dataset->market_type,
			       dataset->interval_minutes, partition_word(dataset)));
	if (dataset->block_hours % 24 == 0 && dataset->block_hours)
		GPQ_TRY(gpq_buf_printf(out, err, "blocks of %u day%s\n", dataset->block_hours / 24,
				       dataset->block_hours == 24 ? "" : "s"));
	else if (dataset->block_hours)
		GPQ_TRY(gpq_buf_printf(out, err, "blocks of %u hours\n", dataset->block_hours));
	else
		GPQ_TRY(gpq_buf_printf(out, err, "one block a file\n"));
	GPQ_TRY(gpq_buf_printf(out, err, "    key datetime_utc"));
	for (unsigned text = 0; text < GPQ_LOCATION_TEXTS; text++)
		if (key_column(dataset, text))
			GPQ_TRY(gpq_buf_printf(out, err, ", %s", key_column(dataset, text)));
	return gpq_buf_append(out, "\n", 1, err);
}

/* What is not one line with all cells of a row. */
static enum gpq_status layout_text(struct gpq_buf *out, const struct gpq_feed *feed, struct gpq_error *err)
{
	for (unsigned k = 0; k < feed->n_components; k++)
		GPQ_TRY(gpq_buf_printf(out, err, "%s%s is %s%s", k ? ", " : "    ", feed->components[k].text,
				       column_of_any(feed->components[k].column),
				       k + 1 == feed->n_components ? "\n" : ""));
	if (feed->preamble_date)
		GPQ_TRY(gpq_buf_printf(out, err, "    the delivery date stands above the header\n"));
	if (feed->second_columns)
		GPQ_TRY(gpq_buf_printf(out, err, "    a second table below the first begins with %s\n",
				       feed->second_columns[0].names[0]));
	if (feed->by_length)
		GPQ_TRY(gpq_buf_printf(out, err, "    a row goes to the dataset of its own length\n"));
	return GPQ_OK;
}

static enum gpq_status feed_text(struct gpq_buf *out, const struct gpq_feed *feed, struct gpq_error *err)
{
	static const char *const told[] = {
		[GPQ_CHOICE_NONE] = "",
		[GPQ_CHOICE_STEP] = ", the step between instants",
		[GPQ_CHOICE_NAME] = ", the file's name",
		[GPQ_CHOICE_RUN] = ", the market run of its lines",
		[GPQ_CHOICE_STAMPS] = ", its stamps and the file's name",
		[GPQ_CHOICE_NAMED] = ", a word of the file's name",
		[GPQ_CHOICE_NAMED_OR_STEP] = ", a word of the file's name or the step between instants",
	};
	GPQ_TRY(gpq_buf_printf(out, err, "  %s -> ", feed->id));
	if (feed->left_out)
		GPQ_TRY(gpq_buf_printf(out, err, "left out: %s\n", feed->left_out));
	else
		GPQ_TRY(gpq_buf_printf(out, err, "%s%s%s\n", feed->outputs[0]->id, feed->outputs[1] ? ", " : "",
				       feed->outputs[1] ? feed->outputs[1]->id : ""));
	GPQ_TRY(gpq_buf_printf(out, err, "    %s\n    told by its header%s%s; needs:", feed->doc,
			       feed->titles[0] ? ", the title above it" : "", told[feed->choice]));
	for (unsigned k = 0; k < feed->n_columns; k++)
		if (feed->columns[k].required && *feed->columns[k].names[0])
			GPQ_TRY(gpq_buf_printf(out, err, " %s%s", feed->columns[k].names[0],
					       feed->columns[k].role == GPQ_ROLE_HOURS ? "1..24" : ""));
	GPQ_TRY(gpq_buf_append(out, "\n", 1, err));
	return layout_text(out, feed, err);
}

static enum gpq_status market_text(struct gpq_buf *out, const struct gpq_market *market, struct gpq_error *err)
{
	GPQ_TRY(gpq_buf_printf(out, err, "%s: %s, clock %s\n\ndatasets (written below OUT/%s/):\n", market->iso,
			       market->name, market->zone, market->folder));
	for (uint32_t k = 0; k < market->n_datasets; k++)
		GPQ_TRY(dataset_text(out, market->datasets[k], err));
	GPQ_TRY(gpq_buf_printf(out, err, "\nfeeds (read):\n"));
	for (uint32_t k = 0; k < market->n_feeds; k++)
		GPQ_TRY(feed_text(out, market->feeds[k], err));
	GPQ_TRY(gpq_buf_printf(out, err, "\nproducts (as_product -> as_product_standard):\n"));
	for (uint32_t k = 0; k < market->n_products; k++)
		GPQ_TRY(gpq_buf_printf(out, err, "  %s -> %s\n", market->products[k].published,
				       market->products[k].standard ? market->products[k].standard : "none"));
	return GPQ_OK;
}

static enum gpq_status formats_text(struct gpq_buf *out, struct gpq_error *err)
{
	uint32_t n_markets;
	const struct gpq_market *const *markets = gpq_markets(&n_markets);
	for (uint32_t k = 0; k < n_markets; k++) {
		if (k)
			GPQ_TRY(gpq_buf_append(out, "\n", 1, err));
		GPQ_TRY(market_text(out, markets[k], err));
	}
	return GPQ_OK;
}

enum gpq_status gpq_formats(enum gpq_report report, const struct gpq_hooks *hooks, struct gpq_error *err)
{
	struct gpq_budget budget;
	struct gpq_buf out;
	gpq_budget_init(&budget, 2 * TEXT_CAP_BYTES); /* a buffer that grows is there twice for a moment */
	gpq_buf_init(&out, &budget, GPQ_TAG_MARKET, TEXT_CAP_BYTES);
	enum gpq_status status = GPQ_OK;
	if (report != GPQ_REPORT_NONE)
		status = report == GPQ_REPORT_JSON ? formats_json(&out, err) : formats_text(&out, err);
	if (status == GPQ_OK && out.len && hooks && hooks->result)
		hooks->result(hooks->context, (const char *)out.bytes, out.len);
	gpq_buf_done(&out);
	gpq_budget_done(&budget);
	return status;
}
