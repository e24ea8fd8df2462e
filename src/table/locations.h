/*
 * table/locations.h - the run's catalogue of what rows are about: each distinct tuple of descriptive texts once, with a code.
 *
 * For the energy table a tuple is (settlement_location, id, type, zone, equipment) and the voltage; for the ancillary
 * table (as_product, as_region, settlement_location, unit). A row then holds a 4-byte code in place of its texts.
 * Codes are dense from 0 in order of first appearance, which depends on threads: nothing that is written may depend on
 * a code's number, only on its texts.
 *
 * Memory: at most 'cap_bytes' from the budget, in pieces; entries never move, so views stay good until close.
 * Threads: all calls are safe from any thread; _view and _count take no lock.
 */
#ifndef GPQ_TABLE_LOCATIONS_H
#define GPQ_TABLE_LOCATIONS_H

#include "base/budget.h"
#include "table/text.h"

#define GPQ_LOCATION_TEXTS 5

/* Which text of a tuple is what. */
enum gpq_location_text {
	GPQ_TEXT_NAME = 0,     /* energy: settlement_location */
	GPQ_TEXT_ID = 1,
	GPQ_TEXT_TYPE = 2,
	GPQ_TEXT_ZONE = 3,
	GPQ_TEXT_EQUIPMENT = 4, /* for the node metadata; not a column, and never a difference between rows */
	GPQ_TEXT_PRODUCT = 0,  /* ancillary: as_product */
	GPQ_TEXT_REGION = 1,
	GPQ_TEXT_RESOURCE = 2, /* settlement_location of resource-level prices */
	GPQ_TEXT_UNIT = 3,
};

#define GPQ_VOLTAGE_SCALE 3

struct gpq_location {
	struct gpq_text text[GPQ_LOCATION_TEXTS];
	int64_t voltage_kv; /* cell at GPQ_VOLTAGE_SCALE, or GPQ_CELL_NULL */
};

/* The text that leads a location's place in the output: text 0, or the id where no name is known (RULES 17). */
static inline struct gpq_text gpq_location_lead(const struct gpq_location *location)
{
	return location->text[0].bytes ? location->text[0] : location->text[1];
}

struct gpq_locations;

/*
 * gpq_locations_open() makes an empty catalogue of at most 'cap_bytes'. Owner: the caller, gpq_locations_close().
 * Errors: GPQ_E_BUDGET.
 */
GPQ_MUST_USE enum gpq_status gpq_locations_open(struct gpq_budget *budget, size_t cap_bytes, struct gpq_locations **out,
                                                struct gpq_error *err);
void gpq_locations_close(struct gpq_locations *locations);

/* gpq_locations_intern() gives the code of 'location', entering a copy of it where it is new.
 * Errors: GPQ_E_BUDGET (catalogue full: says how many locations it holds and what to raise). */
GPQ_MUST_USE enum gpq_status gpq_locations_intern(struct gpq_locations *locations, const struct gpq_location *location,
                                                  uint32_t *out_code, struct gpq_error *err);

/* gpq_locations_view() borrows the tuple of a code that _intern has given, until close. */
const struct gpq_location *gpq_locations_view(const struct gpq_locations *locations, uint32_t code);

/* How many codes there are. */
uint32_t gpq_locations_count(const struct gpq_locations *locations);

#endif
