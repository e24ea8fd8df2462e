// SPDX-License-Identifier: MIT
#include "audit/trace.h"

#include "audit/trace_notes.h"
#include "audit/trace_report.h"
#include "io/folder.h"
#include "io/walk.h"

#include <stdio.h>
#include <strings.h>
#include <sys/stat.h>

#define DATE_LEN 8 /* digits that a date in a name has at least */

/* One row being traced. */
struct tracing {
	struct gpq_budget *budget;
	const struct gpq_hooks *hooks;
	struct gpq_trace_report *report;
	const struct gpq_trace_rows *rows;
	const struct gpq_trace_row *row;
	struct gpq_text base;            /* source_file without the member */
	struct gpq_text member;          /* the whole source_file where it names a member, or no bytes */
	const char *hash;                /* 32 hex digits of what the run read of the file under way, or NULL */
	struct gpq_trace_source *source; /* Owns: some 40 KiB */
	uint64_t found, agreed;          /* files of that name, those with a line that says what the row says */
	uint32_t wanted, given;          /* columns that the row has of its lines, those that some line says: bit k, cell k */
	bool beside;                     /* looking for the rest in files of the same dates */
	struct gpq_text stem;            /* beside: the dates that the source's name begins with */
	const char *note;                /* beside: the member that is looked for; NULL: any of the same dates */
};

static enum gpq_status cancel_ask(const struct tracing *tracing, struct gpq_error *err)
{
	if (tracing->hooks && tracing->hooks->cancelled && tracing->hooks->cancelled(tracing->hooks->context))
		return gpq_fail(err, GPQ_E_INTERRUPTED, "stopped on request");
	return GPQ_OK;
}

static struct gpq_text without_gz(struct gpq_text name)
{
	if (name.len > 3 && memcmp(name.bytes + name.len - 3, ".gz", 3) == 0)
		name.len -= 3;
	return name;
}

/* Whether the last part of 'path' is the source's name, with or without ".gz". */
static bool name_fits(const struct tracing *tracing, const char *path)
{
	const char *slash = strrchr(path, '/');
	return gpq_text_equal(without_gz(gpq_text_of(slash ? slash + 1 : path)), without_gz(tracing->base));
}

/* Which columns the source's lines say, and which of the row's they do not. Returns whether some line agrees with the row. */
static bool columns_note(struct tracing *tracing)
{
	const struct gpq_trace_source *source = tracing->source;
	bool agrees = false;
	for (uint32_t i = 0; i < source->n_lines; i++) {
		const struct gpq_trace_line *line = &source->lines[i];
		agrees |= line->same;
		for (uint32_t k = 0; k < line->n_numbers && line->same; k++) {
			tracing->wanted |= (uint32_t)line->number[k].in_row << k;
			tracing->given |= (uint32_t)line->number[k].in_line << k;
		}
	}
	return agrees;
}

/* Reads one file of the right name. 'hash': 32 hex digits of what the run read, or NULL. */
static enum gpq_status candidate_read(struct tracing *tracing, const char *path, const struct gpq_member *member,
				      const char *hash, struct gpq_error *err)
{
	enum gpq_trace_content content = GPQ_CONTENT_UNKNOWN;
	struct gpq_trace_source *source = tracing->source;
	if (tracing->beside && !(tracing->wanted & ~tracing->given))
		return GPQ_OK;
	GPQ_TRY(cancel_ask(tracing, err));
	enum gpq_status status = gpq_trace_source_read(tracing->budget, path, member, tracing->rows, tracing->row,
						       source, err);
	if (status != GPQ_OK) {
		gpq_fail_prefix(err, "%.200s: ", path);
		return status;
	}
	if (hash && source->usable) {
		char seen[33];
		snprintf(seen, sizeof(seen), "%016llx%016llx", (unsigned long long)source->hash.high,
			 (unsigned long long)source->hash.low);
		content = memcmp(seen, hash, 32) == 0 ? GPQ_CONTENT_SAME : GPQ_CONTENT_CHANGED;
	}
	bool agrees = columns_note(tracing);
	if (!tracing->beside) {
		tracing->found++;
		tracing->agreed += agrees;
	}
	if (!tracing->beside || source->matches)
		gpq_trace_report_source(tracing->report, tracing->rows, source, content);
	return GPQ_OK;
}

