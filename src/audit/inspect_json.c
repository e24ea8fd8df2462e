// SPDX-License-Identifier: MIT
/* What was found of a file, as JSON (docs/JSON.md). */
#include "audit/inspection.h"

#include "value/instant.h"

static void json_lines(struct inspection *inspection, struct gpq_json *json)
{
	const struct findings *found = &inspection->found;
	char text[24];
	gpq_json_member_uint64(json, "rows", found->rows);
	gpq_json_member_text(json, "first", found->rows ? gpq_stamp_print(found->first_s, text) : NULL);
	gpq_json_member_text(json, "last", found->rows ? gpq_stamp_print(found->last_s, text) : NULL);
	gpq_json_member_uint64(json, "locations", inspection->locations ? gpq_locations_count(inspection->locations) : 0);
	gpq_json_member_uint64(json, "blank", found->counts.blank);
	gpq_json_member_uint64(json, "looking_ahead", found->counts.outside);
	gpq_json_member_uint64(json, "warnings", found->counts.warnings);
	gpq_json_member_bool(json, "in_time_order", !found->falls);
	gpq_json_key(json, "rejected");
	gpq_json_object_begin(json);
	for (int reason = 1; reason < GPQ_N_REJECTS; reason++)
		if (found->by_reason[reason])
			gpq_json_member_uint64(json, gpq_reject_word((enum gpq_reject)reason), found->by_reason[reason]);
	gpq_json_object_end(json);
	gpq_json_member_text(json, "failure", found->failure.status != GPQ_OK ? found->failure.message : NULL);
}

void gpq_inspect_json(struct inspection *inspection, const char *path)
{
	const struct gpq_head_facts *facts = &inspection->facts;
	struct gpq_json *json = &inspection->json;
	char day[16], stamp[24];
	gpq_json_object_begin(json);
	gpq_json_member_text(json, "file", path);
	gpq_json_member_text(json, "iso", facts->market ? facts->market->iso : NULL);
	gpq_json_member_text(json, "feed", facts->feed ? facts->feed->id : NULL);
	gpq_json_key(json, "datasets");
	gpq_json_array_begin(json);
	for (int o = 0; o < GPQ_BINDING_OUTPUTS && facts->feed && facts->feed->outputs[o]; o++)
		gpq_json_text(json, facts->feed->outputs[o]->id);
	gpq_json_array_end(json);
	gpq_json_member_text(json, "why", facts->feed && facts->feed->left_out ? facts->feed->left_out : facts->why);
	gpq_json_member_text(json, "warning", facts->warning[0] ? facts->warning : NULL);
	gpq_json_key(json, "header");
	gpq_json_string(json, facts->tables[0].header, facts->tables[0].header_len);
	gpq_json_key(json, "second_header");
	if (facts->n_tables > 1)
		gpq_json_string(json, facts->tables[1].header, facts->tables[1].header_len);
	else
		gpq_json_null(json);
	gpq_json_member_text(json, "day", gpq_inspect_day(facts, day));
	gpq_json_member_text(json, "finality", gpq_inspect_finality(facts->finality));
	gpq_json_member_text(json, "published", facts->published_s ? gpq_inspect_published(facts, stamp) : NULL);
	gpq_json_member_bool(json, "compressed", facts->compressed);
	gpq_json_member_bool(json, "bom", facts->bom);
	gpq_json_member_bool(json, "crlf", facts->crlf);
	gpq_json_member_bool(json, "quoted", facts->quoted);
	json_lines(inspection, json);
	gpq_json_object_end(json);
}
