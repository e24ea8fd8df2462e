// SPDX-License-Identifier: MIT
#include "input/discover.h"

#include "input/head.h"
#include "io/walk.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct discovery {
	const struct gpq_convert_settings *settings;
	const struct gpq_hooks *hooks;
	struct gpq_catalogue *catalogue;
	struct gpq_head *head;
	struct gpq_members *members; /* by the head's opener */
	struct gpq_head_facts facts;
	char output[PATH_MAX]; /* the output folder without links and dots; empty: there is none yet */
	char root[PATH_MAX];   /* the input under way, likewise */
	size_t root_len;       /* of its path as the caller wrote it */
	bool broken;           /* the catalogue failed */
};

static bool name_is_dataset(const char *name, const struct gpq_market *market, const struct gpq_dataset *dataset)
{
	const char *slash = strchr(name, '/');
	if (!slash)
		return strcasecmp(name, dataset->id) == 0;
	return (size_t)(slash - name) == strlen(market->iso) && strncasecmp(name, market->iso, (size_t)(slash - name)) == 0 &&
	       strcasecmp(slash + 1, dataset->id) == 0;
}

bool gpq_dataset_wanted(const struct gpq_convert_settings *settings, const struct gpq_market *market,
                        const struct gpq_dataset *dataset)
{
	for (size_t i = 0; i < settings->datasets.count; i++)
		if (name_is_dataset(settings->datasets.items[i], market, dataset))
			return true;
	return settings->datasets.count == 0;
}

static enum gpq_status dataset_name_check(const char *name, struct gpq_error *err)
{
	uint32_t n_markets;
	const struct gpq_market *const *markets = gpq_markets(&n_markets);
	for (uint32_t m = 0; m < n_markets; m++)
		for (uint32_t d = 0; d < markets[m]->n_datasets; d++)
			if (name_is_dataset(name, markets[m], markets[m]->datasets[d]))
				return GPQ_OK;
	return gpq_fail(err, GPQ_E_USAGE, "--dataset '%s' is not known; 'gridpq formats' lists the datasets", name);
}

bool gpq_market_wanted(struct gpq_texts isos, const struct gpq_market *market)
{
	for (size_t i = 0; i < isos.count; i++)
		if (gpq_market_by_name(gpq_text_of(isos.items[i])) == market)
			return true;
	return isos.count == 0;
}

enum gpq_status gpq_isos_check(struct gpq_texts isos, struct gpq_error *err)
{
	char known[200];
	size_t len = 0;
	uint32_t n_markets;
	const struct gpq_market *const *markets = gpq_markets(&n_markets);
	for (uint32_t m = 0; m < n_markets && len < sizeof(known); m++)
		len += (size_t)snprintf(known + len, sizeof(known) - len, "%s%s", m ? ", " : "", markets[m]->iso);
	for (size_t i = 0; i < isos.count; i++)
		if (!gpq_market_by_name(gpq_text_of(isos.items[i])))
			return gpq_fail(err, GPQ_E_USAGE, "--iso '%s' is not known; it is one of %s", isos.items[i], known);
	return GPQ_OK;
}

static bool feed_wanted(const struct discovery *discovery, const struct gpq_market *market, const struct gpq_feed *feed)
{
	for (int o = 0; o < 2 && feed->outputs[o]; o++)
		if (gpq_dataset_wanted(discovery->settings, market, feed->outputs[o]))
			return true;
	return false;
}

/* What is found of an input, before it is looked at. */
static struct gpq_input input_of(uint64_t stored_bytes)
{
	return (struct gpq_input){ .size_bytes = stored_bytes, .finality = GPQ_FINALITY_UNMARKED };
}

/* '*out_reason' Borrows from the discovery until the next input. */
static void input_describe(struct discovery *discovery, struct gpq_input *input, const char **out_reason)
{
	const struct gpq_head_facts *facts = &discovery->facts;
	gpq_input_recognise(input, facts->market, facts->feed);
	input->assumed = facts->assumed;
	input->seems_first_s = facts->first_s;
	input->seems_last_s = facts->last_s;
	input->seems_ordered = facts->ordered;
	input->finality = (uint8_t)facts->finality;
	input->published_s = facts->published_s;
	input->status = (uint8_t)facts->status;
	*out_reason = facts->why;
	if (facts->market && !gpq_market_wanted(discovery->settings->isos, facts->market)) {
		input->state = GPQ_INPUT_SKIPPED;
		*out_reason = "its market was not asked for";
	} else if (facts->left_out) {
		input->state = GPQ_INPUT_LEFT_OUT;
		*out_reason = facts->left_out;
	} else if (facts->status == GPQ_E_UNRECOGNISED) {
		input->state = GPQ_INPUT_UNRECOGNISED;
	} else if (facts->status != GPQ_OK) {
		input->state = GPQ_INPUT_FAILED;
	} else if (facts->feed->left_out) {
		input->state = GPQ_INPUT_LEFT_OUT;
		*out_reason = facts->feed->left_out;
	} else if (!feed_wanted(discovery, facts->market, facts->feed)) {
		input->state = GPQ_INPUT_SKIPPED;
		*out_reason = "its dataset was not asked for";
	} else {
		input->state = GPQ_INPUT_FOUND;
		*out_reason = NULL;
	}
}

