// SPDX-License-Identifier: MIT
/* What the data lines near the top and at the end of an input say of the instants that it covers. */
#include "input/head_look.h"

#include "input/line_parser.h"
#include "value/decimal.h"
#include "value/hour_ending.h"
#include "value/instant.h"

#define DAY_S             86400
#define SHORT_TEXT_BYTES  32 /* an hour, an interval */
#define STEP_SEARCH_BYTES ((uint64_t)256 << 20) /* how far the second instant is looked for */

/* Where the first candidate's header has a column of a role; -1: nowhere. */
static int role_field(const struct look *look, enum gpq_role role)
{
	const struct gpq_header_line *line = &look->head->line;
	struct gpq_header_names header = { line->names, line->n_names, 0 };
	uint32_t hour;
	for (uint32_t f = 0; f < line->n_names; f++) {
		const struct gpq_feed_column *column =
			gpq_market_header_column(look->candidates.items[0].feed, &header, f, &hour);
		if (column && column->role == role)
			return (int)f;
	}
	return -1;
}

/* Of the candidates' outputs; 0: they have none. */
static uint32_t shortest_interval_s(const struct gpq_candidates *candidates)
{
	uint32_t shortest_s = 0;
	for (uint32_t i = 0; i < candidates->count; i++) {
		const struct gpq_dataset *output = candidates->items[i].feed->outputs[0];
		uint32_t interval_s = output ? output->interval_minutes * 60u : 0;
		if (interval_s && (!shortest_s || interval_s < shortest_s))
			shortest_s = interval_s;
	}
	return shortest_s;
}

/* The column that tells a line's instant, found in the header line. */
static struct pulse pulse_find(const struct look *look)
{
	static const enum gpq_role roles[] = { GPQ_ROLE_START_UTC,  GPQ_ROLE_START_LOCAL, GPQ_ROLE_END_UTC,
		                               GPQ_ROLE_END_LOCAL, GPQ_ROLE_DATE };
	struct pulse pulse = { .field = -1, .hour_field = -1, .interval_field = -1 };
	for (size_t i = 0; i < sizeof(roles) / sizeof(roles[0]) && pulse.field < 0; i++) {
		pulse.field = role_field(look, roles[i]);
		pulse.role = roles[i];
	}
	if (pulse.role != GPQ_ROLE_DATE)
		return pulse;
	pulse.hour_field = role_field(look, GPQ_ROLE_HOUR_ENDING);
	pulse.interval_field = role_field(look, GPQ_ROLE_INTERVAL);
	return pulse;
}

static struct pulse pulse_of(struct look *look)
{
	const struct gpq_feed *feed = look->candidates.items[0].feed;
	struct known_header *known = look->facts->assumed ? NULL : gpq_head_known(look, look->head->line.text);
	if (known && known->felt != feed) {
		known->pulse = pulse_find(look);
		known->felt = feed;
	}
	struct pulse pulse = known ? known->pulse : pulse_find(look);
	pulse.interval_s = shortest_interval_s(&look->candidates);
	return pulse;
}

/* The instant of a field as it is written: in UTC, or as if the market's clock were. */
static bool field_instant(const struct pulse *pulse, struct gpq_text field, uint32_t *out_s)
{
	char scratch[64];
	int32_t day;
	if (field.len > sizeof(scratch))
		return false;
	struct gpq_text text = gpq_csv_unquote(field, scratch, sizeof(scratch));
	if (pulse->role != GPQ_ROLE_DATE)
		return gpq_line_start(text, out_s) == GPQ_REJECT_NONE;
	if (gpq_value_date(text, &day) != GPQ_REJECT_NONE || day < 0 || day >= GPQ_DAYS_END)
		return false;
	*out_s = (uint32_t)day * DAY_S;
	return true;
}

/* A record of the bytes under view. */
struct pulse_record {
	const uint8_t *bytes;
	const struct gpq_csv_index *index;
	uint32_t record;
};

static struct gpq_text record_text(const struct pulse_record *record, int field, char *scratch, size_t cap)
{
	uint32_t first = record->index->records[record->record];
	if (record->index->records[record->record + 1] - first <= (uint32_t)field)
		return (struct gpq_text){ NULL, 0 };
	struct gpq_text text = gpq_csv_field(record->index, record->bytes, record->record, first + (uint32_t)field);
	return text.len <= cap ? gpq_csv_unquote(text, scratch, cap) : (struct gpq_text){ NULL, 0 };
}

