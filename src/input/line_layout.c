// SPDX-License-Identifier: MIT
/* What the lines of a binding are, and the fields of theirs that are taken as one text (line_passage.h). */
#include "input/line_passage.h"

static void span_add(struct gpq_field_span *span, uint16_t field)
{
	if (field == GPQ_NO_FIELD)
		return;
	uint32_t at = span->count++;
	for (; at > 0 && span->fields[at - 1] > field; at--)
		span->fields[at] = span->fields[at - 1];
	span->fields[at] = field;
}

static uint16_t span_first(const struct gpq_field_span *span)
{
	return span->fields[0];
}

static uint16_t span_last(const struct gpq_field_span *span)
{
	return span->fields[span->count - 1];
}

static bool span_covers(const struct gpq_field_span *span, uint16_t field)
{
	return field != GPQ_NO_FIELD && span->count && field >= span_first(span) && field <= span_last(span);
}

static struct gpq_field_span time_span(const struct gpq_feed_binding *binding)
{
	struct gpq_field_span span = { .count = 0 };
	/* What a line is stands beside its time: so lines that are no rows are of no time that is known. */
	const uint16_t fields[] = { binding->start,      binding->end,         binding->date,     binding->local,    binding->date_check,
		                    binding->hour_check, binding->hour_ending, binding->interval, binding->repeated, binding->clock,
		                    binding->record_kind };
	_Static_assert(sizeof(fields) / sizeof(fields[0]) <= sizeof(span.fields) / sizeof(span.fields[0]), "room for all");
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		span_add(&span, fields[i]);
	span.together = span.count && span_last(&span) - span_first(&span) + 1 == span.count;
	return span;
}

/* What stands within the span beside the group's fields is taken with them: it must be nothing that changes line by line. */
static struct gpq_field_span group_span(const struct gpq_feed_binding *binding, const struct gpq_field_span *time)
{
	struct gpq_field_span span = { .count = 0 };
	for (int i = 0; i < GPQ_LOCATION_TEXTS; i++)
		span_add(&span, binding->text[i]);
	if (span.count > GPQ_LOCATION_TEXTS - 1) /* room for the three below: no feed of components has that many texts */
		return span;
	span_add(&span, binding->voltage);
	span_add(&span, binding->market_run);
	span_add(&span, binding->component);
	span_add(&span, binding->version);
	span.together = span.count > 0 && !span_covers(&span, binding->price);
	for (uint32_t i = 0; i < time->count; i++)
		span.together &= !span_covers(&span, time->fields[i]);
	return span;
}

/* A field that ends with its record may have a CR behind it, which columns of spans do not look for. */
static bool span_ends_before(const struct gpq_field_span *span, uint32_t n_fields)
{
	return !span->count || span_last(span) + 1u < n_fields;
}

struct line_layout gpq_line_layout_of(const struct gpq_feed_binding *binding)
{
	struct line_layout layout = { .kind = LINE_ROW, .time = time_span(binding) };
	layout.regular = binding->n_fields > 1;
	if (binding->n_products) {
		layout.kind = LINE_PRODUCTS;
		layout.regular = false; /* a year is some thousand lines */
	} else if (binding->hours_count) {
		layout.kind = LINE_HOURS;
		layout.regular &= binding->location_first != GPQ_NO_FIELD && binding->location_together &&
		                  binding->location_last + 1u < binding->n_fields &&
		                  span_ends_before(&layout.time, binding->n_fields) && (!layout.time.count || layout.time.together) &&
		                  binding->market_run == GPQ_NO_FIELD && binding->version == GPQ_NO_FIELD &&
		                  (binding->component == GPQ_NO_FIELD || binding->component + 1u < binding->n_fields);
	} else if (binding->price != GPQ_NO_FIELD) {
		layout.kind = LINE_COMPONENT;
		layout.group = group_span(binding, &layout.time);
		layout.regular &= layout.time.together && layout.group.together &&
		                  span_ends_before(&layout.time, binding->n_fields) &&
		                  span_ends_before(&layout.group, binding->n_fields) && binding->price + 1u < binding->n_fields;
	} else {
		layout.regular &= !binding->feed->by_length && layout.time.count > 0;
	}
	return layout;
}

struct gpq_text gpq_line_span(const struct line *line, const struct gpq_field_span *span,
                              char apart[GPQ_SPAN_BYTES + GPQ_PADDED_BYTES])
{
	if (!span->count)
		return (struct gpq_text){ "", 0 };
	struct gpq_text first = line_raw(line, span_first(span));
	if (span->together) {
		struct gpq_text last = line_raw(line, span_last(span));
		first.len = (uint32_t)(last.bytes + last.len - first.bytes);
		return first;
	}
	uint32_t len = 0;
	for (uint32_t i = 0; i < span->count; i++) {
		struct gpq_text text = line_raw(line, span->fields[i]);
		if (text.len + 1 > GPQ_SPAN_BYTES - len)
			return (struct gpq_text){ NULL, 0 };
		memcpy(apart + len, text.bytes, text.len);
		len += text.len;
		apart[len++] = '\n';
	}
	return (struct gpq_text){ apart, len };
}
