/*
 * convert/finish.h - the end of a run: footers with their lineage, then all files at once.
 */
#ifndef GPQ_CONVERT_FINISH_H
#define GPQ_CONVERT_FINISH_H

#include "convert/run.h"

/* gpq_finish_files() writes the footer of every output of the stage; nothing is visible yet, and the disk is still at work. */
GPQ_MUST_USE enum gpq_status gpq_finish_files(struct gpq_run *run, struct gpq_error *err);

/* gpq_finish_sync() waits until every output is on the disk. */
GPQ_MUST_USE enum gpq_status gpq_finish_sync(struct gpq_run *run, struct gpq_error *err);

/* gpq_finish_publish() renames all outputs into place. Existing outputs that a failed input may have fed are kept unless the
 * settings allow incomplete ones. */
GPQ_MUST_USE enum gpq_status gpq_finish_publish(struct gpq_run *run, struct gpq_error *err);

/* gpq_finish_folders() syncs each folder that a run renames files in, metadata and rejects too: once all is renamed, so that
 * the disk is asked once. */
GPQ_MUST_USE enum gpq_status gpq_finish_folders(const struct gpq_run *run, struct gpq_error *err);

#endif
