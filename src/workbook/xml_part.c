// SPDX-License-Identifier: MIT
#include "workbook/xml_part.h"

#include <expat.h>
#include <string.h>

static const char *local_name(const char *name)
{
	const char *mark = strchr(name, ':');
	return mark ? mark + 1 : name;
}

const char *gpq_xml_attribute(const char **attributes, const char *name)
{
	for (; *attributes; attributes += 2)
		if (strcmp(local_name(attributes[0]), name) == 0)
			return attributes[1];
	return NULL;
}

static void stop(struct gpq_xml *xml, enum gpq_status status)
{
	xml->status = status;
	xml->failed_at = (uint64_t)XML_GetCurrentByteIndex(xml->parser); /* moves on before the parser returns */
	(void)XML_StopParser(xml->parser, XML_FALSE);
}

static void XMLCALL tag_begin(void *context, const XML_Char *name, const XML_Char **attributes)
{
	struct gpq_xml *xml = context;
	enum gpq_status status = GPQ_OK;
	if (xml->status != GPQ_OK) /* the end of an empty tag comes even where its begin stopped the parser */
		return;
	if (++xml->depth > GPQ_XML_CAP_DEPTH)
		status = gpq_fail(&xml->failure, GPQ_E_DATA, "nests tags more than %u deep", GPQ_XML_CAP_DEPTH);
	else
		status = xml->visitor->begin(xml->context, xml->depth, local_name(name), attributes, &xml->failure);
	if (status != GPQ_OK)
		stop(xml, status);
}

static void XMLCALL tag_end(void *context, const XML_Char *name)
{
	struct gpq_xml *xml = context;
	(void)name;
	if (xml->status != GPQ_OK)
		return;
	enum gpq_status status = xml->visitor->end(xml->context, xml->depth--, &xml->failure);
	if (status != GPQ_OK)
		stop(xml, status);
}

static void XMLCALL text_pass(void *context, const XML_Char *bytes, int len)
{
	struct gpq_xml *xml = context;
	if (xml->status != GPQ_OK)
		return;
	enum gpq_status status = xml->visitor->text(xml->context, bytes, (size_t)len, &xml->failure);
	if (status != GPQ_OK)
		stop(xml, status);
}

static void XMLCALL doctype_refuse(void *context, const XML_Char *name, const XML_Char *system, const XML_Char *public,
				   int internal)
{
	struct gpq_xml *xml = context;
	(void)name, (void)system, (void)public, (void)internal;
	if (xml->status == GPQ_OK)
		stop(xml, gpq_fail(&xml->failure, GPQ_E_DATA, "has a document type, which no part of a workbook has"));
}

enum gpq_status gpq_xml_open(struct gpq_xml *xml, struct gpq_budget *budget, struct gpq_error *err)
{
	GPQ_TRY(gpq_xml_room_open(&xml->room, budget, err));
	xml->budget = budget;
	return GPQ_OK;
}

/* All that the parser has stands in its room. */
static void parser_drop(struct gpq_xml *xml)
{
	if (!xml->parser)
		return;
	gpq_xml_room_enter(&xml->room);
	XML_ParserFree(xml->parser);
	gpq_xml_room_leave(&xml->room);
	xml->parser = NULL;
}

void gpq_xml_close(struct gpq_xml *xml)
{
	if (!xml->budget)
		return;
	parser_drop(xml);
	gpq_xml_room_close(&xml->room, xml->budget);
	xml->budget = NULL;
}

enum gpq_status gpq_xml_begin(struct gpq_xml *xml, const struct gpq_xml_visitor *visitor, void *context,
			      struct gpq_error *err)
{
	static const XML_Memory_Handling_Suite memory = { gpq_xml_room_take, gpq_xml_room_resize, gpq_xml_room_give };
	parser_drop(xml);
	gpq_xml_room_clear(&xml->room);
	xml->visitor = visitor;
	xml->context = context;
	xml->depth = 0;
	xml->status = GPQ_OK;
	gpq_xml_room_enter(&xml->room);
	xml->parser = XML_ParserCreate_MM(NULL, &memory, NULL);
	gpq_xml_room_leave(&xml->room);
	if (!xml->parser)
		return gpq_fail(err, GPQ_E_BUG, "an XML parser does not fit into %zu bytes", GPQ_XML_ROOM_BYTES);
	XML_SetUserData(xml->parser, xml);
	XML_SetElementHandler(xml->parser, tag_begin, tag_end);
	XML_SetStartDoctypeDeclHandler(xml->parser, doctype_refuse);
	if (visitor->text)
		XML_SetCharacterDataHandler(xml->parser, text_pass);
	return GPQ_OK;
}

/* What the visitor or the parser said, and where. */
static enum gpq_status failure_place(struct gpq_xml *xml, struct gpq_error *err)
{
	enum XML_Error code = XML_GetErrorCode(xml->parser);
	unsigned long long line = XML_GetCurrentLineNumber(xml->parser);
	if (xml->status != GPQ_OK) {
		if (err)
			*err = xml->failure;
	} else {
		xml->failed_at = (uint64_t)XML_GetCurrentByteIndex(xml->parser);
		xml->status = gpq_fail(err, GPQ_E_DATA, "is damaged: %s (line %llu)",
				       code == XML_ERROR_NO_MEMORY ? "a tag that is too long" : XML_ErrorString(code), line);
	}
	if (err)
		err->byte = xml->failed_at;
	return xml->status;
}

enum gpq_status gpq_xml_buffer(struct gpq_xml *xml, uint8_t **out, struct gpq_error *err)
{
	gpq_xml_room_enter(&xml->room);
	void *bytes = XML_GetBuffer(xml->parser, (int)GPQ_XML_PIECE_BYTES);
	gpq_xml_room_leave(&xml->room);
	if (!bytes)
		return failure_place(xml, err);
	*out = bytes;
	return GPQ_OK;
}

enum gpq_status gpq_xml_take(struct gpq_xml *xml, size_t len, bool last, struct gpq_error *err)
{
	gpq_xml_room_enter(&xml->room);
	enum XML_Status status = XML_ParseBuffer(xml->parser, (int)len, last);
	gpq_xml_room_leave(&xml->room);
	return status == XML_STATUS_OK && xml->status == GPQ_OK ? GPQ_OK : failure_place(xml, err);
}

enum gpq_status gpq_xml_member(struct gpq_xml *xml, struct gpq_archive *archive, const struct gpq_address *address,
			       const struct gpq_xml_visitor *visitor, void *context, struct gpq_error *err)
{
	size_t len = GPQ_XML_PIECE_BYTES;
	GPQ_TRY(gpq_xml_begin(xml, visitor, context, err));
	GPQ_TRY(gpq_archive_begin(archive, address, err));
	while (len == GPQ_XML_PIECE_BYTES) {
		uint8_t *bytes = NULL;
		GPQ_TRY(gpq_xml_buffer(xml, &bytes, err));
		GPQ_TRY(gpq_archive_read(archive, bytes, GPQ_XML_PIECE_BYTES, &len, err));
		GPQ_TRY(gpq_xml_take(xml, len, len < GPQ_XML_PIECE_BYTES, err));
	}
	return GPQ_OK;
}
