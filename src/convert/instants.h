/*
 * convert/instants.h - the distinct interval starts of a file, each with what its row says of time beside it.
 *
 * A row whose time columns equal those of an instant seen before is known to be right or wrong already: so time
 * arithmetic and zone rules are worked out once for each instant and not for each row. Memory: 32 bytes an instant at
 * half load: 105,120 instants (5-minute, a year) take 8 MiB.      Threads: one.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef GPQ_CONVERT_INSTANTS_H
#define GPQ_CONVERT_INSTANTS_H

#include "base/budget.h"

/* The time columns of a row. */
struct gpq_instant {
	int64_t start_us, end_us;
	int32_t date, minutes;
	int16_t offset_minutes;
	int8_t hour, interval;
	int8_t used;        /* 1: an entry */
	int8_t local_right; /* 1: datetime_local is start + offset */
};

#define GPQ_INSTANTS_CAP ((size_t)1 << 21)

struct gpq_instants {
	struct gpq_budget *budget;
	struct gpq_instant *entries;
	size_t room, count; /* room: 0 or a power of two */
	bool full;          /* GPQ_INSTANTS_CAP or the budget was reached: later instants are not kept */
};

void gpq_instants_init(struct gpq_instants *instants, struct gpq_budget *budget);
void gpq_instants_done(struct gpq_instants *instants);

/* The entry of 'start_us', or NULL. */
const struct gpq_instant *gpq_instants_find(const struct gpq_instants *instants, int64_t start_us);

/* gpq_instants_add() enters an instant that is not there yet. */
void gpq_instants_add(struct gpq_instants *instants, const struct gpq_instant *instant);

#endif
