// SPDX-License-Identifier: MIT
#include "convert/trace.h"

#include "convert/trace_report.h"
#include "io/folder.h"
#include "io/source.h"
#include "io/walk.h"

#include <stdio.h>
#include <sys/stat.h>

/* A path of the notes; longer ones cannot be opened anyway. */
#define PATH_BYTES        ((size_t)4096)
#define NOTES_PIECE_BYTES ((size_t)64 << 10)
/* How many folders above the file may hold the output's `.gridpq`: <out>/<iso>/<dataset>/ is three. */
#define FOLDERS_UP 6

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

/* Reads one file of the right name. 'hash': 32 hex digits of what the run read, or NULL. */
static enum gpq_status candidate_read(struct tracing *tracing, const char *path, const struct gpq_member *member,
				      const char *hash, struct gpq_error *err)
{
	enum gpq_trace_content content = GPQ_CONTENT_UNKNOWN;
	struct gpq_trace_source *source = tracing->source;
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
	tracing->found++;
	bool agrees = false;
	for (uint32_t i = 0; i < source->n_lines; i++)
		agrees = agrees || source->lines[i].same;
	tracing->agreed += agrees;
	gpq_trace_report_source(tracing->report, tracing->rows, source, content);
	return GPQ_OK;
}

static enum gpq_status member_visit(void *context, const struct gpq_member *member, bool *out_archive, struct gpq_error *err)
{
	struct tracing *tracing = context;
	struct gpq_text name = gpq_text_of(member->name);
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

/* Reads a file of the right name, or the member of it that the source is. */
static enum gpq_status file_read(struct tracing *tracing, const char *path, uint64_t file_bytes, const char *hash,
				 struct gpq_error *err)
{
	struct gpq_members_visitor visitor = { .context = tracing, .member = member_visit, .barren = barren_visit };
	if (!tracing->member.bytes)
		return candidate_read(tracing, path, NULL, hash, err);
	tracing->hash = hash;
	return gpq_members_walk(tracing->budget, path, file_bytes, &visitor, err);
}

static enum gpq_status entry_visit(void *context, const struct gpq_walk_entry *entry, struct gpq_error *err)
{
	struct tracing *tracing = context;
	if (!entry->readable_kind || !name_fits(tracing, entry->path))
		return GPQ_OK;
	return file_read(tracing, entry->path, entry->size_bytes, NULL, err);
}

/* ---- the paths that the run noted ---- */

static int hex_digit(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10 : -1;
}

/* Undoes percent-escapes in place. */
static void path_unescape(char *path)
{
	char *to = path;
	for (const char *at = path; *at; at++) {
		int high = at[0] == '%' ? hex_digit(at[1]) : -1, low = high >= 0 ? hex_digit(at[2]) : -1;
		*to++ = low >= 0 ? (char)(high << 4 | low) : *at;
		at += low >= 0 ? 2 : 0;
	}
	*to = 0;
}

/* Whether a member's path within its file has the name that the source's has: folders aside. */
static bool note_fits(const struct tracing *tracing, const char *inside)
{
	const char *slash = strrchr(inside, '/'), *mark = strrchr(inside, '!');
	const char *base = slash > mark ? slash + 1 : mark ? mark + 1 : inside;
	struct gpq_text text = gpq_text_of(base);
	struct gpq_text whole = tracing->member;
	return text.len <= whole.len && memcmp(whole.bytes + whole.len - text.len, text.bytes, text.len) == 0;
}

/* A line of inputs.tsv: path, stored bytes, hash. */
static enum gpq_status note_take(struct tracing *tracing, char *line, struct gpq_error *err)
{
	char *size = strchr(line, '\t'), *hash = size ? strchr(size + 1, '\t') : NULL;
	if (!hash || strlen(hash + 1) < 32)
		return GPQ_OK;
	*size = 0;
	path_unescape(line);
	if (!tracing->member.bytes)
		return name_fits(tracing, line) && gpq_path_exists(line)
			       ? candidate_read(tracing, line, NULL, hash + 1, err)
			       : GPQ_OK;
	/* The note of a member: its file's path ends at a '!', at which the file is. */
	for (char *mark = strchr(line, '!'); mark; mark = strchr(mark + 1, '!')) {
		*mark = 0;
		struct stat status;
		bool fits = name_fits(tracing, line) && note_fits(tracing, mark + 1) && stat(line, &status) == 0;
		if (fits)
			return file_read(tracing, line, (uint64_t)status.st_size, hash + 1, err);
		*mark = '!';
	}
	return GPQ_OK;
}

struct note_lines {
	char line[PATH_BYTES * 3 + 128]; /* every byte of the path may be escaped */
	size_t len;
	bool cut, header_passed;
};

static enum gpq_status notes_take(struct tracing *tracing, struct note_lines *lines, const uint8_t *bytes, size_t len,
				  struct gpq_error *err)
{
	for (size_t i = 0; i < len; i++) {
		if (bytes[i] != '\n') {
			lines->cut = lines->cut || lines->len + 1 >= sizeof(lines->line);
			if (!lines->cut)
				lines->line[lines->len++] = (char)bytes[i];
			continue;
		}
		lines->line[lines->len] = 0;
		if (lines->header_passed && !lines->cut)
			GPQ_TRY(note_take(tracing, lines->line, err));
		lines->header_passed = true;
		lines->cut = false;
		lines->len = 0;
	}
	return GPQ_OK;
}

static enum gpq_status notes_read(struct tracing *tracing, const char *path, struct gpq_error *err)
{
	struct gpq_source *source = NULL;
	struct note_lines *lines = NULL;
	uint8_t *bytes = NULL;
	size_t got = 0;
	enum gpq_status status = gpq_alloc_zero(tracing->budget, GPQ_TAG_CONVERT, sizeof(*lines), &lines, err);
	if (status == GPQ_OK)
		status = gpq_alloc(tracing->budget, GPQ_TAG_CONVERT, NOTES_PIECE_BYTES, &bytes, err);
	if (status == GPQ_OK)
		status = gpq_source_open(tracing->budget, path, false, &source, err);
	do {
		if (status == GPQ_OK)
			status = gpq_source_read(source, bytes, NOTES_PIECE_BYTES, &got, err);
		if (status == GPQ_OK)
			status = notes_take(tracing, lines, bytes, got, err);
	} while (status == GPQ_OK && got == NOTES_PIECE_BYTES);
	gpq_source_close(source);
	gpq_free(tracing->budget, GPQ_TAG_CONVERT, bytes, NOTES_PIECE_BYTES);
	gpq_free(tracing->budget, GPQ_TAG_CONVERT, lines, sizeof(*lines));
	return status;
}

/* Finds <out>/.gridpq/inputs.tsv above the Parquet file. */
static bool notes_find(const char *file, char out[PATH_BYTES])
{
	const char *slash = strrchr(file, '/');
	int folder_len = slash ? (int)(slash - file) : 1;
	const char *folder = slash ? file : ".";
	char up[FOLDERS_UP * 3 + 1] = "";
	for (int i = 0; i < FOLDERS_UP; i++) {
		int len = snprintf(out, PATH_BYTES, "%.*s/%s.gridpq/inputs.tsv", folder_len, folder, up);
		if (len > 0 && (size_t)len < PATH_BYTES && gpq_path_exists(out))
			return true;
		memcpy(up + strlen(up), "../", 4);
	}
	return false;
}

static enum gpq_status sources_read(struct tracing *tracing, const char *path, struct gpq_texts sources,
				    struct gpq_error *err)
{
	char notes[PATH_BYTES];
	for (size_t i = 0; i < sources.count; i++)
		GPQ_TRY(gpq_walk(tracing->budget, sources.items[i], entry_visit, tracing, err));
	if (sources.count)
		return GPQ_OK;
	if (!notes_find(path, notes))
		return gpq_fail(err, GPQ_E_INPUT_MISSING,
				"no .gridpq/inputs.tsv above %.200s says where the sources are: name them", path);
	return notes_read(tracing, notes, err);
}

static enum gpq_status row_trace(struct tracing *tracing, const char *path, struct gpq_texts sources,
				 struct gpq_error *err)
{
	struct gpq_text source = gpq_trace_row_text(tracing->rows, tracing->row, GPQ_COLUMN_SOURCE_FILE);
	const char *member = source.bytes ? memchr(source.bytes, '!', source.len) : NULL;
	tracing->base = member ? (struct gpq_text){ source.bytes, (uint32_t)(member - source.bytes) } : source;
	tracing->member = member ? source : (struct gpq_text){ NULL, 0 };
	uint64_t found = tracing->found;
	gpq_trace_report_row_begin(tracing->report, tracing->rows, tracing->row);
	enum gpq_status status = sources_read(tracing, path, sources, err);
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
