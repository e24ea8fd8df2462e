// SPDX-License-Identifier: MIT
#include "convert/head.h"

#include "convert/catalogue.h"
#include "convert/content_kind.h"
#include "convert/line_parser.h"
#include "csv/scan.h"
#include "io/source.h"
#include "value/utf8.h"

#include <fnmatch.h>
#include <stdio.h>

#define TAIL_BYTES ((size_t)16 << 10)
#define FIRST_BYTES ((size_t)8 << 10) /* what nearly always holds the header line */
#define STEP_SEARCH_BYTES ((uint64_t)256 << 20) /* how far the second instant is looked for */

/* Files of one feed come one after the other: what the header of the file before was found to be counts for an equal one. */
struct known_header {
	char text[GPQ_HEAD_MAX_HEADER];
	uint32_t len;
	bool looked_up, bound;
	struct gpq_candidates candidates; /* where looked up */
	struct gpq_feed_binding binding;  /* where bound, to its feed */
};

struct gpq_head {
	struct gpq_budget *budget;
	struct gpq_csv_scanner *scanner;
	struct gpq_archive *archive; /* NULL: no member was looked at yet */
	uint32_t cpu_features;
	struct gpq_text names[GPQ_BINDING_MAX_FIELDS + 1];
	uint32_t n_names;
	char scratch[GPQ_HEAD_MAX_HEADER + 64];
	struct known_header known;
	uint8_t bytes[GPQ_HEAD_BYTES + GPQ_CSV_PADDING];
	uint8_t tail[TAIL_BYTES + GPQ_CSV_PADDING];
};

/* One input being looked at. */
struct look {
	struct gpq_head *head;
	const char *path, *name;
	struct gpq_address address;
	struct gpq_head_facts *facts;
	struct gpq_source *source;
	size_t len;      /* bytes in head->bytes */
	bool all;        /* they are the whole input */
	struct gpq_candidates candidates;
};

size_t gpq_head_need(void)
{
	return sizeof(struct gpq_head) + gpq_csv_scan_need() + gpq_source_need();
}

enum gpq_status gpq_head_open(struct gpq_budget *budget, uint32_t cpu_features, struct gpq_head **out,
                              struct gpq_error *err)
{
	struct gpq_head *head = NULL;
	GPQ_TRY(gpq_alloc_zero(budget, GPQ_TAG_CONVERT, sizeof(*head), &head, err));
	head->budget = budget;
	head->cpu_features = cpu_features;
	enum gpq_status status = gpq_csv_scanner_open(budget, cpu_features, &head->scanner, err);
	if (status != GPQ_OK) {
		gpq_free(budget, GPQ_TAG_CONVERT, head, sizeof(*head));
		return status;
	}
	*out = head;
	return GPQ_OK;
}

void gpq_head_close(struct gpq_head *head)
{
	if (!head)
		return;
	gpq_archive_close(head->archive);
	gpq_csv_scanner_close(head->scanner);
	gpq_free(head->budget, GPQ_TAG_CONVERT, head, sizeof(*head));
}

static void facts_say(struct gpq_head_facts *facts, enum gpq_status status, const char *sentence)
{
	facts->status = status;
	snprintf(facts->why, sizeof(facts->why), "%.*s", (int)sizeof(facts->why) - 1, sentence);
}

/* Whole records from 'at' on: a few where the first one's end is near, else all. */
static struct gpq_csv_cut first_records(const struct look *look, size_t at)
{
	const struct gpq_head *head = look->head;
	size_t left = look->len - at;
	if (left > FIRST_BYTES) {
		struct gpq_csv_cut few = gpq_csv_cut(head->bytes + at, FIRST_BYTES, false, false, head->cpu_features);
		if (few.kind == GPQ_CUT_RECORDS)
			return few;
	}
	return gpq_csv_cut(head->bytes + at, left, false, look->all, head->cpu_features);
}

/* Where the first line begins that is not blank, as far as lines end; counts those before it. */
static size_t blank_lines_skip(const struct look *look, size_t at)
{
	for (;;) {
		const char *line = (const char *)look->head->bytes + at;
		const char *end = memchr(line, '\n', look->len - at);
		if (!end)
			return at;
		uint32_t len = (uint32_t)(end - line) - (end > line && end[-1] == '\r');
		if (gpq_value_trim((struct gpq_text){ line, len }).len)
			return at;
		look->facts->blank_lines++;
		at += (size_t)(end - line) + 1;
	}
}

