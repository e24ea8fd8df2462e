// SPDX-License-Identifier: MIT
#include "convert/sidecar.h"

#include "base/json.h"
#include "convert/block_survey.h"
#include "convert/stage.h"
#include "table/cell.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#define PIECE_BYTES ((size_t)64 << 10)
#define FLUSH_BYTES ((size_t)32 << 10)

/* A JSON file being written piece by piece. */
struct page {
	struct gpq_sidecars *sidecars;
	struct gpq_sink *sink;
	struct gpq_buf text;
	struct gpq_json json;
};

static enum gpq_status page_open(struct page *page, struct gpq_sidecars *sidecars, const char *name, struct gpq_error *err)
{
	char path[4096];
	struct gpq_run *run = sidecars->run;
	if (sidecars->count == GPQ_SIDECARS_MAX)
		return gpq_fail(err, GPQ_E_BUG, "there is no room for %s beside %u others", name, sidecars->count);
	*page = (struct page){ .sidecars = sidecars };
	snprintf(path, sizeof(path), "%s/%s", run->settings->output, name);
	GPQ_TRY(gpq_sink_open(run->budget, path, &page->sink, err));
	gpq_buf_init(&page->text, run->budget, GPQ_TAG_CONVERT, PIECE_BYTES);
	gpq_json_init(&page->json, &page->text);
	return GPQ_OK;
}

static enum gpq_status page_flush(struct page *page, size_t beyond, struct gpq_error *err)
{
	if (page->text.len <= beyond)
		return GPQ_OK;
	GPQ_TRY(gpq_sink_write(page->sink, page->text.bytes, page->text.len, err));
	gpq_buf_clear(&page->text);
	return GPQ_OK;
}

/* Ends the file and leaves it with the others; takes back what the page has in any case. */
static enum gpq_status page_close(struct page *page, enum gpq_status status, bool is_json, struct gpq_error *err)
{
	if (status == GPQ_OK && is_json)
		status = gpq_json_finish(&page->json, err);
	if (status == GPQ_OK)
		status = gpq_buf_append(&page->text, "\n", is_json, err);
	if (status == GPQ_OK)
		status = page_flush(page, 0, err);
	if (status == GPQ_OK)
		status = gpq_sink_suspend(page->sink, err);
	gpq_buf_done(&page->text);
	page->sidecars->sinks[page->sidecars->count++] = page->sink;
	return status;
}

/* ---- locations ---- */

enum shelf { SHELF_HUBS, SHELF_ZONES, SHELF_NODES, N_SHELVES };

static const char *const shelf_words[N_SHELVES] = { "hubs", "zones", "nodes" };

static bool text_is(struct gpq_text text, const char *word)
{
	return text.bytes && text.len == strlen(word) && strncasecmp(text.bytes, word, text.len) == 0;
}

/* "ZONE", "Loadzone" */
static bool text_ends(struct gpq_text text, const char *word)
{
	uint32_t len = (uint32_t)strlen(word);
	return text.bytes && text.len >= len && strncasecmp(text.bytes + text.len - len, word, len) == 0;
}

static enum shelf shelf_of(const struct gpq_location *location)
{
	if (text_is(location->text[GPQ_TEXT_TYPE], "HUB"))
		return SHELF_HUBS;
	return text_ends(location->text[GPQ_TEXT_TYPE], "ZONE") ? SHELF_ZONES : SHELF_NODES;
}

static int compare_locations(const void *a, const void *b, void *context)
{
	const struct gpq_location *x = gpq_locations_view(context, *(const uint32_t *)a);
	const struct gpq_location *y = gpq_locations_view(context, *(const uint32_t *)b);
	for (int i = 0; i < GPQ_LOCATION_TEXTS; i++) {
		int order = gpq_text_compare(x->text[i], y->text[i]);
		if (order)
			return order;
	}
	return (x->voltage_kv > y->voltage_kv) - (x->voltage_kv < y->voltage_kv);
}

static void json_location_text(struct gpq_json *json, const char *key, struct gpq_text text)
{
	gpq_json_member_string(json, key, text.bytes, text.len);
}

