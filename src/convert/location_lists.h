/*
 * convert/location_lists.h - the texts of all locations as the writer wants them: for each output column the distinct values,
 * ascending, and for each location code the number of its value.
 * Memory: GPQ_LOCATION_LIST_BYTES a location, taken by size when the catalogue has grown.      Threads: read by many, made by one.
 */
#ifndef GPQ_CONVERT_LOCATION_LISTS_H
#define GPQ_CONVERT_LOCATION_LISTS_H

#include "market/market.h"
#include "table/values.h"

/* Columns that come from a location: the texts but for equipment, the voltage, the product's standard name. */
enum gpq_location_list {
	GPQ_LIST_TEXT0,
	GPQ_LIST_TEXT1,
	GPQ_LIST_TEXT2,
	GPQ_LIST_TEXT3,
	GPQ_LIST_STANDARD,
	GPQ_LIST_VOLTAGE,
	GPQ_N_LOCATION_LISTS,
};

#define GPQ_LOCATION_LIST_BYTES ((size_t)5 * (sizeof(struct gpq_text) + 4) + 12)

struct gpq_location_lists {
	struct gpq_budget *budget;
	const struct gpq_market *market;            /* whose products' standard names they have. Borrows */
	uint32_t count;                             /* of the catalogue when the lists were made */
	uint32_t n_values[GPQ_N_LOCATION_LISTS];
	struct gpq_text *texts[GPQ_LIST_STANDARD + 1];
	int64_t *voltages;
	uint32_t *number[GPQ_N_LOCATION_LISTS];     /* by code; GPQ_CODE_NULL */
};

/* gpq_location_lists_update() makes the lists anew where 'locations' has grown since, or where they were made for another
 * market. 'market' says the products' standard names; NULL where locations are no products. */
GPQ_MUST_USE enum gpq_status gpq_location_lists_update(struct gpq_location_lists *lists, struct gpq_budget *budget,
                                                       const struct gpq_locations *locations,
                                                       const struct gpq_market *market, struct gpq_error *err);
void gpq_location_lists_done(struct gpq_location_lists *lists);

#endif