/* Finds the first line that is not blank and splits it into names. False where there is none within the head. */
static bool header_split(struct look *look)
{
	struct gpq_head *head = look->head;
	struct gpq_head_facts *facts = look->facts;
	size_t at = 0;
	if (look->len >= 3 && memcmp(head->bytes, "\xEF\xBB\xBF", 3) == 0) {
		facts->bom = true;
		at = 3;
	}
	for (;;) {
		at = blank_lines_skip(look, at);
		struct gpq_csv_cut cut = first_records(look, at);
		if (cut.kind != GPQ_CUT_RECORDS || at == look->len)
			return false;
		struct gpq_csv_index index;
		gpq_csv_scan(head->scanner, head->bytes + at, cut.len, &index);
		uint32_t n_fields = index.records[1];
		size_t end = at + index.ends[n_fields - 1];
		size_t text_end = end > at && head->bytes[end - 1] == '\r' ? end - 1 : end;
		bool blank = n_fields == 1 &&
		             !gpq_value_trim((struct gpq_text){ (const char *)head->bytes + at, (uint32_t)(text_end - at) }).len;
		if (blank) {
			facts->blank_lines++;
			at = end < look->len ? end + 1 : look->len;
			continue;
		}
		if (text_end - at > GPQ_HEAD_MAX_HEADER)
			return false;
		facts->crlf = text_end != end;
		facts->quoted = index.has_quotes && head->bytes[at] == '"';
		facts->header_len = (uint32_t)(text_end - at);
		memcpy(facts->header, head->bytes + at, facts->header_len);
		facts->header_bytes = (uint32_t)(end < look->len ? end + 1 : look->len);
		size_t used = 0;
		head->n_names = 0;
		for (uint32_t f = 0; f < n_fields && f <= GPQ_BINDING_MAX_FIELDS; f++) {
			struct gpq_text field = gpq_csv_field(&index, head->bytes + at, 0, f);
			struct gpq_text name = gpq_csv_unquote(field, head->scratch + used, sizeof(head->scratch) - used);
			memmove(head->scratch + used, name.bytes, name.len); /* the head's bytes do not last */
			head->names[head->n_names++] = (struct gpq_text){ head->scratch + used, name.len };
			used += name.len;
		}
		return true;
	}
}

/* ---- --assume ---- */

struct assumption {
	char pattern[256];
	struct gpq_candidates candidates;
	const char *target;
};

static bool assume_split(const char *text, struct assumption *out)
{
	const char *equals = strrchr(text, '=');
	if (!equals || equals == text || (size_t)(equals - text) >= sizeof(out->pattern))
		return false;
	memcpy(out->pattern, text, (size_t)(equals - text));
	out->pattern[equals - text] = 0;
	out->target = equals + 1;
	return gpq_market_assume(gpq_text_of(out->target), &out->candidates);
}

enum gpq_status gpq_assume_check(const char *assume, struct gpq_error *err)
{
	struct assumption assumption;
	if (!assume_split(assume, &assumption))
		return gpq_fail(err, GPQ_E_USAGE,
		                "--assume '%s' is not PATTERN=ISO/DATASET[:PRODUCT] with a dataset of 'gridpq formats'", assume);
	return GPQ_OK;
}

static bool assume_find(const struct look *look, struct gpq_texts assume, struct assumption *out)
{
	for (size_t i = 0; i < assume.count; i++)
		if (assume_split(assume.items[i], out) && (fnmatch(out->pattern, look->name, 0) == 0 ||
		                                           fnmatch(out->pattern, look->path, 0) == 0))
			return true;
	return false;
}

/* Keeps the candidates that the assumption names; false where it names none of them. */
static bool candidates_narrow(struct gpq_candidates *candidates, const struct gpq_candidates *assumed)
{
	struct gpq_candidates kept = { .count = 0 };
	for (uint32_t i = 0; i < candidates->count; i++)
		for (uint32_t k = 0; k < assumed->count; k++)
			if (assumed->items[k].feed == candidates->items[i].feed) {
				kept.items[kept.count++] = candidates->items[i];
				break;
			}
	if (!kept.count)
		return false;
	*candidates = kept;
	return true;
}

