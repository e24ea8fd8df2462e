// SPDX-License-Identifier: MIT
#include "input/feed_binding.h"

#include "value/utf8.h"

/* Which text of a location a role fills; -1: none. The two tables share numbers (locations.h). */
static int role_text(enum gpq_role role)
{
	switch (role) {
	case GPQ_ROLE_NAME:
		return GPQ_TEXT_NAME;
	case GPQ_ROLE_ID:
		return GPQ_TEXT_ID;
	case GPQ_ROLE_TYPE:
		return GPQ_TEXT_TYPE;
	case GPQ_ROLE_ZONE:
		return GPQ_TEXT_ZONE;
	case GPQ_ROLE_EQUIPMENT:
		return GPQ_TEXT_EQUIPMENT;
	case GPQ_ROLE_PRODUCT:
		return GPQ_TEXT_PRODUCT;
	case GPQ_ROLE_REGION:
		return GPQ_TEXT_REGION;
	case GPQ_ROLE_RESOURCE:
		return GPQ_TEXT_RESOURCE;
	case GPQ_ROLE_UNIT:
		return GPQ_TEXT_UNIT;
	default:
		return -1;
	}
}

/* Which cell a column is to an output; GPQ_NO_CELL: none. */
static uint8_t output_cell(const struct gpq_dataset *output, enum gpq_column_id column)
{
	int cell = gpq_dataset_cell(output, column);
	return cell < 0 ? GPQ_NO_CELL : (uint8_t)cell;
}

static void outputs_bind(struct gpq_feed_binding *binding)
{
	const struct gpq_feed *feed = binding->feed;
	for (int o = 0; o < GPQ_BINDING_OUTPUTS; o++) {
		for (int k = 0; k < GPQ_MAX_CELLS; k++)
			binding->cell[o][k] = GPQ_NO_FIELD;
		memset(binding->component_cell[o], GPQ_NO_CELL, sizeof(binding->component_cell[o]));
		binding->hours_cell[o] = GPQ_NO_CELL;
		if (!feed->outputs[o])
			continue;
		for (uint32_t k = 0; k < feed->n_components && k < GPQ_BINDING_MAX_COMPONENTS; k++)
			binding->component_cell[o][k] = output_cell(feed->outputs[o], feed->components[k].column);
		binding->output[binding->n_outputs++] = feed->outputs[o];
	}
}

static void binding_clear(struct gpq_feed_binding *binding, const struct gpq_market *market, const struct gpq_feed *feed)
{
	*binding = (struct gpq_feed_binding){ .market = market, .feed = feed, .day = GPQ_NO_DAY };
	binding->start = binding->local = binding->version = binding->voltage = GPQ_NO_FIELD;
	binding->end = binding->date = binding->date_check = binding->hour_check = GPQ_NO_FIELD;
	binding->market_run = binding->component = binding->price = binding->hours_first = GPQ_NO_FIELD;
	binding->hour_ending = binding->interval = binding->repeated = binding->clock = binding->record_kind = GPQ_NO_FIELD;
	binding->location_first = GPQ_NO_FIELD;
	for (int i = 0; i < GPQ_LOCATION_TEXTS; i++)
		binding->text[i] = GPQ_NO_FIELD;
	outputs_bind(binding);
}

static enum gpq_status slot_take(uint16_t *slot, uint32_t field, struct gpq_text name, struct gpq_error *err)
{
	if (*slot != GPQ_NO_FIELD) {
		enum gpq_status status = gpq_fail(err, GPQ_E_DATA, "the header has two columns for one thing: '%.*s' is the second",
		                                  (int)name.len, name.bytes);
		if (err)
			err->field = field + 1;
		return status;
	}
	*slot = (uint16_t)field;
	return GPQ_OK;
}

static enum gpq_status cell_bind(struct gpq_feed_binding *binding, const struct gpq_feed_column *column, uint32_t field,
                                 struct gpq_text name, struct gpq_error *err)
{
	if (column->column == GPQ_COLUMN_BY_COMPONENT)
		return slot_take(&binding->price, field, name, err);
	for (uint32_t o = 0; o < binding->n_outputs; o++) {
		int cell = gpq_dataset_cell(binding->output[o], column->column);
		if ((column->output && column->output != o + 1) || cell < 0)
			continue;
		GPQ_TRY(slot_take(&binding->cell[o][cell], field, name, err));
		binding->negated[o][cell] = column->negated;
	}
	return GPQ_OK;
}

