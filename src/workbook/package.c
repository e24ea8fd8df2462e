// SPDX-License-Identifier: MIT
#include "workbook/package.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

static const char content_types[] = "[Content_Types].xml";
static const char root_relations[] = "_rels/.rels";

/* While a package is read. */
struct search {
	struct gpq_package *package;
	struct gpq_xml *xml;
	struct gpq_archive *archive;
	const struct gpq_address *address;
	struct gpq_zip_place places[GPQ_ARCHIVE_MAX_DEPTH];
	struct gpq_package_part types, root, main, relations;
	char type[128], default_type[128]; /* of the main part, by its name and by its extension */
	bool in_sheets;
	uint32_t n_relations;
};

static bool ends_with(const char *text, const char *end)
{
	size_t len = strlen(text), end_len = strlen(end);
	return len >= end_len && strcmp(text + len - end_len, end) == 0;
}

static enum gpq_status keep(struct gpq_package *package, const char *text, const char **out, struct gpq_error *err)
{
	size_t len = strlen(text) + 1;
	if (len > GPQ_PACKAGE_TEXT_BYTES - package->kept_bytes)
		return gpq_fail(err, GPQ_E_DATA, "names sheets and parts by more than %zu bytes", GPQ_PACKAGE_TEXT_BYTES);
	memcpy(package->kept + package->kept_bytes, text, len);
	*out = package->kept + package->kept_bytes;
	package->kept_bytes += len;
	return GPQ_OK;
}

/* ---- parts ---- */

/* Relations are hidden files ("_rels/.rels"), which archives of data are not asked for; how they are packed was not judged. */
static enum gpq_zip_kind part_kind(const struct gpq_zip_entry *entry)
{
	const struct gpq_zip_place *place = &entry->place;
	if (entry->kind != GPQ_ZIP_DECORATION)
		return entry->kind;
	return place->method == GPQ_ZIP_DEFLATED ||
			       (place->method == GPQ_ZIP_STORED && place->stored_bytes == place->size_bytes)
		       ? GPQ_ZIP_FILE
		       : GPQ_ZIP_PACKED_ELSE;
}

/* Names of parts are equal whatever their case (ECMA-376 part 2, 6.2.2.3). */
static enum gpq_status part_note(struct gpq_package_part *part, const struct gpq_zip_entry *entry, struct gpq_error *err)
{
	if (!part->path || strcasecmp(part->path, entry->name) != 0)
		return GPQ_OK;
	if (part->found)
		return gpq_fail(err, GPQ_E_DATA, "holds two parts named '%.200s'", entry->name);
	part->place = entry->place;
	part->kind = part_kind(entry);
	part->found = true;
	return GPQ_OK;
}

/* Goes through the archive's directory once and notes where the parts are. */
static enum gpq_status parts_find(struct search *search, struct gpq_package_part *const *parts, uint32_t n_parts,
				  struct gpq_error *err)
{
	struct gpq_zip_entry entry;
	uint32_t n_entries = 0;
	enum gpq_status status;
	GPQ_TRY(gpq_archive_list(search->archive, search->address, NULL, err));
	while ((status = gpq_archive_next(search->archive, &entry, err)) == GPQ_OK) {
		if (++n_entries > GPQ_PACKAGE_CAP_PARTS)
			return gpq_fail(err, GPQ_E_DATA, "is a document of more than %u parts", GPQ_PACKAGE_CAP_PARTS);
		for (uint32_t i = 0; i < n_parts; i++)
			GPQ_TRY(part_note(parts[i], &entry, err));
	}
	return status == GPQ_END ? GPQ_OK : status;
}

static enum gpq_status part_read(struct search *search, const struct gpq_package_part *part,
				 const struct gpq_xml_visitor *visitor, struct gpq_error *err)
{
	uint32_t depth = search->address->depth;
	struct gpq_address address = { search->address->path, search->places, depth + 1 };
	if (part->kind != GPQ_ZIP_FILE)
		return gpq_fail(err, GPQ_E_DATA, "its part '%.200s' cannot be read: encrypted, or packed in another way",
				part->path);
	search->places[depth] = part->place;
	enum gpq_status status = gpq_xml_member(search->xml, search->archive, &address, visitor, search, err);
	if (status == GPQ_E_DATA || status == GPQ_E_CHECKSUM || status == GPQ_E_TRUNCATED)
		gpq_fail_prefix(err, "its part '%.100s' ", part->path);
	return status;
}

