// SPDX-License-Identifier: MIT
/* Against the plain way: all pairs of neighbours after sorting. */
#include "unit/io/workplace.h"

#include "io/zip_extents.h"

static struct gpq_zip_extents extents;

static bool disjoint(const struct gpq_zip_extent *items, size_t count)
{
	gpq_zip_extents_init(&extents);
	do
		for (size_t i = 0; i < count; i++)
			if (!gpq_zip_extents_put(&extents, items[i].at, items[i].end))
				return false;
	while (gpq_zip_extents_again(&extents));
	return true;
}

static uint32_t draw(uint32_t *seed)
{
	*seed = *seed * 1664525u + 1013904223u;
	return *seed >> 8;
}

static void shuffle(struct gpq_zip_extent *items, size_t count, uint32_t *seed)
{
	for (size_t i = count; i > 1; i--) {
		size_t other = draw(seed) % i;
		struct gpq_zip_extent item = items[i - 1];
		items[i - 1] = items[other];
		items[other] = item;
	}
}

static void neighbours_may_touch(void **state)
{
	(void)state;
	assert_true(disjoint((struct gpq_zip_extent[]){ { 10, 20 }, { 0, 10 }, { 20, 21 } }, 3));
	assert_false(disjoint((struct gpq_zip_extent[]){ { 10, 20 }, { 0, 11 } }, 2));
	assert_false(disjoint((struct gpq_zip_extent[]){ { 0, 11 }, { 10, 20 } }, 2));
	assert_false(disjoint((struct gpq_zip_extent[]){ { 5, 6 }, { 5, 6 } }, 2));
	assert_false(disjoint((struct gpq_zip_extent[]){ { 0, 100 }, { 5, 6 } }, 2));
	assert_false(disjoint((struct gpq_zip_extent[]){ { 5, 6 }, { 0, 100 } }, 2));
	assert_true(disjoint(NULL, 0));
}

/* Five times what is kept, in any order: none over another, and then one that is. */
static void many_are_gone_through_in_passes(void **state)
{
	(void)state;
	size_t count = 5 * GPQ_ZIP_EXTENTS_KEPT + 17;
	struct gpq_zip_extent *items = test_malloc((count + 1) * sizeof(*items));
	uint32_t seed = 7;
	for (int round = 0; round < 6; round++) {
		uint64_t at = 0;
		for (size_t i = 0; i < count; i++) {
			uint64_t len = 1 + draw(&seed) % 100;
			items[i] = (struct gpq_zip_extent){ at, at + len };
			at += len + draw(&seed) % 3;
		}
		struct gpq_zip_extent over = items[draw(&seed) % count];
		if (round != 5)
			shuffle(items, count, &seed);
		assert_true(disjoint(items, count));
		over.at = round % 2 && over.at ? over.at - 1 : over.end - 1;
		over.end = over.at + (round < 3 ? 1 : 2);
		bool free = true;
		for (size_t i = 0; i < count; i++)
			free = free && (items[i].end <= over.at || items[i].at >= over.end);
		items[count] = over;
		shuffle(items, count + 1, &seed);
		assert_int_equal(disjoint(items, count + 1), free);
	}
	test_free(items);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(neighbours_may_touch),
		cmocka_unit_test(many_are_gone_through_in_passes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
