/*
 * gridpq.h - turn archives of electricity-market CSV files into yearly Parquet files, inside a memory bound.
 *
 * Every call returns an 'enum gpq_status' and, where 'err' is not NULL, fills it with what happened, where and why.
 * The library never prints, never exits and keeps no state between calls: text goes to the caller's hooks.
 * Threads: different calls may run at the same time on different outputs; two runs on one output exclude each other.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef GRIDPQ_GRIDPQ_H
#define GRIDPQ_GRIDPQ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define GPQ_VERSION "0.1.0"

/* What a call came to. The class is status / 10; gpq_status_exit_code() turns it into the program's exit code. */
enum gpq_status {
	GPQ_OK = 0,              /* done */
	GPQ_END = 1,             /* a 'next' call has no more to give; never an error */
	GPQ_E_USAGE = 10,        /* an argument or option is wrong */
	GPQ_E_INPUT_MISSING = 11, /* an input named by the caller does not exist */
	GPQ_E_OUTPUT_EXISTS = 12, /* a file that the run would write is there already */
	GPQ_E_BUDGET = 20,       /* the memory bound is too small; the message names what would do */
	GPQ_E_SYSTEM = 30,       /* the operating system refused a call; sys_errno says why */
	GPQ_E_DISK_FULL = 31,    /* no space left where output or spill files go */
	GPQ_E_PERMISSION = 32,   /* a file or folder may not be read or written */
	GPQ_E_LOCKED = 33,       /* another run holds the output's lock */
	GPQ_E_INTERRUPTED = 34,  /* the caller asked to stop; nothing incomplete was left behind */
	GPQ_E_DATA = 40,         /* an input or a Parquet file is not what it should be */
	GPQ_E_TRUNCATED = 41,    /* bytes end before the container says so */
	GPQ_E_CHECKSUM = 42,     /* a CRC or size does not match the bytes */
	GPQ_E_UNRECOGNISED = 43, /* no dataset matches the header */
	GPQ_E_AMBIGUOUS = 44,    /* several datasets match and nothing tells them apart */
	GPQ_E_FINDINGS = 45,     /* verify found something, or --strict met a reject */
	GPQ_E_BUG = 90,          /* gridpq is wrong, for instance when the row identity does not hold */
};

/* Where and why a call failed. Owned by the caller, no heap. 'byte' is 0-based; 'record' is 1-based, 0 = not known. */
struct gpq_error {
	enum gpq_status status;
	int sys_errno;
	uint64_t byte;
	uint64_t record;
	uint32_t field;
	char message[488];
};

enum gpq_order { GPQ_ORDER_BLOCK, GPQ_ORDER_TIME, GPQ_ORDER_LOCATION };
enum gpq_partition { GPQ_PARTITION_DATASET, GPQ_PARTITION_YEAR, GPQ_PARTITION_MONTH }; /* DATASET: as its table says */
enum gpq_codec { GPQ_CODEC_NONE, GPQ_CODEC_SNAPPY, GPQ_CODEC_GZIP, GPQ_CODEC_LZ4, GPQ_CODEC_ZSTD };
enum gpq_report { GPQ_REPORT_NONE, GPQ_REPORT_TEXT, GPQ_REPORT_JSON };
enum gpq_severity { GPQ_NOTE, GPQ_WARNING, GPQ_ERROR };

/* A list of texts that the caller owns. */
struct gpq_texts {
	const char *const *items;
	size_t count;
};

struct gpq_year_range {
	int first, last; /* both included */
};

/* A moment of a run, for progress displays. */
struct gpq_progress {
	uint64_t read_bytes, total_bytes; /* bytes on disk, read and to read */
	uint64_t rows, files_done, files_total;
	uint64_t resident_bytes;
	double seconds;
	const char *phase; /* static text: "reading", "rebuilding", "writing" */
};

/* How the library talks to its caller. Any member may be NULL. Calls come from one thread at a time. */
struct gpq_hooks {
	void *context;
	void (*result)(void *context, const char *bytes, size_t len);                 /* what stdout gets */
	void (*message)(void *context, enum gpq_severity severity, const char *text); /* a line for people, without newline */
	void (*progress)(void *context, const struct gpq_progress *moment);           /* about five times a second */
	bool (*cancelled)(void *context);                                             /* true: stop, leave nothing behind */
};