/* ---- beside: a row's components may come from several files, which are called after the same dates ---- */

static struct gpq_text last_part(struct gpq_text path)
{
	uint32_t at = path.len;
	while (at && path.bytes[at - 1] != '/' && path.bytes[at - 1] != '!')
		at--;
	return (struct gpq_text){ path.bytes + at, path.len - at };
}

/* The dates that a name begins with; no bytes where there are none. */
static struct gpq_text stem_of(struct gpq_text base)
{
	uint32_t len = 0;
	while (len < base.len && (base.bytes[len] == '_' || base.bytes[len] == '-' ||
				  (base.bytes[len] >= '0' && base.bytes[len] <= '9')))
		len++;
	return (struct gpq_text){ len >= DATE_LEN ? base.bytes : NULL, len };
}

static bool base_is_beside(const struct tracing *tracing, struct gpq_text base)
{
	struct gpq_text own = last_part(tracing->member.bytes ? tracing->member : tracing->base);
	return base.len > tracing->stem.len && memcmp(base.bytes, tracing->stem.bytes, tracing->stem.len) == 0 &&
	       !gpq_text_equal(without_gz(base), without_gz(own));
}

static bool is_archive_name(struct gpq_text name)
{
	return name.len > 4 && strncasecmp(name.bytes + name.len - 4, ".zip", 4) == 0;
}

static enum gpq_status member_beside(struct tracing *tracing, const struct gpq_member *member, bool *out_archive,
				     struct gpq_error *err)
{
	size_t len = strlen(member->path);
	bool right = tracing->note ? strcmp(tracing->note, member->path) == 0
				   : base_is_beside(tracing, gpq_text_of(member->base));
	*out_archive = !member->reason &&
		       (tracing->note ? strncmp(tracing->note, member->path, len) == 0 && tracing->note[len] == '!'
				      : is_archive_name(gpq_text_of(member->base)));
	if (member->reason || *out_archive || !right)
		return GPQ_OK;
	return candidate_read(tracing, member->path, member, tracing->hash, err);
}

static enum gpq_status member_visit(void *context, const struct gpq_member *member, bool *out_archive, struct gpq_error *err)
{
	struct tracing *tracing = context;
	struct gpq_text name = gpq_text_of(member->name);
	if (tracing->beside)
		return member_beside(tracing, member, out_archive, err);
	/* Only an archive whose name the source's begins with can hold it. */
	*out_archive = !member->reason && name.len < tracing->member.len && tracing->member.bytes[name.len] == '!' &&
		       memcmp(name.bytes, tracing->member.bytes, name.len) == 0;
	if (member->reason || !gpq_text_equal(without_gz(name), without_gz(tracing->member)))
		return GPQ_OK;
	return candidate_read(tracing, member->path, member, tracing->hash, err);
}

/* What cannot be listed holds nothing that could be found. */
static enum gpq_status barren_visit(void *context, const struct gpq_member *archive, const struct gpq_error *failure,
				    struct gpq_error *err)
{
	(void)context, (void)archive, (void)failure, (void)err;
	return GPQ_OK;
}

static enum gpq_status archive_walk(struct tracing *tracing, const char *path, uint64_t file_bytes, const char *hash,
				    struct gpq_error *err)
{
	struct gpq_members_visitor visitor = { .context = tracing, .member = member_visit, .barren = barren_visit };
	tracing->hash = hash;
	return gpq_members_walk(tracing->budget, path, file_bytes, &visitor, err);
}

/* Reads a file of the right name, or the member of it that the source is. */
static enum gpq_status file_read(struct tracing *tracing, const char *path, uint64_t file_bytes, const char *hash,
				 struct gpq_error *err)
{
	if (!tracing->member.bytes)
		return candidate_read(tracing, path, NULL, hash, err);
	return archive_walk(tracing, path, file_bytes, hash, err);
}