/* The path that a relation of a part in 'folder' ("xl/") leads to; false where there is none. */
static bool target_resolve(const char *folder, const char *target, char out[GPQ_PACKAGE_CAP_PATH_BYTES])
{
	size_t len = target[0] == '/' ? 0 : strlen(folder);
	if (len + strlen(target) >= GPQ_PACKAGE_CAP_PATH_BYTES)
		return false;
	memcpy(out, folder, len);
	target += target[0] == '/';
	while (*target) {
		size_t step = strcspn(target, "/\\"), whole = step + (target[step] != '\0');
		if (step == 2 && target[0] == '.' && target[1] == '.') {
			if (!len)
				return false;
			for (len--; len && out[len - 1] != '/'; len--)
				;
		} else if (step && !(step == 1 && target[0] == '.')) {
			memcpy(out + len, target, step);
			len += step;
			if (whole > step)
				out[len++] = '/';
		}
		target += whole;
	}
	out[len] = '\0';
	return len > 0;
}

static enum gpq_status end_pass(void *context, uint32_t depth, struct gpq_error *err)
{
	(void)context, (void)depth, (void)err;
	return GPQ_OK;
}

/* ---- the main part ---- */

static enum gpq_status root_relation(void *context, uint32_t depth, const char *name, const char **attributes,
				     struct gpq_error *err)
{
	struct search *search = context;
	const char *type = gpq_xml_attribute(attributes, "Type"), *target = gpq_xml_attribute(attributes, "Target");
	(void)err;
	if (depth == 2 && strcmp(name, "Relationship") == 0 && type && target && ends_with(type, "/officeDocument") &&
	    !search->main.path && target_resolve("", target, search->package->main_path))
		search->main.path = search->package->main_path;
	return GPQ_OK;
}

static enum gpq_status type_note(void *context, uint32_t depth, const char *name, const char **attributes,
				 struct gpq_error *err)
{
	struct search *search = context;
	const char *part = gpq_xml_attribute(attributes, "PartName"), *type = gpq_xml_attribute(attributes, "ContentType"),
		   *extension = gpq_xml_attribute(attributes, "Extension"), *point = strrchr(search->main.path, '.');
	(void)err;
	if (depth != 2 || !type)
		return GPQ_OK;
	if (part && strcmp(name, "Override") == 0 && strcasecmp(part + (part[0] == '/'), search->main.path) == 0)
		snprintf(search->type, sizeof(search->type), "%s", type);
	if (extension && strcmp(name, "Default") == 0 && point && strcasecmp(extension, point + 1) == 0)
		snprintf(search->default_type, sizeof(search->default_type), "%s", type);
	return GPQ_OK;
}

/* What a package's main part is; GPQ_OK: a workbook that is read here. */
static enum gpq_status type_judge(const char *type, struct gpq_error *err)
{
	if (strstr(type, "sheet.binary"))
		return gpq_fail(err, GPQ_E_UNRECOGNISED, "a binary workbook (.xlsb); save it as .xlsx or CSV");
	if (strstr(type, "ms-excel") && strstr(type, "macroEnabled"))
		return gpq_fail(err, GPQ_E_UNRECOGNISED, "a workbook with macros (.xlsm); save it as .xlsx or CSV");
	if (strstr(type, "spreadsheetml.sheet.main") || strstr(type, "spreadsheetml.template.main"))
		return GPQ_OK;
	if (strstr(type, "wordprocessingml") || strstr(type, "ms-word"))
		return gpq_fail(err, GPQ_E_UNRECOGNISED, "a text document (.docx), no workbook");
	if (strstr(type, "presentationml") || strstr(type, "ms-powerpoint"))
		return gpq_fail(err, GPQ_E_UNRECOGNISED, "a presentation (.pptx), no workbook");
	return GPQ_END;
}

/* An OpenDocument file says in its first member what it is, in letters (ODF 1.2 part 3, 3.3). */
static enum gpq_status open_document_judge(struct search *search, const struct gpq_package_part *mimetype,
					   struct gpq_error *err)
{
	uint32_t depth = search->address->depth;
	struct gpq_address address = { search->address->path, search->places, depth + 1 };
	uint8_t text[128];
	size_t len = 0;
	if (!mimetype->found || mimetype->kind != GPQ_ZIP_FILE || mimetype->place.size_bytes >= sizeof(text))
		return GPQ_END;
	search->places[depth] = mimetype->place;
	GPQ_TRY(gpq_archive_begin(search->archive, &address, err));
	GPQ_TRY(gpq_archive_read(search->archive, text, sizeof(text) - 1, &len, err));
	text[len] = '\0';
	if (strstr((const char *)text, "opendocument.spreadsheet"))
		return gpq_fail(err, GPQ_E_UNRECOGNISED, "an OpenDocument workbook (.ods); save it as .xlsx or CSV");
	if (strstr((const char *)text, "opendocument"))
		return gpq_fail(err, GPQ_E_UNRECOGNISED, "an OpenDocument file, no workbook");
	return GPQ_END;
}