/* Hours across come one behind the other, from 1. */
static enum gpq_status hours_bind(struct gpq_feed_binding *binding, const struct gpq_feed_column *column, uint32_t field,
                                  uint32_t hour, struct gpq_error *err)
{
	if (hour != binding->hours_count + 1u || (hour > 1 && field != binding->hours_first + hour - 1)) {
		enum gpq_status status = gpq_fail(err, GPQ_E_DATA, "the header has hour %u where hour %u should be", hour,
		                                  binding->hours_count + 1u);
		if (err)
			err->field = field + 1;
		return status;
	}
	if (hour == 1)
		binding->hours_first = (uint16_t)field;
	binding->hours_count++;
	if (column->column != GPQ_COLUMN_BY_COMPONENT)
		for (uint32_t o = 0; o < binding->n_outputs; o++)
			binding->hours_cell[o] = output_cell(binding->output[o], column->column);
	return GPQ_OK;
}

/* The unit that stands in brackets behind a product's name, of which the end may be missing; "": none does. */
static enum gpq_status unit_read(struct gpq_text name, uint32_t field, char out[GPQ_BINDING_UNIT_BYTES], struct gpq_error *err)
{
	const char *end = name.bytes + name.len, *at = memchr(name.bytes, '(', name.len);
	struct gpq_text unit = { "", 0 };
	if (at) {
		const char *close = memchr(at, ')', (size_t)(end - at));
		unit = gpq_value_trim((struct gpq_text){ at + 1, (uint32_t)((close ? close : end) - at - 1) });
	}
	if (unit.len >= GPQ_BINDING_UNIT_BYTES || !gpq_value_is_utf8(unit.bytes, unit.len)) {
		enum gpq_status status = gpq_fail(err, GPQ_E_DATA, "the header has a unit that is not UTF-8 or longer than %d bytes",
		                                  GPQ_BINDING_UNIT_BYTES - 1);
		if (err)
			err->field = field + 1;
		return status;
	}
	memset(out, 0, GPQ_BINDING_UNIT_BYTES);
	if (unit.len)
		memcpy(out, unit.bytes, unit.len);
	return GPQ_OK;
}

