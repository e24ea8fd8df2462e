/*
 * convert/intake.h - the reading side of a run: inputs are opened in turn, cut, parsed, and their rows given to blocks.
 * Threads: gpq_intake_claim() and gpq_intake_done() under the run's lock; gpq_intake_chunk() without it.
 */
#ifndef GPQ_CONVERT_INTAKE_H
#define GPQ_CONVERT_INTAKE_H

#include "convert/run.h"

/*
 * gpq_intake_claim() finds an input that a worker may take a chunk of and marks it busy; NULL: nothing to read now. Workers
 * keep apart, so that rows of an input come into its blocks in their order and a parser meets the locations that it expects:
 * its own input, one that nobody is at, the next one, and only then one that others are at. Where memory is short all go
 * for the first one, so that its block can be closed.
 */
struct gpq_open_input *gpq_intake_claim(struct gpq_worker *worker);

/* gpq_intake_chunk() reads one chunk of 'input', gives 'busy' back, and parses it into blocks. A failure of the input is noted
 * with it; the status is that of the run. */
GPQ_MUST_USE enum gpq_status gpq_intake_chunk(struct gpq_worker *worker, struct gpq_open_input *input);

/* True where every input of the pass is read to its end. Under the lock. */
bool gpq_intake_done(const struct gpq_run *run);

/* Puts into QUEUED each block that no input left seems to feed; with 'all', every block that has rows. Under the lock. */
void gpq_intake_close_blocks(struct gpq_run *run, bool all);

#endif