/* Adds the hour and the interval to a date; false where they cannot be read. */
static bool hour_add(const struct pulse *pulse, const struct pulse_record *record, uint32_t *start_s)
{
	char scratch[SHORT_TEXT_BYTES + GPQ_VALUE_PADDING];
	struct gpq_hour_ending ending;
	int32_t interval = 1;
	if (pulse->hour_field < 0)
		return true;
	if (gpq_value_hour_ending(record_text(record, pulse->hour_field, scratch, SHORT_TEXT_BYTES), &ending) != GPQ_REJECT_NONE)
		return false;
	if (pulse->interval_field >= 0 &&
	    gpq_value_whole(record_text(record, pulse->interval_field, scratch, SHORT_TEXT_BYTES), 1, &interval) !=
		    GPQ_REJECT_NONE)
		return false;
	if (interval < 1 || interval > 60)
		return false;
	*start_s += (ending.hour - 1u) * 3600 + ((uint32_t)interval - 1) * pulse->interval_s;
	return true;
}

static void pulse_feel(struct pulse *pulse, uint32_t start_s)
{
	if (!pulse->first_s)
		pulse->first_s = pulse->least_s = start_s;
	else if (start_s == pulse->last_s)
		pulse->repeats = true;
	else if (start_s < pulse->last_s)
		pulse->falls = true;
	pulse->off_hour |= start_s % 3600 != 0;
	pulse->off_quarter |= start_s % 900 != 0;
	if (start_s < pulse->least_s)
		pulse->least_s = start_s;
	if (start_s > pulse->most_s)
		pulse->most_s = start_s;
	if (!pulse->step_s && start_s != pulse->first_s)
		pulse->step_s = start_s > pulse->first_s ? start_s - pulse->first_s : pulse->first_s - start_s;
	pulse->last_s = start_s;
}

/* The fields that tell an instant, where they stand side by side. */
struct pulse_span {
	uint32_t first, last;
	bool together;
};

static struct pulse_span pulse_span_of(const struct pulse *pulse)
{
	const int fields[] = { pulse->field, pulse->hour_field, pulse->interval_field };
	int first = pulse->field, last = pulse->field, count = 0;
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		if (fields[i] < 0)
			continue;
		first = fields[i] < first ? fields[i] : first;
		last = fields[i] > last ? fields[i] : last;
		count++;
	}
	return (struct pulse_span){ (uint32_t)first, (uint32_t)last, last - first + 1 == count };
}

/* What a record says of its instant, as one text; null where its fields do not stand side by side. */
static struct gpq_text record_span(const struct pulse_record *record, const struct pulse_span *span)
{
	uint32_t first = record->index->records[record->record];
	if (!span->together || record->index->records[record->record + 1] - first <= span->last)
		return (struct gpq_text){ NULL, 0 };
	const uint32_t *ends = record->index->ends + first;
	uint32_t begin = *(ends + span->first - 1) + 1;
	return (struct gpq_text){ (const char *)record->bytes + begin, ends[span->last] - begin };
}

static void pulse_take(struct pulse *pulse, struct gpq_head *head, const uint8_t *bytes, size_t len)
{
	const struct pulse_span span = pulse_span_of(pulse);
	struct gpq_text above = { NULL, 0 }; /* the last one that was read: most lines repeat it */
	for (size_t at = 0; at < len;) {
		struct gpq_csv_index index;
		size_t piece = gpq_csv_scan(head->scanner, bytes + at, len - at, &index);
		for (uint32_t r = 0; r < index.n_records; r++) {
			const struct pulse_record record = { bytes + at, &index, r };
			uint32_t first = index.records[r];
			uint32_t start_s;
			if (index.records[r + 1] - first <= (uint32_t)pulse->field)
				continue;
			struct gpq_text told = record_span(&record, &span);
			if (told.bytes && above.bytes && gpq_text_equal(told, above)) {
				pulse->repeats = true;
				continue;
			}
			if (!field_instant(pulse, gpq_csv_field(&index, bytes + at, r, first + (uint32_t)pulse->field), &start_s) ||
			    !hour_add(pulse, &record, &start_s))
				continue;
			pulse_feel(pulse, start_s);
			above = start_s ? told : (struct gpq_text){ NULL, 0 };
			if (pulse->step_only && pulse->step_s)
				return;
		}
		at += piece;
	}
}

