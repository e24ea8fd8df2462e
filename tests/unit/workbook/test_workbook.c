// SPDX-License-Identifier: MIT
/*
 * Workbooks by hand: what of their cells is refused, with cell, row and byte; what is no workbook, by name; nothing is held, however
 * large, and nothing is left behind where memory fails. The layout is that of ECMA-376 parts 1 and 2.
 */
#include "unit/workbook/book_reading.h"

#define CAP_ZIP ((size_t)24 << 20)

#define MAIN_TYPE "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"

static struct book_reading book;
static struct zip_writer zip;
static uint8_t out[1 << 20];

/* Parts of the next workbook; NULL: the usual ones, "": none at all. */
static struct {
	const char *type, *sheets, *relations, *strings, *sheet;
} with;

static int setup(void **state)
{
	(void)state;
	memset(&with, 0, sizeof(with));
	book_open(&book);
	zip_open(&zip, CAP_ZIP);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	zip_close(&zip);
	book_close(&book);
	return 0;
}

static void part_add(const char *name, const char *text)
{
	if (text[0])
		zip_add(&zip, name, text, strlen(text), (struct zip_options){ .method = 8 });
}

static const char *or_usual(const char *text, const char *usual)
{
	return text ? text : usual;
}

/* Writes the workbook 'with' says to "x.xlsx". */
static void book_write(void)
{
	static char types[1024];
	zip_close(&zip);
	zip_open(&zip, CAP_ZIP);
	snprintf(types, sizeof(types), "<Types><Default Extension=\"xml\" ContentType=\"application/xml\"/>"
		 "<Override PartName=\"/xl/workbook.xml\" ContentType=\"%s\"/></Types>", or_usual(with.type, MAIN_TYPE));
	part_add("[Content_Types].xml", types);
	part_add("_rels/.rels", "<Relationships><Relationship Id=\"r\" Type=\"http://x/officeDocument\" Target=\"xl/workbook.xml\"/>"
				"</Relationships>");
	part_add("xl/workbook.xml", or_usual(with.sheets, "<workbook><sheets><sheet name=\"One\" sheetId=\"1\" r:id=\"a\"/>"
						"</sheets></workbook>"));
	part_add("xl/_rels/workbook.xml.rels",
		 or_usual(with.relations, "<Relationships><Relationship Id=\"a\" Type=\"http://x/worksheet\" Target=\"s.xml\"/>"
					  "<Relationship Id=\"t\" Type=\"http://x/sharedStrings\" Target=\"/xl/t.xml\"/>"
					  "</Relationships>"));
	part_add("xl/t.xml", or_usual(with.strings, "<sst><si><t>zero</t></si><si><t>one</t></si></sst>"));
	part_add("xl/s.xml", or_usual(with.sheet, "<worksheet/>"));
	zip_end(&zip, NULL, false, NULL);
	workplace_file(&book.place, "x.xlsx", zip.bytes, zip.len);
}

static enum gpq_status sheet_status(size_t *out_len, struct gpq_error *err)
{
	enum gpq_status status;
	book_write();
	status = book_list(&book, "x.xlsx", err);
	if (status != GPQ_OK)
		return status;
	struct gpq_zip_place place = book.package->sheets[0].part.place;
	return book_read(&book, &place, 4096, out, sizeof(out), out_len, NULL, err);
}

static void expect_text(const char *sheet, const char *text)
{
	struct gpq_error err = { 0 };
	size_t len = 0;
	with.sheet = sheet;
	enum gpq_status status = sheet_status(&len, &err);
	if (status != GPQ_OK)
		print_message("%s: %s\n", sheet, err.message);
	assert_int_equal(status, GPQ_OK);
	assert_int_equal(len, strlen(text));
	assert_memory_equal(out, text, len);
}

/* The sheet fails as data, and the message has the words. */
static void expect_refusal(const char *sheet, const char *words)
{
	struct gpq_error err = { 0 };
	size_t len = 0;
	with.sheet = sheet;
	enum gpq_status status = sheet_status(&len, &err);
	if (status != GPQ_E_DATA || !strstr(err.message, words))
		print_message("%.200s: %d '%s', not '%s'\n", sheet, status, err.message, words);
	assert_int_equal(status, GPQ_E_DATA);
	assert_non_null(strstr(err.message, words));
}

#define SHEET(rows) "<worksheet><sheetData>" rows "</sheetData></worksheet>"
#define CELL(cell)  SHEET("<row r=\"3\">" cell "</row>")