static void location_print(struct gpq_json *json, const struct gpq_location *location)
{
	gpq_json_object_begin(json);
	json_location_text(json, "settlement_location", gpq_location_lead(location));
	json_location_text(json, "settlement_location_id", location->text[GPQ_TEXT_ID]);
	json_location_text(json, "settlement_location_type", location->text[GPQ_TEXT_TYPE]);
	json_location_text(json, "zone", location->text[GPQ_TEXT_ZONE]);
	gpq_json_key(json, "voltage_kv");
	if (location->voltage_kv == GPQ_CELL_NULL)
		gpq_json_null(json);
	else
		gpq_json_double(json, gpq_cell_to_double(location->voltage_kv, GPQ_VOLTAGE_SCALE));
	json_location_text(json, "equipment", location->text[GPQ_TEXT_EQUIPMENT]);
	gpq_json_object_end(json);
}

static enum gpq_status shelf_write(struct gpq_sidecars *sidecars, const struct gpq_market *market, enum shelf shelf,
                                   const uint32_t *codes, uint32_t count, struct gpq_error *err)
{
	struct page page;
	char name[200];
	const struct gpq_locations *locations = sidecars->run->locations;
	snprintf(name, sizeof(name), "metadata/%s/%s_%s.json", shelf_words[shelf], market->folder, shelf_words[shelf]);
	GPQ_TRY(page_open(&page, sidecars, name, err));
	enum gpq_status status = GPQ_OK;
	gpq_json_object_begin(&page.json);
	gpq_json_member_text(&page.json, "iso", market->iso);
	gpq_json_key(&page.json, shelf_words[shelf]);
	gpq_json_array_begin(&page.json);
	for (uint32_t i = 0; i < count && status == GPQ_OK; i++) {
		const struct gpq_location *location = gpq_locations_view(locations, codes[i]);
		if (shelf_of(location) == shelf)
			location_print(&page.json, location);
		status = page_flush(&page, FLUSH_BYTES, err);
	}
	gpq_json_array_end(&page.json);
	gpq_json_object_end(&page.json);
	return page_close(&page, status, true, err);
}

static void product_print(struct gpq_json *json, const struct gpq_market *market, const struct gpq_location *location)
{
	gpq_json_object_begin(json);
	json_location_text(json, "as_product", location->text[GPQ_TEXT_PRODUCT]);
	gpq_json_member_text(json, "as_product_standard", gpq_market_product_standard(market, location->text[GPQ_TEXT_PRODUCT]));
	json_location_text(json, "as_region", location->text[GPQ_TEXT_REGION]);
	json_location_text(json, "unit", location->text[GPQ_TEXT_UNIT]);
	gpq_json_object_end(json);
}

/* Whether they differ by the resource alone, of which there are thousands. */
static bool products_alike(const struct gpq_location *a, const struct gpq_location *b)
{
	return gpq_text_compare(a->text[GPQ_TEXT_PRODUCT], b->text[GPQ_TEXT_PRODUCT]) == 0 &&
	       gpq_text_compare(a->text[GPQ_TEXT_REGION], b->text[GPQ_TEXT_REGION]) == 0 &&
	       gpq_text_compare(a->text[GPQ_TEXT_UNIT], b->text[GPQ_TEXT_UNIT]) == 0;
}

static enum gpq_status products_write(struct gpq_sidecars *sidecars, const struct gpq_market *market, const uint32_t *codes,
                                      uint32_t count, struct gpq_error *err)
{
	struct page page;
	const struct gpq_locations *locations = sidecars->run->locations;
	char name[200];
	snprintf(name, sizeof(name), "metadata/ancillary_services/%s_ancillary_services.json", market->folder);
	GPQ_TRY(page_open(&page, sidecars, name, err));
	enum gpq_status status = GPQ_OK;
	gpq_json_object_begin(&page.json);
	gpq_json_member_text(&page.json, "iso", market->iso);
	gpq_json_key(&page.json, "ancillary_services");
	gpq_json_array_begin(&page.json);
	const struct gpq_location *last = NULL;
	for (uint32_t i = 0; i < count && status == GPQ_OK; i++) {
		const struct gpq_location *location = gpq_locations_view(locations, codes[i]);
		if (last && products_alike(last, location))
			continue;
		last = location;
		product_print(&page.json, market, location);
		status = page_flush(&page, FLUSH_BYTES, err);
	}
	gpq_json_array_end(&page.json);
	gpq_json_object_end(&page.json);
	return page_close(&page, status, true, err);
}

