// SPDX-License-Identifier: MIT
#include "audit/verify.h"

#include "audit/verify_file.h"
#include "io/walk.h"

struct visit {
	struct gpq_budget *budget;
	const struct gpq_hooks *hooks;
	struct gpq_findings *findings;
	const char *root;
};

static bool is_parquet(const char *path)
{
	size_t len = strlen(path);
	return len > 8 && strcmp(path + len - 8, ".parquet") == 0;
}

static enum gpq_status entry_visit(void *context, const struct gpq_walk_entry *entry, struct gpq_error *err)
{
	struct visit *visit = context;
	/* A file that the caller names is read whatever its name; below a folder only what is called so. */
	if (strcmp(entry->path, visit->root) != 0 && (!is_parquet(entry->path) || !entry->readable_kind))
		return GPQ_OK;
	return gpq_verify_file(visit->budget, visit->hooks, visit->findings, entry->path, err);
}

enum gpq_status gpq_convert_verify(struct gpq_budget *budget, struct gpq_texts paths, enum gpq_report report,
				   const struct gpq_hooks *hooks, struct gpq_error *err)
{
	struct gpq_findings findings;
	struct visit visit = { .budget = budget, .hooks = hooks, .findings = &findings };
	enum gpq_status status = GPQ_OK;
	if (paths.count == 0)
		return gpq_fail(err, GPQ_E_USAGE, "no file or folder to verify is named");
	gpq_findings_init(&findings, budget, hooks, report);
	gpq_findings_begin(&findings);
	for (size_t i = 0; i < paths.count && status == GPQ_OK; i++) {
		uint64_t before = findings.files;
		visit.root = paths.items[i];
		status = gpq_walk(budget, paths.items[i], entry_visit, &visit, err);
		if (status == GPQ_OK && findings.files == before)
			status = gpq_fail(err, GPQ_E_INPUT_MISSING, "%s holds no *.parquet file", paths.items[i]);
	}
	if (status == GPQ_OK)
		status = gpq_findings_end(&findings, err);
	if (status == GPQ_OK && findings.total)
		status = gpq_fail(err, GPQ_E_FINDINGS, "%llu finding%s in %llu file%s",
				  (unsigned long long)findings.total, findings.total == 1 ? "" : "s",
				  (unsigned long long)findings.files, findings.files == 1 ? "" : "s");
	gpq_findings_done(&findings);
	return status;
}
