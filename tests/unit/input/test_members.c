// SPDX-License-Identifier: MIT
/* What is in archives, written by hand (unit/io/zip_writer.h): each member once, in order, with its names and its
 * address. */
#include "unit/io/zip_writer.h"

#include "input/catalogue.h"
#include "input/head.h"
#include "cpu/features.h"

#define CAP_ZIP ((size_t)1 << 20)

static struct workplace place;
static struct gpq_budget budget;
static struct zip_writer zip, inner, innermost;
static char seen[4096]; /* a line for each visit */
static unsigned n_visits, stop_at;

static int setup(void **state)
{
	(void)state;
	workplace_open(&place);
	gpq_budget_init(&budget, (size_t)16 << 20);
	zip_open(&zip, CAP_ZIP);
	zip_open(&inner, CAP_ZIP);
	zip_open(&innermost, CAP_ZIP);
	seen[0] = 0;
	n_visits = stop_at = 0;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	zip_close(&innermost);
	zip_close(&inner);
	zip_close(&zip);
	assert_int_equal(atomic_load(&budget.used_bytes), 0);
	workplace_close(&place);
	return 0;
}

static enum gpq_status visit_note(const char *path, const char *what, struct gpq_error *err)
{
	size_t len = strlen(seen);
	snprintf(seen + len, sizeof(seen) - len, "%s%s\n",
		 strrchr(path, '/') && strncmp(path, place.folder, strlen(place.folder)) == 0
		     ? path + strlen(place.folder) + 1
		     : path,
		 what);
	return ++n_visits == stop_at ? gpq_fail(err, GPQ_E_INTERRUPTED, "stopped") : GPQ_OK;
}

static enum gpq_status member_visit(void *context, const struct gpq_member *member, bool *out_archive,
				    struct gpq_error *err)
{
	char what[512];
	size_t len = strlen(member->base);
	(void)context;
	assert_true(member->address.depth >= 1);
	assert_string_equal(member->address.path, place.path);
	assert_ptr_equal(member->base, member->name + strlen(member->name) - len);
	*out_archive = len > 4 && strcmp(member->base + len - 4, ".zip") == 0;
	snprintf(what, sizeof(what), " = %s%s%s", member->name, member->reason ? ": " : "",
		 member->reason ? member->reason : "");
	return visit_note(member->path, what, err);
}

static enum gpq_status barren_visit(void *context, const struct gpq_member *archive, const struct gpq_error *failure,
				    struct gpq_error *err)
{
	(void)context;
	return visit_note(archive->path, failure ? " FAILS" : " is empty", err);
}

static const struct gpq_members_visitor visitor = { .member = member_visit, .barren = barren_visit };

static enum gpq_status walk(struct gpq_budget *from, struct gpq_error *err)
{
	const char *path = workplace_file(&place, "x.zip", zip.bytes, zip.len);
	return gpq_members_walk(from, path, zip.len, &visitor, err);
}