static bool regions_agree(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

/* The product of a name and region, entered where it is not known yet; NULL: no room. */
static struct gpq_product_fields *product_find(struct gpq_feed_binding *binding, const char *name, const char *region)
{
	for (uint32_t p = 0; p < binding->n_products; p++)
		if (strcmp(binding->products[p].product, name) == 0 && regions_agree(binding->products[p].region, region))
			return &binding->products[p];
	if (binding->n_products == GPQ_BINDING_MAX_PRODUCTS)
		return NULL;
	struct gpq_product_fields *product = &binding->products[binding->n_products++];
	product->product = name;
	product->region = region;
	for (int k = 0; k < GPQ_MAX_CELLS; k++)
		product->field[k] = GPQ_NO_FIELD;
	return product;
}

/* A number of a product that the header names, in a feed of one output. */
static enum gpq_status product_bind(struct gpq_feed_binding *binding, const struct gpq_feed_column *column, uint32_t field,
                                    struct gpq_text name, struct gpq_error *err)
{
	uint8_t cell = output_cell(binding->output[0], column->column);
	struct gpq_product_fields *product = product_find(binding, column->product ? column->product : column->names[0], column->region);
	if (!product)
		return gpq_fail(err, GPQ_E_DATA, "the header names more than %d products", GPQ_BINDING_MAX_PRODUCTS);
	GPQ_TRY(slot_take(&product->field[cell], field, name, err));
	return column->unit_behind ? unit_read(name, field, product->unit, err) : GPQ_OK;
}

/* Where the field of a role is kept that is not of a cell, of hours or of the location; NULL: nowhere. */
static uint16_t *role_slot(struct gpq_feed_binding *binding, enum gpq_role role)
{
	switch (role) {
	case GPQ_ROLE_START_UTC:
	case GPQ_ROLE_START_LOCAL:
	case GPQ_ROLE_END_LOCAL:
		return &binding->start;
	case GPQ_ROLE_CLOCK:
		return &binding->clock;
	case GPQ_ROLE_END_UTC:
		return &binding->end;
	case GPQ_ROLE_DATE:
		return &binding->date;
	case GPQ_ROLE_HOUR_ENDING:
		return &binding->hour_ending;
	case GPQ_ROLE_INTERVAL:
		return &binding->interval;
	case GPQ_ROLE_REPEATED:
		return &binding->repeated;
	case GPQ_ROLE_LOCAL_CHECK:
	case GPQ_ROLE_LOCAL_END_CHECK:
		return &binding->local;
	case GPQ_ROLE_DATE_CHECK:
		return &binding->date_check;
	case GPQ_ROLE_HOUR_CHECK:
		return &binding->hour_check;
	case GPQ_ROLE_RECORD_KIND:
		return &binding->record_kind;
	case GPQ_ROLE_MARKET:
		return &binding->market_run;
	case GPQ_ROLE_COMPONENT:
		return &binding->component;
	case GPQ_ROLE_VERSION:
		return &binding->version;
	case GPQ_ROLE_VOLTAGE:
		return &binding->voltage;
	default:
		return NULL;
	}
}

static enum gpq_status field_bind(struct gpq_feed_binding *binding, const struct gpq_header_names *header, uint32_t field,
                                  struct gpq_error *err)
{
	uint32_t hour;
	struct gpq_text name = header->names[field];
	const struct gpq_feed_column *column = gpq_market_header_column(binding->feed, header, field, &hour);
	if (!column || column->role == GPQ_ROLE_IGNORE)
		return GPQ_OK;
	if (column->role == GPQ_ROLE_CELL)
		return cell_bind(binding, column, field, name, err);
	if (column->role == GPQ_ROLE_HOURS)
		return hours_bind(binding, column, field, hour, err);
	if (column->role == GPQ_ROLE_PRODUCTS)
		return product_bind(binding, column, field, name, err);
	uint16_t *slot = role_slot(binding, column->role);
	binding->start_is_end |= column->role == GPQ_ROLE_END_LOCAL;
	binding->local_is_end |= column->role == GPQ_ROLE_LOCAL_END_CHECK;
	binding->start_is_local |= column->role == GPQ_ROLE_START_LOCAL || column->role == GPQ_ROLE_END_LOCAL;
	return slot_take(slot ? slot : &binding->text[role_text(column->role)], field, name, err);
}

static bool field_is_location(const struct gpq_feed_binding *binding, uint32_t field)
{
	if (binding->voltage == field)
		return true;
	for (int i = 0; i < GPQ_LOCATION_TEXTS; i++)
		if (binding->text[i] == field)
			return true;
	return false;
}

static void span_find(struct gpq_feed_binding *binding)
{
	binding->location_together = true;
	for (uint32_t field = 0; field < binding->n_fields; field++) {
		if (!field_is_location(binding, field))
			continue;
		if (binding->location_first == GPQ_NO_FIELD)
			binding->location_first = (uint16_t)field;
		else if (binding->location_last + 1u != field)
			binding->location_together = false;
		binding->location_last = (uint16_t)field;
	}
}

static uint64_t signature_of(const struct gpq_feed_binding *binding)
{
	uint64_t hash = ((uint64_t)(uintptr_t)binding->feed + binding->table) ^ binding->n_fields;
	const uint16_t *text = binding->text;
	for (int i = 0; i < GPQ_LOCATION_TEXTS; i++)
		hash = (hash ^ text[i]) * UINT64_C(0x9E3779B97F4A7C15);
	return (hash ^ binding->voltage) * UINT64_C(0x9E3779B97F4A7C15);
}

/* An end without a start tells the instant. */
static void end_alone(struct gpq_feed_binding *binding)
{
	if (binding->start != GPQ_NO_FIELD || binding->end == GPQ_NO_FIELD)
		return;
	binding->start = binding->end;
	binding->end = GPQ_NO_FIELD;
	binding->start_is_end = true;
}

/* Every line must tell its instant, and which cell its numbers are. */
static enum gpq_status time_check(const struct gpq_feed_binding *binding, struct gpq_error *err)
{
	const struct gpq_feed *feed = binding->feed;
	bool across = binding->hours_count > 0;
	if (across && binding->hours_count != GPQ_HOURS_ACROSS)
		return gpq_fail(err, GPQ_E_DATA, "the header of %s has %u hours, not %d", feed->id, binding->hours_count,
		                GPQ_HOURS_ACROSS);
	bool dated = binding->date != GPQ_NO_FIELD || feed->preamble_date;
	bool by_hour = binding->hour_ending != GPQ_NO_FIELD && dated;
	if (binding->start == GPQ_NO_FIELD && !by_hour && !(across && dated))
		return gpq_fail(err, GPQ_E_DATA, "the header of %s has no column for the interval's start or end", feed->id);
	if (feed->n_components && binding->component == GPQ_NO_FIELD)
		return gpq_fail(err, GPQ_E_DATA, "the header of %s does not say which price a line gives", feed->id);
	if (feed->n_components && binding->price == GPQ_NO_FIELD && !across)
		return gpq_fail(err, GPQ_E_DATA, "the header of %s has no column for the price", feed->id);
	return GPQ_OK;
}

/* The key's columns must be there: without its id a location is not told from another of its name (docs/OUTPUT.md). */
static enum gpq_status key_check(const struct gpq_feed_binding *binding, struct gpq_error *err)
{
	for (uint32_t o = 0; o < binding->n_outputs; o++) {
		const struct gpq_dataset *dataset = binding->output[o];
		if (dataset->table == GPQ_TABLE_ENERGY && (dataset->key_texts & 1u << GPQ_TEXT_ID) &&
		    binding->text[GPQ_TEXT_ID] == GPQ_NO_FIELD)
			return gpq_fail(err, GPQ_E_DATA, "the header of %s has no location id, which is the key of %s",
			                binding->feed->id, dataset->id);
		if (binding->text[GPQ_TEXT_NAME] == GPQ_NO_FIELD && binding->text[GPQ_TEXT_ID] == GPQ_NO_FIELD &&
		    !binding->feed->constant_product && !binding->n_products)
			return gpq_fail(err, GPQ_E_DATA, "the header of %s names no location or product", binding->feed->id);
	}
	return GPQ_OK;
}

static enum gpq_status binding_make(struct gpq_feed_binding *binding, const struct gpq_market *market,
                                    const struct gpq_feed *feed, const struct gpq_header_names *header,
                                    struct gpq_error *err)
{
	if (header->n_names > GPQ_BINDING_MAX_FIELDS)
		return gpq_fail(err, GPQ_E_DATA, "the header has %u columns, more than %d", header->n_names,
		                GPQ_BINDING_MAX_FIELDS);
	struct gpq_feed_binding made;
	binding_clear(&made, market, feed);
	made.n_fields = header->n_names;
	made.table = header->table;
	for (uint32_t field = 0; field < header->n_names; field++)
		GPQ_TRY(field_bind(&made, header, field, err));
	end_alone(&made);
	GPQ_TRY(time_check(&made, err));
	GPQ_TRY(key_check(&made, err));
	span_find(&made);
	made.signature = signature_of(&made);
	*binding = made;
	return GPQ_OK;
}

enum gpq_status gpq_feed_binding_init(struct gpq_feed_binding *binding, const struct gpq_market *market,
                                      const struct gpq_feed *feed, const struct gpq_text *names, uint32_t n_names,
                                      struct gpq_error *err)
{
	return binding_make(binding, market, feed, &(struct gpq_header_names){ names, n_names, 0 }, err);
}

enum gpq_status gpq_feed_binding_init_second(struct gpq_feed_binding *binding, const struct gpq_market *market,
                                             const struct gpq_feed *feed, const struct gpq_text *names, uint32_t n_names,
                                             struct gpq_error *err)
{
	return binding_make(binding, market, feed, &(struct gpq_header_names){ names, n_names, 1 }, err);
}
