/*
 * base/shortest.h - a binary64 as the shortest decimal text that reads back as the same number.
 * Knows: digits, powers of ten.      Not: locales, JSON, prices.      Memory: its own stack, under 2 KiB.
 */
#ifndef GPQ_BASE_SHORTEST_H
#define GPQ_BASE_SHORTEST_H

#include "base/status.h"

/* "-1.2345678901234567e-308" is the longest text, 24 bytes. */
#define GPQ_SHORTEST_CAP_BYTES 32

/*
 * gpq_shortest_write() writes 'value' into 'out' (at least GPQ_SHORTEST_CAP_BYTES), terminated, and returns its length.
 * A number from 1e-4 to below 1e16 stands in full and keeps a point ("1.0"), another has an exponent of at least two
 * digits ("1e-05", "2.5e+16"). 'value' is finite.
 */
size_t gpq_shortest_write(double value, char *out);

#endif