static void two_archives(void)
{
	const struct zip_options stored = { .method = 0 }, deflated = { .method = 8 };
	zip_add(&innermost, "deep.csv", "deep", 4, stored);
	zip_end(&innermost, NULL, false, NULL);
	zip_add(&inner, "i/b.csv", "beta", 4, deflated);
	zip_add(&inner, "most.zip", innermost.bytes, innermost.len, deflated);
	zip_add(&inner, "c.csv", "gamma", 5, (struct zip_options){ .flags = 1 });
	zip_end(&inner, NULL, false, NULL);
	zip_add(&zip, "a.csv", "alpha", 5, stored);
	zip_add(&zip, "f/", "", 0, stored);
	zip_add(&zip, "f/inner.zip", inner.bytes, inner.len, deflated);
	zip_add(&zip, "none.zip", "PK\5\6\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 22, stored);
	zip_add(&zip, "broken.zip", "PK\5\6", 4, stored);
	zip_add(&zip, "z.csv", "omega", 5, stored);
	zip_end(&zip, NULL, false, NULL);
}

static void each_member_is_visited_once(void **state)
{
	(void)state;
	two_archives();
	assert_int_equal(walk(&budget, NULL), GPQ_OK);
	assert_string_equal(seen, "x.zip!a.csv = x.zip!a.csv\n"
				  "x.zip!f/ = x.zip!f/: a folder\n"
				  "x.zip!f/inner.zip = x.zip!inner.zip\n"
				  "x.zip!none.zip = x.zip!none.zip\n"
				  "x.zip!broken.zip = x.zip!broken.zip\n"
				  "x.zip!z.csv = x.zip!z.csv\n"
				  "x.zip!f/inner.zip!i/b.csv = x.zip!inner.zip!b.csv\n"
				  "x.zip!f/inner.zip!most.zip = x.zip!inner.zip!most.zip\n"
				  "x.zip!f/inner.zip!c.csv = x.zip!inner.zip!c.csv: encrypted\n"
				  "x.zip!none.zip is empty\n"
				  "x.zip!broken.zip FAILS\n"
				  "x.zip!f/inner.zip!most.zip!deep.csv = x.zip!inner.zip!most.zip!deep.csv\n");
}

static void text_add(struct zip_writer *to, const char *name, const char *text)
{
	zip_add(to, name, text, strlen(text), (struct zip_options){ .method = 8 });
}

/* A workbook's parts, of the type that is said (ECMA-376 part 2); one without a type is an archive as others are. */
static void book_parts(struct zip_writer *to, const char *type)
{
	char types[512];
	snprintf(types, sizeof(types), "<Types><Override PartName=\"/w.xml\" ContentType=\"%s\"/></Types>", type);
	text_add(to, "w.xml", "<workbook><sheets><sheet name=\"Jan / 1\" id=\"a\"/><sheet name=\"Plot!\" id=\"b\"/></sheets></workbook>");
	text_add(to, "s.xml", "<worksheet/>");
	text_add(to, "_rels/.rels", "<Relationships><Relationship Type=\"/officeDocument\" Target=\"w.xml\"/></Relationships>");
	text_add(to, "_rels/w.xml.rels", "<Relationships><Relationship Id=\"a\" Type=\"/worksheet\" Target=\"s.xml\"/>"
					 "<Relationship Id=\"b\" Type=\"/chartsheet\" Target=\"c.xml\"/></Relationships>");
	text_add(to, "[Content_Types].xml", types);
	zip_end(to, NULL, false, NULL);
}

static void of_a_workbook_its_sheets_are_visited(void **state)
{
	(void)state;
	book_parts(&inner, "spreadsheetml.sheet.main+xml");
	zip_add(&zip, "f/book.zip", inner.bytes, inner.len, (struct zip_options){ .method = 8 });
	text_add(&zip, "z.csv", "omega");
	zip_end(&zip, NULL, false, NULL);
	assert_int_equal(walk(&budget, NULL), GPQ_OK);
	assert_string_equal(seen, "x.zip!f/book.zip = x.zip!book.zip\n"
				  "x.zip!z.csv = x.zip!z.csv\n"
				  "x.zip!f/book.zip!Jan / 1 = x.zip!book.zip!Jan / 1\n"
				  "x.zip!f/book.zip!Plot! = x.zip!book.zip!Plot!: a chart, no cells\n");
}

static void other_documents_are_told_and_other_packages_are_archives(void **state)
{
	(void)state;
	book_parts(&zip, "application/vnd.ms-excel.sheet.macroEnabled.main+xml");
	assert_int_equal(walk(&budget, NULL), GPQ_OK);
	assert_string_equal(seen, "x.zip FAILS\n");
	seen[0] = 0;
	zip_close(&zip);
	zip_open(&zip, CAP_ZIP);
	book_parts(&zip, "application/else");
	assert_int_equal(walk(&budget, NULL), GPQ_OK);
	assert_non_null(strstr(seen, "x.zip!s.xml = x.zip!s.xml\n"));
	assert_non_null(strstr(seen, "x.zip![Content_Types].xml"));
}

static void a_file_that_is_none_is_told(void **state)
{
	(void)state;
	zip_raw(&zip, "PK\3\4 and nothing", 16);
	assert_int_equal(walk(&budget, NULL), GPQ_OK);
	assert_string_equal(seen, "x.zip FAILS\n");
}

static void a_visit_may_stop_the_walk(void **state)
{
	(void)state;
	two_archives();
	for (unsigned n = 1; n <= 12; n++) {
		struct gpq_error err = { 0 };
		stop_at = n;
		n_visits = 0;
		assert_int_equal(walk(&budget, &err), GPQ_E_INTERRUPTED);
		assert_int_equal(n_visits, n);
		assert_string_equal(err.message, "stopped");
		assert_int_equal(atomic_load(&budget.used_bytes), 0);
	}
}

static void every_allocation_may_fail(void **state)
{
	(void)state;
	two_archives();
	enum gpq_status status = GPQ_E_BUDGET;
	long fail_at = 0;
	while (status != GPQ_OK) {
		struct gpq_budget small;
		struct gpq_error err = { 0 };
		gpq_budget_init(&small, gpq_members_need() + 4096);
		small.fail_at = ++fail_at;
		status = walk(&small, &err);
		assert_int_equal(atomic_load(&small.used_bytes), 0);
		assert_true(status == GPQ_OK || (status == GPQ_E_BUDGET && err.message[0]));
	}
	assert_true(fail_at > 9); /* the walk, its reader, four archives that wait, windows, inflaters */
}

/* ---- members in the catalogue, and what the head says of them ---- */

struct entering {
	struct gpq_catalogue catalogue;
	struct gpq_head *head;
	struct gpq_head_facts facts;
};

static enum gpq_status member_enter(void *context, const struct gpq_member *member, bool *out_archive,
				    struct gpq_error *err)
{
	struct entering *entering = context;
	struct gpq_input input = { .size_bytes = member->stored_bytes, .finality = GPQ_FINALITY_UNMARKED };
	if (member->reason)
		return GPQ_OK;
	GPQ_TRY(gpq_head_read_member(entering->head, member, (struct gpq_texts){ NULL, 0 }, &entering->facts, err));
	*out_archive = entering->facts.archive;
	return *out_archive ? GPQ_OK : gpq_catalogue_add_member(&entering->catalogue, member, &input, NULL, err);
}

#define HEADER                                                                                                         \
	"datetime_beginning_utc,datetime_beginning_ept,pnode_id,pnode_name,voltage,equipment,type,zone,"               \
	"system_energy_price_da,total_lmp_da,congestion_price_da,marginal_loss_price_da,row_is_current,version_nbr\n"

static void inputs_hold_where_members_are(void **state)
{
	(void)state;
	const struct zip_options deflated = { .method = 8 };
	const struct gpq_members_visitor enter = { .member = member_enter, .barren = barren_visit };
	static struct entering entering;
	struct gpq_members_visitor own = enter;
	own.context = &entering;
	assert_int_equal(gpq_catalogue_init(&entering.catalogue, &budget, (size_t)4 << 20, place.folder, NULL), GPQ_OK);
	assert_int_equal(gpq_head_open(&budget, gpq_cpu_features(GPQ_CPU_ALL), &entering.head, NULL), GPQ_OK);
	zip_add(&inner, "sub/b.csv.gz", HEADER, strlen(HEADER), deflated);
	zip_end(&inner, NULL, false, NULL);
	zip_add(&zip, "a.csv", HEADER, strlen(HEADER), deflated);
	zip_add(&zip, "i.zip", inner.bytes, inner.len, deflated);
	zip_end(&zip, NULL, false, NULL);
	const char *path = workplace_file(&place, "x.zip", zip.bytes, zip.len);
	assert_int_equal(gpq_members_walk(&budget, path, zip.len, &own, NULL), GPQ_OK);
	assert_int_equal(entering.catalogue.count, 2);
	assert_int_equal(entering.catalogue.max_depth, 2);
	static struct gpq_input_names first_names, names;
	struct gpq_input inputs[2];
	for (uint32_t i = 0; i < 2; i++)
		assert_int_equal(gpq_catalogue_get(&entering.catalogue, i, &inputs[i], NULL), GPQ_OK);
	assert_int_equal(gpq_catalogue_names(&entering.catalogue, &inputs[0], &first_names, NULL), GPQ_OK);
	assert_int_equal(gpq_catalogue_names(&entering.catalogue, &inputs[1], &names, NULL), GPQ_OK);
	assert_true(inputs[0].is_member && inputs[1].is_member);
	assert_string_equal(first_names.name, "x.zip!a.csv");
	assert_string_equal(first_names.base, "a.csv");
	assert_string_equal(first_names.path + strlen(path), "!a.csv");
	assert_int_equal(first_names.address.depth, 1);
	assert_memory_equal(&first_names.address.places[0].local_at, &zip.members[0].local_at, sizeof(uint64_t));
	assert_int_equal(inputs[0].size_bytes, zip.members[0].stored);
	assert_string_equal(names.name, "x.zip!i.zip!b.csv.gz");
	assert_string_equal(names.path + strlen(path), "!i.zip!sub/b.csv.gz");
	struct gpq_text rank = gpq_input_rank_name(&names);
	assert_int_equal(rank.len, 5);
	assert_memory_equal(rank.bytes, "b.csv", 5);
	assert_int_equal(names.address.depth, 2);
	assert_string_equal(first_names.address.path, path);
	assert_string_equal(names.address.path, path);
	/* The head sees a member as it sees a file. */
	assert_non_null(entering.facts.feed);
	struct gpq_known_input known = { .path = names.path,
					  .name = names.name,
					  .base = names.base,
					  .address = names.address,
					  .market = &gpq_market_pjm,
					  .feed = entering.facts.feed };
	assert_true(entering.facts.member && entering.facts.compressed);
	struct gpq_archive *archive = NULL;
	struct gpq_source *source = NULL;
	struct gpq_first_bytes first;
	assert_int_equal(gpq_archive_open(&budget, &archive, NULL), GPQ_OK);
	assert_int_equal(gpq_source_open_member(&budget, archive, &names.address, false, &source, NULL), GPQ_OK);
	assert_int_equal(gpq_head_bind(entering.head, &known, source, &entering.facts, &first, NULL), GPQ_OK);
	gpq_source_close(source);
	gpq_archive_close(archive);
	assert_true(first.all && first.len == strlen(HEADER));
	assert_int_equal(entering.facts.tables[0].header_len, strlen(HEADER) - 1);
	gpq_head_close(entering.head);
	gpq_catalogue_done(&entering.catalogue);
}

#define BUNDLE                                                                                                         \
	"MARKET_DAY,NODE,TYPE,VALUE,HE1,HE2,HE3,HE4,HE5,HE6,HE7,HE8,HE9,HE10,HE11,HE12,HE13,HE14,HE15,HE16,HE17,HE18,"  \
	"HE19,HE20,HE21,HE22,HE23,HE24\n"

/* A member's own name tells, then those of the archives, outward: here the inner one is the nearest that says something. */
static void names_tell_from_within(void **state)
{
	(void)state;
	const struct zip_options stored = { .method = 0 };
	static struct entering entering;
	const struct gpq_members_visitor enter = { .context = &entering, .member = member_enter, .barren = barren_visit };
	assert_int_equal(gpq_catalogue_init(&entering.catalogue, &budget, (size_t)4 << 20, place.folder, NULL), GPQ_OK);
	assert_int_equal(gpq_head_open(&budget, gpq_cpu_features(GPQ_CPU_ALL), &entering.head, NULL), GPQ_OK);
	static const char *const members[][2] = { { "data.csv", "rt_lmps" }, { "2024_DA_LMPs.csv", "da_lmps" } };
	for (int i = 0; i < 2; i++) {
		inner.len = zip.len = 0;
		inner.count = zip.count = 0;
		zip_add(&inner, members[i][0], BUNDLE, strlen(BUNDLE), stored);
		zip_end(&inner, NULL, false, NULL);
		zip_add(&zip, "2024_Jul-Sep_RT_LMPs.zip", inner.bytes, inner.len, stored);
		zip_end(&zip, NULL, false, NULL);
		const char *path = workplace_file(&place, i ? "all_RT_LMPs.zip" : "all_DA_LMPs.zip", zip.bytes, zip.len);
		assert_int_equal(gpq_members_walk(&budget, path, zip.len, &enter, NULL), GPQ_OK);
		if (entering.facts.status != GPQ_OK)
			fail_msg("%s", entering.facts.why);
		assert_string_equal(entering.facts.feed->id, members[i][1]);
	}
	gpq_head_close(entering.head);
	gpq_catalogue_done(&entering.catalogue);
}

static void quarters_add(const char *name, uint32_t lines, uint32_t of_first)
{
	static char text[64 << 10];
	size_t len = (size_t)snprintf(text, sizeof(text), "%s\n",
				      "DeliveryDate,DeliveryHour,DeliveryInterval,SettlementPointName,SettlementPointType,"
				      "SettlementPointPrice,DSTFlag");
	for (uint32_t i = 0; i < lines; i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len, "06/01/2024,%d,1,POINT_%04u,RN,%u.25,N\n",
					i < of_first ? 7 : 9, i, i % 50);
	zip_add(&zip, name, text, len, (struct zip_options){ .method = 8 });
}

/* 2024-06-01 06:00 in Texas: the begin of a short member tells; one whose begin has two instants is looked at as a whole. */
static void short_members_seem_to_go_on_as_they_begin(void **state)
{
	(void)state;
	const uint32_t first_s = 1717239600, other_s = first_s + 2 * 3600;
	static const struct {
		uint32_t lines, of_first;
		bool seems_one;
	} members[] = { { 500, 500, true }, { 500, 400, true }, { 500, 20, false }, { 50, 50, true }, { 50, 20, false } };
	static struct entering entering;
	const struct gpq_members_visitor enter = { .context = &entering, .member = member_enter, .barren = barren_visit };
	assert_int_equal(gpq_catalogue_init(&entering.catalogue, &budget, (size_t)4 << 20, place.folder, NULL), GPQ_OK);
	assert_int_equal(gpq_head_open(&budget, gpq_cpu_features(GPQ_CPU_ALL), &entering.head, NULL), GPQ_OK);
	struct gpq_members *walker = NULL; /* by the head's own opener, as a run's inputs are found */
	assert_int_equal(gpq_members_open(gpq_head_opener(entering.head), &walker, NULL), GPQ_OK);
	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
		char name[16];
		snprintf(name, sizeof(name), "x%zu.zip", i);
		zip.len = 0;
		zip.count = 0;
		quarters_add("a.csv", members[i].lines, members[i].of_first);
		zip_end(&zip, NULL, false, NULL);
		const char *path = workplace_file(&place, name, zip.bytes, zip.len);
		assert_int_equal(gpq_members_visit(walker, path, zip.len, &enter, NULL), GPQ_OK);
		assert_int_equal(entering.facts.status, GPQ_OK);
		assert_true(entering.facts.ordered);
		assert_int_equal(entering.facts.first_s, first_s);
		assert_int_equal(entering.facts.last_s, members[i].seems_one ? first_s : other_s);
	}
	gpq_members_close(walker);
	gpq_head_close(entering.head);
	gpq_catalogue_done(&entering.catalogue);
}

