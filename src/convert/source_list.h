/*
 * convert/source_list.h - the inputs that an output file was made of: how many, their list, and one hash for all (docs/OUTPUT.md).
 * In the order of their ranks (RULES 21), so that it does not depend on how a run came by them.
 * Memory: GPQ_SOURCE_LIST_BYTES and a list; gpq_collation_need(GPQ_SOURCE_ROOM_BYTES) while it is made.      Threads: one.
 */
#ifndef GPQ_CONVERT_SOURCE_LIST_H
#define GPQ_CONVERT_SOURCE_LIST_H

#include "base/buf.h"
#include "convert/run.h"

#define GPQ_SOURCE_LIST_BYTES ((size_t)64 << 10) /* a longer list of inputs stays out of the footer (docs/OUTPUT.md) */
#define GPQ_SOURCE_ROOM_BYTES ((size_t)1 << 20)

struct gpq_source_list {
	uint32_t count;
	uint64_t current_rows; /* of the file's blocks */
	struct gpq_hash hash;  /* of each input's name's hash and content's hash */
	struct gpq_buf text;   /* JSON: [name, stored bytes, content's hash] of each. Owns */
	bool is_whole;         /* the list is short enough to be kept */
};

/* gpq_source_list_make() lists what the written blocks of a partition were fed by. Errors: GPQ_E_BUDGET, those of the run's spill
 * files. */
GPQ_MUST_USE enum gpq_status gpq_source_list_make(struct gpq_source_list *list, struct gpq_run *run,
                                                  const struct gpq_dataset_run *dataset, int32_t partition,
                                                  struct gpq_error *err);
void gpq_source_list_done(struct gpq_source_list *list);

#endif