/* A file that was found where sources are looked for. */
static enum gpq_status file_beside(struct tracing *tracing, const struct gpq_walk_entry *entry, struct gpq_error *err)
{
	struct gpq_text base = last_part(gpq_text_of(entry->path));
	bool holds_source = tracing->member.bytes && name_fits(tracing, entry->path);
	tracing->note = NULL;
	if (!holds_source && !base_is_beside(tracing, base))
		return GPQ_OK;
	return holds_source || is_archive_name(base) ? archive_walk(tracing, entry->path, entry->size_bytes, NULL, err)
						     : candidate_read(tracing, entry->path, NULL, NULL, err);
}

static enum gpq_status entry_visit(void *context, const struct gpq_walk_entry *entry, struct gpq_error *err)
{
	struct tracing *tracing = context;
	if (entry->readable_kind && tracing->beside)
		return file_beside(tracing, entry, err);
	if (!entry->readable_kind || !name_fits(tracing, entry->path))
		return GPQ_OK;
	return file_read(tracing, entry->path, entry->size_bytes, NULL, err);
}

/* ---- the paths that the run noted ---- */

/* Whether a member's path within its file has the name that the source's has: folders aside. */
static bool note_fits(const struct tracing *tracing, const char *inside)
{
	const char *slash = strrchr(inside, '/'), *mark = strrchr(inside, '!');
	const char *base = slash > mark ? slash + 1 : mark ? mark + 1 : inside;
	struct gpq_text text = gpq_text_of(base);
	struct gpq_text whole = tracing->member;
	return text.len <= whole.len && memcmp(whole.bytes + whole.len - text.len, text.bytes, text.len) == 0;
}

static enum gpq_status note_beside(struct tracing *tracing, const char *path, const char *hash, struct gpq_error *err)
{
	char file[GPQ_TRACE_PATH_BYTES];
	struct stat status;
	if (!base_is_beside(tracing, last_part(gpq_text_of(path))))
		return GPQ_OK;
	if (gpq_path_exists(path))
		return candidate_read(tracing, path, NULL, hash, err);
	tracing->note = path;
	for (const char *mark = strchr(path, '!'); mark; mark = strchr(mark + 1, '!')) {
		int len = snprintf(file, sizeof(file), "%.*s", (int)(mark - path), path);
		if (len < (int)sizeof(file) && stat(file, &status) == 0)
			return archive_walk(tracing, file, (uint64_t)status.st_size, hash, err);
	}
	return GPQ_OK;
}

/* An input that the run noted. */
static enum gpq_status note_visit(void *context, char *line, const char *hash, struct gpq_error *err)
{
	struct tracing *tracing = context;
	if (tracing->beside)
		return note_beside(tracing, line, hash, err);
	if (!tracing->member.bytes)
		return name_fits(tracing, line) && gpq_path_exists(line)
			       ? candidate_read(tracing, line, NULL, hash, err)
			       : GPQ_OK;
	/* The note of a member: its file's path ends at a '!', at which the file is. */
	for (char *mark = strchr(line, '!'); mark; mark = strchr(mark + 1, '!')) {
		*mark = 0;
		struct stat status;
		bool fits = name_fits(tracing, line) && note_fits(tracing, mark + 1) && stat(line, &status) == 0;
		if (fits)
			return file_read(tracing, line, (uint64_t)status.st_size, hash, err);
		*mark = '!';
	}
	return GPQ_OK;
}

static enum gpq_status sources_read(struct tracing *tracing, const char *path, struct gpq_texts sources,
				    struct gpq_error *err)
{
	char notes[GPQ_TRACE_PATH_BYTES];
	struct gpq_trace_notes_visitor visitor = { tracing, note_visit };
	for (size_t i = 0; i < sources.count; i++)
		GPQ_TRY(gpq_walk(tracing->budget, sources.items[i], entry_visit, tracing, err));
	if (sources.count)
		return GPQ_OK;
	if (!gpq_trace_notes_find(path, notes))
		return gpq_fail(err, GPQ_E_INPUT_MISSING,
				"no .gridpq/inputs.tsv above %.200s says where the sources are: name them", path);
	return gpq_trace_notes_read(tracing->budget, notes, &visitor, err);
}

