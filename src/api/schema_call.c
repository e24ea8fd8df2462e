// SPDX-License-Identifier: MIT
#include "base/json.h"
#include "table/schema.h"

#define TEXT_CAP_BYTES ((size_t)256 << 10) /* both tables take 16 KiB */

/* docs/JSON.md names the keys. */
static void table_json(struct gpq_json *json, const struct gpq_table *table)
{
	gpq_json_object_begin(json);
	gpq_json_member_text(json, "name", table->name);
	gpq_json_key(json, "columns");
	gpq_json_array_begin(json);
	for (uint32_t k = 0; k < table->n_columns; k++) {
		const struct gpq_column *column = &table->columns[k];
		gpq_json_object_begin(json);
		gpq_json_member_text(json, "name", column->name);
		gpq_json_member_text(json, "type", gpq_type_name(column->type));
		gpq_json_member_bool(json, "required", column->required);
		gpq_json_member_text(json, "unit", *column->unit ? column->unit : NULL);
		gpq_json_member_text(json, "doc", column->doc);
		gpq_json_object_end(json);
	}
	gpq_json_array_end(json);
	gpq_json_object_end(json);
}

static enum gpq_status schema_json(struct gpq_buf *out, struct gpq_error *err)
{
	struct gpq_json json;
	gpq_json_init(&json, out);
	gpq_json_object_begin(&json);
	gpq_json_member_uint64(&json, "schema_version", GPQ_SCHEMA_VERSION);
	gpq_json_key(&json, "tables");
	gpq_json_array_begin(&json);
	for (unsigned id = 0; id < GPQ_N_TABLES; id++)
		table_json(&json, gpq_table_schema((enum gpq_table_id)id));
	gpq_json_array_end(&json);
	gpq_json_object_end(&json);
	GPQ_TRY(gpq_json_finish(&json, err));
	return gpq_buf_append(out, "\n", 1, err);
}

static enum gpq_status schema_text(struct gpq_buf *out, struct gpq_error *err)
{
	for (unsigned id = 0; id < GPQ_N_TABLES; id++) {
		const struct gpq_table *table = gpq_table_schema((enum gpq_table_id)id);
		GPQ_TRY(gpq_buf_printf(out, err, "%s%s (schema version %d)\n\n", id ? "\n" : "", table->name,
				       GPQ_SCHEMA_VERSION));
		for (uint32_t k = 0; k < table->n_columns; k++) {
			const struct gpq_column *column = &table->columns[k];
			GPQ_TRY(gpq_buf_printf(out, err, "  %-24s  %-26s  %-8s  %-5s  %s\n", column->name,
					       gpq_type_name(column->type), column->required ? "required" : "optional",
					       column->unit, column->doc));
		}
	}
	return GPQ_OK;
}

enum gpq_status gpq_schema(enum gpq_report report, const struct gpq_hooks *hooks, struct gpq_error *err)
{
	struct gpq_budget budget;
	struct gpq_buf out;
	gpq_budget_init(&budget, 2 * TEXT_CAP_BYTES); /* a buffer that grows is there twice for a moment */
	gpq_buf_init(&out, &budget, GPQ_TAG_TABLE, TEXT_CAP_BYTES);
	enum gpq_status status = GPQ_OK;
	if (report != GPQ_REPORT_NONE)
		status = report == GPQ_REPORT_JSON ? schema_json(&out, err) : schema_text(&out, err);
	if (status == GPQ_OK && out.len && hooks && hooks->result)
		hooks->result(hooks->context, (const char *)out.bytes, out.len);
	gpq_buf_done(&out);
	gpq_budget_done(&budget);
	return status;
}