/* A file without a header line: the assumed feed's own columns, as many as the first line has (RULES 1). */
static bool headerless(struct look *look, const struct assumption *assumption)
{
	struct gpq_head *head = look->head;
	for (uint32_t i = 0; i < assumption->candidates.count; i++) {
		const struct gpq_feed *feed = assumption->candidates.items[i].feed;
		if (feed->n_columns != head->n_names)
			continue;
		for (uint32_t f = 0; f < head->n_names; f++)
			head->names[f] = gpq_text_of(feed->columns[f].names[0]);
		look->candidates.items[0] = assumption->candidates.items[i];
		look->candidates.count = 1;
		look->facts->header_bytes = look->facts->bom ? 3 : 0;
		look->facts->header_len = 0;
		look->facts->blank_lines = 0;
		look->facts->assumed = true;
		return true;
	}
	return false;
}

/* ---- what the data lines say ---- */

/* Where a candidate's header has the interval's start, by its own roles; -1: nowhere. */
static int start_field(const struct look *look)
{
	for (uint32_t f = 0; f < look->head->n_names; f++) {
		const struct gpq_feed_column *column =
			gpq_market_feed_column(look->candidates.items[0].feed, look->head->names[f]);
		if (column && column->role == GPQ_ROLE_START_UTC)
			return (int)f;
	}
	return -1;
}

/* Feels through whole records: instants in the order they come. */
struct pulse {
	int field;
	uint32_t first_s, last_s, step_s;
	bool falls, repeats; /* an instant is earlier than the one above; two lines share an instant */
	bool step_only;
};

static void pulse_take(struct pulse *pulse, struct gpq_head *head, const uint8_t *bytes, size_t len)
{
	struct gpq_text above = { NULL, 0 }; /* the last stamp that was read: most lines repeat it */
	for (size_t at = 0; at < len;) {
		struct gpq_csv_index index;
		size_t piece = gpq_csv_scan(head->scanner, bytes + at, len - at, &index);
		for (uint32_t r = 0; r < index.n_records; r++) {
			uint32_t first = index.records[r];
			uint32_t start_s;
			if (index.records[r + 1] - first <= (uint32_t)pulse->field)
				continue;
			struct gpq_text field = gpq_csv_field(&index, bytes + at, r, first + (uint32_t)pulse->field);
			char scratch[64];
			if (above.bytes && gpq_text_equal(field, above)) {
				pulse->repeats = true;
				continue;
			}
			if (field.len > sizeof(scratch) ||
			    gpq_line_start(gpq_csv_unquote(field, scratch, sizeof(scratch)), &start_s) != GPQ_REJECT_NONE)
				continue;
			if (!pulse->first_s)
				pulse->first_s = start_s;
			else if (start_s == pulse->last_s)
				pulse->repeats = true;
			else if (start_s < pulse->last_s)
				pulse->falls = true;
			if (!pulse->step_s && start_s != pulse->first_s)
				pulse->step_s = start_s > pulse->first_s ? start_s - pulse->first_s : pulse->first_s - start_s;
			pulse->last_s = start_s;
			above = start_s ? field : (struct gpq_text){ NULL, 0 };
			if (pulse->step_only && pulse->step_s)
				return;
		}
		at += piece;
	}
}

