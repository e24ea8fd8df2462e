/*
 * convert/block_lists.h - the values that a block's times and versions can have, as lists that its columns are codes into.
 *
 * A block has few instants and fewer versions beside its rows. Lists are ascending and without repeats, as values.h wants them.
 * Memory: gpq_time_list_need() a list of times; a list of versions stands where its owner puts it.      Threads: one.
 */
#ifndef GPQ_CONVERT_BLOCK_LISTS_H
#define GPQ_CONVERT_BLOCK_LISTS_H

#include "convert/block_facts.h"
#include "table/values.h"

struct gpq_time_list {
	int64_t *words; /* Owns */
	uint32_t n_words;
	struct gpq_code_stretch *by_place; /* what begins at a grid place where rows have those behind it. Owns */
	uint32_t room_words, room_places;
};

/* What time column 'id' says of an instant. */
int64_t gpq_block_time_word(const struct gpq_block_facts *facts, enum gpq_column_id id, uint32_t start_s);

/* What a list takes of a span with 'slots' grid places, at most. */
size_t gpq_time_list_need(uint32_t slots);

/* gpq_time_list_init() lists what time column 'id' says of the block's instants. Where the block is crowded there is nothing by
 * place, and no list of a column that says another thing of each instant. Errors: GPQ_E_BUDGET; the list is empty then. */
GPQ_MUST_USE enum gpq_status gpq_time_list_init(struct gpq_time_list *list, const struct gpq_block_facts *facts,
                                                enum gpq_column_id id, struct gpq_error *err);

/* Whether that column is such a one. */
bool gpq_time_is_stamp(enum gpq_column_id id);

/* The code of a word that was listed. */
uint32_t gpq_time_list_code(const struct gpq_time_list *list, int64_t word);
void gpq_time_list_done(struct gpq_time_list *list, struct gpq_budget *budget);

#define GPQ_VERSION_LIST_MAX 64

struct gpq_version_list {
	int64_t words[GPQ_VERSION_LIST_MAX];
	uint32_t n_words;
};

/* gpq_version_list_init() lists the versions of 'stretches'; false where there are too many. */
bool gpq_version_list_init(struct gpq_version_list *list, const struct gpq_stretches *stretches);

/* The code of a version that was listed, GPQ_CODE_NULL for none. */
uint32_t gpq_version_list_code(const struct gpq_version_list *list, int32_t version);

#endif
