/*
 * market/words.h - short forms that every market's tables are written with. What a word means table/dataset.h says; what is one
 * market's own (prices, decimals, sources) stands in its file.
 */
#ifndef GPQ_MARKET_WORDS_H
#define GPQ_MARKET_WORDS_H

#include "market/market.h"

#define COUNT(array)       (sizeof(array) / sizeof((array)[0]))
#define FEED_COLUMNS(list) .columns = list, .n_columns = COUNT(list)

/* Lengths of blocks, in hours. */
#define HOURS_OF_4_WEEKS 672
#define HOURS_OF_WEEK    168
#define HOURS_OF_4_DAYS  96
#define WHOLE            0 /* one block for the partition */

/* The key of a service's price; a market whose prices are of no resource leaves it out. */
#define KEY_SERVICE (1 << GPQ_TEXT_PRODUCT | 1 << GPQ_TEXT_REGION | 1 << GPQ_TEXT_RESOURCE)

/* A column of one name that the feed is not recognised without, or may lack. */
#define NEEDED(name, what)                                                                                             \
	{                                                                                                              \
		.names = { name }, .role = GPQ_ROLE_##what, .required = true                                           \
	}
#define KNOWN(name, what)                                                                                              \
	{                                                                                                              \
		.names = { name }, .role = GPQ_ROLE_##what                                                             \
	}

#endif