static void each_allocation_of_a_member_may_fail(void **state)
{
	(void)state;
	struct gpq_catalogue catalogue;
	struct gpq_zip_place places[2] = { { .local_at = 1 }, { .local_at = 2 } };
	const struct gpq_input input = { .size_bytes = 9 };
	struct gpq_member member = { .path = "/a/x.zip!i.zip!sub/b.csv",
				     .name = "x.zip!i.zip!b.csv",
				     .address = { "/a/x.zip", places, 2 } };
	member.base = member.own = member.name + 12;
	member.inside = member.path + 15;
	for (long n = 1; n < 100; n++) {
		uint32_t count = 0;
		budget.fail_at = atomic_load(&budget.allocations) + n;
		enum gpq_status status = gpq_catalogue_init(&catalogue, &budget, (size_t)4 << 20, place.folder, NULL);
		for (; count < 700 && status == GPQ_OK; count += status == GPQ_OK)
			status = gpq_catalogue_add_member(&catalogue, &member, &input, "why", NULL);
		budget.fail_at = 0;
		assert_int_equal(catalogue.count, count);
		gpq_catalogue_done(&catalogue);
		assert_int_equal(atomic_load(&budget.used_bytes), 0);
		if (status == GPQ_OK)
			return;
		assert_int_equal(status, GPQ_E_BUDGET);
	}
	fail();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(each_member_is_visited_once, setup, teardown),
		cmocka_unit_test_setup_teardown(of_a_workbook_its_sheets_are_visited, setup, teardown),
		cmocka_unit_test_setup_teardown(other_documents_are_told_and_other_packages_are_archives, setup, teardown),
		cmocka_unit_test_setup_teardown(a_file_that_is_none_is_told, setup, teardown),
		cmocka_unit_test_setup_teardown(a_visit_may_stop_the_walk, setup, teardown),
		cmocka_unit_test_setup_teardown(every_allocation_may_fail, setup, teardown),
		cmocka_unit_test_setup_teardown(names_tell_from_within, setup, teardown),
		cmocka_unit_test_setup_teardown(inputs_hold_where_members_are, setup, teardown),
		cmocka_unit_test_setup_teardown(short_members_seem_to_go_on_as_they_begin, setup, teardown),
		cmocka_unit_test_setup_teardown(each_allocation_of_a_member_may_fail, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
