/*
 * input/feed_binding.h - a header line bound to a feed: which field of a line is what.
 * Knows: header names, roles, the cells of the feed's datasets.      Memory: none; the binding is the caller's.
 */
#ifndef GPQ_INPUT_FEED_BINDING_H
#define GPQ_INPUT_FEED_BINDING_H

#include "input/preamble.h"

#define GPQ_BINDING_MAX_FIELDS 64
#define GPQ_BINDING_OUTPUTS 2
#define GPQ_NO_FIELD UINT16_MAX
#define GPQ_BINDING_MAX_COMPONENTS 8
#define GPQ_BINDING_MAX_PRODUCTS 16
#define GPQ_BINDING_UNIT_BYTES 16 /* "$/MWHr" */
#define GPQ_NO_CELL UINT8_MAX

/*
 * Where a line's instant is told:
 *   start != NO_FIELD, start_is_local false   it is in UTC; the interval's end where start_is_end
 *   start != NO_FIELD, start_is_local true    it is by the market's clock; the interval's end where start_is_end; the time of day
 *                                             alone is of 'day'
 *   hour_ending != NO_FIELD                   date, or 'day', hour ending, interval and repeated tell it by the market's clock
 *   date != NO_FIELD                          midnight of that date by the market's clock; hours stand across
 *   none of them                              midnight of 'day' likewise, which the head has read above the header
 * Where the line's numbers are:
 *   cell[o][k]             the field of cell k of output o, as ever
 *   price                  one field; component says which cell: component_cell[o][c]
 *   hours_first            hours_count fields, hour ending 1 to 24; the cell is component_cell[o][c] where there are components,
 *                          else hours_cell[o]
 *   products               of n_products products, each a row of its own of output 0: the fields of its cells
 */
struct gpq_feed_binding {
	const struct gpq_market *market;
	const struct gpq_feed *feed;
	uint32_t n_fields;                   /* of the header */
	uint32_t n_outputs;
	const struct gpq_dataset *output[GPQ_BINDING_OUTPUTS];
	uint32_t table;                      /* of the feed: 0, or 1 for the one below */
	uint16_t start, local, version;      /* fields, or GPQ_NO_FIELD; so are all that follow */
	uint16_t end, date, date_check, hour_check;
	uint16_t record_kind;                /* enum gpq_record_kind; what is no row is decoration */
	uint16_t market_run;                 /* its text must be one of the feed's market_runs */
	uint16_t component;                  /* its text is that of one of the feed's components */
	uint16_t price;                      /* the number whose cell the component says */
	uint16_t hours_first, hours_count;   /* NO_FIELD and 0 where hours don't stand across */
	uint16_t hour_ending, interval, repeated; /* beside 'date'; 'interval' and 'repeated' may be NO_FIELD */
	uint16_t clock;                      /* beside a local start: which clock it is by */
	bool start_is_local, start_is_end;
	bool local_is_end;                   /* what 'local' is compared with */
	int32_t day;                         /* delivery date of all lines, days since 1970-01-01, or GPQ_NO_DAY */
	uint8_t hours_cell[GPQ_BINDING_OUTPUTS];
	uint8_t component_cell[GPQ_BINDING_OUTPUTS][GPQ_BINDING_MAX_COMPONENTS]; /* GPQ_NO_CELL: not a cell of that output */
	struct gpq_product_fields {
		const char *product;               /* as_product; static */
		const char *region;                /* as_region that the header names, static; NULL: the line's, if it has one */
		char unit[GPQ_BINDING_UNIT_BYTES]; /* that the header names; "": the line's, if it has one */
		uint16_t field[GPQ_MAX_CELLS];     /* or GPQ_NO_FIELD */
	} products[GPQ_BINDING_MAX_PRODUCTS]; /* in the order of their first fields */
	uint8_t n_products;
	uint16_t text[GPQ_LOCATION_TEXTS];   /* field of each text of the location */
	uint16_t voltage;
	uint16_t cell[GPQ_BINDING_OUTPUTS][GPQ_MAX_CELLS];
	bool negated[GPQ_BINDING_OUTPUTS][GPQ_MAX_CELLS]; /* the field has the other sign */
	uint16_t location_first, location_last; /* the span of fields that describe the location */
	bool location_together;              /* nothing else stands in that span */
	uint64_t signature;                  /* of market, feed and field roles: equal bindings read lines alike */
};

/*
 * gpq_feed_binding_init() binds the header 'names' to 'feed', gpq_feed_binding_init_second() to the feed's second table.
 * 'day' is left to the caller: GPQ_NO_DAY.
 * Errors: GPQ_E_DATA where a column of the key is missing (names it), where a header name stands twice with one role, where
 * hours across are not 24 fields in their order, where there are more fields than GPQ_BINDING_MAX_FIELDS, or a unit is not UTF-8
 * or has more bytes than fit. 'err->field' is the field, 1-based.
 */
GPQ_MUST_USE enum gpq_status gpq_feed_binding_init(struct gpq_feed_binding *binding, const struct gpq_market *market,
                                                   const struct gpq_feed *feed, const struct gpq_text *names,
                                                   uint32_t n_names, struct gpq_error *err);
GPQ_MUST_USE enum gpq_status gpq_feed_binding_init_second(struct gpq_feed_binding *binding, const struct gpq_market *market,
                                                          const struct gpq_feed *feed, const struct gpq_text *names,
                                                          uint32_t n_names, struct gpq_error *err);

#endif
