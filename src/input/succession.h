/*
 * input/succession.h - intervals that are told by their ends: each begins where its location's last one ended (RULES
 * 7).
 *
 * Stamps of an input come in the order of its lines. Those on the quarters of an hour behind the last one off them may
 * be prices of a run that looks ahead; whether they are is known when the input ends, so their rows wait until a later
 * stamp or the end. Memory: gpq_succession_need(), taken at open.      Threads: one at a time; the chunks of an input
 * one after the other.
 */
#ifndef GPQ_INPUT_SUCCESSION_H
#define GPQ_INPUT_SUCCESSION_H

#include "input/line_parser.h"

#define GPQ_SUCCESSION_MAX_PLACES 4096u  /* NYISO has 760 generators */
#define GPQ_SUCCESSION_MAX_ROWS   16384u /* that wait: two and three quarter hours of them are 8,360 */

#define GPQ_TILE_MAX_S 600u /* no interval is longer */

struct gpq_succession;

size_t gpq_succession_need(void);
GPQ_MUST_USE enum gpq_status gpq_succession_open(struct gpq_budget *budget, struct gpq_succession **out,
						 struct gpq_error *err);
void gpq_succession_close(struct gpq_succession *succession);

/* gpq_succession_begin() forgets everything: an input begins. 'zone' is the market's clock. */
void gpq_succession_begin(struct gpq_succession *succession, const struct gpq_zone *zone);

/*
 * gpq_succession_start() notes that a location has an interval that ends at 'end_s', and gives its begin: the
 * location's stamp before it, if that is of the same day and less than 10 minutes earlier, else 5 minutes earlier; a
 * day's first interval begins at midnight if it ends at most 10 minutes later. A stamp that stands still has the same
 * begin. False where the stamp is earlier than one of the same day above: then nothing of it is noted, but for where
 * the input ends.
 */
bool gpq_succession_start(struct gpq_succession *succession, uint32_t location, uint32_t end_s, uint32_t *out_start_s);

/*
 * gpq_succession_pass() notes that a location has a stamp of a repeated hour: 'first_s' or 'second_s', as
 * 'told' says (1, 2), or it is not told yet (0). It gives the location's last stamp before that hour, 0 where it has none of that day.
 */
uint32_t gpq_succession_pass(struct gpq_succession *succession, uint32_t location, uint32_t first_s,
			     uint32_t second_s, uint8_t told);

/* gpq_succession_note() notes a stamp of the input, whose pass is known by now. */
void gpq_succession_note(struct gpq_succession *succession, uint32_t end_s);

/* gpq_succession_derive() is the rule alone: where an interval begins that ends at 'end_s' with the stamp 'before_s'
 * before it; 0: none. */
uint32_t gpq_succession_derive(struct gpq_succession *succession, uint32_t end_s, uint32_t before_s);

/*
 * gpq_succession_give() hands rows, whose begin and end are known, on to 'receiver' as rows of output 0, or lets them
 * wait; it may hand on others that waited, and empties 'batch'. Rows' ends are in cell 'end_cell', as seconds behind
 * the begin. gpq_succession_end() gives what waits at the input's end, or counts it as outside, looking ahead. Errors:
 * those of the receiver.
 */
GPQ_MUST_USE enum gpq_status gpq_succession_give(struct gpq_succession *succession, struct gpq_batch *batch,
						 uint32_t end_cell, const struct gpq_line_receiver *receiver,
						 struct gpq_error *err);
GPQ_MUST_USE enum gpq_status gpq_succession_end(struct gpq_succession *succession,
						const struct gpq_line_receiver *receiver,
						struct gpq_line_counts *counts, struct gpq_error *err);

/* Of the stamps that the end left out: how many they are, and the first. */
uint32_t gpq_succession_ahead(const struct gpq_succession *succession, uint32_t *out_first_s);

/* A sentence, with figures, where an input had more than there is room for: then its rows are not to be used. NULL: all
 * is well. */
const char *gpq_succession_refusal(struct gpq_succession *succession);

#endif
