// SPDX-License-Identifier: MIT
#include "convert/feed_binding.h"

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
	case GPQ_ROLE_UNIT:
		return GPQ_TEXT_UNIT;
	default:
		return -1;
	}
}

static void binding_clear(struct gpq_feed_binding *binding, const struct gpq_market *market, const struct gpq_feed *feed)
{
	*binding = (struct gpq_feed_binding){ .market = market, .feed = feed };
	binding->start = binding->local = binding->version = binding->voltage = GPQ_NO_FIELD;
	binding->location_first = GPQ_NO_FIELD;
	for (int i = 0; i < GPQ_LOCATION_TEXTS; i++)
		binding->text[i] = GPQ_NO_FIELD;
	for (int o = 0; o < GPQ_BINDING_OUTPUTS; o++) {
		for (int k = 0; k < GPQ_MAX_CELLS; k++)
			binding->cell[o][k] = GPQ_NO_FIELD;
		if (feed->outputs[o])
			binding->output[binding->n_outputs++] = feed->outputs[o];
	}
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
	for (uint32_t o = 0; o < binding->n_outputs; o++) {
		int cell = gpq_dataset_cell(binding->output[o], column->column);
		if ((column->output && column->output != o + 1) || cell < 0)
			continue;
		GPQ_TRY(slot_take(&binding->cell[o][cell], field, name, err));
	}
	return GPQ_OK;
}

static enum gpq_status field_bind(struct gpq_feed_binding *binding, uint32_t field, struct gpq_text name,
                                  struct gpq_error *err)
{
	const struct gpq_feed_column *column = gpq_market_feed_column(binding->feed, name);
	if (!column)
		return GPQ_OK;
	switch (column->role) {
	case GPQ_ROLE_IGNORE:
		return GPQ_OK;
	case GPQ_ROLE_START_UTC:
		return slot_take(&binding->start, field, name, err);
	case GPQ_ROLE_LOCAL_CHECK:
		return slot_take(&binding->local, field, name, err);
	case GPQ_ROLE_VERSION:
		return slot_take(&binding->version, field, name, err);
	case GPQ_ROLE_VOLTAGE:
		return slot_take(&binding->voltage, field, name, err);
	case GPQ_ROLE_CELL:
		return cell_bind(binding, column, field, name, err);
	default:
		return slot_take(&binding->text[role_text(column->role)], field, name, err);
	}
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
	uint64_t hash = (uint64_t)(uintptr_t)binding->feed ^ binding->n_fields;
	const uint16_t *text = binding->text;
	for (int i = 0; i < GPQ_LOCATION_TEXTS; i++)
		hash = (hash ^ text[i]) * UINT64_C(0x9E3779B97F4A7C15);
	return (hash ^ binding->voltage) * UINT64_C(0x9E3779B97F4A7C15);
}

/* The key's columns must be there: without its id a location is not told from another of its name (docs/OUTPUT.md). */
static enum gpq_status key_check(const struct gpq_feed_binding *binding, struct gpq_error *err)
{
	if (binding->start == GPQ_NO_FIELD)
		return gpq_fail(err, GPQ_E_DATA, "the header of %s has no column for the interval's start", binding->feed->id);
	for (uint32_t o = 0; o < binding->n_outputs; o++) {
		const struct gpq_dataset *dataset = binding->output[o];
		if (dataset->table == GPQ_TABLE_ENERGY && (dataset->key_texts & 1u << GPQ_TEXT_ID) &&
		    binding->text[GPQ_TEXT_ID] == GPQ_NO_FIELD)
			return gpq_fail(err, GPQ_E_DATA, "the header of %s has no location id, which is the key of %s",
			                binding->feed->id, dataset->id);
		if (binding->text[GPQ_TEXT_NAME] == GPQ_NO_FIELD && binding->text[GPQ_TEXT_ID] == GPQ_NO_FIELD &&
		    !binding->feed->constant_product)
			return gpq_fail(err, GPQ_E_DATA, "the header of %s names no location or product", binding->feed->id);
	}
	return GPQ_OK;
}

enum gpq_status gpq_feed_binding_init(struct gpq_feed_binding *binding, const struct gpq_market *market,
                                      const struct gpq_feed *feed, const struct gpq_text *names, uint32_t n_names,
                                      struct gpq_error *err)
{
	if (n_names > GPQ_BINDING_MAX_FIELDS)
		return gpq_fail(err, GPQ_E_DATA, "the header has %u columns, more than %d", n_names, GPQ_BINDING_MAX_FIELDS);
	struct gpq_feed_binding made;
	binding_clear(&made, market, feed);
	made.n_fields = n_names;
	for (uint32_t field = 0; field < n_names; field++)
		GPQ_TRY(field_bind(&made, field, names[field], err));
	GPQ_TRY(key_check(&made, err));
	span_find(&made);
	made.signature = signature_of(&made);
	*binding = made;
	return GPQ_OK;
}
