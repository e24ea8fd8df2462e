/*
 * convert/report.h - what a run did, for people and as JSON (docs/JSON.md): every file accounted for, every dataset's days.
 */
#ifndef GPQ_CONVERT_REPORT_H
#define GPQ_CONVERT_REPORT_H

#include "convert/run.h"

#define GPQ_REPORT_MARKETS 16 /* a test counts them */

/* What came of the inputs of one market, or of those that are of none. */
struct gpq_market_totals {
	uint32_t by_state[GPQ_N_INPUT_STATES];
	struct gpq_line_counts lines; /* of converted inputs */
	struct gpq_merge_counts merged;
};

struct gpq_run_totals {
	struct gpq_line_counts lines;    /* of converted inputs */
	struct gpq_merge_counts merged;
	uint32_t by_state[GPQ_N_INPUT_STATES];
	struct gpq_market_totals markets[GPQ_REPORT_MARKETS + 1]; /* in the order of gpq_markets(); the last is of no market */
	uint32_t identity_broken;        /* converted inputs whose rows do not add up: our bug */
	char broken_path[200];           /* of the last of these */
};

/* gpq_report_totals() adds up what became of every input's rows, and checks the identity of docs/RULES.md 14. */
GPQ_MUST_USE enum gpq_status gpq_report_totals(struct gpq_run *run, struct gpq_run_totals *out, struct gpq_error *err);

/* gpq_report_print() prints the report through hooks.result. 'status' is what the run came to. */
GPQ_MUST_USE enum gpq_status gpq_report_print(struct gpq_run *run, const struct gpq_run_totals *totals,
                                              enum gpq_report report, enum gpq_status status, double seconds,
                                              struct gpq_error *err);

/* VmHWM of this process in bytes; 0 where the system does not say. */
uint64_t gpq_report_peak_resident_bytes(void);

#endif
