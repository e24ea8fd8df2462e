/*
 * input/content_hash.h - the hash of an input's content, where it is asked for before the input was read to its end: it tells
 * which of two is newer where nothing else does (docs/RULES.md 21).
 * Memory: a source, what opens it (gpq_member_opener_need()), and 64 KiB.      Threads: any.
 */
#ifndef GPQ_INPUT_CONTENT_HASH_H
#define GPQ_INPUT_CONTENT_HASH_H

#include "input/member_source.h"

/*
 * gpq_content_hash() reads an input to its end; zero of one that is damaged: it will fail as an input, and what it fed is built
 * again without it. Errors: those of gpq_member_source_open().
 */
GPQ_MUST_USE enum gpq_status gpq_content_hash(struct gpq_budget *budget, const struct gpq_address *address,
                                              struct gpq_hash *out, struct gpq_error *err);

#endif