static enum gpq_status main_find(struct search *search, struct gpq_error *err)
{
	static const struct gpq_xml_visitor relations = { root_relation, end_pass, NULL };
	static const struct gpq_xml_visitor types = { type_note, end_pass, NULL };
	struct gpq_package_part mimetype = { .path = "mimetype" };
	struct gpq_package_part *parts[] = { &search->types, &search->root, &mimetype };
	search->types.path = content_types;
	search->root.path = root_relations;
	GPQ_TRY(parts_find(search, parts, 3, err));
	if (!search->types.found || !search->root.found)
		return open_document_judge(search, &mimetype, err);
	GPQ_TRY(part_read(search, &search->root, &relations, err));
	if (!search->main.path)
		return GPQ_END;
	GPQ_TRY(part_read(search, &search->types, &types, err));
	return type_judge(search->type[0] ? search->type : search->default_type, err);
}

/* ---- sheets ---- */

static enum gpq_status sheet_note(void *context, uint32_t depth, const char *name, const char **attributes,
				  struct gpq_error *err)
{
	struct search *search = context;
	struct gpq_package *package = search->package;
	char number[16];
	if (depth == 1 && strcmp(name, "workbook") != 0)
		return gpq_fail(err, GPQ_E_DATA, "holds no workbook but <%.40s>", name);
	if (depth == 2)
		search->in_sheets = strcmp(name, "sheets") == 0;
	if (depth != 3 || !search->in_sheets || strcmp(name, "sheet") != 0)
		return GPQ_OK;
	const char *label = gpq_xml_attribute(attributes, "name"), *relation = gpq_xml_attribute(attributes, "id");
	if (package->n_sheets == GPQ_PACKAGE_CAP_SHEETS)
		return gpq_fail(err, GPQ_E_DATA, "lists more than %u sheets", GPQ_PACKAGE_CAP_SHEETS);
	if (label && strlen(label) > GPQ_PACKAGE_CAP_NAME_BYTES)
		return gpq_fail(err, GPQ_E_DATA, "sheet %u has a name of %zu bytes", package->n_sheets + 1, strlen(label));
	snprintf(number, sizeof(number), "#%u", package->n_sheets + 1);
	struct gpq_package_sheet *sheet = &package->sheets[package->n_sheets];
	*sheet = (struct gpq_package_sheet){ .reason = "its part is not in the workbook" };
	GPQ_TRY(keep(package, label && *label ? label : number, &sheet->name, err));
	GPQ_TRY(keep(package, relation ? relation : "", &sheet->relation, err));
	package->n_sheets++;
	return GPQ_OK;
}

/* Sheets of other kinds (ECMA-376 part 1, 12.3) have no rows of data. */
static const char *type_reason(const char *type, bool *out_is_none)
{
	*out_is_none = true;
	if (ends_with(type, "/chartsheet"))
		return "a chart, no cells";
	if (ends_with(type, "/dialogsheet"))
		return "a dialogue, no cells";
	if (ends_with(type, "/xlMacrosheet") || ends_with(type, "/xlIntlMacrosheet"))
		return "a sheet of macros, no data";
	*out_is_none = false;
	return ends_with(type, "/worksheet") ? NULL : "a sheet of a kind that is not known";
}

static enum gpq_status sheet_lead(struct gpq_package *package, const char *id, const char *type, const char *path,
				  struct gpq_error *err)
{
	for (uint32_t i = 0; i < package->n_sheets; i++) {
		struct gpq_package_sheet *sheet = &package->sheets[i];
		if (strcmp(sheet->relation, id) != 0 || sheet->part.path)
			continue;
		sheet->reason = type_reason(type, &sheet->is_none);
		GPQ_TRY(keep(package, path, &sheet->part.path, err));
	}
	return GPQ_OK;
}

