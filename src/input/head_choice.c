// SPDX-License-Identifier: MIT
/* Which of several feeds an input is, whose header they share: content first, then --assume, then names (RULES 1). */
#include "input/head_look.h"

#include "input/name_facts.h"
#include "value/utf8.h"

#include <fnmatch.h>
#include <stdio.h>
#include <strings.h>

/* ---- --assume ---- */

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

bool gpq_head_assume_find(const struct look *look, struct gpq_texts assume, struct assumption *out)
{
	for (size_t i = 0; i < assume.count; i++)
		if (assume_split(assume.items[i], out) && (fnmatch(out->pattern, look->base, 0) == 0 ||
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

/* ---- content ---- */

static const char *first_output(const struct gpq_feed *feed)
{
	return feed->outputs[0] ? feed->outputs[0]->id : "left out";
}

static void why_say(struct look *look, const char *reason)
{
	if (look->candidates.count == 1)
		snprintf(look->facts->why, sizeof(look->facts->why), "header matches several feeds; %s by %s",
		         look->candidates.items[0].feed->id, reason);
}

static bool look_has_title(const struct look *look, const struct gpq_feed *feed)
{
	for (uint32_t k = 0; k < look->n_above; k++)
		if (gpq_preamble_has_title(feed, look->above[k]))
			return true;
	return false;
}

/* Keeps those whose title stands above the header; where it is nobody's, those that ask for none, or all. */
static void choose_by_title(struct look *look)
{
	struct gpq_candidates kept = { .count = 0 }, untitled = { .count = 0 };
	for (uint32_t i = 0; i < look->candidates.count; i++) {
		const struct gpq_feed *feed = look->candidates.items[i].feed;
		if (look_has_title(look, feed))
			kept.items[kept.count++] = look->candidates.items[i];
		else if (!feed->titles[0])
			untitled.items[untitled.count++] = look->candidates.items[i];
	}
	if (!kept.count)
		kept = untitled;
	if (!kept.count)
		return;
	look->candidates = kept;
	why_say(look, "the title above it");
}

static bool any_choice(const struct gpq_candidates *candidates, enum gpq_choice choice)
{
	for (uint32_t i = 0; i < candidates->count; i++)
		if (candidates->items[i].feed->choice == choice)
			return true;
	return false;
}

static bool feed_has_run(const struct gpq_feed *feed, struct gpq_text run)
{
	for (size_t k = 0; k < sizeof(feed->market_runs) / sizeof(feed->market_runs[0]) && feed->market_runs[k]; k++)
		if (gpq_text_equal(gpq_text_of(feed->market_runs[k]), run))
			return true;
	return false;
}

/* The market run of the first data line; a run of no feed is a reason not to be any of them. */
static void choose_by_run(struct look *look)
{
	char scratch[64];
	struct gpq_text run = gpq_value_trim(gpq_head_first_text(look, GPQ_ROLE_MARKET, scratch, sizeof(scratch)));
	struct gpq_candidates kept = { .count = 0 };
	if (!run.bytes)
		return;
	for (uint32_t i = 0; i < look->candidates.count; i++)
		if (feed_has_run(look->candidates.items[i].feed, run))
			kept.items[kept.count++] = look->candidates.items[i];
	look->candidates = kept;
	why_say(look, "the market run of its lines");
	if (kept.count)
		return;
	look->facts->status = GPQ_E_UNRECOGNISED;
	snprintf(look->facts->why, sizeof(look->facts->why), "no dataset has lines of the market run '%.*s'", (int)run.len,
	         run.bytes);
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

/* Stamps on the hour, on quarters of it or on neither (RULES 2). */
static void choose_by_stamps(struct look *look, const struct pulse *pulse)
{
	if (!pulse->first_s)
		return;
	gpq_market_choose_by_stamps(&look->candidates, pulse->step_s != 0, pulse->off_hour, pulse->off_quarter);
	why_say(look, "its stamps");
}

/* ---- names ---- */

/* The names that tell, one after the other: the input's own, then those of the archives that it is in, outward. */
static void choose_by_names(struct gpq_candidates *candidates, const char *name)
{
	struct gpq_text left = gpq_text_of(name);
	for (struct gpq_text part = gpq_name_next(&left); part.bytes && candidates->count > 1; part = gpq_name_next(&left))
		gpq_market_choose_by_name(candidates, part);
}

/* A name that says another feed than the content did is warned of; the content counts (RULES 1). */
static void name_check(struct look *look, struct gpq_candidates *named)
{
	if (named->count < 2 || look->candidates.count != 1)
		return;
	choose_by_names(named, look->name);
	if (named->count == 1 && named->items[0].feed != look->candidates.items[0].feed)
		snprintf(look->facts->warning, sizeof(look->facts->warning),
		         "the file's name says %s (%s), the content says otherwise and counts", named->items[0].feed->id,
		         first_output(named->items[0].feed));
}

static void candidates_drop(struct gpq_candidates *candidates, enum gpq_choice choice)
{
	uint32_t kept = 0;
	for (uint32_t i = 0; i < candidates->count; i++)
		if (candidates->items[i].feed->choice != choice)
			candidates->items[kept++] = candidates->items[i];
	candidates->count = kept;
}

/* Feeds whose name is content (RULES 2). The first part of the name that has a word of any candidate tells; what is nothing without
 * its word goes where that is missing. What the caller assumes instead is left to the step. */
static void choose_by_naming(struct look *look, const struct assumption *assumption)
{
	struct gpq_candidates named = look->candidates, wanted;
	struct gpq_text left = gpq_text_of(look->name);
	bool told = false;
	for (struct gpq_text part = gpq_name_next(&left); part.bytes && !told; part = gpq_name_next(&left))
		told = gpq_market_choose_by_naming(&named, part);
	bool settled = named.count < look->candidates.count;
	if (settled && named.items[0].feed->choice == GPQ_CHOICE_NAMED_OR_STEP) {
		wanted = named;
		settled = !assumption || candidates_narrow(&wanted, &assumption->candidates);
	}
	if (settled) {
		look->candidates = named;
		why_say(look, "the file's name");
	} else {
		candidates_drop(&look->candidates, GPQ_CHOICE_NAMED);
	}
}

/* ---- all together ---- */

static void candidates_name(const struct gpq_candidates *candidates, char *out, size_t cap)
{
	size_t len = 0;
	out[0] = 0;
	for (uint32_t i = 0; i < candidates->count && len < cap; i++)
		len += (size_t)snprintf(out + len, cap - len, "%s%s (%s)", i ? ", " : "", candidates->items[i].feed->id,
		                        first_output(candidates->items[i].feed));
}

static enum gpq_status choose_by_content(struct look *look, const struct assumption *assumption, struct gpq_error *err)
{
	if (any_choice(&look->candidates, GPQ_CHOICE_NAMED) || any_choice(&look->candidates, GPQ_CHOICE_NAMED_OR_STEP))
		choose_by_naming(look, assumption);
	if (look->candidates.count > 1 && look->n_above)
		choose_by_title(look);
	if (any_choice(&look->candidates, GPQ_CHOICE_RUN))
		choose_by_run(look);
	if (look->candidates.count > 1 && (any_choice(&look->candidates, GPQ_CHOICE_STEP) ||
	                                   any_choice(&look->candidates, GPQ_CHOICE_NAMED_OR_STEP))) {
		struct pulse pulse;
		GPQ_TRY(gpq_head_step_look(look, &pulse, err));
		if (pulse.field >= 0)
			choose_by_step(look, &pulse);
	}
	if (look->candidates.count > 1 && any_choice(&look->candidates, GPQ_CHOICE_STAMPS)) {
		struct pulse pulse;
		GPQ_TRY(gpq_head_step_look(look, &pulse, err));
		if (pulse.field >= 0)
			choose_by_stamps(look, &pulse);
	}
	return GPQ_OK;
}

enum gpq_status gpq_head_choose(struct look *look, const struct assumption *assumption, struct gpq_error *err)
{
	struct gpq_head_facts *facts = look->facts;
	struct gpq_candidates named = look->candidates;
	GPQ_TRY(choose_by_content(look, assumption, err));
	if (facts->status != GPQ_OK)
		return GPQ_OK;
	name_check(look, &named);
	if (assumption && !candidates_narrow(&look->candidates, &assumption->candidates))
		snprintf(facts->warning, sizeof(facts->warning), "--assume says %s, the content says otherwise and counts",
		         assumption->target);
	if (look->candidates.count > 1 && look->preamble.name[0]) {
		choose_by_names(&look->candidates, look->preamble.name);
		why_say(look, "the name above it");
	}
	if (look->candidates.count > 1) {
		choose_by_names(&look->candidates, look->name);
		why_say(look, "the file's name");
	}
	if (look->candidates.count > 1) {
		char names[200];
		candidates_name(&look->candidates, names, sizeof(names));
		facts->status = GPQ_E_AMBIGUOUS;
		snprintf(facts->why, sizeof(facts->why), "could be any of %.120s; say which with --assume '%.60s=ISO/DATASET'", names,
		         look->base);
	}
	return GPQ_OK;
}
