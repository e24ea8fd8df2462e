// SPDX-License-Identifier: MIT
#include "workbook/xml_room.h"

#include <string.h>

/* A piece's class stands before it; pieces are aligned as this is. */
#define HEAD_BYTES ((size_t)16)

#define LEAST_BYTES ((size_t)32) /* of class 0; each next one holds twice as much */

static _Thread_local struct gpq_xml_room *entered;

enum gpq_status gpq_xml_room_open(struct gpq_xml_room *room, struct gpq_budget *budget, struct gpq_error *err)
{
	uint8_t *bytes = NULL;
	GPQ_TRY(gpq_alloc(budget, GPQ_TAG_WORKBOOK, GPQ_XML_ROOM_BYTES, &bytes, err));
	*room = (struct gpq_xml_room){ .bytes = bytes };
	return GPQ_OK;
}

void gpq_xml_room_close(struct gpq_xml_room *room, struct gpq_budget *budget)
{
	gpq_free(budget, GPQ_TAG_WORKBOOK, room->bytes, GPQ_XML_ROOM_BYTES);
	*room = (struct gpq_xml_room){ .bytes = NULL };
}

void gpq_xml_room_clear(struct gpq_xml_room *room)
{
	room->used_bytes = 0;
	memset(room->spare, 0, sizeof(room->spare));
}

void gpq_xml_room_enter(struct gpq_xml_room *room)
{
	room->above = entered;
	entered = room;
}

void gpq_xml_room_leave(struct gpq_xml_room *room)
{
	entered = room->above;
}

static uint32_t class_of(size_t bytes)
{
	uint32_t class = 0;
	while (class < GPQ_XML_ROOM_CLASSES && LEAST_BYTES << class < bytes)
		class ++;
	return class;
}

void *gpq_xml_room_take(size_t bytes)
{
	struct gpq_xml_room *room = entered;
	uint32_t class = class_of(bytes);
	if (class == GPQ_XML_ROOM_CLASSES)
		return NULL;
	uint8_t *piece = room->spare[class];
	if (piece) {
		memcpy(&room->spare[class], piece, sizeof(void *));
		return piece;
	}
	size_t whole = HEAD_BYTES + (LEAST_BYTES << class);
	if (whole > GPQ_XML_ROOM_BYTES - room->used_bytes)
		return NULL;
	uint8_t *head = room->bytes + room->used_bytes;
	room->used_bytes += whole;
	memcpy(head, &class, sizeof(class));
	return head + HEAD_BYTES;
}

static uint32_t class_in(const void *piece)
{
	uint32_t class = 0;
	memcpy(&class, (const uint8_t *)piece - HEAD_BYTES, sizeof(class));
	return class;
}

void gpq_xml_room_give(void *piece)
{
	if (!piece)
		return;
	uint32_t class = class_in(piece);
	memcpy(piece, &entered->spare[class], sizeof(void *));
	entered->spare[class] = piece;
}

void *gpq_xml_room_resize(void *piece, size_t bytes)
{
	if (!piece)
		return gpq_xml_room_take(bytes);
	size_t has = LEAST_BYTES << class_in(piece);
	if (bytes <= has)
		return piece;
	void *larger = gpq_xml_room_take(bytes);
	if (!larger)
		return NULL;
	memcpy(larger, piece, has);
	gpq_xml_room_give(piece);
	return larger;
}
