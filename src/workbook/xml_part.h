/*
 * workbook/xml_part.h - one XML part of a package, from its first byte to its last: tags and texts, in order.
 *
 * Names are given without their prefix: parts of a package are told by where a tag stands. A document type is refused, so
 * there are no entities but XML's own five; so are tags more than GPQ_XML_CAP_DEPTH deep.
 * Call order: open -> (begin -> (room -> take)*)* -> close.      Memory: GPQ_XML_ROOM_BYTES.
 * Threads: one parser, one thread at a time.
 */
#ifndef GPQ_WORKBOOK_XML_PART_H
#define GPQ_WORKBOOK_XML_PART_H

#include "io/zip_archive.h"
#include "workbook/xml_room.h"

/* Sheets of workbooks are nine deep at most. */
#define GPQ_XML_CAP_DEPTH 64u

/* Bytes that the parser is given at a time. */
#define GPQ_XML_PIECE_BYTES ((size_t)24 << 10)

/* What is called as the part goes by; a failure of theirs ends it, with what they wrote to 'err'. 'depth' of the root is 1. */
struct gpq_xml_visitor {
	enum gpq_status (*begin)(void *context, uint32_t depth, const char *name, const char **attributes,
				 struct gpq_error *err);
	enum gpq_status (*end)(void *context, uint32_t depth, struct gpq_error *err);
	/* NULL: not wanted. A text may come in several pieces. */
	enum gpq_status (*text)(void *context, const char *bytes, size_t len, struct gpq_error *err);
};

struct XML_ParserStruct;

/* Members are this file's own. */
struct gpq_xml {
	struct gpq_budget *budget;
	struct gpq_xml_room room;
	struct XML_ParserStruct *parser;
	const struct gpq_xml_visitor *visitor;
	void *context;
	uint32_t depth;
	uint64_t failed_at;     /* byte of the part */
	enum gpq_status status; /* of the visitor, or of what is refused here */
	struct gpq_error failure;
};

/* 'xml' is zeroed. */
GPQ_MUST_USE enum gpq_status gpq_xml_open(struct gpq_xml *xml, struct gpq_budget *budget, struct gpq_error *err);
void gpq_xml_close(struct gpq_xml *xml);

/* gpq_xml_begin() forgets the part before. 'visitor' and 'context' are borrowed until the next one. */
GPQ_MUST_USE enum gpq_status gpq_xml_begin(struct gpq_xml *xml, const struct gpq_xml_visitor *visitor, void *context,
					   struct gpq_error *err);

/* gpq_xml_buffer() lends GPQ_XML_PIECE_BYTES for the part's next bytes; gpq_xml_take() parses the first 'len' of them.
 * Errors: GPQ_E_DATA with line and byte (no XML, a document type, too deep, a tag that is too long), those of the visitor. */
GPQ_MUST_USE enum gpq_status gpq_xml_buffer(struct gpq_xml *xml, uint8_t **out, struct gpq_error *err);
GPQ_MUST_USE enum gpq_status gpq_xml_take(struct gpq_xml *xml, size_t len, bool last, struct gpq_error *err);

/* gpq_xml_member() takes a whole member of an archive through the parser. Errors: those above, and the archive's. */
GPQ_MUST_USE enum gpq_status gpq_xml_member(struct gpq_xml *xml, struct gpq_archive *archive,
					    const struct gpq_address *address, const struct gpq_xml_visitor *visitor,
					    void *context, struct gpq_error *err);

/* The value of an attribute by its name without prefix, or NULL. */
const char *gpq_xml_attribute(const char **attributes, const char *name);

#endif
