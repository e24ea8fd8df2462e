/*
 * value/utf8.h - text fields: blanks off, UTF-8 or not, voltage.
 */
#ifndef GPQ_VALUE_UTF8_H
#define GPQ_VALUE_UTF8_H

#include "table/cell.h"
#include "table/text.h"

/* gpq_value_trim() drops blanks (space, tab, NBSP as UTF-8) at both ends; an empty rest is null (bytes == NULL). */
struct gpq_text gpq_value_trim(struct gpq_text text);

/* Whether 'len' bytes are UTF-8 (RFC 3629, no surrogates, no overlong). Fast where they are ASCII. */
bool gpq_value_is_utf8(const char *bytes, size_t len);

/* gpq_value_voltage() reads "230 KV", "34.5 KV" or a bare number to a cell at 'scale'; returns false, and
 * GPQ_CELL_NULL, for anything else; empty is null and true. */
bool gpq_value_voltage(struct gpq_text text, unsigned scale, int64_t *out);

#endif
