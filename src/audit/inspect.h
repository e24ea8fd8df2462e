/*
 * audit/inspect.h - what a file is and why: recognition, dialect, columns, what it covers, what is odd in it.
 */
#ifndef GPQ_AUDIT_INSPECT_H
#define GPQ_AUDIT_INSPECT_H

#include "base/status.h"

/* See gpq_inspect() in gridpq.h. Every file is read to its end, so that its checksums and all its lines are looked at. */
GPQ_MUST_USE enum gpq_status gpq_inspect_run(const struct gpq_inspect_settings *settings, const struct gpq_hooks *hooks,
                                             struct gpq_error *err);

#endif