/* Settings of gpq_convert() and gpq_plan(). Zeroed members mean the default. */
struct gpq_convert_settings {
	struct gpq_texts inputs;         /* files and folders */
	const char *output;              /* folder, made where missing */
	const struct gpq_year_range *years;
	size_t n_years;                  /* 0: all years; by delivery_date */
	struct gpq_texts isos, datasets, location_types, locations; /* filters; empty: all */
	struct gpq_texts assume;         /* PATTERN=ISO/DATASET[:PRODUCT] */
	uint64_t memory_bytes;           /* bound on resident memory; 0: default */
	uint32_t threads;                /* 0: one a processor, as far as the bound allows */
	uint32_t batch_files;            /* hint: inputs open at once; 0: as many as threads */
	uint64_t chunk_rows;             /* hint: rows parsed at a time; 0: as the plan says */
	enum gpq_order order;
	enum gpq_partition partition;
	enum gpq_codec codec;            /* the caller sets it; GPQ_CODEC_NONE stores pages as they are */
	int codec_level;                 /* 0: the codec's default (zstd: 1) */
	bool keep_revisions, strict, allow_incomplete, force;
	enum gpq_report stats;           /* the run's report, through hooks.result */
};

/* One sentence for a status, static. */
const char *gpq_status_text(enum gpq_status status);

/* The program's exit code for a status: 9 bug, 3 system, 2 bound, 1 usage, 4 data, 0 otherwise. */
int gpq_status_exit_code(enum gpq_status status);

/*
 * gpq_convert() reads 'settings->inputs' and writes one Parquet file a partition below 'settings->output'.
 * Returns GPQ_OK; GPQ_E_DATA and its kin where an input failed (every other input is converted all the same), or with
 * 'strict' where a row was rejected; other statuses mean that nothing was published. 'err' holds the first failure.
 */
enum gpq_status gpq_convert(const struct gpq_convert_settings *settings, const struct gpq_hooks *hooks,
                            struct gpq_error *err);

/* gpq_plan() says what gpq_convert() would read, write and need, through hooks.result, and writes nothing. */
enum gpq_status gpq_plan(const struct gpq_convert_settings *settings, enum gpq_report report,
                         const struct gpq_hooks *hooks, struct gpq_error *err);

/* Settings of gpq_inspect(). Zeroed members mean the default. */
struct gpq_inspect_settings {
	struct gpq_texts inputs;         /* files and folders */
	struct gpq_texts assume, isos;   /* as those of gpq_convert(); files of other markets are not looked at further */
	bool lines;                      /* one line a file, as text */
	enum gpq_report report;
};

/* gpq_inspect() says what files hold and why, through hooks.result, one after the other. Every file is read to its end.
 * Returns GPQ_OK; GPQ_E_FINDINGS where a file cannot be used. */
enum gpq_status gpq_inspect(const struct gpq_inspect_settings *settings, const struct gpq_hooks *hooks, struct gpq_error *err);

/* gpq_verify() reads Parquet files (or folders of them) back whole and reports each finding through hooks.result. */
enum gpq_status gpq_verify(struct gpq_texts paths, uint64_t memory_bytes, enum gpq_report report,
                           const struct gpq_hooks *hooks, struct gpq_error *err);

/*
 * gpq_trace() finds the source file and line of one row of the Parquet file 'path' by reading that source again.
 *   key      "LOCATION@INSTANT", as in "WESTERN HUB@2024-07-01T16:00:00Z"; the location by name or id
 *   sources  where to look for the source file; empty: the paths that the run noted beside its output
 */
enum gpq_status gpq_trace(const char *path, const char *key, struct gpq_texts sources, enum gpq_report report,
                          const struct gpq_hooks *hooks, struct gpq_error *err);

/* gpq_formats() prints the datasets known; gpq_schema() the two output tables. Through hooks.result. */
enum gpq_status gpq_formats(enum gpq_report report, const struct gpq_hooks *hooks, struct gpq_error *err);
enum gpq_status gpq_schema(enum gpq_report report, const struct gpq_hooks *hooks, struct gpq_error *err);

#ifdef __cplusplus
}
#endif

#endif