/* The whole records behind the header that are in the head. */
static size_t data_records(const struct look *look, const uint8_t **out_bytes)
{
	size_t from = look->facts->tables[0].data_byte;
	*out_bytes = look->head->bytes + from;
	if (look->first.len <= from)
		return 0;
	struct gpq_csv_cut cut = gpq_csv_cut(*out_bytes, look->first.len - from, true, look->first.all, look->head->cpu_features);
	return cut.kind == GPQ_CUT_RECORDS ? cut.len : 0;
}

struct gpq_text gpq_head_first_text(struct look *look, enum gpq_role role, char *scratch, size_t cap)
{
	struct gpq_text none = { NULL, 0 };
	int field = role_field(look, role);
	const uint8_t *bytes;
	size_t len = field < 0 ? 0 : data_records(look, &bytes);
	if (!len)
		return none;
	struct gpq_csv_index index;
	gpq_csv_scan(look->head->scanner, bytes, len, &index);
	for (uint32_t r = 0; r < index.n_records; r++) {
		uint32_t first = index.records[r];
		if (index.records[r + 1] - first <= (uint32_t)field)
			continue;
		struct gpq_text text = gpq_csv_field(&index, bytes, r, first + (uint32_t)field);
		text = text.len <= cap ? gpq_csv_unquote(text, scratch, cap) : none;
		if (text.bytes && !gpq_text_equal(text, look->head->line.names[field])) /* not the header once more */
			return text;
	}
	return none;
}

/* Reads on behind the head until a second instant is found: a nodal hour can be megabytes long. */
static enum gpq_status step_search(struct look *look, struct pulse *pulse, struct gpq_error *err)
{
	struct gpq_head *head = look->head;
	struct gpq_csv_cut cut = gpq_csv_cut(head->bytes, look->first.len, true, false, head->cpu_features);
	size_t kept = cut.kind == GPQ_CUT_RECORDS ? look->first.len - cut.len : 0;
	uint64_t read = look->first.len;
	pulse->step_only = true;
	memmove(head->bytes, head->bytes + look->first.len - kept, kept);
	while (!pulse->step_s && read < STEP_SEARCH_BYTES) {
		size_t got = 0;
		GPQ_TRY(gpq_source_read(look->source, head->bytes + kept, GPQ_HEAD_BYTES - kept, &got, err));
		if (!got)
			break;
		read += got;
		size_t len = kept + got;
		cut = gpq_csv_cut(head->bytes, len, true, len < GPQ_HEAD_BYTES, head->cpu_features);
		if (cut.kind != GPQ_CUT_RECORDS)
			break;
		pulse_take(pulse, head, head->bytes, cut.len);
		kept = len - cut.len;
		memmove(head->bytes, head->bytes + cut.len, kept);
	}
	return GPQ_OK;
}

enum gpq_status gpq_head_step_look(struct look *look, struct pulse *pulse, struct gpq_error *err)
{
	const uint8_t *bytes;
	*pulse = pulse_of(look);
	if (pulse->field < 0)
		return GPQ_OK;
	size_t len = data_records(look, &bytes);
	pulse_take(pulse, look->head, bytes, len);
	return pulse->step_s || look->first.all ? GPQ_OK : step_search(look, pulse, err);
}

/* The last instant of a plain file, from its tail, 0 where it tells none; and the latest, where that is later. */
static enum gpq_status tail_look(struct look *look, struct pulse *pulse, struct gpq_error *err)
{
	struct gpq_head *head = look->head;
	size_t len = 0;
	pulse->last_s = 0;
	GPQ_TRY(gpq_source_tail(look->address.path, head->tail, GPQ_TAIL_BYTES, &len, err));
	const uint8_t *begin = len == GPQ_TAIL_BYTES ? memchr(head->tail, '\n', len) : head->tail;
	if (!len || !begin)
		return GPQ_OK;
	begin += len == GPQ_TAIL_BYTES;
	struct pulse tail = {
		.field = pulse->field,
		.role = pulse->role,
		.hour_field = pulse->hour_field,
		.interval_field = pulse->interval_field,
		.interval_s = pulse->interval_s,
	};
	pulse_take(&tail, head, begin, len - (size_t)(begin - head->tail));
	pulse->last_s = tail.last_s;
	if (tail.most_s > pulse->most_s)
		pulse->most_s = tail.most_s;
	return GPQ_OK;
}

