/*
 * input/rejects.h - lines that gave no row, kept byte for byte.
 *
 *   <out>/.gridpq/rejects/rejects.jsonl   a line each: file, member, line, byte, field, value, reason, sentence, raw_byte, raw_len
 *   <out>/.gridpq/rejects/rejects.raw     the bytes themselves, line ends included, one behind the other
 *
 * Both appear when the run ends, in place of the run's before. Threads: any.      Memory: gpq_rejects_need().
 */
#ifndef GPQ_INPUT_REJECTS_H
#define GPQ_INPUT_REJECTS_H

#include "input/line_parser.h"

struct gpq_rejects;

size_t gpq_rejects_need(void);
GPQ_MUST_USE enum gpq_status gpq_rejects_open(struct gpq_budget *budget, const char *output, struct gpq_rejects **out,
                                              struct gpq_error *err);
void gpq_rejects_close(struct gpq_rejects *rejects);

/* Files are made on the first line. 'file' is the file as found, 'member' the path in it, NULL where it is no archive. */
GPQ_MUST_USE enum gpq_status gpq_rejects_add(struct gpq_rejects *rejects, const char *file, const char *member,
                                             const struct gpq_bad_line *line, struct gpq_error *err);
uint64_t gpq_rejects_count(const struct gpq_rejects *rejects);

/* gpq_rejects_sync() waits until the files are on the disk: no line comes after it. */
GPQ_MUST_USE enum gpq_status gpq_rejects_sync(struct gpq_rejects *rejects, struct gpq_error *err);

/* gpq_rejects_publish() puts the files in place; without a rejected line it removes those of an earlier run. */
GPQ_MUST_USE enum gpq_status gpq_rejects_publish(struct gpq_rejects *rejects, struct gpq_error *err);

#endif