/* Marks the locations that rows are about: those of lines that gave no row are in the same catalogue. */
static enum gpq_status locations_mark(struct gpq_run *run, bool *is_used, uint32_t count, struct gpq_error *err)
{
	memset(is_used, 0, count);
	for (uint32_t d = 0; d < run->n_datasets; d++) {
		const struct gpq_dataset_run *dataset = &run->datasets[d];
		struct gpq_dataset_survey survey;
		if (!gpq_stage_has(run->stage, dataset))
			continue;
		GPQ_TRY(gpq_dataset_survey_init(&survey, run->budget, dataset, run->metadata, err));
		for (uint32_t code = 0; code < count; code++)
			is_used[code] |= survey.presence.of[code].first <= survey.presence.of[code].last;
		gpq_dataset_survey_done(&survey);
	}
	return GPQ_OK;
}

static enum gpq_status codes_write(struct gpq_sidecars *sidecars, uint32_t *codes, const bool *is_used, uint32_t count,
                                   struct gpq_error *err)
{
	const struct gpq_stage *stage = sidecars->run->stage;
	struct gpq_locations *locations = sidecars->run->locations;
	uint32_t n = 0;
	for (uint32_t code = 0; code < count; code++)
		if (is_used[code])
			codes[n++] = code;
	if (n)
		qsort_r(codes, n, sizeof(*codes), compare_locations, locations);
	if (stage->table == GPQ_TABLE_ANCILLARY)
		return products_write(sidecars, stage->market, codes, n, err);
	for (int shelf = 0; shelf < N_SHELVES; shelf++)
		GPQ_TRY(shelf_write(sidecars, stage->market, (enum shelf)shelf, codes, n, err));
	return GPQ_OK;
}

enum gpq_status gpq_sidecars_write_stage(struct gpq_sidecars *sidecars, struct gpq_run *run, struct gpq_error *err)
{
	sidecars->run = run;
	uint32_t count = gpq_locations_count(run->locations), *codes = NULL;
	bool *is_used = NULL;
	GPQ_TRY(gpq_alloc(run->budget, GPQ_TAG_CONVERT, count * sizeof(*codes), &codes, err));
	enum gpq_status status = gpq_alloc(run->budget, GPQ_TAG_CONVERT, count, &is_used, err);
	if (status == GPQ_OK)
		status = locations_mark(run, is_used, count, err);
	if (status == GPQ_OK)
		status = codes_write(sidecars, codes, is_used, count, err);
	gpq_free(run->budget, GPQ_TAG_CONVERT, codes, count * sizeof(*codes));
	gpq_free(run->budget, GPQ_TAG_CONVERT, is_used, count);
	return status;
}

static enum gpq_status market_info_write(struct gpq_sidecars *sidecars, struct gpq_error *err)
{
	const struct gpq_run *run = sidecars->run;
	struct page page;
	GPQ_TRY(page_open(&page, sidecars, "metadata/market_info.json", err));
	gpq_json_object_begin(&page.json);
	gpq_json_key(&page.json, "datasets");
	gpq_json_array_begin(&page.json);
	for (uint32_t d = 0; d < run->n_datasets; d++) {
		const struct gpq_dataset_run *dataset = &run->datasets[d];
		gpq_json_object_begin(&page.json);
		gpq_json_member_text(&page.json, "iso", dataset->market->iso);
		gpq_json_member_text(&page.json, "name", dataset->market->name);
		gpq_json_member_text(&page.json, "time_zone", dataset->market->zone);
		gpq_json_member_text(&page.json, "dataset", dataset->dataset->id);
		gpq_json_member_text(&page.json, "market_type", dataset->dataset->market_type);
		gpq_json_member_uint64(&page.json, "interval_minutes", dataset->dataset->interval_minutes);
		gpq_json_member_text(&page.json, "doc", dataset->dataset->doc);
		gpq_json_object_end(&page.json);
	}
	gpq_json_array_end(&page.json);
	gpq_json_object_end(&page.json);
	return page_close(&page, GPQ_OK, true, err);
}

/* ---- inputs ---- */

static enum gpq_status path_print(struct gpq_buf *text, const char *path, struct gpq_error *err)
{
	for (const unsigned char *at = (const unsigned char *)path; *at; at++) {
		bool plain = *at > ' ' && *at != '%' && *at != 0x7F;
		GPQ_TRY(plain ? gpq_buf_append(text, at, 1, err) : gpq_buf_printf(text, err, "%%%02X", *at));
	}
	return GPQ_OK;
}

/* Files in a row that are one, the members of an archive, or that stand in one folder. */
struct whole_path {
	char file[PATH_MAX], whole[PATH_MAX];
	size_t folder_len, whole_folder_len; /* with the last '/'; 0: not known */
};

