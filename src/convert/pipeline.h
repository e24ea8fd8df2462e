/*
 * convert/pipeline.h - the worker threads: read and parse, turn and encode, until every input of a stage is in a row group.
 *
 *   pass 1        all inputs, in reading order; blocks are closed as soon as nothing left seems to feed them
 *   pass 2, ...   the inputs of stale blocks again, for these blocks only
 */
#ifndef GPQ_CONVERT_PIPELINE_H
#define GPQ_CONVERT_PIPELINE_H

#include "convert/run.h"

/*
 * gpq_pipeline_run() writes the row groups of every block of the stage under way.
 * A failed input is noted in the catalogue and is no failure of the run.
 * Errors: GPQ_E_INTERRUPTED, and whatever made the run impossible.
 */
GPQ_MUST_USE enum gpq_status gpq_pipeline_run(struct gpq_run *run, struct gpq_error *err);

#endif
