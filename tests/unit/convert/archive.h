/*
 * Archives for tests of whole runs: files of PJM's day-ahead layout with made prices, a conversion with its report and
 * messages kept, and what stands in the output folder. For tests only: asserts where anything fails.
 */
#ifndef GPQ_TESTS_CONVERT_ARCHIVE_H
#define GPQ_TESTS_CONVERT_ARCHIVE_H

#include "unit/io/workplace.h"

#include "convert/convert.h"
#include "io/source.h"

#include <dirent.h>
#include <inttypes.h>
#include <pthread.h>
#include <time.h>
#include <zlib.h>

#define ARCHIVE_HEADER                                                                                                 \
	"datetime_beginning_utc,pnode_id,pnode_name,voltage,equipment,type,zone,system_energy_price_da,total_lmp_da,"  \
	"congestion_price_da,marginal_loss_price_da,row_is_current,version_nbr"
#define JULY_1 INT64_C(1719806400) /* 2024-07-01T04:00:00Z: midnight in New York, a Monday */
#define DAY_S  INT64_C(86400)

enum archive_order { ARCHIVE_BY_TIME, ARCHIVE_BY_NODE, ARCHIVE_SHUFFLED, ARCHIVE_LAST_FIRST };

struct archive_file {
	const char *name; /* below the input folder */
	int64_t from_s;
	uint32_t hours, nodes, first_node;
	uint32_t seed; /* of the prices */
	int version;
	enum archive_order order;
	const char *more; /* put behind the rows as it is; may be NULL */
};

struct archive {
	struct workplace place;
	char in[300], out[300];
	char *report; /* what went to hooks.result */
	size_t report_len;
	char *messages;
	size_t messages_len;
	uint32_t calls;     /* of the 'cancelled' hook */
	uint32_t cancel_at; /* the call that says yes; 0: none */
	struct gpq_error err;
};

static inline void archive_open(struct archive *archive)
{
	memset(archive, 0, sizeof(*archive));
	workplace_open(&archive->place);
	snprintf(archive->in, sizeof(archive->in), "%s/in", archive->place.folder);
	snprintf(archive->out, sizeof(archive->out), "%s/out", archive->place.folder);
	assert_int_equal(mkdir(archive->in, 0700), 0);
}

static inline void archive_close(struct archive *archive)
{
	free(archive->report);
	free(archive->messages);
	workplace_close(&archive->place);
}

/* ---- making ---- */

struct archive_text {
	char *bytes;
	size_t len, room;
};

__attribute__((format(printf, 2, 3))) static inline void archive_print(struct archive_text *text, const char *format,
								       ...)
{
	if (text->room - text->len < 4096) {
		text->room = text->room * 2 + 65536;
		text->bytes = realloc(text->bytes, text->room);
		assert_non_null(text->bytes);
	}
	va_list args;
	va_start(args, format);
	int len = vsnprintf(text->bytes + text->len, text->room - text->len, format, args);
	va_end(args);
	assert_true(len >= 0 && (size_t)len < text->room - text->len);
	text->len += (size_t)len;
}

