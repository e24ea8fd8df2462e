// SPDX-License-Identifier: MIT
/* Walks all market tables and refuses what a table must not say. Adding an ISO starts with this test. */
#include "market/market.h"
#include "table/cell.h"

#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <strings.h>
#include <unistd.h>

#include <cmocka.h>

#define NAMES 4

/* The place in the tables, for the message of a failure. */
#define REFUSE_UNLESS(condition, market, id)                                                                           \
	do {                                                                                                           \
		if (!(condition))                                                                                      \
			fail_msg("%s/%s: %s", (market)->iso, (id), #condition);                                        \
	} while (0)

static bool plain_word(const char *text) /* [a-z0-9_]+: names folders, files and JSON */
{
	for (const char *at = text; *at; at++)
		if (!islower((unsigned char)*at) && !isdigit((unsigned char)*at) && *at != '_')
			return false;
	return *text;
}

/* A part of a file's name, in small letters: what names are compared with. */
static bool name_word(const char *text)
{
	for (const char *at = text; *at; at++)
		if (!islower((unsigned char)*at) && !isdigit((unsigned char)*at) && *at != '_' && *at != '-')
			return false;
	return *text;
}

/* An operator's name of a report: "da_hrl_lmps", "NP4-190". */
static bool report_name(const char *text)
{
	for (const char *at = text; *at; at++)
		if (!isalnum((unsigned char)*at) && *at != '_' && *at != '-')
			return false;
	return *text;
}

static bool sentence(const char *text)
{
	size_t len = text ? strlen(text) : 0;
	return len > 10 && isupper((unsigned char)text[0]) && text[len - 1] == '.';
}

static bool table_has(enum gpq_table_id id, enum gpq_column_id column)
{
	const struct gpq_table *table = gpq_table_schema(id);
	for (uint32_t k = 0; k < table->n_columns; k++)
		if (table->columns[k].id == column)
			return table->columns[k].type == GPQ_TYPE_DOUBLE;
	return false;
}

static bool names_fold_equal(const char *a, const char *b)
{
	char folded_a[128], folded_b[128];
	uint32_t len_a = gpq_market_name_fold(gpq_text_of(a), folded_a, sizeof(folded_a));
	uint32_t len_b = gpq_market_name_fold(gpq_text_of(b), folded_b, sizeof(folded_b));
	return len_a == len_b && memcmp(folded_a, folded_b, len_a) == 0;
}

static void markets_are_named_and_have_a_clock(void **state)
{
	(void)state;
	uint32_t count;
	const struct gpq_market *const *markets = gpq_markets(&count);
	assert_true(count >= 1 && count <= 16); /* that a report has room for */
	for (uint32_t m = 0; m < count; m++) {
		const struct gpq_market *market = markets[m];
		REFUSE_UNLESS(plain_word(market->folder), market, "folder");
		REFUSE_UNLESS(strcasecmp(market->folder, market->iso) == 0, market, "folder");
		REFUSE_UNLESS(market->name && strlen(market->name) > 3, market, "name");
		REFUSE_UNLESS(market->n_datasets && market->n_feeds, market, "tables");
		char path[128];
		snprintf(path, sizeof(path), "/usr/share/zoneinfo/%s", market->zone);
		if (access("/usr/share/zoneinfo", R_OK) == 0)
			REFUSE_UNLESS(access(path, R_OK) == 0, market, market->zone);
		for (uint32_t other = 0; other < m; other++) /* ascending, so unique */
			REFUSE_UNLESS(strcmp(markets[other]->iso, market->iso) < 0, market, "order");
	}
}

static void check_cells(const struct gpq_market *market, const struct gpq_dataset *dataset)
{
	REFUSE_UNLESS(dataset->n_cells >= 1 && dataset->n_cells <= GPQ_MAX_CELLS, market, dataset->id);
	for (int k = 0; k < dataset->n_cells; k++) {
		if (dataset->cells[k].column == GPQ_COLUMN_INTERVAL_END_UTC)
			continue;
		REFUSE_UNLESS(table_has(dataset->table, dataset->cells[k].column), market, dataset->id);
		REFUSE_UNLESS(dataset->cells[k].column != GPQ_COLUMN_VOLTAGE_KV, market, dataset->id);
		REFUSE_UNLESS(dataset->cells[k].scale <= GPQ_CELL_MAX_SCALE, market, dataset->id);
		REFUSE_UNLESS(gpq_dataset_cell(dataset, dataset->cells[k].column) == k, market, dataset->id);
	}
	/* Where intervals follow each other, and only there, a cell is an interval's seconds. */
	int end = gpq_dataset_cell(dataset, GPQ_COLUMN_INTERVAL_END_UTC);
	REFUSE_UNLESS(dataset->tiles == (end >= 0), market, dataset->id);
	REFUSE_UNLESS(!dataset->tiles || (dataset->off_grid && dataset->interval_minutes == 5 && !dataset->cells[end].scale), market,
	              dataset->id);
	/* A total and its components are added up as cells, so that their scales are one. */
	int total = gpq_dataset_cell(dataset, GPQ_COLUMN_LMP_TOTAL);
	for (int column = GPQ_COLUMN_LMP_TOTAL; total >= 0 && column <= GPQ_COLUMN_LMP_GHG; column++) {
		int cell = gpq_dataset_cell(dataset, (enum gpq_column_id)column);
		REFUSE_UNLESS(cell < 0 || dataset->cells[cell].scale == dataset->cells[total].scale, market, dataset->id);
	}
	bool adds_up = total >= 0 && !dataset->derives_energy && gpq_dataset_cell(dataset, GPQ_COLUMN_LMP_ENERGY) >= 0;
	REFUSE_UNLESS(adds_up == (dataset->sum_slack > 0), market, dataset->id);
	if (dataset->derives_energy)
		REFUSE_UNLESS(gpq_dataset_cell(dataset, GPQ_COLUMN_LMP_ENERGY) >= 0 &&
				  gpq_dataset_cell(dataset, GPQ_COLUMN_LMP_TOTAL) >= 0,
			      market, dataset->id);
}

static void datasets_are_whole(void **state)
{
	(void)state;
	uint32_t count;
	const struct gpq_market *const *markets = gpq_markets(&count);
	for (uint32_t m = 0; m < count; m++) {
		const struct gpq_market *market = markets[m];
		for (uint32_t d = 0; d < market->n_datasets; d++) {
			const struct gpq_dataset *dataset = market->datasets[d];
			REFUSE_UNLESS(plain_word(dataset->id), market, dataset->id);
			REFUSE_UNLESS(sentence(dataset->doc), market, dataset->id);
			REFUSE_UNLESS(dataset->source && strlen(dataset->source) > 10, market, dataset->id);
			REFUSE_UNLESS((unsigned)dataset->table < GPQ_N_TABLES, market, dataset->id);
			REFUSE_UNLESS(strcmp(dataset->market_type, "DA") == 0 ||
					  strcmp(dataset->market_type, "RT") == 0,
				      market, dataset->id);
			/* Every dataset's id begins with its market, in small letters. */
			REFUSE_UNLESS(tolower((unsigned char)dataset->market_type[0]) == dataset->id[0] ||
					  (dataset->market_type[0] == 'R' && strncmp(dataset->id, "hasp_", 5) == 0),
				      market, dataset->id);
			REFUSE_UNLESS(dataset->interval_minutes && 60 % dataset->interval_minutes == 0, market,
				      dataset->id);
			REFUSE_UNLESS(dataset->partition == GPQ_PARTITION_YEAR ||
					  dataset->partition == GPQ_PARTITION_MONTH,
				      market, dataset->id);
			REFUSE_UNLESS(dataset->block_hours < 24
					  ? 24 % (dataset->block_hours ? dataset->block_hours : 24) == 0
					  : dataset->block_hours % 24 == 0,
				      market, dataset->id);
			/* The key is of texts that are columns; equipment is none. */
			uint8_t columns = dataset->table == GPQ_TABLE_ENERGY ? 1 << GPQ_TEXT_EQUIPMENT : 1 << 4;
			REFUSE_UNLESS(dataset->key_texts && dataset->key_texts < columns, market, dataset->id);
			check_cells(market, dataset);
			REFUSE_UNLESS(gpq_market_dataset(market, gpq_text_of(dataset->id)) == dataset, market,
				      dataset->id);
			bool fed = false;
			for (uint32_t f = 0; f < market->n_feeds; f++)
				fed |=
				    market->feeds[f]->outputs[0] == dataset || market->feeds[f]->outputs[1] == dataset;
			REFUSE_UNLESS(fed, market, dataset->id);
		}
	}
}

/* What a role can mean for a table. */
static bool role_fits(enum gpq_role role, enum gpq_table_id table)
{
	switch (role) {
	case GPQ_ROLE_NAME:
	case GPQ_ROLE_ID:
	case GPQ_ROLE_TYPE:
	case GPQ_ROLE_ZONE:
	case GPQ_ROLE_VOLTAGE:
	case GPQ_ROLE_EQUIPMENT:
		return table == GPQ_TABLE_ENERGY;
	case GPQ_ROLE_PRODUCT:
	case GPQ_ROLE_REGION:
	case GPQ_ROLE_RESOURCE:
	case GPQ_ROLE_UNIT:
		return table == GPQ_TABLE_ANCILLARY;
	default:
		return true;
	}
}

/* The columns of one table of a feed. */
struct columns {
	const struct gpq_feed_column *items;
	uint32_t count, table;
};

/* A column is found by each of its names; of blank ones by its place among these. */
static void check_names(const struct gpq_market *market, const struct gpq_feed *feed, const struct columns *columns,
			uint32_t at)
{
	const struct gpq_feed_column *column = &columns->items[at];
	REFUSE_UNLESS(column->names[0], market, feed->id);
	for (int n = 0; n < NAMES && column->names[n]; n++) {
		struct gpq_text names[64] = { { NULL, 0 } };
		char hour_name[80];
		uint32_t field = 0, hour;
		for (uint32_t k = 0; k < at && !*column->names[n]; k++) /* the blank ones before it */
			field += !*columns->items[k].names[0];
		snprintf(hour_name, sizeof(hour_name), "%s 24", column->names[n]);
		for (uint32_t k = 0; k <= field; k++)
			names[k] = gpq_text_of(column->role == GPQ_ROLE_HOURS ? hour_name : column->names[n]);
		struct gpq_header_names header = { names, field + 1, columns->table };
		REFUSE_UNLESS(gpq_market_header_column(feed, &header, field, &hour) == column, market, feed->id);
		REFUSE_UNLESS(hour == (column->role == GPQ_ROLE_HOURS ? 24 : 0), market, feed->id);
	}
}

static bool role_is_number(enum gpq_role role)
{
	return role == GPQ_ROLE_CELL || role == GPQ_ROLE_HOURS || role == GPQ_ROLE_PRODUCTS;
}

static void check_number(const struct gpq_market *market, const struct gpq_feed *feed, const struct columns *columns,
			 uint32_t at)
{
	const struct gpq_feed_column *column = &columns->items[at];
	REFUSE_UNLESS(column->output <= (feed->outputs[1] ? 2 : 0), market, feed->id);
	for (int o = 0; o < 2; o++) {
		if (!feed->outputs[o] || (column->output && column->output != o + 1))
			continue;
		if (column->column == GPQ_COLUMN_BY_COMPONENT)
			REFUSE_UNLESS(feed->n_components, market, feed->id);
		else
			REFUSE_UNLESS(gpq_dataset_cell(feed->outputs[o], column->column) >= 0, market,
				      column->names[0]);
		for (uint32_t other = 0; other < at; other++) /* a cell is filled once */
			REFUSE_UNLESS(column->role == GPQ_ROLE_PRODUCTS || !role_is_number(columns->items[other].role) ||
					  columns->items[other].column != column->column ||
					  (columns->items[other].output && column->output &&
					   columns->items[other].output != column->output),
				      market, column->names[0]);
	}
}

static void check_column(const struct gpq_market *market, const struct gpq_feed *feed, const struct columns *columns,
			 uint32_t at)
{
	const struct gpq_feed_column *column = &columns->items[at];
	check_names(market, feed, columns, at);
	if (role_is_number(column->role)) {
		check_number(market, feed, columns, at);
		return;
	}
	REFUSE_UNLESS(column->output == 0, market, feed->id);
	if (column->role != GPQ_ROLE_IGNORE)
		for (uint32_t other = 0; other < at; other++) /* a role is filled once */
			REFUSE_UNLESS(columns->items[other].role != column->role, market, feed->id);
}

/* A line tells its instant, in one way. */
static void check_time(const struct gpq_market *market, const struct gpq_feed *feed, const bool *has)
{
	bool local = has[GPQ_ROLE_START_LOCAL] || has[GPQ_ROLE_END_LOCAL];
	bool dated_above = feed->preamble_date && !local; /* else it completes a time of day */
	int ways = has[GPQ_ROLE_START_UTC] + has[GPQ_ROLE_START_LOCAL] + has[GPQ_ROLE_END_LOCAL] + has[GPQ_ROLE_DATE] + dated_above;
	ways += has[GPQ_ROLE_END_UTC] && !has[GPQ_ROLE_START_UTC]; /* beside a start it is compared */
	REFUSE_UNLESS(ways == 1, market, feed->id);
	/* What the wall clock says is compared with the end where a line tells no start. */
	REFUSE_UNLESS(!has[GPQ_ROLE_LOCAL_END_CHECK] ||
			  (has[GPQ_ROLE_END_UTC] && !has[GPQ_ROLE_START_UTC] && !has[GPQ_ROLE_LOCAL_CHECK]),
		      market, feed->id);
	REFUSE_UNLESS((has[GPQ_ROLE_HOURS] || has[GPQ_ROLE_HOUR_ENDING]) == (has[GPQ_ROLE_DATE] || dated_above), market, feed->id);
	REFUSE_UNLESS(!has[GPQ_ROLE_HOURS] || !has[GPQ_ROLE_HOUR_ENDING], market, feed->id);
	REFUSE_UNLESS(has[GPQ_ROLE_HOUR_ENDING] || !has[GPQ_ROLE_INTERVAL], market, feed->id);
	REFUSE_UNLESS(has[GPQ_ROLE_HOUR_ENDING] || has[GPQ_ROLE_START_LOCAL] || !has[GPQ_ROLE_REPEATED], market, feed->id);
	REFUSE_UNLESS(!has[GPQ_ROLE_HOUR_ENDING] || has[GPQ_ROLE_INTERVAL] == (feed->outputs[0]->interval_minutes < 60), market,
		      feed->id);
	REFUSE_UNLESS(local || !has[GPQ_ROLE_CLOCK], market, feed->id);
	REFUSE_UNLESS(local || has[GPQ_ROLE_HOUR_ENDING] || !feed->repeats_by_order, market, feed->id);
	REFUSE_UNLESS(!feed->repeats_by_order || !feed->outputs[1], market, feed->id);
	bool reads_above = feed->preamble_date || feed->date_behind || feed->published_behind || feed->name_behind;
	REFUSE_UNLESS(!reads_above || feed->preamble_lines, market, feed->id);
	REFUSE_UNLESS(!feed->date_behind || feed->preamble_date, market, feed->id);
	REFUSE_UNLESS(!feed->by_length || (has[GPQ_ROLE_END_UTC] && feed->outputs[1]), market, feed->id);
}

/* Each text of the key has a column, or a constant. Resources and regions may be unknown to a whole feed: they are
 * null. */
static void check_key(const struct gpq_market *market, const struct gpq_feed *feed, const struct columns *columns,
		      const struct gpq_dataset *output)
{
	bool has[64] = { false };
	for (uint32_t k = 0; k < columns->count; k++)
		has[columns->items[k].role] = true;
	check_time(market, feed, has);
	REFUSE_UNLESS(has[GPQ_ROLE_COMPONENT] == (feed->n_components > 0), market, feed->id);
	REFUSE_UNLESS(has[GPQ_ROLE_MARKET] == (feed->market_runs[0] != NULL), market, feed->id);
	if (output->table == GPQ_TABLE_ANCILLARY) {
		REFUSE_UNLESS(output->key_texts & 1 << GPQ_TEXT_PRODUCT, market, output->id);
		REFUSE_UNLESS(has[GPQ_ROLE_PRODUCT] + (feed->constant_product != NULL) + has[GPQ_ROLE_PRODUCTS] == 1, market,
			      feed->id);
		REFUSE_UNLESS(!has[GPQ_ROLE_PRODUCTS] || (!feed->outputs[1] && !has[GPQ_ROLE_CELL]), market, feed->id);
		return;
	}
	REFUSE_UNLESS(!feed->constant_product, market, feed->id);
	REFUSE_UNLESS(!(output->key_texts & 1 << GPQ_TEXT_NAME) || has[GPQ_ROLE_NAME] || has[GPQ_ROLE_ID], market, feed->id);
	REFUSE_UNLESS(!(output->key_texts & 1 << GPQ_TEXT_ID) || has[GPQ_ROLE_ID], market, feed->id);
	REFUSE_UNLESS(!(output->key_texts & 1 << GPQ_TEXT_TYPE) || has[GPQ_ROLE_TYPE], market, feed->id);
	/* Energy is published or derived, never both. */
	bool published = false;
	for (uint32_t k = 0; k < columns->count; k++)
		published |= columns->items[k].role == GPQ_ROLE_CELL && columns->items[k].column == GPQ_COLUMN_LMP_ENERGY;
	for (uint32_t k = 0; k < feed->n_components; k++)
		published |= feed->components[k].column == GPQ_COLUMN_LMP_ENERGY;
	REFUSE_UNLESS(!output->derives_energy || !published, market, feed->id);
}

static bool belongs(const struct gpq_market *market, const struct gpq_dataset *dataset)
{
	for (uint32_t d = 0; d < market->n_datasets; d++)
		if (market->datasets[d] == dataset)
			return true;
	return false;
}

/* Titles, market runs and components: whole texts, and such that the outputs have a place for them. */
static void check_words(const struct gpq_market *market, const struct gpq_feed *feed)
{
	for (int k = 0; k < 3 && feed->titles[k]; k++)
		REFUSE_UNLESS(strlen(feed->titles[k]) > 10 && feed->preamble_lines, market, feed->id);
	REFUSE_UNLESS(feed->preamble_lines <= 8 && feed->footer_lines <= 2, market, feed->id);
	REFUSE_UNLESS(feed->n_components <= 8, market, feed->id);
	for (int k = 0; k < feed->n_components; k++) {
		REFUSE_UNLESS(*feed->components[k].text, market, feed->id);
		for (int o = 0; o < 2 && feed->outputs[o]; o++)
			REFUSE_UNLESS(gpq_dataset_cell(feed->outputs[o], feed->components[k].column) >= 0, market,
				      feed->components[k].text);
		for (int other = 0; other < k; other++)
			REFUSE_UNLESS(strcmp(feed->components[other].text, feed->components[k].text) != 0 &&
					  feed->components[other].column != feed->components[k].column,
				      market, feed->components[k].text);
	}
	REFUSE_UNLESS((feed->second_columns != NULL) == (feed->n_second_columns > 0), market, feed->id);
	/* A search for the step overwrites the bytes that the second table is looked for in. */
	REFUSE_UNLESS(!feed->second_columns || feed->choice != GPQ_CHOICE_STEP, market, feed->id);
	for (int k = 0; k < NAMES && feed->forbidden[k]; k++) {
		const struct gpq_feed_column *own = gpq_market_feed_column(feed, gpq_text_of(feed->forbidden[k]));
		REFUSE_UNLESS(!own || !own->required, market, feed->id);
	}
	for (int k = 0; k < NAMES && feed->one_of[k]; k++)
		REFUSE_UNLESS(gpq_market_feed_column(feed, gpq_text_of(feed->one_of[k])), market, feed->id);
	for (int k = 0; k < NAMES && feed->name_words[k].word; k++) {
		REFUSE_UNLESS(name_word(feed->name_words[k].word), market, feed->id);
		REFUSE_UNLESS(feed->name_words[k].strength > 0, market, feed->id);
	}
}

static void check_table(const struct gpq_market *market, const struct gpq_feed *feed, const struct columns *columns)
{
	bool required = false, used = false;
	REFUSE_UNLESS(columns->count <= 64, market, feed->id);
	for (uint32_t k = 0; k < columns->count; k++) {
		check_column(market, feed, columns, k);
		required |= columns->items[k].required;
		used |= role_is_number(columns->items[k].role);
		REFUSE_UNLESS(!feed->outputs[0] || role_fits(columns->items[k].role, feed->outputs[0]->table), market,
			      feed->id);
	}
	REFUSE_UNLESS(required, market, feed->id);
	for (uint32_t k = 0; k < columns->count; k++) /* what a line is stands in front */
		REFUSE_UNLESS(columns->items[k].role != GPQ_ROLE_RECORD_KIND ||
				  (k == 0 && feed->preamble_lines && columns->items[k].names[0][0] == GPQ_RECORD_HEADER),
			      market, feed->id);
	REFUSE_UNLESS(used || feed->left_out, market, feed->id);
	for (int o = 0; o < 2 && feed->outputs[o]; o++)
		check_key(market, feed, columns, feed->outputs[o]);
}

static void check_feed(const struct gpq_market *market, const struct gpq_feed *feed)
{
	REFUSE_UNLESS(report_name(feed->id), market, feed->id);
	REFUSE_UNLESS(sentence(feed->doc), market, feed->id);
	REFUSE_UNLESS(feed->source && strlen(feed->source) > 10, market, feed->id);
	/* What is left out has a sentence and no output; what is not has an output. */
	REFUSE_UNLESS((feed->left_out != NULL) == (feed->outputs[0] == NULL), market, feed->id);
	REFUSE_UNLESS(!feed->left_out || strlen(feed->left_out) > 10, market, feed->id);
	/* Two outputs of one line are of one interval, or a line goes to that of its length. */
	REFUSE_UNLESS(!feed->outputs[1] || (feed->outputs[0] && feed->outputs[0] != feed->outputs[1] &&
					    (feed->outputs[0]->interval_minutes == feed->outputs[1]->interval_minutes) !=
						feed->by_length &&
					    feed->outputs[0]->table == feed->outputs[1]->table),
		      market, feed->id);
	check_table(market, feed, &(struct columns){ feed->columns, feed->n_columns, 0 });
	if (feed->second_columns)
		check_table(market, feed, &(struct columns){ feed->second_columns, feed->n_second_columns, 1 });
	check_words(market, feed);
	for (int o = 0; o < 2 && feed->outputs[o]; o++)
		REFUSE_UNLESS(belongs(market, feed->outputs[o]), market, feed->id);
}

static void feeds_are_whole(void **state)
{
	(void)state;
	uint32_t count;
	const struct gpq_market *const *markets = gpq_markets(&count);
	for (uint32_t m = 0; m < count; m++) {
		for (uint32_t f = 0; f < markets[m]->n_feeds; f++) {
			const struct gpq_feed *feed = markets[m]->feeds[f];
			check_feed(markets[m], feed);
			for (uint32_t other = 0; other < f; other++)
				REFUSE_UNLESS(strcmp(markets[m]->feeds[other]->id, feed->id) != 0 ||
						  markets[m]->feeds[other]->outputs[0] != feed->outputs[0],
					      markets[m], feed->id);
		}
	}
}

/* The published header of a table, hours across as they stand. */
static uint32_t header_write(const struct columns *columns, struct gpq_text names[64], char hours[24][40])
{
	uint32_t n = 0;
	for (uint32_t k = 0; k < columns->count; k++) {
		if (columns->items[k].role != GPQ_ROLE_HOURS) {
			names[n++] = gpq_text_of(columns->items[k].names[0]);
			continue;
		}
		for (int h = 0; h < 24; h++) {
			snprintf(hours[h], sizeof(hours[h]), "%s%s%d", columns->items[k].names[0], h % 2 ? "" : " ", h + 1);
			names[n++] = gpq_text_of(hours[h]);
		}
	}
	return n;
}

/* The whole published header of a feed is recognised as that feed, and as nothing that only the header could exclude.
 */
static void a_full_header_is_recognised_as_its_feed(void **state)
{
	(void)state;
	uint32_t count;
	const struct gpq_market *const *markets = gpq_markets(&count);
	for (uint32_t m = 0; m < count; m++) {
		for (uint32_t f = 0; f < markets[m]->n_feeds; f++) {
			const struct gpq_feed *feed = markets[m]->feeds[f];
			struct gpq_text names[64];
			char hours[24][40];
			struct columns columns = { feed->columns, feed->n_columns, 0 };
			assert_true(feed->n_columns <= 40);
			uint32_t n_names = header_write(&columns, names, hours);
			struct gpq_candidates found;
			gpq_market_recognise(names, n_names, &found);
			bool there = false;
			for (uint32_t k = 0; k < found.count; k++) {
				there |= found.items[k].feed == feed;
				REFUSE_UNLESS(found.count == 1 || found.items[k].feed->choice != GPQ_CHOICE_NONE,
					      markets[m], found.items[k].feed->id);
			}
			REFUSE_UNLESS(there, markets[m], feed->id);
			REFUSE_UNLESS(found.count < GPQ_MARKET_MAX_CANDIDATES, markets[m], feed->id);
			REFUSE_UNLESS(!gpq_market_is_second(feed, names, n_names), markets[m], feed->id);
			for (int o = 0; o < 2 && feed->outputs[o]; o++) { /* and --assume reaches it */
				char target[128];
				snprintf(target, sizeof(target), "%s/%s:%s", markets[m]->folder, feed->outputs[o]->id,
					 feed->id);
				REFUSE_UNLESS(gpq_market_assume(gpq_text_of(target), &found), markets[m], feed->id);
				REFUSE_UNLESS(found.count == 1 && found.items[0].feed == feed, markets[m], feed->id);
			}
			if (!feed->second_columns)
				continue;
			struct columns second = { feed->second_columns, feed->n_second_columns, 1 };
			n_names = header_write(&second, names, hours);
			REFUSE_UNLESS(gpq_market_is_second(feed, names, n_names), markets[m], feed->id);
		}
	}
}

static const char *const standards[] = { "REG_UP",      "REG_DOWN", "REG",       "REG_UP_MILEAGE", "REG_DOWN_MILEAGE",
					 "REG_MILEAGE", "SPIN",     "NON_SPIN",  "SUPPLEMENTAL",   "RESERVE_30",
					 "ECRS",        "RAMP_UP",  "RAMP_DOWN", "UNCERTAINTY_UP", "UNCERTAINTY_DOWN" };

static void products_are_unique_sourced_and_standard(void **state)
{
	(void)state;
	uint32_t count;
	const struct gpq_market *const *markets = gpq_markets(&count);
	for (uint32_t m = 0; m < count; m++) {
		for (uint32_t p = 0; p < markets[m]->n_products; p++) {
			const struct gpq_product *product = &markets[m]->products[p];
			REFUSE_UNLESS(product->published && *product->published, markets[m], "products");
			REFUSE_UNLESS(product->source && strlen(product->source) > 10, markets[m], product->published);
			bool known = !product->standard;
			for (size_t k = 0; k < sizeof(standards) / sizeof(standards[0]); k++)
				known |= product->standard && strcmp(product->standard, standards[k]) == 0;
			REFUSE_UNLESS(known, markets[m], product->published);
			for (uint32_t other = 0; other < p; other++)
				REFUSE_UNLESS(strcasecmp(markets[m]->products[other].published, product->published) !=
						  0,
					      markets[m], product->published);
		}
		for (uint32_t f = 0; f < markets[m]->n_feeds; f++) /* constants are products too */
			if (markets[m]->feeds[f]->constant_product)
				REFUSE_UNLESS(gpq_market_product_standard(
						  markets[m], gpq_text_of(markets[m]->feeds[f]->constant_product)),
					      markets[m], markets[m]->feeds[f]->id);
	}
}

static void ids_differ_also_when_folded(void **state)
{
	(void)state;
	uint32_t count;
	const struct gpq_market *const *markets = gpq_markets(&count);
	for (uint32_t m = 0; m < count; m++)
		for (uint32_t d = 0; d < markets[m]->n_datasets; d++)
			for (uint32_t other = 0; other < d; other++)
				REFUSE_UNLESS(
				    !names_fold_equal(markets[m]->datasets[other]->id, markets[m]->datasets[d]->id),
				    markets[m], markets[m]->datasets[d]->id);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(markets_are_named_and_have_a_clock),
		cmocka_unit_test(datasets_are_whole),
		cmocka_unit_test(feeds_are_whole),
		cmocka_unit_test(a_full_header_is_recognised_as_its_feed),
		cmocka_unit_test(products_are_unique_sourced_and_standard),
		cmocka_unit_test(ids_differ_also_when_folded),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
