// SPDX-License-Identifier: MIT
/* Lists of compressed frames: found by number across leaves; what a bad disk gives back is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sort/frames.h"

#include <stdlib.h>
#include <string.h>

#define FRAME_WORDS 64
#define N_FRAMES    1300 /* two full leaves and a part of a third */

struct lists {
	struct gpq_budget budget;
	struct gpq_spill *spill;
	struct gpq_frame_codec codec;
	void *codec_memory;
	struct gpq_frames_writer *writers; /* two lists that interleave in one file */
	struct gpq_frames frames[2];
};

static void frame_fill(uint32_t *words, uint32_t list, uint32_t number)
{
	for (uint32_t i = 0; i < FRAME_WORDS; i++)
		words[i] = (number + 1) * 2654435761u * (i + 1) + list;
}

static void lists_open(struct lists *lists)
{
	struct gpq_error err;
	memset(lists, 0, sizeof(*lists));
	gpq_budget_init(&lists->budget, (size_t)1 << 24);
	assert_int_equal(gpq_spill_open(&lists->budget, "/tmp", &lists->spill, &err), GPQ_OK);
	lists->codec_memory = aligned_alloc(64, gpq_frame_codec_need(4 * FRAME_WORDS, true));
	gpq_frame_codec_init(&lists->codec, lists->codec_memory, 4 * FRAME_WORDS, true);
	lists->writers = malloc(2 * sizeof(*lists->writers));
	for (uint32_t list = 0; list < 2; list++)
		gpq_frames_begin(&lists->writers[list], lists->spill);
	for (uint32_t i = 0; i < N_FRAMES; i++) {
		for (uint32_t list = 0; list < 2; list++) {
			uint32_t words[FRAME_WORDS], n = 1 + i % FRAME_WORDS;
			frame_fill(words, list, i);
			assert_int_equal(
			    gpq_frames_append(&lists->writers[list], &lists->codec, words, 4 * (size_t)n, n, &err),
			    GPQ_OK);
		}
	}
	for (uint32_t list = 0; list < 2; list++)
		assert_int_equal(gpq_frames_finish(&lists->writers[list], &lists->frames[list], &err), GPQ_OK);
}

static void lists_close(struct lists *lists)
{
	gpq_spill_close(lists->spill);
	free(lists->codec_memory);
	free(lists->writers);
	assert_int_equal(atomic_load(&lists->budget.used_bytes), 0);
}

static void frames_are_found_by_number(void **state)
{
	(void)state;
	struct lists lists;
	lists_open(&lists);
	for (uint32_t i = 0; i < N_FRAMES; i++) {
		for (uint32_t list = 0; list < 2; list++) {
			struct gpq_frame frame;
			struct gpq_error err;
			uint32_t words[FRAME_WORDS], want[FRAME_WORDS], number = i * 7 % N_FRAMES;
			frame_fill(want, list, number);
			assert_int_equal(gpq_frames_find(lists.spill, &lists.frames[list], number, &frame, &err),
					 GPQ_OK);
			assert_int_equal(frame.rows, 1 + number % FRAME_WORDS);
			assert_int_equal(
			    gpq_frame_load(lists.spill, &lists.codec, &frame, words, 4 * (size_t)frame.rows, &err),
			    GPQ_OK);
			assert_memory_equal(words, want, 4 * (size_t)frame.rows);
		}
	}
	lists_close(&lists);
}

static void bad_bytes_are_refused(void **state)
{
	(void)state;
	struct lists lists;
	struct gpq_frame frame, wrong;
	struct gpq_error err;
	uint32_t words[FRAME_WORDS];
	uint8_t packed[1024];
	lists_open(&lists);
	assert_int_equal(gpq_frames_find(lists.spill, &lists.frames[0], 63, &frame, &err), GPQ_OK);
	assert_int_equal(gpq_frame_load(lists.spill, &lists.codec, &frame, words, 4 * FRAME_WORDS, &err), GPQ_OK);
	/* fewer rows than the caller knows of */
	assert_int_equal(gpq_frames_find(lists.spill, &lists.frames[0], 62, &wrong, &err), GPQ_OK);
	assert_int_equal(gpq_frame_load(lists.spill, &lists.codec, &wrong, words, 4 * FRAME_WORDS, &err), GPQ_E_SYSTEM);
	assert_non_null(strstr(err.message, "wrong length"));
	/* an index entry that cannot be */
	wrong = frame;
	wrong.packed_bytes = UINT32_MAX;
	assert_int_equal(gpq_frame_load(lists.spill, &lists.codec, &wrong, words, 4 * FRAME_WORDS, &err), GPQ_E_SYSTEM);
	/* any bit of the frame turned */
	assert_int_equal(gpq_spill_read(lists.spill, frame.offset, packed, frame.packed_bytes, &err), GPQ_OK);
	for (uint32_t at = 0; at < frame.packed_bytes; at++) {
		packed[at] ^= 1u << at % 8;
		wrong = frame;
		assert_int_equal(gpq_spill_append(lists.spill, packed, frame.packed_bytes, &wrong.offset, &err),
				 GPQ_OK);
		enum gpq_status status =
		    gpq_frame_load(lists.spill, &lists.codec, &wrong, words, 4 * FRAME_WORDS, &err);
		packed[at] ^= 1u << at % 8;
		if (status ==
		    GPQ_OK) { /* a bit of the header that says nothing: then the rows are right all the same */
			uint32_t want[FRAME_WORDS];
			frame_fill(want, 0, 63);
			assert_memory_equal(words, want, sizeof(want));
			continue;
		}
		assert_int_equal(status, GPQ_E_SYSTEM);
		assert_non_null(strstr(err.message, "does not give back what was written"));
	}
	lists_close(&lists);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(frames_are_found_by_number),
		cmocka_unit_test(bad_bytes_are_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