static enum gpq_status relation_note(void *context, uint32_t depth, const char *name, const char **attributes,
				     struct gpq_error *err)
{
	struct search *search = context;
	struct gpq_package *package = search->package;
	const char *id = gpq_xml_attribute(attributes, "Id"), *type = gpq_xml_attribute(attributes, "Type"),
		   *target = gpq_xml_attribute(attributes, "Target"), *mode = gpq_xml_attribute(attributes, "TargetMode");
	char path[GPQ_PACKAGE_CAP_PATH_BYTES];
	if (depth != 2 || strcmp(name, "Relationship") != 0 || !id || !type || !target ||
	    (mode && strcmp(mode, "External") == 0))
		return GPQ_OK;
	if (++search->n_relations > GPQ_PACKAGE_CAP_PARTS)
		return gpq_fail(err, GPQ_E_DATA, "has more than %u relations", GPQ_PACKAGE_CAP_PARTS);
	if (!target_resolve(package->folder, target, path))
		return GPQ_OK;
	if (ends_with(type, "/sharedStrings") && !package->texts.path)
		return keep(package, path, &package->texts.path, err);
	return sheet_lead(package, id, type, path, err);
}

/* What of the sheets can be read; those that cannot say why. */
static void sheets_judge(struct gpq_package *package)
{
	for (uint32_t i = 0; i < package->n_sheets; i++) {
		struct gpq_package_sheet *sheet = &package->sheets[i];
		if (!sheet->reason && !sheet->part.found)
			sheet->reason = "its part is not in the workbook";
		else if (!sheet->reason && sheet->part.kind != GPQ_ZIP_FILE)
			sheet->reason = sheet->part.kind == GPQ_ZIP_ENCRYPTED ? "encrypted"
					: sheet->part.kind == GPQ_ZIP_BOMB
						? "unpacks to more than 500 times its size, which is taken for a bomb"
						: "packed by a method that is not read here";
	}
}

static enum gpq_status sheets_find(struct search *search, struct gpq_error *err)
{
	struct gpq_package *package = search->package;
	struct gpq_zip_entry entry;
	enum gpq_status status;
	GPQ_TRY(gpq_archive_list(search->archive, search->address, NULL, err));
	while ((status = gpq_archive_next(search->archive, &entry, err)) == GPQ_OK) {
		GPQ_TRY(part_note(&package->texts, &entry, err));
		for (uint32_t i = 0; i < package->n_sheets; i++)
			GPQ_TRY(part_note(&package->sheets[i].part, &entry, err));
	}
	GPQ_TRY(status == GPQ_END ? GPQ_OK : status);
	sheets_judge(package);
	return GPQ_OK;
}

/* "xl/workbook.xml": its folder is "xl/", its relations stand in "xl/_rels/workbook.xml.rels". */
static void relations_name(struct gpq_package *package)
{
	const char *slash = strrchr(package->main_path, '/');
	int folder_len = slash ? (int)(slash - package->main_path) + 1 : 0;
	snprintf(package->folder, sizeof(package->folder), "%.*s", folder_len, package->main_path);
	snprintf(package->rels_path, sizeof(package->rels_path), "%s_rels/%s.rels", package->folder,
		 package->main_path + folder_len);
}

static enum gpq_status package_search(struct search *search, struct gpq_error *err)
{
	static const struct gpq_xml_visitor sheets = { sheet_note, end_pass, NULL };
	static const struct gpq_xml_visitor relations = { relation_note, end_pass, NULL };
	struct gpq_package_part *parts[] = { &search->main, &search->relations };
	GPQ_TRY(main_find(search, err)); /* GPQ_END goes up too */
	relations_name(search->package);
	search->relations.path = search->package->rels_path;
	GPQ_TRY(parts_find(search, parts, 2, err));
	for (int i = 0; i < 2; i++)
		if (!parts[i]->found)
			return gpq_fail(err, GPQ_E_DATA, "is a workbook without its part '%.200s'", parts[i]->path);
	GPQ_TRY(part_read(search, &search->main, &sheets, err));
	GPQ_TRY(part_read(search, &search->relations, &relations, err));
	return sheets_find(search, err);
}

enum gpq_status gpq_package_read(struct gpq_package *package, struct gpq_xml *xml, struct gpq_archive *archive,
				 const struct gpq_address *address, struct gpq_error *err)
{
	struct search search = { .package = package, .xml = xml, .archive = archive, .address = address };
	if (address->depth >= GPQ_ARCHIVE_MAX_DEPTH)
		return gpq_fail(err, GPQ_E_DATA, "lies in %u archives, one in the other: more than the %u that are looked into",
				address->depth, GPQ_ARCHIVE_MAX_DEPTH - 1);
	if (address->depth)
		memcpy(search.places, address->places, address->depth * sizeof(search.places[0]));
	package->n_sheets = 0;
	package->kept_bytes = 0;
	package->texts = (struct gpq_package_part){ .path = NULL };
	return package_search(&search, err);
}