static void warning_say(const struct discovery *discovery, const char *path)
{
	if (!discovery->facts.warning[0] || !discovery->hooks->message)
		return;
	struct gpq_error text;
	gpq_fail(&text, GPQ_OK, "%s: %s", path, discovery->facts.warning);
	discovery->hooks->message(discovery->hooks->context, GPQ_WARNING, text.message);
}

/* The rest of 'path' behind 'folder', from its slash, or NULL where it is not below. */
static const char *path_below(const char *path, const char *folder)
{
	size_t len = strlen(folder);
	if (len && folder[len - 1] == '/') /* the root of all folders */
		len--;
	return strncmp(path, folder, len) == 0 && path[len] == '/' ? path + len : NULL;
}

/*
 * Whether a file is one of our own: below an output folder that stands within the input, or, where the input stands in the output
 * folder or is that folder, what a run writes there.
 */
static bool file_is_output(const struct discovery *discovery, const char *path)
{
	char real[2 * PATH_MAX];
	if (!discovery->output[0] || strlen(path) < discovery->root_len)
		return false;
	const char *rest = path + discovery->root_len;
	rest += *rest == '/';
	snprintf(real, sizeof(real), "%s%s%s", discovery->root, *rest ? "/" : "", rest);
	const char *inside = path_below(real, discovery->output);
	if (!inside)
		return false;
	size_t len = strlen(inside);
	return path_below(discovery->output, discovery->root) || path_below(inside, "/metadata") ||
	       (len > 8 && strcmp(inside + len - 8, ".parquet") == 0);
}

static enum gpq_status cancel_ask(const struct discovery *discovery, struct gpq_error *err)
{
	if (discovery->hooks->cancelled && discovery->hooks->cancelled(discovery->hooks->context))
		return gpq_fail(err, GPQ_E_INTERRUPTED, "stopped on request; nothing was written");
	return GPQ_OK;
}

static void input_refuse(struct gpq_input *input, enum gpq_input_state state, enum gpq_status status)
{
	input->state = (uint8_t)state;
	input->status = (uint8_t)status;
}

/* Enters a file, or the member that is not NULL. What fails here ends the run; it is no fault of an input. */
static enum gpq_status input_enter(struct discovery *discovery, const char *path, const struct gpq_member *member,
                                   const struct gpq_input *input, const char *reason, struct gpq_error *err)
{
	enum gpq_status status = member ? gpq_catalogue_add_member(discovery->catalogue, member, input, reason, err)
	                                : gpq_catalogue_add(discovery->catalogue, path, input, reason, err);
	discovery->broken |= status != GPQ_OK;
	return status;
}

/* A member that is named only: what could hold data and cannot be read has failed. */
static enum gpq_status member_name(struct discovery *discovery, const struct gpq_member *member, struct gpq_error *err)
{
	struct gpq_input input = input_of(member->stored_bytes);
	if (member->kind == GPQ_ZIP_FOLDER)
		return GPQ_OK;
	if (member->kind == GPQ_ZIP_DECORATION)
		input_refuse(&input, GPQ_INPUT_LEFT_OUT, GPQ_OK);
	else
		input_refuse(&input, GPQ_INPUT_FAILED, GPQ_E_DATA);
	return input_enter(discovery, NULL, member, &input, member->reason, err);
}

static enum gpq_status member_visit(void *context, const struct gpq_member *member, bool *out_archive, struct gpq_error *err)
{
	struct discovery *discovery = context;
	struct gpq_input input = input_of(member->stored_bytes);
	struct gpq_error failure;
	const char *reason = failure.message;
	GPQ_TRY(cancel_ask(discovery, err));
	if (member->reason)
		return member_name(discovery, member, err);
	enum gpq_status status =
		gpq_head_read_member(discovery->head, member, discovery->settings->assume, &discovery->facts, &failure);
	if (status == GPQ_OK && discovery->facts.archive) {
		*out_archive = true;
		return GPQ_OK;
	}
	if (status == GPQ_OK) {
		input_describe(discovery, &input, &reason);
		warning_say(discovery, member->path);
	} else {
		input_refuse(&input, GPQ_INPUT_FAILED, status);
	}
	return input_enter(discovery, NULL, member, &input, reason, err);
}

