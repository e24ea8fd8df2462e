/*
 * workbook/package.h - what an archive is that holds an office document: its sheets, by name, and where their parts are.
 *
 *     [Content_Types].xml   what each part is              _rels/.rels                the main part: "xl/workbook.xml"
 *     xl/workbook.xml       the sheets in order            xl/_rels/workbook.xml.rels where each of them is, and shared strings
 *
 * Parts are found by these, never by usual names (ECMA-376 part 2; the names of part 1's strict relations end alike).
 * Memory: sizeof(struct gpq_package), the caller's.
 */
#ifndef GPQ_WORKBOOK_PACKAGE_H
#define GPQ_WORKBOOK_PACKAGE_H

#include "workbook/xml_part.h"

#define GPQ_PACKAGE_CAP_SHEETS     1024u
#define GPQ_PACKAGE_CAP_PARTS      65536u
#define GPQ_PACKAGE_TEXT_BYTES     ((size_t)128 << 10)
#define GPQ_PACKAGE_CAP_NAME_BYTES 255u /* of a sheet: 31 characters have 124 at most */
#define GPQ_PACKAGE_CAP_PATH_BYTES 512u

/* A part that is looked for. */
struct gpq_package_part {
	const char *path;          /* without a leading slash; NULL: no relation names it */
	struct gpq_zip_place place;
	bool found;
	enum gpq_zip_kind kind;    /* FILE: can be read */
};

struct gpq_package_sheet {
	const char *name, *relation; /* Borrow from the package */
	const char *reason;          /* NULL: a worksheet that can be read */
	bool is_none;                /* a sheet of another kind, which has no cells: nothing is wrong with it */
	struct gpq_package_part part;
};

/* Members are read freely. */
struct gpq_package {
	struct gpq_package_sheet sheets[GPQ_PACKAGE_CAP_SHEETS];
	uint32_t n_sheets;
	struct gpq_package_part texts; /* shared strings; its path is NULL where the workbook has none */
	char main_path[GPQ_PACKAGE_CAP_PATH_BYTES], folder[GPQ_PACKAGE_CAP_PATH_BYTES],
		rels_path[2 * GPQ_PACKAGE_CAP_PATH_BYTES + 16];
	char kept[GPQ_PACKAGE_TEXT_BYTES];
	size_t kept_bytes;
};

/*
 * gpq_package_read() finds the sheets of the archive at 'address'; the archive's listing ends.
 * GPQ_END: no office document, but an archive as others are. GPQ_E_UNRECOGNISED: a document that is not read, with a
 * sentence that says what it is. Other errors: GPQ_E_DATA, those of the archive.
 */
GPQ_MUST_USE enum gpq_status gpq_package_read(struct gpq_package *package, struct gpq_xml *xml,
					      struct gpq_archive *archive, const struct gpq_address *address,
					      struct gpq_error *err);

#endif