static inline uint64_t archive_mix(uint64_t x)
{
	x = (x ^ x >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
	x = (x ^ x >> 27) * UINT64_C(0x94D049BB133111EB);
	return x ^ x >> 31;
}

static inline void archive_line(struct archive_text *text, int64_t start_s, uint32_t node, uint32_t seed, int version)
{
	time_t instant = (time_t)start_s;
	struct tm utc;
	gmtime_r(&instant, &utc);
	uint64_t mixed = archive_mix((uint64_t)start_s * 100003 + node + (uint64_t)seed * 1000000007);
	int64_t energy = 20000000 + (int64_t)(archive_mix((uint64_t)start_s) % 4000) * 10000;
	int64_t congestion = (int64_t)(mixed % 8000000) - 4000000, loss = (int64_t)(mixed >> 32) % 500000;
	int64_t total = energy + congestion + loss;
	int hour = utc.tm_hour % 12;
	archive_print(
	    text, "%d/%d/%d %d:%02d:%02d %s,%u,NODE %05u,%s,,%s,%s,%" PRId64 ".%02" PRId64 ",%s%" PRId64 ".%06" PRId64,
	    utc.tm_mon + 1, utc.tm_mday, utc.tm_year + 1900, hour ? hour : 12, utc.tm_min, utc.tm_sec,
	    utc.tm_hour < 12 ? "AM" : "PM", 1000000 + node * 7, node, node % 3 ? "230 KV" : "",
	    node % 5 ? "LOAD" : "GEN", node % 2 ? "PSEG" : "AECO", energy / 1000000, energy % 1000000 / 10000,
	    total < 0 ? "-" : "", (total < 0 ? -total : total) / 1000000, (total < 0 ? -total : total) % 1000000);
	archive_print(text, ",%s%" PRId64 ".%06" PRId64 ",%" PRId64 ".%06" PRId64 ",True,%d\r\n",
		      congestion < 0 ? "-" : "", (congestion < 0 ? -congestion : congestion) / 1000000,
		      (congestion < 0 ? -congestion : congestion) % 1000000, loss / 1000000, loss % 1000000, version);
}

static inline struct archive_text archive_text_of(const struct archive_file *file)
{
	struct archive_text text = { NULL, 0, 0 };
	uint64_t rows = (uint64_t)file->hours * file->nodes;
	archive_print(&text, "%s\r\n", ARCHIVE_HEADER);
	for (uint64_t i = 0; i < rows; i++) {
		uint64_t at = i;
		if (file->order == ARCHIVE_BY_NODE)
			at = i % file->hours * file->nodes + i / file->hours;
		if (file->order == ARCHIVE_SHUFFLED) /* a prime that does not divide the number of rows */
			at = i * UINT64_C(1000003) % rows;
		if (file->order == ARCHIVE_LAST_FIRST)
			at = rows - 1 - i;
		archive_line(&text, file->from_s + (int64_t)(at / file->nodes) * 3600,
			     file->first_node + (uint32_t)(at % file->nodes), file->seed,
			     file->version ? file->version : 1);
	}
	if (file->more)
		archive_print(&text, "%s", file->more);
	return text;
}

/* Names may have one folder in front; those that end in .gz are compressed. */
static inline void archive_bytes(struct archive *archive, const char *name, const void *bytes, size_t len)
{
	char inside[400];
	const char *slash = strchr(name, '/');
	if (slash) {
		snprintf(inside, sizeof(inside), "%s/%.*s", archive->in, (int)(slash - name), name);
		assert_true(mkdir(inside, 0700) == 0 || access(inside, W_OK) == 0);
	}
	snprintf(inside, sizeof(inside), "in/%s", name);
	size_t name_len = strlen(name);
	if (name_len > 3 && strcmp(name + name_len - 3, ".gz") == 0) {
		gzFile gz = gzopen(workplace_path(&archive->place, inside), "wb1");
		assert_non_null(gz);
		assert_int_equal(gzwrite(gz, bytes, (unsigned)len), (int)len);
		assert_int_equal(gzclose(gz), Z_OK);
		return;
	}
	workplace_file(&archive->place, inside, bytes, len);
}

static inline void archive_text(struct archive *archive, const char *name, const char *text)
{
	archive_bytes(archive, name, text, strlen(text));
}

static inline void archive_make(struct archive *archive, const struct archive_file *file)
{
	struct archive_text text = archive_text_of(file);
	archive_bytes(archive, file->name, text.bytes, text.len);
	free(text.bytes);
}

/* A file for each day: "day_000.csv", ... */
static inline void archive_days(struct archive *archive, int64_t from_s, uint32_t days, uint32_t nodes)
{
	for (uint32_t d = 0; d < days; d++) {
		char name[32];
		snprintf(name, sizeof(name), "day_%03u.csv", d);
		archive_make(archive, &(struct archive_file){
					  .name = name, .from_s = from_s + d * DAY_S, .hours = 24, .nodes = nodes });
	}
}

/* ---- converting ---- */

static inline void archive_keep(char **text, size_t *text_len, const char *bytes, size_t len)
{
	*text = realloc(*text, *text_len + len + 2);
	assert_non_null(*text);
	memcpy(*text + *text_len, bytes, len);
	*text_len += len;
	(*text)[*text_len] = 0;
}

static inline void archive_result(void *context, const char *bytes, size_t len)
{
	struct archive *archive = context;
	archive_keep(&archive->report, &archive->report_len, bytes, len);
}

static inline void archive_message(void *context, enum gpq_severity severity, const char *text)
{
	struct archive *archive = context;
	(void)severity;
	archive_keep(&archive->messages, &archive->messages_len, text, strlen(text));
	archive_keep(&archive->messages, &archive->messages_len, "\n", 1);
}

static inline bool archive_cancelled(void *context)
{
	struct archive *archive = context;
	return ++archive->calls == archive->cancel_at;
}

static inline void archive_progress(void *context, const struct gpq_progress *moment)
{
	struct archive *archive = context;
	(void)archive;
	assert_true(moment->files_done <= moment->files_total || strcmp(moment->phase, "rebuilding") == 0);
}

/* 'wanted' holds what differs from the defaults: inputs and output are the archive's. */
static inline struct gpq_convert_settings archive_settings(const struct archive *archive,
							   const struct gpq_convert_settings *wanted, const char **in)
{
	struct gpq_convert_settings settings = *wanted;
	*in = archive->in;
	if (!settings.inputs.count)
		settings.inputs = (struct gpq_texts){ in, 1 };
	if (!settings.output)
		settings.output = archive->out;
	if (!settings.memory_bytes)
		settings.memory_bytes = (uint64_t)128 << 20;
	settings.stats = settings.stats == GPQ_REPORT_NONE ? GPQ_REPORT_JSON : settings.stats;
	return settings;
}

static inline enum gpq_status archive_convert(struct archive *archive, const struct gpq_convert_settings *wanted)
{
	const char *in;
	struct gpq_convert_settings settings = archive_settings(archive, wanted, &in);
	struct gpq_hooks hooks = { archive, archive_result, archive_message, archive_progress, archive_cancelled };
	archive->report_len = archive->messages_len = archive->calls = 0;
	memset(&archive->err, 0, sizeof(archive->err));
	return gpq_convert(&settings, &hooks, &archive->err);
}

/* The conversion must come to 'expected'; says what was said where it does not. */
static inline void archive_converts(struct archive *archive, const struct gpq_convert_settings *wanted,
				    enum gpq_status expected)
{
	enum gpq_status status = archive_convert(archive, wanted);
	if (status != expected)
		fail_msg("status %d instead of %d: %s\n%s", (int)status, (int)expected, archive->err.message,
			 archive->messages ? archive->messages : "");
}

/* The first number with this key in the report: totals come first. */
static inline uint64_t archive_number(const struct archive *archive, const char *key)
{
	char quoted[80];
	snprintf(quoted, sizeof(quoted), "\"%s\":", key);
	const char *at = archive->report_len ? strstr(archive->report, quoted) : NULL;
	if (!at)
		fail_msg("the report has no %s", key);
	return strtoull(at + strlen(quoted), NULL, 10);
}

/* partial rows = what became of them, and as many as were made. */
static inline void archive_identity(const struct archive *archive, uint64_t partial_rows, uint64_t written)
{
	assert_int_equal(archive_number(archive, "partial_rows"), partial_rows);
	assert_int_equal(archive_number(archive, "written"), written);
	assert_int_equal(partial_rows, written + archive_number(archive, "joined") +
					   archive_number(archive, "duplicate") +
					   archive_number(archive, "superseded") + archive_number(archive, "blank") +
					   archive_number(archive, "rejected") + archive_number(archive, "outside"));
}

/* ---- what stands in the output ---- */

/* The regular files below a folder, a line each: path, size and hash, in order of paths. 'data_only': of Parquet files,
 * and without their footers, which name the inputs. Freed by the caller. */
struct archive_listing {
	char *lines[4000];
	uint32_t count;
	size_t skip;
	bool data_only;
};

static inline void archive_list_file(struct archive_listing *listing, const char *path)
{
	size_t path_len = strlen(path), len = 0;
	bool parquet = path_len > 8 && strcmp(path + path_len - 8, ".parquet") == 0;
	if (listing->data_only && !parquet)
		return;
	FILE *file = fopen(path, "rb");
	assert_non_null(file);
	struct stat status;
	assert_int_equal(fstat(fileno(file), &status), 0);
	len = (size_t)status.st_size;
	uint8_t *bytes = malloc(len + 1);
	assert_int_equal(fread(bytes, 1, len, file), len);
	fclose(file);
	if (listing->data_only) {
		uint32_t footer;
		assert_true(len > 12 && memcmp(bytes + len - 4, "PAR1", 4) == 0);
		memcpy(&footer, bytes + len - 8, 4);
		len -= footer + 8;
	}
	struct gpq_hash hash = gpq_hash_of(bytes, len);
	free(bytes);
	assert_true(listing->count < 4000);
	char *line = malloc(path_len + 80);
	sprintf(line, "%s %zu %016" PRIx64 "%016" PRIx64, path + listing->skip, len, hash.high, hash.low);
	listing->lines[listing->count++] = line;
}

static inline void archive_list_folder(struct archive_listing *listing, const char *folder)
{
	DIR *stream = opendir(folder);
	if (!stream)
		return;
	for (struct dirent *entry; (entry = readdir(stream));) {
		char path[PATH_MAX];
		struct stat status;
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		assert_true(snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name) < PATH_MAX);
		assert_int_equal(lstat(path, &status), 0);
		if (S_ISDIR(status.st_mode))
			archive_list_folder(listing, path);
		else
			archive_list_file(listing, path);
	}
	closedir(stream);
}

