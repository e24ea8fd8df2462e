/*
 * convert/feed_binding.h - a header line bound to a feed: which field of a line is what.
 * Knows: header names, roles, the cells of the feed's datasets.      Memory: none; the binding is the caller's.
 */
#ifndef GPQ_CONVERT_FEED_BINDING_H
#define GPQ_CONVERT_FEED_BINDING_H

#include "market/market.h"

#define GPQ_BINDING_MAX_FIELDS 64
#define GPQ_BINDING_OUTPUTS 2
#define GPQ_NO_FIELD UINT16_MAX

struct gpq_feed_binding {
	const struct gpq_market *market;
	const struct gpq_feed *feed;
	uint32_t n_fields;                   /* of the header */
	uint32_t n_outputs;
	const struct gpq_dataset *output[GPQ_BINDING_OUTPUTS];
	uint16_t start, local, version;      /* fields, or GPQ_NO_FIELD */
	uint16_t text[GPQ_LOCATION_TEXTS];   /* field of each text of the location */
	uint16_t voltage;
	uint16_t cell[GPQ_BINDING_OUTPUTS][GPQ_MAX_CELLS];
	uint16_t location_first, location_last; /* the span of fields that describe the location */
	bool location_together;              /* nothing else stands in that span */
	uint64_t signature;                  /* of market, feed and field roles: equal bindings read lines alike */
};

/*
 * gpq_feed_binding_init() binds the header 'names' to 'feed'.
 * Errors: GPQ_E_DATA where a column of the key is missing (names it), where a header name stands twice with one role, or
 * where there are more fields than GPQ_BINDING_MAX_FIELDS. 'err->field' is the field, 1-based.
 */
GPQ_MUST_USE enum gpq_status gpq_feed_binding_init(struct gpq_feed_binding *binding, const struct gpq_market *market,
                                                   const struct gpq_feed *feed, const struct gpq_text *names,
                                                   uint32_t n_names, struct gpq_error *err);

#endif
