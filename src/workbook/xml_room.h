/*
 * workbook/xml_room.h - the memory that an XML parser lives in: one piece of a fixed size, handed out and taken back in
 * pieces of powers of two.
 *
 * Expat's hooks are told no context, so the room under way is the calling thread's: gpq_xml_room_enter() before every
 * call of the parser, gpq_xml_room_leave() behind it. What does not fit is refused, and the parser fails by "out of memory".
 * Memory: GPQ_XML_ROOM_BYTES from the budget; what the parser never touches never becomes resident.
 * Threads: one room, one thread at a time.
 */
#ifndef GPQ_WORKBOOK_XML_ROOM_H
#define GPQ_WORKBOOK_XML_ROOM_H

#include "base/budget.h"

/* A parser takes some 150 KiB, most of them a buffer twice as long as what it is given; tags and names beyond that are no
 * workbook's. */
#define GPQ_XML_ROOM_BYTES   ((size_t)512 << 10)
#define GPQ_XML_ROOM_CLASSES 14

/* Members are this file's own. */
struct gpq_xml_room {
	uint8_t *bytes; /* Owns */
	size_t used_bytes;
	void *spare[GPQ_XML_ROOM_CLASSES]; /* pieces given back, by their class, one leading to the next */
	struct gpq_xml_room *above;        /* that the thread was in */
};

GPQ_MUST_USE enum gpq_status gpq_xml_room_open(struct gpq_xml_room *room, struct gpq_budget *budget,
					       struct gpq_error *err);
void gpq_xml_room_close(struct gpq_xml_room *room, struct gpq_budget *budget);

/* Forgets all pieces. */
void gpq_xml_room_clear(struct gpq_xml_room *room);

void gpq_xml_room_enter(struct gpq_xml_room *room);
void gpq_xml_room_leave(struct gpq_xml_room *room);

/* The hooks: of the room that the thread is in. */
void *gpq_xml_room_take(size_t bytes);
void *gpq_xml_room_resize(void *piece, size_t bytes);
void gpq_xml_room_give(void *piece);

#endif