static enum gpq_status row_trace(struct tracing *tracing, const char *path, struct gpq_texts sources,
				 struct gpq_error *err)
{
	struct gpq_text source = gpq_trace_row_text(tracing->rows, tracing->row, GPQ_COLUMN_SOURCE_FILE);
	const char *member = source.bytes ? memchr(source.bytes, '!', source.len) : NULL;
	tracing->base = member ? (struct gpq_text){ source.bytes, (uint32_t)(member - source.bytes) } : source;
	tracing->member = member ? source : (struct gpq_text){ NULL, 0 };
	uint64_t found = tracing->found;
	tracing->wanted = tracing->given = 0;
	tracing->stem = stem_of(last_part(source));
	gpq_trace_report_row_begin(tracing->report, tracing->rows, tracing->row);
	enum gpq_status status = sources_read(tracing, path, sources, err);
	tracing->beside = status == GPQ_OK && (tracing->wanted & ~tracing->given) && tracing->stem.bytes;
	if (tracing->beside)
		status = sources_read(tracing, path, sources, err);
	tracing->beside = false;
	gpq_trace_report_row_end(tracing->report);
	GPQ_TRY(status);
	if (tracing->found == found)
		return gpq_fail(err, GPQ_E_INPUT_MISSING, "no file called %.*s is where the sources are looked for",
				(int)(source.len < 200 ? source.len : 200), source.bytes ? source.bytes : "");
	return GPQ_OK;
}

static enum gpq_status rows_trace(struct tracing *tracing, const char *path, const char *key, struct gpq_texts sources,
				  struct gpq_error *err)
{
	struct gpq_error missing = { .status = GPQ_OK };
	uint64_t disagreed = 0;
	for (uint32_t i = 0; i < tracing->rows->count; i++) {
		struct gpq_error inner = { .status = GPQ_OK };
		uint64_t agreed = tracing->agreed;
		tracing->row = &tracing->rows->rows[i];
		enum gpq_status status = row_trace(tracing, path, sources, &inner);
		if (status == GPQ_E_INPUT_MISSING) {
			missing = inner; /* what was printed of the row stands all the same */
			continue;
		}
		if (status != GPQ_OK && err)
			*err = inner;
		GPQ_TRY(status);
		disagreed += tracing->agreed == agreed;
	}
	GPQ_TRY(gpq_trace_report_end(tracing->report, err));
	if (missing.status != GPQ_OK && err)
		*err = missing;
	GPQ_TRY(missing.status);
	if (disagreed)
		return gpq_fail(err, GPQ_E_FINDINGS, "the source has no line that says what the row of %.200s says",
				key);
	return GPQ_OK;
}

enum gpq_status gpq_convert_trace(struct gpq_budget *budget, const char *path, const char *key,
				  struct gpq_texts sources, enum gpq_report report, const struct gpq_hooks *hooks,
				  struct gpq_error *err)
{
	struct gpq_trace_key parsed;
	struct gpq_trace_rows *rows = NULL;
	struct gpq_trace_report text = { .hooks = NULL };
	struct tracing tracing = { .budget = budget, .hooks = hooks, .report = &text };
	if (!path || !key)
		return gpq_fail(err, GPQ_E_USAGE, "a file and a key are wanted");
	GPQ_TRY(gpq_trace_key_parse(key, &parsed, err));
	GPQ_TRY(gpq_alloc_zero(budget, GPQ_TAG_CONVERT, sizeof(*rows), &rows, err));
	enum gpq_status status = gpq_alloc_zero(budget, GPQ_TAG_CONVERT, sizeof(*tracing.source), &tracing.source, err);
	if (status == GPQ_OK)
		status = gpq_trace_rows_find(budget, path, &parsed, rows, err);
	if (status == GPQ_OK && rows->count == 0)
		status = gpq_fail(err, GPQ_E_USAGE, "%.200s has no row of %.200s", path, key);
	if (status == GPQ_OK) {
		tracing.rows = rows;
		gpq_trace_report_begin(&text, budget, hooks, report, path, key);
		status = rows_trace(&tracing, path, key, sources, err);
		gpq_trace_report_done(&text);
	}
	gpq_trace_rows_done(rows);
	gpq_free(budget, GPQ_TAG_CONVERT, tracing.source, sizeof(*tracing.source));
	gpq_free(budget, GPQ_TAG_CONVERT, rows, sizeof(*rows));
	return status;
}