static inline int archive_compare_lines(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static inline char *archive_listing_of(const char *folder, bool data_only)
{
	struct archive_listing *listing = calloc(1, sizeof(*listing));
	listing->skip = strlen(folder) + 1;
	listing->data_only = data_only;
	archive_list_folder(listing, folder);
	qsort(listing->lines, listing->count, sizeof(listing->lines[0]), archive_compare_lines);
	size_t len = 1;
	for (uint32_t i = 0; i < listing->count; i++)
		len += strlen(listing->lines[i]) + 1;
	char *text = calloc(1, len);
	for (uint32_t i = 0; i < listing->count; i++) {
		strcat(strcat(text, listing->lines[i]), "\n");
		free(listing->lines[i]);
	}
	free(listing);
	return text;
}

static inline char *archive_output(const struct archive *archive)
{
	return archive_listing_of(archive->out, false);
}

static inline char *archive_data(const struct archive *archive)
{
	return archive_listing_of(archive->out, true);
}

/* Lines of a listing; those whose path has 'part' in it. */
static inline uint32_t archive_count(const char *listing, const char *part)
{
	uint32_t count = 0;
	for (const char *at = listing; *at;) {
		const char *end = strchr(at, '\n'), *found = strstr(at, part);
		count += found && found < end;
		at = end + 1;
	}
	return count;
}

static inline void archive_remove_output(struct archive *archive)
{
	if (access(archive->out, F_OK) == 0)
		assert_int_equal(nftw(archive->out, workplace_remove_one, 16, FTW_DEPTH | FTW_PHYS), 0);
}

/* What a run that published nothing may leave: its lock and empty folders. */
static inline void archive_nothing_left(const struct archive *archive)
{
	char *listing = archive_output(archive);
	if (listing[0] && (archive_count(listing, "") != 1 || archive_count(listing, ".gridpq/lock ") != 1))
		fail_msg("left behind:\n%s", listing);
	free(listing);
}

#endif
