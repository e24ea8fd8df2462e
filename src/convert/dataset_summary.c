// SPDX-License-Identifier: MIT
#include "convert/dataset_summary.h"

#include <stdio.h>
#include <string.h>

static void location_name(const struct gpq_dataset_run *run, uint32_t code, struct gpq_named_location *out)
{
	const struct gpq_location *location = gpq_locations_view(run->locations, code);
	struct gpq_text lead = gpq_location_lead(location), id = location->text[GPQ_TEXT_ID];
	bool is_ancillary = run->dataset->table == GPQ_TABLE_ANCILLARY;
	size_t len = (size_t)snprintf(out->name, sizeof(out->name), "%.*s", (int)lead.len, lead.bytes ? lead.bytes : "");
	for (int k = GPQ_TEXT_REGION; is_ancillary && k <= GPQ_TEXT_RESOURCE; k++) {
		struct gpq_text text = location->text[k];
		if (text.bytes && len < sizeof(out->name))
			len += (size_t)snprintf(out->name + len, sizeof(out->name) - len, "/%.*s", (int)text.len, text.bytes);
	}
	out->has_id = !is_ancillary && id.bytes;
	snprintf(out->id, sizeof(out->id), "%.*s", out->has_id ? (int)id.len : 0, out->has_id ? id.bytes : "");
}

static void changes_name(const struct gpq_dataset_run *run, const struct gpq_presence_change *named, uint32_t count,
                         struct gpq_named_change *out)
{
	for (uint32_t i = 0; i < count; i++) {
		location_name(run, named[i].location, &out[i].location);
		out[i].day = named[i].day;
	}
}

static enum gpq_status summary_make(const struct gpq_dataset_run *run, const struct gpq_dataset_survey *survey,
                                    struct gpq_dataset_summary *out, struct gpq_error *err)
{
	struct gpq_presence_changes changes;
	GPQ_TRY(gpq_presence_changes(&survey->presence, &changes, err));
	out->sums = survey->sums;
	if (survey->sums.off)
		location_name(run, survey->sums.worst.location, &out->worst);
	out->locations = changes.locations;
	out->appeared = changes.appeared;
	out->vanished = changes.vanished;
	out->n_named_appeared = changes.n_named_appeared;
	out->n_named_vanished = changes.n_named_vanished;
	changes_name(run, changes.named_appeared, changes.n_named_appeared, out->named_appeared);
	changes_name(run, changes.named_vanished, changes.n_named_vanished, out->named_vanished);
	return GPQ_OK;
}

enum gpq_status gpq_dataset_summary_keep(struct gpq_dataset_run *run, struct gpq_budget *budget, struct gpq_spill *spill,
                                         struct gpq_error *err)
{
	struct gpq_dataset_survey survey;
	struct gpq_dataset_summary summary;
	uint64_t at = 0;
	memset(&summary, 0, sizeof(summary));
	GPQ_TRY(gpq_dataset_survey_init(&survey, budget, run, spill, err));
	enum gpq_status status = summary_make(run, &survey, &summary, err);
	gpq_dataset_survey_done(&survey);
	GPQ_TRY(status);
	GPQ_TRY(gpq_spill_append(spill, &summary, sizeof(summary), &at, err));
	run->summary_at = at;
	run->summed_up = true;
	return GPQ_OK;
}

enum gpq_status gpq_dataset_summary_read(const struct gpq_dataset_run *run, struct gpq_spill *spill,
                                         struct gpq_dataset_summary *out, struct gpq_error *err)
{
	memset(out, 0, sizeof(*out));
	return run->summed_up ? gpq_spill_read(spill, run->summary_at, out, sizeof(*out), err) : GPQ_OK;
}