static void cells_that_cannot_be_are_named(void **state)
{
	(void)state;
	static const char *const cases[][2] = {
		{ SHEET("<row r=\"0\"/>"), "row '0'" },
		{ SHEET("<row r=\"1048577\"/>"), "row '1048577'" },
		{ SHEET("<row r=\"-1\"/>"), "row '-1'" },
		{ SHEET("<row r=\"7\"/><row r=\"5\"/>"), "row 5 behind row 7" },
		{ SHEET("<row r=\"7\"/><row r=\"7\"/>"), "row 7 behind row 7" },
		{ SHEET("<row r=\"1048576\"/><row/>"), "row 1048577 behind row 1048576" },
		{ CELL("<c r=\"B4\"><v>1</v></c>"), "cell B4 in row 3" },
		{ CELL("<c r=\"XFE3\"><v>1</v></c>"), "'XFE3' in row 3" },
		{ CELL("<c r=\"ABCDEFG3\"><v>1</v></c>"), "'ABCDEFG3'" },
		{ CELL("<c r=\"\"><v>1</v></c>"), "'' in row 3" },
		{ CELL("<c r=\"C3\"/><c r=\"B3\"/>"), "cell B3 stands behind" },
		{ CELL("<c r=\"C3\"/><c r=\"C3\"/>"), "cell C3 stands behind" },
		{ CELL("<c r=\"XFD3\"/><c/>"), "more than 16384 cells" },
		{ CELL("<c r=\"B3\" t=\"s\"><v>2</v></c>"), "cell B3 refers to shared string 2, there are 2" },
		{ CELL("<c r=\"B3\" t=\"s\"><v>-1</v></c>"), "by no number" },
		{ CELL("<c r=\"B3\" t=\"s\"><v>1.0</v></c>"), "by no number" },
		{ CELL("<c r=\"B3\" t=\"s\"><v>9999999999999999999999</v></c>"), "by no number" },
		{ CELL("<c r=\"B3\" t=\"q\"><v>1</v></c>"), "cell B3 is of a type" },
		{ "<chartsheet/>", "no worksheet but <chartsheet>" },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		expect_refusal(cases[i][0], cases[i][1]);
}

static void xml_that_is_none_or_dangerous_is_refused(void **state)
{
	(void)state;
	static char deep[2000] = "", wide[900000];
	static const char *const cases[][2] = {
		{ "no xml", "is damaged" },
		{ "<worksheet><sheetData></worksheet>", "mismatched tag (line 1)" },
		{ "<worksheet>\n<sheetData>\n<row></sheetData>", "(line 3)" },
		{ "<worksheet><sheetData/>", "is damaged" },
		{ "<worksheet/><worksheet/>", "is damaged" },
		{ "<?xml version=\"1.0\" encoding=\"EBCDIC-XY\"?><worksheet/>", "encoding" },
		{ CELL("<c r=\"A3\"><v>&unknown;</v></c>"), "is damaged" },
		{ CELL("<c r=\"A3\"><v>\x01</v></c>"), "is damaged" },
		{ CELL("<c r=\"A3\"><v>\xff</v></c>"), "is damaged" },
		{ "<!DOCTYPE worksheet><worksheet/>", "document type" },
		{ "<!DOCTYPE w [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;\">]><worksheet>&b;</worksheet>", "document type" },
		{ "<!DOCTYPE w SYSTEM \"file:///etc/passwd\"><worksheet/>", "document type" },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		expect_refusal(cases[i][0], cases[i][1]);
	strcpy(deep, "<worksheet>");
	for (int i = 0; i < 64; i++)
		strcat(deep, "<a>");
	expect_refusal(deep, "more than 64 deep");
	memset(wide, 'x', sizeof(wide) - 1);
	memcpy(wide, "<worksheet a=\"", 14);
	expect_refusal(wide, "a tag that is too long");
}

static void a_failure_names_the_byte(void **state)
{
	(void)state;
	struct gpq_error err = { 0 };
	size_t len = 0;
	with.sheet = SHEET("<row r=\"1\"><c r=\"A1\"><v>5</v></c></row><row r=\"1\"/>");
	assert_int_equal(sheet_status(&len, &err), GPQ_E_DATA);
	assert_int_equal(err.byte, strstr(with.sheet, "<row r=\"1\"/>") - with.sheet);
}

static void texts_of_any_kind_are_given(void **state)
{
	(void)state;
	expect_text("<worksheet/>", "");
	expect_text(SHEET(""), "");
	expect_text(SHEET("<row r=\"2\"><c r=\"B2\" s=\"1\"/></row><row r=\"1048576\"/>"), "");
	expect_text(CELL("<c r=\"A3\" t=\"s\"><v>1</v></c><c t=\"s\"><v>0</v></c>"), "\n\none,zero\n");
	expect_text(CELL("<c r=\"A3\"><f>1+1</f><v>2.50</v></c><c r=\"C3\" t=\"str\"><v>x</v></c>"), "\n\n2.50,,x\n");
	expect_text(CELL("<c t=\"inlineStr\"><v>9</v><is><t>a</t><rPh><t>b</t></rPh><r><t>c</t></r></is></c>"), "\n\nac\n");
	expect_text(CELL("<c><v>1<!-- 9 -->2</v></c><c><v><![CDATA[<3>]]></v></c><c><v>&#65;&amp;</v></c>"), "\n\n12,<3>,A&\n");
	expect_text(CELL("<c t=\"b\"><v>1</v></c><c t=\"b\"><v>0</v></c><c t=\"b\"><v>true</v></c><c t=\"b\"><v>2</v></c>"),
		    "\n\nTRUE,FALSE,TRUE,2\n");
	/* What is not of the table is passed over wherever it stands. */
	expect_text("<worksheet><a><row><c><v>1</v></c></row></a><sheetData><b><c><v>2</v></c></b><row><x><v>3</v></x>"
		    "<c><w>4</w><v>5</v></c></row></sheetData></worksheet>", "5\n");
	with.strings = "";
	with.relations = "<Relationships><Relationship Id=\"a\" Type=\"http://x/worksheet\" Target=\"./../xl/s.xml\"/></Relationships>";
	expect_text(CELL("<c><v>1</v></c>"), "\n\n1\n");
}

static void shared_strings_that_are_missing_or_none_fail_the_sheet(void **state)
{
	(void)state;
	with.strings = "";
	expect_refusal(CELL(""), "shared strings, 'xl/t.xml', are missing");
	with.strings = "<worksheet/>";
	expect_refusal(CELL(""), "no shared strings but <worksheet>");
	with.strings = "<sst><si><t>a</t></si>";
	expect_refusal(CELL(""), "'xl/t.xml' is damaged");
	with.strings = "<sst><si/><si><t/></si></sst>";
	expect_text(CELL("<c t=\"s\"><v>0</v></c><c t=\"s\"><v>1</v></c>"), "");
}

static void documents_are_told_by_what_they_say_they_are(void **state)
{
	(void)state;
	static const struct {
		const char *type;
		enum gpq_status status;
		const char *words;
	} cases[] = {
		{ "application/vnd.openxmlformats-officedocument.spreadsheetml.template.main+xml", GPQ_OK, NULL },
		{ "application/vnd.ms-excel.sheet.macroEnabled.main+xml", GPQ_E_UNRECOGNISED, ".xlsm" },
		{ "application/vnd.ms-excel.sheet.binary.macroEnabled.main", GPQ_E_UNRECOGNISED, ".xlsb" },
		{ "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml", GPQ_E_UNRECOGNISED, ".docx" },
		{ "application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml", GPQ_E_UNRECOGNISED, ".pptx" },
		{ "application/vnd.ms-package.3dmodel", GPQ_END, NULL },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct gpq_error err = { 0 };
		with.type = cases[i].type;
		book_write();
		assert_int_equal(book_list(&book, "x.xlsx", &err), cases[i].status);
		if (cases[i].words)
			assert_non_null(strstr(err.message, cases[i].words));
	}
	zip_close(&zip);
	zip_open(&zip, CAP_ZIP);
	const char *mime = "application/vnd.oasis.opendocument.spreadsheet";
	struct gpq_error err = { 0 };
	zip_add(&zip, "mimetype", mime, strlen(mime), (struct zip_options){ .method = 0 });
	part_add("content.xml", "<x/>");
	zip_end(&zip, NULL, false, NULL);
	workplace_file(&book.place, "x.ods", zip.bytes, zip.len);
	assert_int_equal(book_list(&book, "x.ods", &err), GPQ_E_UNRECOGNISED);
	assert_non_null(strstr(err.message, ".ods"));
}

static void sheets_of_other_kinds_and_lost_ones_say_why(void **state)
{
	(void)state;
	with.sheets = "<workbook><sheets><sheet name=\"C\" r:id=\"c\"/><sheet name=\"L\" r:id=\"lost\"/><sheet r:id=\"a\"/>"
		      "<sheet name=\"N\" r:id=\"n\"/></sheets></workbook>";
	with.relations = "<Relationships><Relationship Id=\"c\" Type=\"http://x/chartsheet\" Target=\"c.xml\"/>"
			 "<Relationship Id=\"a\" Type=\"http://x/worksheet\" Target=\"S.XML\"/>"
			 "<Relationship Id=\"n\" Type=\"http://x/worksheet\" Target=\"none.xml\"/></Relationships>";
	book_write();
	assert_int_equal(book_list(&book, "x.xlsx", NULL), GPQ_OK);
	assert_int_equal(book.package->n_sheets, 4);
	assert_string_equal(book.package->sheets[0].reason, "a chart, no cells");
	assert_true(book.package->sheets[0].is_none);
	assert_string_equal(book.package->sheets[1].reason, "its part is not in the workbook");
	assert_string_equal(book.package->sheets[2].name, "#3");
	assert_null(book.package->sheets[2].reason);
	assert_string_equal(book.package->sheets[3].reason, "its part is not in the workbook");
}

/* 3 MiB of text for each 100 bytes of XML: far less than a machine's time is worth. */
static void a_sheet_that_makes_far_more_text_than_it_has_is_taken_for_a_bomb(void **state)
{
	(void)state;
	static char sheet[1 << 20], strings[140000];
	size_t len = (size_t)sprintf(sheet, "<worksheet><sheetData>");
	int at = sprintf(strings, "<sst><si><t>");
	memset(strings + at, 'x', 131072);
	strcpy(strings + at + 131072, "</t></si></sst>");
	for (int row = 1; row <= 2000; row++)
		len += (size_t)sprintf(sheet + len, "<row r=\"%d\"><c t=\"s\"><v>0</v></c></row>", row);
	strcpy(sheet + len, "</sheetData></worksheet>");
	with.sheet = sheet;
	with.strings = strings;
	struct gpq_error err = { 0 };
	book_write();
	assert_int_equal(book_list(&book, "x.xlsx", &err), GPQ_OK);
	struct gpq_zip_place place = book.package->sheets[0].part.place;
	assert_int_equal(book_read(&book, &place, 65536, NULL, 0, &len, NULL, &err), GPQ_E_DATA);
	assert_non_null(strstr(err.message, "taken for a bomb"));
	assert_true(len < 80u << 20);
}

static void a_cell_or_a_shared_string_has_a_longest_text(void **state)
{
	(void)state;
	static char text[140000], sheet[150000];
	memset(text, 'y', 131073);
	snprintf(sheet, sizeof(sheet), CELL("<c r=\"B3\"><v>%s</v></c>"), text);
	expect_refusal(sheet, "cell B3 has more than 131072 bytes");
	snprintf(sheet, sizeof(sheet), "<sst><si><t>a</t></si><si><t>%s</t></si></sst>", text);
	with.strings = sheet;
	expect_refusal(CELL(""), "shared string 1 has more than 131072 bytes");
}

static void every_allocation_may_fail(void **state)
{
	(void)state;
	with.sheet = CELL("<c t=\"s\"><v>1</v></c>");
	book_write();
	gpq_workbook_close(book.workbook);
	book.workbook = NULL;
	long before = atomic_load(&book.budget.allocations);
	for (long more = 1;; more++) {
		size_t used = atomic_load(&book.budget.used_bytes), len = 0;
		struct gpq_error err = { 0 };
		book.budget.fail_at = before + more;
		enum gpq_status status = gpq_workbook_open(&book.budget, NULL, &book.workbook, &err);
		if (status == GPQ_OK)
			status = book_list(&book, "x.xlsx", &err);
		if (status == GPQ_OK) {
			struct gpq_zip_place place = book.package->sheets[0].part.place;
			status = book_read(&book, &place, 4096, out, sizeof(out), &len, NULL, &err);
		}
		gpq_workbook_close(book.workbook);
		book.workbook = NULL;
		gpq_archive_close(book.archive);
		book.budget.fail_at = 0;
		assert_int_equal(gpq_archive_open(&book.budget, &book.archive, NULL), GPQ_OK);
		assert_true(atomic_load(&book.budget.used_bytes) <= used);
		if (status == GPQ_OK) {
			assert_int_equal(len, 6);
			assert_true(more > 4);
			return;
		}
		assert_int_equal(status, GPQ_E_BUDGET);
		before = atomic_load(&book.budget.allocations);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(cells_that_cannot_be_are_named),
		TEST(xml_that_is_none_or_dangerous_is_refused),
		TEST(a_failure_names_the_byte),
		TEST(texts_of_any_kind_are_given),
		TEST(shared_strings_that_are_missing_or_none_fail_the_sheet),
		TEST(documents_are_told_by_what_they_say_they_are),
		TEST(sheets_of_other_kinds_and_lost_ones_say_why),
		TEST(a_sheet_that_makes_far_more_text_than_it_has_is_taken_for_a_bomb),
		TEST(a_cell_or_a_shared_string_has_a_longest_text),
		TEST(every_allocation_may_fail),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
