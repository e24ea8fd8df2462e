// SPDX-License-Identifier: MIT
#include "parquet/ahead.h"

#include <pthread.h>
#include <string.h>

/* A packed page of prices takes some 100 KiB. */
#define PIECE_BYTES ((size_t)128 << 10)
#define ROOM_BYTES  (PIECE_BYTES - sizeof(struct gpq_ahead_piece))

struct gpq_parquet_ahead {
	struct gpq_budget *budget;
	pthread_mutex_t lock; /* guards what follows */
	size_t left;          /* pieces not made yet */
	struct gpq_ahead_piece *idle;
};

enum gpq_status gpq_parquet_ahead_open(struct gpq_budget *budget, size_t bytes, struct gpq_parquet_ahead **out,
				       struct gpq_error *err)
{
	struct gpq_parquet_ahead *ahead = NULL;
	GPQ_TRY(gpq_alloc_zero(budget, GPQ_TAG_PARQUET, sizeof(*ahead), &ahead, err));
	ahead->budget = budget;
	ahead->left = bytes / PIECE_BYTES;
	pthread_mutex_init(&ahead->lock, NULL);
	*out = ahead;
	return GPQ_OK;
}

void gpq_parquet_ahead_close(struct gpq_parquet_ahead *ahead)
{
	if (!ahead)
		return;
	while (ahead->idle) {
		struct gpq_ahead_piece *piece = ahead->idle;
		ahead->idle = piece->next;
		gpq_free(ahead->budget, GPQ_TAG_PARQUET, piece, PIECE_BYTES);
	}
	pthread_mutex_destroy(&ahead->lock);
	gpq_free(ahead->budget, GPQ_TAG_PARQUET, ahead, sizeof(*ahead));
}

/* Appends an empty piece to 'queue', where one is to be had. */
static enum gpq_status piece_take(struct gpq_parquet_ahead *ahead, struct gpq_ahead_queue *queue, bool *out_taken,
				  struct gpq_error *err)
{
	pthread_mutex_lock(&ahead->lock);
	struct gpq_ahead_piece *piece = ahead->idle;
	bool make = !piece && ahead->left;
	if (piece)
		ahead->idle = piece->next;
	ahead->left -= make;
	pthread_mutex_unlock(&ahead->lock);
	if (make)
		GPQ_TRY(gpq_alloc(ahead->budget, GPQ_TAG_PARQUET, PIECE_BYTES, &piece, err));
	*out_taken = piece != NULL;
	if (!piece)
		return GPQ_OK;
	piece->next = NULL;
	piece->len = 0;
	*(queue->last ? &queue->last->next : &queue->first) = piece;
	queue->last = piece;
	return GPQ_OK;
}

enum gpq_status gpq_ahead_put(struct gpq_parquet_ahead *ahead, struct gpq_ahead_queue *queue, const uint8_t *bytes,
			      size_t len, size_t *out_put, struct gpq_error *err)
{
	size_t put = 0;
	bool some = ahead != NULL;
	while (put < len && some) {
		struct gpq_ahead_piece *piece = queue->last;
		size_t room = piece ? ROOM_BYTES - piece->len : 0, n = len - put < room ? len - put : room;
		if (!room) {
			GPQ_TRY(piece_take(ahead, queue, &some, err));
			continue;
		}
		memcpy(piece->bytes + piece->len, bytes + put, n);
		piece->len += n;
		put += n;
	}
	*out_put = put;
	return GPQ_OK;
}

void gpq_ahead_clear(struct gpq_parquet_ahead *ahead, struct gpq_ahead_queue *queue)
{
	if (!queue->first)
		return;
	pthread_mutex_lock(&ahead->lock);
	queue->last->next = ahead->idle;
	ahead->idle = queue->first;
	pthread_mutex_unlock(&ahead->lock);
	*queue = (struct gpq_ahead_queue){ NULL, NULL };
}