/* Reads on behind the head until a second instant is found: a nodal hour can be megabytes long. */
static enum gpq_status step_search(struct look *look, struct pulse *pulse, struct gpq_error *err)
{
	struct gpq_head *head = look->head;
	struct gpq_csv_cut cut = gpq_csv_cut(head->bytes, look->len, true, false, head->cpu_features);
	size_t kept = cut.kind == GPQ_CUT_RECORDS ? look->len - cut.len : 0;
	uint64_t read = look->len;
	pulse->step_only = true;
	memmove(head->bytes, head->bytes + look->len - kept, kept);
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

/* The last instant of a plain file, from its tail. */
static enum gpq_status tail_look(struct look *look, int field, struct gpq_error *err)
{
	struct gpq_head *head = look->head;
	size_t len = 0;
	GPQ_TRY(gpq_source_tail(look->address.path, head->tail, TAIL_BYTES, &len, err));
	const uint8_t *begin = len == TAIL_BYTES ? memchr(head->tail, '\n', len) : head->tail;
	if (!len || !begin)
		return GPQ_OK;
	begin += len == TAIL_BYTES;
	struct pulse pulse = { .field = field };
	pulse_take(&pulse, head, begin, len - (size_t)(begin - head->tail));
	look->facts->last_s = pulse.last_s;
	return GPQ_OK;
}

static bool needs_step(const struct gpq_candidates *candidates)
{
	for (uint32_t i = 0; i < candidates->count; i++)
		if (candidates->items[i].feed->choice == GPQ_CHOICE_STEP)
			return true;
	return false;
}

/* The step between the first two distinct instants; with one instant only, off the hour is 5-minute (RULES 2). */
static void choose_by_step(struct look *look, const struct pulse *pulse)
{
	struct gpq_head_facts *facts = look->facts;
	facts->step_s = pulse->step_s;
	gpq_market_choose_by_step(&look->candidates, pulse->step_s / 60, pulse->first_s % 3600 != 0);
	if (look->candidates.count != 1)
		return;
	const struct gpq_feed *feed = look->candidates.items[0].feed;
	if (!feed->outputs[0])
		return;
	snprintf(facts->why, sizeof(facts->why), "header matches %s; %u-minute because %s", feed->id,
	         feed->outputs[0]->interval_minutes,
	         pulse->step_s ? "of the step between its first two instants" : "its one instant is off the hour");
}

static void candidates_name(const struct gpq_candidates *candidates, char *out, size_t cap)
{
	size_t len = 0;
	out[0] = 0;
	for (uint32_t i = 0; i < candidates->count && len < cap; i++)
		len += (size_t)snprintf(out + len, cap - len, "%s%s (%s)", i ? ", " : "", candidates->items[i].feed->id,
		                        candidates->items[i].feed->outputs[0] ? candidates->items[i].feed->outputs[0]->id
		                                                              : "left out");
}

/* A name that says another feed than the content did is warned of; the content counts (RULES 1). */
static void name_check(struct look *look, struct gpq_candidates *named)
{
	if (named->count < 2 || look->candidates.count != 1)
		return;
	gpq_market_choose_by_name(named, gpq_text_of(look->name));
	if (named->count == 1 && named->items[0].feed != look->candidates.items[0].feed)
		snprintf(look->facts->warning, sizeof(look->facts->warning),
		         "the file's name says %s (%s), the content says otherwise and counts", named->items[0].feed->id,
		         named->items[0].feed->outputs[0] ? named->items[0].feed->outputs[0]->id : "left out");
}

/* Narrows several candidates down: content first, then --assume, then the name. */
static void candidates_choose(struct look *look, const struct pulse *pulse, const struct assumption *assumption)
{
	struct gpq_head_facts *facts = look->facts;
	struct gpq_candidates named = look->candidates;
	if (look->candidates.count > 1 && needs_step(&look->candidates))
		choose_by_step(look, pulse);
	name_check(look, &named);
	if (assumption && !candidates_narrow(&look->candidates, &assumption->candidates))
		snprintf(facts->warning, sizeof(facts->warning), "--assume says %s, the content says otherwise and counts",
		         assumption->target);
	if (look->candidates.count > 1) {
		gpq_market_choose_by_name(&look->candidates, gpq_text_of(look->name));
		if (look->candidates.count == 1)
			snprintf(facts->why, sizeof(facts->why), "header matches several feeds; %s by the file's name",
			         look->candidates.items[0].feed->id);
	}
	if (look->candidates.count > 1) {
		char names[200];
		candidates_name(&look->candidates, names, sizeof(names));
		facts->status = GPQ_E_AMBIGUOUS;
		snprintf(facts->why, sizeof(facts->why), "could be any of %.120s; say which with --assume '%.60s=ISO/DATASET'", names,
		         look->name);
	}
}

static enum gpq_status data_look(struct look *look, struct gpq_error *err)
{
	struct gpq_head_facts *facts = look->facts;
	struct gpq_head *head = look->head;
	struct pulse pulse = { .field = start_field(look) };
	size_t from = facts->header_bytes;
	if (pulse.field >= 0) {
		struct gpq_csv_cut cut =
			gpq_csv_cut(head->bytes + from, look->len - from, true, look->all, head->cpu_features);
		if (look->len > from && cut.kind == GPQ_CUT_RECORDS)
			pulse_take(&pulse, head, head->bytes + from, cut.len);
		facts->first_s = pulse.first_s;
		facts->last_s = look->all ? pulse.last_s : 0;
		facts->ordered = !pulse.falls && (pulse.repeats || look->all);
		if (!look->all && !facts->compressed)
			GPQ_TRY(tail_look(look, pulse.field, err));
	}
	return GPQ_OK;
}

/* The step has to be searched only where several candidates differ by it. Must come last: it overwrites the head's bytes. */
static enum gpq_status choice_look(struct look *look, const struct assumption *assumption, struct gpq_error *err)
{
	struct pulse pulse = { .field = start_field(look) };
	if (look->candidates.count > 1 && needs_step(&look->candidates) && pulse.field >= 0) {
		size_t from = look->facts->header_bytes;
		struct gpq_csv_cut cut =
			gpq_csv_cut(look->head->bytes + from, look->len - from, true, look->all, look->head->cpu_features);
		if (look->len > from && cut.kind == GPQ_CUT_RECORDS)
			pulse_take(&pulse, look->head, look->head->bytes + from, cut.len);
		if (!pulse.step_s && !look->all)
			GPQ_TRY(step_search(look, &pulse, err));
	}
	candidates_choose(look, &pulse, assumption);
	return GPQ_OK;
}

/* What is known of the header line that was split last. */
static struct known_header *known_header(struct look *look)
{
	struct known_header *known = &look->head->known;
	const struct gpq_head_facts *facts = look->facts;
	if (facts->header_len != known->len || memcmp(facts->header, known->text, known->len) != 0) {
		known->looked_up = known->bound = false;
		known->len = facts->header_len;
		memcpy(known->text, facts->header, known->len);
	}
	return known;
}

static void binding_make(struct look *look)
{
	struct gpq_head_facts *facts = look->facts;
	const struct gpq_candidate *candidate = &look->candidates.items[0];
	struct gpq_error err;
	facts->market = candidate->market;
	facts->feed = candidate->feed;
	if (candidate->feed->left_out)
		return;
	struct known_header *known = facts->assumed ? NULL : known_header(look);
	if (known && known->bound && known->binding.market == candidate->market && known->binding.feed == candidate->feed) {
		facts->binding = known->binding;
		return;
	}
	enum gpq_status status = gpq_feed_binding_init(&facts->binding, candidate->market, candidate->feed,
	                                               look->head->names, look->head->n_names, &err);
	if (status != GPQ_OK) {
		facts_say(facts, status, err.message);
	} else if (known) {
		known->binding = facts->binding;
		known->bound = true;
	}
}

static void candidates_find(struct look *look)
{
	struct known_header *known = known_header(look);
	if (!known->looked_up)
		gpq_market_recognise(look->head->names, look->head->n_names, &known->candidates);
	known->looked_up = true;
	look->candidates = known->candidates;
}

static enum gpq_status look_through(struct look *look, struct gpq_texts assume, struct gpq_error *err)
{
	struct gpq_head *head = look->head;
	struct gpq_head_facts *facts = look->facts;
	GPQ_TRY(gpq_source_read(look->source, head->bytes, GPQ_HEAD_BYTES, &look->len, err));
	look->all = look->len < GPQ_HEAD_BYTES;
	facts->compressed = gpq_source_is_compressed(look->source);
	facts->member = look->address.depth > 0;
	const char *other = gpq_content_kind(head->bytes, look->len);
	if (gpq_content_is_archive(head->bytes, look->len, look->name)) {
		facts->archive = true;
		facts_say(facts, GPQ_E_UNRECOGNISED, "a ZIP archive");
		return GPQ_OK;
	}
	if (other || !header_split(look)) {
		facts_say(facts, GPQ_E_UNRECOGNISED, other ? other : "no header line within its first 64 KiB");
		return GPQ_OK;
	}
	candidates_find(look);
	struct assumption assumption;
	bool assumed = assume_find(look, assume, &assumption);
	if (!look->candidates.count && !(assumed && headerless(look, &assumption))) {
		facts_say(facts, GPQ_E_UNRECOGNISED, "no dataset has a header like this one");
		return GPQ_OK;
	}
	snprintf(facts->why, sizeof(facts->why), "%s %s", facts->assumed ? "no header line; --assume says" : "header matches",
	         look->candidates.items[0].feed->id);
	GPQ_TRY(data_look(look, err));
	GPQ_TRY(choice_look(look, assumed ? &assumption : NULL, err));
	if (facts->status == GPQ_OK)
		binding_make(look);
	return GPQ_OK;
}

static void look_init(struct look *look, struct gpq_head *head, const struct gpq_address *address, const char *path,
                      const char *name, struct gpq_head_facts *facts)
{
	*look = (struct look){ .head = head, .path = path, .name = name, .address = *address, .facts = facts };
	memset(facts, 0, sizeof(*facts));
}

static enum gpq_status look_open(struct look *look, struct gpq_error *err)
{
	struct gpq_head *head = look->head;
	if (look->address.depth && !head->archive)
		GPQ_TRY(gpq_archive_open(head->budget, &head->archive, err));
	return gpq_source_open_member(head->budget, head->archive, &look->address, false, &look->source, err);
}

static enum gpq_status look_whole(struct look *look, struct gpq_texts assume, struct gpq_error *err)
{
	GPQ_TRY(look_open(look, err));
	enum gpq_status status = look_through(look, assume, err);
	gpq_source_close(look->source);
	return status;
}

enum gpq_status gpq_head_read(struct gpq_head *head, const char *path, struct gpq_texts assume,
                              struct gpq_head_facts *out, struct gpq_error *err)
{
	struct look look;
	const char *slash = strrchr(path, '/');
	look_init(&look, head, &(struct gpq_address){ .path = path }, path, slash ? slash + 1 : path, out);
	return look_whole(&look, assume, err);
}

enum gpq_status gpq_head_read_member(struct gpq_head *head, const struct gpq_member *member, struct gpq_texts assume,
                                     struct gpq_head_facts *out, struct gpq_error *err)
{
	struct look look;
	look_init(&look, head, &member->address, member->path, member->base, out);
	return look_whole(&look, assume, err);
}

/* The header line is nearly always near: only where it is not, the whole head is read. False where there is none. */
static enum gpq_status header_find(struct look *look, bool *out_found, struct gpq_error *err)
{
	struct gpq_head *head = look->head;
	GPQ_TRY(gpq_source_read(look->source, head->bytes, FIRST_BYTES, &look->len, err));
	look->all = look->len < FIRST_BYTES;
	*out_found = header_split(look);
	if (*out_found || look->all)
		return GPQ_OK;
	size_t more = 0;
	GPQ_TRY(gpq_source_read(look->source, head->bytes + look->len, GPQ_HEAD_BYTES - look->len, &more, err));
	look->len += more;
	look->all = look->len < GPQ_HEAD_BYTES;
	memset(look->facts, 0, sizeof(*look->facts));
	*out_found = header_split(look);
	return GPQ_OK;
}

enum gpq_status gpq_head_bind(struct gpq_head *head, const struct gpq_input *input, struct gpq_source *source,
                              struct gpq_head_facts *out, struct gpq_head_first *out_first, struct gpq_error *err)
{
	struct look look;
	struct gpq_address address = gpq_input_address(input);
	bool found = false;
	look_init(&look, head, &address, input->path, input->base ? input->base : input->name, out);
	look.source = source;
	GPQ_TRY(header_find(&look, &found, err));
	struct assumption known = {
		.candidates = { .items = { { input->market, input->feed } }, .count = 1 },
	};
	look.candidates = known.candidates;
	if (!found || (input->assumed && !headerless(&look, &known)))
		return gpq_fail(err, GPQ_E_DATA, "the header is not what it was when the run began");
	binding_make(&look);
	if (out->status != GPQ_OK)
		return gpq_fail(err, out->status, "%s", out->why);
	*out_first = (struct gpq_head_first){ head->bytes, look.len, look.all };
	return GPQ_OK;
}