/* The instant of what the market's clock shows as 'civil_s'. */
static enum gpq_status market_instant(struct look *look, uint32_t civil_s, uint32_t *out_s, struct gpq_error *err)
{
	struct gpq_head *head = look->head;
	const struct gpq_market *market = look->candidates.items[0].market;
	if (head->zone_market != market) {
		gpq_zone_close(head->zone);
		head->zone = NULL;
		head->zone_market = NULL;
		GPQ_TRY(gpq_zone_open(head->budget, market->zone, &head->zone, err));
		head->zone_market = market;
	}
	int64_t utc_s = (int64_t)civil_s - gpq_zone_offset_s(head->zone, civil_s);
	*out_s = utc_s < 0 ? 0 : utc_s > UINT32_MAX ? UINT32_MAX : (uint32_t)utc_s;
	return GPQ_OK;
}

/* A line whose hours stand across begins at midnight and goes on for a day. */
static enum gpq_status span_take(struct look *look, const struct pulse *pulse, uint32_t first_s, uint32_t last_s,
                                 struct gpq_error *err)
{
	struct gpq_head_facts *facts = look->facts;
	uint32_t last_hour_s = pulse->role == GPQ_ROLE_DATE && pulse->hour_field < 0 ? DAY_S - 3600 : 0;
	if (pulse->role == GPQ_ROLE_END_LOCAL || pulse->role == GPQ_ROLE_END_UTC) {
		look->ends_before_s = pulse->interval_s;
		first_s -= first_s > pulse->interval_s ? pulse->interval_s : 0;
		last_s -= last_s > pulse->interval_s ? pulse->interval_s : 0;
	}
	facts->first_s = first_s;
	facts->last_s = last_s;
	if (pulse->role == GPQ_ROLE_START_UTC || pulse->role == GPQ_ROLE_END_UTC)
		return GPQ_OK;
	if (first_s)
		GPQ_TRY(market_instant(look, first_s, &facts->first_s, err));
	if (last_s)
		GPQ_TRY(market_instant(look, last_s + last_hour_s, &facts->last_s, err));
	return GPQ_OK;
}

bool gpq_head_goes_on(struct look *look)
{
	const struct gpq_feed *feed = look->candidates.items[0].feed;
	const uint8_t *bytes;
	if (look->candidates.count != 1 || feed->choice != GPQ_CHOICE_NONE || feed->preamble_lines || feed->footer_lines ||
	    feed->second_columns || feed->n_components || feed->repeats_by_order || feed->left_out)
		return false;
	struct pulse pulse = pulse_of(look);
	if (pulse.field < 0)
		return false;
	size_t len = data_records(look, &bytes);
	pulse_take(&pulse, look->head, bytes, len);
	return pulse.repeats && !pulse.step_s;
}

enum gpq_status gpq_head_data_look(struct look *look, struct gpq_error *err)
{
	struct gpq_head_facts *facts = look->facts;
	const struct gpq_feed *feed = look->candidates.items[0].feed;
	const uint8_t *bytes;
	struct pulse pulse = pulse_of(look);
	if (look->preamble.day != GPQ_NO_DAY && feed->preamble_date) {
		uint32_t day_s = (uint32_t)look->preamble.day * DAY_S;
		pulse.role = GPQ_ROLE_DATE;
		return span_take(look, &pulse, day_s, day_s, err);
	}
	if (pulse.field < 0)
		return GPQ_OK;
	size_t len = data_records(look, &bytes);
	pulse_take(&pulse, look->head, bytes, len);
	/* Rows of a repeated hour come when the input ends: nothing before them may be closed. */
	facts->ordered = !pulse.falls && (pulse.repeats || look->first.all) && !feed->repeats_by_order;
	bool tail = !look->first.all && !facts->compressed && !facts->member;
	if (tail)
		GPQ_TRY(tail_look(look, &pulse, err));
	bool told = pulse.last_s && (look->first.all || tail || look->goes_on); /* how far it goes */
	/* Lines of a component each go location by location, the hours of one in any order. */
	bool shuffled = feed->n_components && pulse.role == GPQ_ROLE_START_UTC;
	return span_take(look, &pulse, shuffled ? pulse.least_s : pulse.first_s,
	                 !told       ? 0
	                 : shuffled ? pulse.most_s
	                            : pulse.last_s,
	                 err);
}