static enum gpq_status barren_visit(void *context, const struct gpq_member *archive, const struct gpq_error *failure,
                                    struct gpq_error *err)
{
	struct gpq_input input = input_of(archive->stored_bytes);
	const char *reason = failure ? failure->message : "a ZIP archive without members";
	if (failure)
		input_refuse(&input, failure->status == GPQ_E_UNRECOGNISED ? GPQ_INPUT_UNRECOGNISED : GPQ_INPUT_FAILED,
		             failure->status);
	else
		input_refuse(&input, GPQ_INPUT_UNRECOGNISED, GPQ_E_UNRECOGNISED);
	return input_enter(context, archive->path, archive->address.depth ? archive : NULL, &input, reason, err);
}

static enum gpq_status archive_visit(struct discovery *discovery, const struct gpq_walk_entry *entry, struct gpq_error *err)
{
	struct gpq_members_visitor visitor = { .context = discovery, .member = member_visit, .barren = barren_visit };
	return gpq_members_visit(discovery->members, entry->path, entry->size_bytes, &visitor, err);
}

static enum gpq_status file_visit(void *context, const struct gpq_walk_entry *entry, struct gpq_error *err)
{
	struct discovery *discovery = context;
	struct gpq_input input = input_of(entry->size_bytes);
	struct gpq_error failure;
	const char *reason = failure.message;
	GPQ_TRY(cancel_ask(discovery, err));
	if (file_is_output(discovery, entry->path))
		return GPQ_OK;
	enum gpq_status status = GPQ_OK;
	if (entry->readable_kind)
		status = gpq_head_read(discovery->head, entry->path, discovery->settings->assume, &discovery->facts, &failure);
	if (entry->readable_kind && status == GPQ_OK && discovery->facts.archive)
		return archive_visit(discovery, entry, err);
	if (!entry->readable_kind) {
		input_refuse(&input, GPQ_INPUT_UNRECOGNISED, GPQ_E_UNRECOGNISED);
		reason = "neither a file nor a folder, or a link that leads nowhere";
	} else if (status == GPQ_OK) {
		input_describe(discovery, &input, &reason);
		warning_say(discovery, entry->path);
	} else {
		input_refuse(&input, GPQ_INPUT_FAILED, status);
	}
	return input_enter(discovery, entry->path, NULL, &input, reason, err);
}

/* A folder that cannot be read is one failed input; the others are converted all the same. */
static enum gpq_status root_walk(struct discovery *discovery, const char *root, struct gpq_error *err)
{
	discovery->root_len = strlen(root);
	if (!realpath(root, discovery->root))
		snprintf(discovery->root, sizeof(discovery->root), "%s", root); /* the walk says what is wrong with it */
	enum gpq_status status = gpq_walk(discovery->catalogue->budget, root, file_visit, discovery, err);
	if (discovery->broken || (status != GPQ_E_PERMISSION && status != GPQ_E_SYSTEM))
		return status;
	struct gpq_input input = input_of(0);
	struct gpq_error failure = *err;
	input_refuse(&input, GPQ_INPUT_FAILED, status);
	return input_enter(discovery, root, NULL, &input, failure.message, err);
}

enum gpq_status gpq_discover(struct gpq_budget *budget, const struct gpq_convert_settings *settings,
                             const struct gpq_hooks *hooks, uint32_t cpu_features, struct gpq_catalogue *catalogue,
                             struct gpq_error *err)
{
	for (size_t i = 0; i < settings->assume.count; i++)
		GPQ_TRY(gpq_assume_check(settings->assume.items[i], err));
	GPQ_TRY(gpq_isos_check(settings->isos, err));
	for (size_t i = 0; i < settings->datasets.count; i++)
		GPQ_TRY(dataset_name_check(settings->datasets.items[i], err));
	struct discovery *discovery = NULL;
	GPQ_TRY(gpq_alloc_zero(budget, GPQ_TAG_CONVERT, sizeof(*discovery), &discovery, err));
	*discovery = (struct discovery){ .settings = settings, .hooks = hooks, .catalogue = catalogue };
	if (!settings->output || !realpath(settings->output, discovery->output))
		discovery->output[0] = 0;
	enum gpq_status status = gpq_head_open(budget, cpu_features, &discovery->head, err);
	if (status == GPQ_OK)
		status = gpq_members_open(gpq_head_opener(discovery->head), &discovery->members, err);
	for (size_t i = 0; i < settings->inputs.count && status == GPQ_OK; i++)
		status = root_walk(discovery, settings->inputs.items[i], err);
	gpq_members_close(discovery->members);
	gpq_head_close(discovery->head);
	gpq_free(budget, GPQ_TAG_CONVERT, discovery, sizeof(*discovery));
	return status == GPQ_OK ? gpq_catalogue_sort(catalogue, err) : status;
}