static void whole_path_find(struct whole_path *last, const char *file)
{
	struct stat status;
	const char *slash = strrchr(file, '/');
	size_t folder_len = slash ? (size_t)(slash - file) + 1 : 0, len = strlen(file);
	bool beside = folder_len && folder_len == last->folder_len && memcmp(file, last->file, folder_len) == 0;
	snprintf(last->file, sizeof(last->file), "%s", file);
	last->folder_len = folder_len;
	if (beside && last->whole_folder_len && last->whole_folder_len + (len - folder_len) < sizeof(last->whole) &&
	    lstat(file, &status) == 0 && !S_ISLNK(status.st_mode)) {
		memcpy(last->whole + last->whole_folder_len, file + folder_len, len - folder_len + 1);
		return;
	}
	last->whole_folder_len = 0;
	if (!realpath(file, last->whole)) {
		snprintf(last->whole, sizeof(last->whole), "%s", file);
		return;
	}
	const char *whole_slash = strrchr(last->whole, '/');
	if (lstat(file, &status) == 0 && !S_ISLNK(status.st_mode) && whole_slash)
		last->whole_folder_len = (size_t)(whole_slash - last->whole) + 1;
}

/* A trace may run in another folder; what is inside an archive follows the file's path. */
static enum gpq_status input_path_print(struct gpq_buf *text, const struct gpq_input_names *names, struct whole_path *last,
                                        struct gpq_error *err)
{
	const char *file = names->address.path;
	if (strcmp(file, last->file) != 0)
		whole_path_find(last, file);
	GPQ_TRY(path_print(text, last->whole, err));
	return names->address.depth ? path_print(text, names->path + strlen(file), err) : GPQ_OK;
}

static enum gpq_status inputs_print(struct page *page, struct gpq_error *err)
{
	struct gpq_catalogue *catalogue = &page->sidecars->run->catalogue;
	struct whole_path last = { .file = "" };
	GPQ_TRY(gpq_buf_printf(&page->text, err, "path\tstored_bytes\txxh3_128\n"));
	for (uint32_t i = 0; i < catalogue->count; i++) {
		struct gpq_input_names names;
		struct gpq_input input;
		GPQ_TRY(gpq_catalogue_get(catalogue, i, &input, err));
		if (input.state != GPQ_INPUT_CONVERTED)
			continue;
		GPQ_TRY(gpq_catalogue_names(catalogue, &input, &names, err));
		GPQ_TRY(input_path_print(&page->text, &names, &last, err));
		GPQ_TRY(gpq_buf_printf(&page->text, err, "\t%llu\t%016llx%016llx\n", (unsigned long long)input.size_bytes,
		                       (unsigned long long)input.hash.high, (unsigned long long)input.hash.low));
		GPQ_TRY(page_flush(page, FLUSH_BYTES, err));
	}
	return GPQ_OK;
}

static enum gpq_status inputs_write(struct gpq_sidecars *sidecars, struct gpq_error *err)
{
	struct page page;
	GPQ_TRY(page_open(&page, sidecars, ".gridpq/inputs.tsv", err));
	return page_close(&page, inputs_print(&page, err), false, err);
}

/* ---- all of them ---- */

enum gpq_status gpq_sidecars_write(struct gpq_sidecars *sidecars, struct gpq_run *run, struct gpq_error *err)
{
	sidecars->run = run;
	if (run->n_datasets)
		GPQ_TRY(market_info_write(sidecars, err));
	return inputs_write(sidecars, err);
}

enum gpq_status gpq_sidecars_sync(struct gpq_sidecars *sidecars, struct gpq_error *err)
{
	for (uint32_t i = 0; i < sidecars->count; i++) {
		GPQ_TRY(gpq_sink_sync(sidecars->sinks[i], err));
		GPQ_TRY(gpq_sink_suspend(sidecars->sinks[i], err));
	}
	return GPQ_OK;
}

enum gpq_status gpq_sidecars_publish(struct gpq_sidecars *sidecars, struct gpq_error *err)
{
	for (uint32_t i = 0; i < sidecars->count; i++)
		GPQ_TRY(gpq_sink_publish(sidecars->sinks[i], err));
	return GPQ_OK;
}

void gpq_sidecars_close(struct gpq_sidecars *sidecars)
{
	for (uint32_t i = 0; i < sidecars->count; i++)
		gpq_sink_close(sidecars->sinks[i]);
	sidecars->count = 0;
}
