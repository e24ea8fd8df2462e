// SPDX-License-Identifier: MIT
/* Recognition by content (RULES 1 and 2): each header of PJM's feeds, dialects of it, and what is none. */
#include "unit/io/workplace.h"

#include "input/head.h"
#include "cpu/features.h"

#include <zlib.h>

#define PNODE "datetime_beginning_utc,datetime_beginning_ept,pnode_id,pnode_name,voltage,equipment,type,zone,"
#define DA                                                                                                             \
	PNODE "system_energy_price_da,total_lmp_da,congestion_price_da,marginal_loss_price_da,row_is_current,version_" \
	      "nbr"
#define RT                                                                                                             \
	PNODE "system_energy_price_rt,total_lmp_rt,congestion_price_rt,marginal_loss_price_rt,row_is_current,version_" \
	      "nbr"
#define BOTH                                                                                                           \
	PNODE "system_energy_price_rt,total_lmp_rt,congestion_price_rt,marginal_loss_price_rt,"                        \
	      "system_energy_price_da,total_lmp_da,congestion_price_da,marginal_loss_price_da"
#define RESERVE "datetime_beginning_utc,datetime_beginning_ept,locale,service,mcp,mcp_capped,"
#define SERVICE "datetime_beginning_utc,datetime_beginning_ept,ancillary_service,unit,value,"
#define REG                                                                                                            \
	"datetime_beginning_utc,datetime_beginning_ept,requirement,regd_ssmw,rega_ssmw,regd_procure,rega_procure,"     \
	"total_mw,"                                                                                                    \
	"deficiency,rto_perfscore,rega_mileage,regd_mileage,rega_hourly,regd_hourly,is_approved,modified_datetime_utc"

static struct workplace place;
static struct gpq_budget budget;
static struct gpq_head *head;
static struct gpq_head_facts facts;

static int setup(void **state)
{
	(void)state;
	workplace_open(&place);
	gpq_budget_init(&budget, (size_t)16 << 20);
	return gpq_head_open(&budget, gpq_cpu_features(GPQ_CPU_ALL), &head, NULL) == GPQ_OK ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	gpq_head_close(head);
	assert_int_equal(atomic_load(&budget.used_bytes), 0);
	workplace_close(&place);
	return 0;
}

static void look_assuming(const char *name, const char *bytes, size_t len, const char *assume)
{
	const char *items[] = { assume };
	struct gpq_error err;
	const char *path = workplace_file(&place, name, bytes, len);
	enum gpq_status status = gpq_head_read(head, path, (struct gpq_texts){ items, assume != NULL }, &facts, &err);
	assert_int_equal(unlink(path), 0);
	if (status != GPQ_OK)
		fail_msg("%s", err.message);
}

static void look(const char *name, const char *text)
{
	look_assuming(name, text, strlen(text), NULL);
}

static void is(const char *feed, const char *dataset)
{
	if (facts.status != GPQ_OK)
		fail_msg("%s: %s", feed, facts.why);
	assert_non_null(facts.feed);
	assert_string_equal(facts.feed->id, feed);
	assert_string_equal(facts.feed->outputs[0] ? facts.feed->outputs[0]->id : "left out", dataset);
	assert_ptr_equal(facts.market, &gpq_market_pjm);
	assert_true(facts.why[0] != 0);
}

static void is_not(enum gpq_status status, const char *part)
{
	assert_int_equal(facts.status, status);
	if (!strstr(facts.why, part))
		fail_msg("'%s' does not say '%s'", facts.why, part);
}

/* ---- what is no CSV ---- */

static void what_is_no_csv_is_named(void **state)
{
	(void)state;
	look("a.csv", "");
	is_not(GPQ_E_UNRECOGNISED, "empty");
	look("a.csv", "\r\n \n\t\n");
	is_not(GPQ_E_UNRECOGNISED, "blank lines");
	look("da_hrl_lmps.csv", "<!DOCTYPE html>\n<html></html>");
	is_not(GPQ_E_UNRECOGNISED, "HTML");
	look("da_hrl_lmps.csv", "\n  <HTML><body>");
	is_not(GPQ_E_UNRECOGNISED, "HTML");
	look("a.csv", "<?xml version=\"1.0\"?><a/>");
	is_not(GPQ_E_UNRECOGNISED, "XML");
	look("a.csv", "<error/>");
	is_not(GPQ_E_UNRECOGNISED, "markup");
	look("a.pdf", "%PDF-1.4 x");
	is_not(GPQ_E_UNRECOGNISED, "PDF");
	look_assuming("a.zip", "PK\x03\x04\x14\0\0\0", 8, NULL);
	is_not(GPQ_E_UNRECOGNISED, "ZIP");
	look_assuming("a.parquet", "PAR1\x15\0", 6, NULL);
	is_not(GPQ_E_UNRECOGNISED, "Parquet");
	look_assuming("a.csv",
		      "\xFF\xFE"
		      "d\0a\0",
		      6, NULL);
	is_not(GPQ_E_UNRECOGNISED, "UTF-16");
	look_assuming("a.csv", "\xFE\xFF\0d\0a", 6, NULL);
	is_not(GPQ_E_UNRECOGNISED, "UTF-16");
	look_assuming("a.bin", "ab\0\1\2", 5, NULL);
	is_not(GPQ_E_UNRECOGNISED, "binary");
	look("a.csv", "a,b,c\n1,2,3\n");
	is_not(GPQ_E_UNRECOGNISED, "no dataset");
	look("a.csv", "\"a,b,c\n1,2,3\n");
	is_not(GPQ_E_UNRECOGNISED, "no header");
	/* A line that never ends. */
	char *text = malloc(2 * GPQ_HEAD_BYTES);
	memset(text, 'x', 2 * GPQ_HEAD_BYTES);
	look_assuming("a.csv", text, 2 * GPQ_HEAD_BYTES, NULL);
	is_not(GPQ_E_UNRECOGNISED, "no header");
	look_assuming("a.csv", text, GPQ_HEAD_MAX_HEADER + 1, NULL);
	is_not(GPQ_E_UNRECOGNISED, "no header");
	free(text);
}

static void files_that_cannot_be_read_fail(void **state)
{
	(void)state;
	struct gpq_error err;
	struct gpq_texts none = { NULL, 0 };
	assert_int_equal(gpq_head_read(head, workplace_path(&place, "absent"), none, &facts, &err),
			 GPQ_E_INPUT_MISSING);
	assert_int_equal(gpq_head_read(head, place.folder, none, &facts, &err), GPQ_E_USAGE);
	workplace_file(&place, "a.gz", "\x1f\x8b\x08\0", 4);
	assert_int_equal(gpq_head_read(head, workplace_path(&place, "a.gz"), none, &facts, &err), GPQ_E_TRUNCATED);
}

static void a_header_without_its_key_fails(void **state)
{
	(void)state;
	look("da.csv", "datetime_beginning_utc,pnode_name,total_lmp_da\n");
	is_not(GPQ_E_DATA, "location id");
	look("da.csv", DA ",pnode_id\n");
	is_not(GPQ_E_DATA, "two columns");
}

/* ---- each feed ---- */

/* Two lines of a header's layout, 'minutes' apart: the stamp, and fields that matter to nobody here. */
static const char *lines_of(const char *header, const char *first, const char *second)
{
	static char text[3000];
	int commas = 0;
	for (const char *at = header; *at; at++)
		commas += *at == ',';
	bool forecast = strncmp(header, "case_", 5) == 0;
	snprintf(text, sizeof(text), "%s\r\n%s%s%.*s\r\n", header, forecast ? "," : "", first, commas - forecast,
		 ",,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,");
	if (second)
		snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s%s%.*s\r\n", forecast ? "," : "", second,
			 commas - forecast, ",,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,");
	return text;
}

static void each_header_of_pjm_is_its_feed(void **state)
{
	(void)state;
	static const struct {
		const char *header;
		int minutes;
		const char *name, *feed, *dataset;
	} cases[] = {
		{ DA, 60, "x.csv", "da_hrl_lmps", "da_energy_hourly" },
		{ RT, 60, "x.csv", "rt_hrl_lmps", "rt_energy_hourly" },
		{ RT, 5, "x.csv", "rt_fivemin_hrl_lmps", "rt_energy_5min" },
		{ "datetime_beginning_utc,datetime_beginning_ept,pnode_name,type,total_lmp_rt,congestion_price_rt,"
		  "marginal_loss_price_rt",
		  60, "x.csv", "rt_unverified_hrl_lmps", "rt_energy_hourly_unverified" },
		{ "datetime_beginning_utc,datetime_beginning_ept,pnode_id,pnode_name,type,total_lmp_rt,congestion_"
		  "price_rt,"
		  "marginal_loss_price_rt,occ_check,ref_caseid_used_multi_interval",
		  5, "x.csv", "rt_unverified_fivemin_lmps", "rt_energy_5min_unverified" },
		{ BOTH, 60, "x.csv", "rt_da_monthly_lmps", "da_energy_hourly" },
		{ BOTH, 5, "x.csv", "rt_fivemin_mnt_lmps", "rt_energy_5min" },
		{ "case_approval_datetime_utc,datetime_beginning_utc,itsced_lmp,marginal_congestion,marginal_loss,"
		  "pnode_id,pnode_name",
		  5, "x.csv", "five_min_itsced_lmps", "left out" },
		{ SERVICE "row_is_current,version_nbr", 60, "da_ancillary_services.csv", "da_ancillary_services",
		  "da_ancillary_hourly" },
		{ SERVICE "row_is_current,version_nbr", 60, "ancillary_services (1).csv", "ancillary_services",
		  "rt_ancillary_hourly" },
		{ SERVICE "version_nbr,row_is_current", 5, "x.csv", "ancillary_services_fivemin_hrl",
		  "rt_ancillary_5min" },
		{ RESERVE "as_req_mw,total_mw,as_mw,ss_mw,ircmwt2,dsr_as_mw,nsr_mw", 60,
		  "da_reserve_market_results.csv", "da_reserve_market_results", "da_reserve_hourly" },
		{ RESERVE "reg_ccp,reg_pcp,as_req_mw,total_mw,as_mw,ss_mw,tier1_mw,ircmwt2,dsr_as_mw,nsr_mw,regd_mw",
		  60, "x.csv", "reserve_market_results", "rt_reserve_hourly" },
		{ RESERVE "reg_ccp,reg_pcp,as_req_mw,total_mw,as_mw,ss_mw,tier1_mw,ircmwt2,dsr_as_mw,nsr_mw,regd_mw", 5,
		  "x.csv", "reserve_market_results", "rt_reserve_5min" },
		{ REG, 60, "x.csv", "reg_market_results", "rt_regulation_hourly" },
		{ REG, 30, "x.csv", "reg_market_results", "rt_regulation_30min" },
		{ "datetime_beginning_utc,datetime_beginning_ept,area,reserve_quantity,reserve_requirement,market_"
		  "clearing_price,"
		  "market_capped_clearing_price,capability_clearing_price,performance_clearing_price",
		  5, "x.csv", "reg_prices", "rt_regulation_5min" },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *second = cases[i].minutes == 60  ? "7/1/2024 5:00:00 AM"
				     : cases[i].minutes == 5 ? "7/1/2024 4:05:00 AM"
							     : "7/1/2024 4:30:00 AM";
		look(cases[i].name, lines_of(cases[i].header, "7/1/2024 4:00:00 AM", second));
		is(cases[i].feed, cases[i].dataset);
		assert_int_equal(facts.first_s, 1719806400);
		assert_int_equal(facts.last_s, 1719806400 + cases[i].minutes * 60);
		/* Later first: the step is the same. */
		look(cases[i].name, lines_of(cases[i].header, second, "7/1/2024 4:00:00 AM"));
		is(cases[i].feed, cases[i].dataset);
		assert_false(facts.ordered);
	}
}

/* ---- dialects of a header ---- */

static void a_header_may_be_written_in_many_ways(void **state)
{
	(void)state;
	look("x.csv", DA "\n");
	is("da_hrl_lmps", "da_energy_hourly");
	assert_int_equal(facts.tables[0].header_len, strlen(DA));
	assert_int_equal(facts.tables[0].data_byte, strlen(DA) + 1);
	assert_false(facts.bom || facts.crlf || facts.quoted || facts.compressed || facts.assumed);
	look("x.csv", DA);
	is("da_hrl_lmps", "da_energy_hourly");
	assert_int_equal(facts.tables[0].data_byte, strlen(DA));
	look("x.csv", "\xEF\xBB\xBF" DA "\r\n");
	is("da_hrl_lmps", "da_energy_hourly");
	assert_true(facts.bom && facts.crlf);
	assert_int_equal(facts.tables[0].data_byte, strlen(DA) + 5);
	assert_int_equal(facts.tables[0].header_len, strlen(DA));
	assert_memory_equal(facts.tables[0].header, DA, strlen(DA));
	look("x.csv", "\xEF\xBB\xBF\r\n  \n\n" DA "\n");
	is("da_hrl_lmps", "da_energy_hourly");
	assert_int_equal(facts.tables[0].blank_lines, 3);
	assert_int_equal(facts.tables[0].data_byte, 3 + 2 + 3 + 1 + strlen(DA) + 1);
	look("x.csv", "\"datetime_beginning_utc\",\"pnode_id\",\"total_lmp_da\"\n");
	is("da_hrl_lmps", "da_energy_hourly");
	assert_true(facts.quoted);
	look("x.csv", "Datetime Beginning UTC, Pnode ID ,TOTAL_LMP_DA\n");
	is("da_hrl_lmps", "da_energy_hourly");
	assert_int_equal(facts.tables[0].binding.text[GPQ_TEXT_ID], 1);
	look("x.csv", "total_lmp_da,pnode_id,datetime_beginning_utc\n5,1,7/1/2024 4:00\n");
	is("da_hrl_lmps", "da_energy_hourly");
	assert_int_equal(facts.first_s, 1719806400);
}

static void a_gzip_is_looked_into(void **state)
{
	(void)state;
	gzFile gz = gzopen(workplace_path(&place, "x.csv.gz"), "wb");
	assert_true(gzputs(gz, DA "\n7/1/2024 4:00:00 AM,,1,A,,,,,1,2,3,4,True,1\n") > 0);
	gzclose(gz);
	assert_int_equal(
	    gpq_head_read(head, workplace_path(&place, "x.csv.gz"), (struct gpq_texts){ NULL, 0 }, &facts, NULL),
	    GPQ_OK);
	is("da_hrl_lmps", "da_energy_hourly");
	assert_true(facts.compressed);
	assert_int_equal(facts.first_s, 1719806400);
}

/* ---- the step ---- */

static void one_instant_is_told_by_the_clock_then_the_name(void **state)
{
	(void)state;
	look("x.csv", lines_of(RT, "7/1/2024 4:05:00 AM", NULL));
	is("rt_fivemin_hrl_lmps", "rt_energy_5min");
	look("rt_hrl_lmps.csv", lines_of(RT, "7/1/2024 4:05:00 AM", NULL)); /* content beats the name */
	is("rt_fivemin_hrl_lmps", "rt_energy_5min");
	look("rt_hrl_lmps.csv", lines_of(RT, "7/1/2024 4:00:00 AM", NULL));
	is("rt_hrl_lmps", "rt_energy_hourly");
	look("RT_FiveMin_hrl_lmps.csv", lines_of(RT, "7/1/2024 4:00:00 AM", NULL));
	is("rt_fivemin_hrl_lmps", "rt_energy_5min");
	look("lmp_5min.csv", lines_of(RT, "7/1/2024 4:00:00 AM", NULL));
	is("rt_fivemin_hrl_lmps", "rt_energy_5min");
	look("x.csv", lines_of(RT, "7/1/2024 4:00:00 AM", NULL));
	is_not(GPQ_E_AMBIGUOUS, "rt_hrl_lmps");
	is_not(GPQ_E_AMBIGUOUS, "rt_fivemin_hrl_lmps");
	is_not(GPQ_E_AMBIGUOUS, "--assume");
	look("rt_hrl_lmps.csv", lines_of(RT, "7/1/2024 4:00:00 AM", "7/1/2024 4:05:00 AM")); /* as does the step */
	is("rt_fivemin_hrl_lmps", "rt_energy_5min");
}

/* The first instant's rows fill the head exactly, and one byte less and more: the second is found behind it. */
static void the_second_instant_is_searched_behind_the_head(void **state)
{
	(void)state;
	static const int minutes[] = { 5, 60 };
	size_t cap = 3 * GPQ_HEAD_BYTES;
	char *text = malloc(cap);
	for (int m = 0; m < 2; m++)
		for (size_t fill = GPQ_HEAD_BYTES - 40; fill < GPQ_HEAD_BYTES + 40; fill++) {
			size_t at = (size_t)sprintf(text, RT "\n");
			while (at + 200 < fill)
				at += (size_t)sprintf(text + at, "7/1/2024 4:00:00 AM,,1,A,,,,,1,2,3,4,True,1\n");
			at += (size_t)sprintf(text + at, "7/1/2024 4:00:00 AM,,1,%0*d,,,,,1,2,3,4,True,1\n",
					      (int)(fill - at - 42), 7);
			at += (size_t)sprintf(text + at, "7/1/2024 %s AM,,1,A,,,,,1,2,3,4,True,1\n",
					      minutes[m] == 5 ? "4:05:00" : "5:00:00");
			look_assuming("x.csv", text, at, NULL);
			is(minutes[m] == 5 ? "rt_fivemin_hrl_lmps" : "rt_hrl_lmps",
			   minutes[m] == 5 ? "rt_energy_5min" : "rt_energy_hourly");
			assert_int_equal(facts.step_s, minutes[m] * 60);
			assert_int_equal(facts.last_s, 1719806400 + minutes[m] * 60);
		}
	free(text);
}

/* ---- --assume ---- */

#define HEADERLESS "7/1/2024 4:00:00 AM,7/1/2024 12:00:00 AM,1,A,,,HUB,,1,2,3,4,True,1\n"

static void assumptions_settle_what_content_does_not(void **state)
{
	(void)state;
	const char *text = lines_of(RT, "7/1/2024 4:00:00 AM", NULL);
	look_assuming("x.csv", text, strlen(text), "x*=PJM/rt_energy_hourly");
	is("rt_hrl_lmps", "rt_energy_hourly");
	assert_string_equal(facts.warning, "");
	look_assuming("x.csv", text, strlen(text), "x*=pjm/rt_energy_5min:rt_fivemin_hrl_lmps");
	is("rt_fivemin_hrl_lmps", "rt_energy_5min");
	look_assuming("rt_hrl_lmps.csv", text, strlen(text), "*.csv=PJM/rt_energy_5min"); /* it beats the name */
	is("rt_fivemin_hrl_lmps", "rt_energy_5min");
	look_assuming("x.csv", text, strlen(text), "y*=PJM/rt_energy_hourly"); /* not this file */
	is_not(GPQ_E_AMBIGUOUS, "rt_hrl_lmps");
}

static void content_beats_assumptions_with_a_warning(void **state)
{
	(void)state;
	const char *text = lines_of(RT, "7/1/2024 4:00:00 AM", "7/1/2024 5:00:00 AM");
	look_assuming("x.csv", text, strlen(text), "*=PJM/rt_energy_5min");
	is("rt_hrl_lmps", "rt_energy_hourly");
	assert_non_null(strstr(facts.warning, "--assume"));
	look_assuming("x.csv", DA "\n", strlen(DA) + 1, "*=PJM/rt_energy_hourly");
	is("da_hrl_lmps", "da_energy_hourly");
	assert_non_null(strstr(facts.warning, "rt_energy_hourly"));
}

static void content_beats_names_with_a_warning(void **state)
{
	(void)state;
	const char *text = lines_of(RT, "7/1/2024 4:00:00 AM", "7/1/2024 5:00:00 AM");
	look_assuming("rt_fivemin_hrl_lmps.csv", text, strlen(text), "y=PJM/rt_energy_5min");
	is("rt_hrl_lmps", "rt_energy_hourly");
	assert_non_null(strstr(facts.warning, "rt_fivemin_hrl_lmps"));
	look_assuming("rt_hrl_lmps.csv", text, strlen(text), "y=PJM/rt_energy_5min");
	is("rt_hrl_lmps", "rt_energy_hourly");
	assert_string_equal(facts.warning, "");
}

static void files_without_a_header_are_read_by_their_columns(void **state)
{
	(void)state;
	look("x.csv", HEADERLESS);
	is_not(GPQ_E_UNRECOGNISED, "no dataset");
	look_assuming("x.csv", HEADERLESS, strlen(HEADERLESS), "*=PJM/da_energy_hourly");
	is("da_hrl_lmps", "da_energy_hourly");
	assert_true(facts.assumed);
	assert_int_equal(facts.tables[0].header_len, 0);
	assert_int_equal(facts.tables[0].data_byte, 0);
	assert_int_equal(facts.first_s, 1719806400);
	assert_int_equal(facts.tables[0].binding.start, 0);
	assert_int_equal(facts.tables[0].binding.version, 13);
	look_assuming("x.csv", "\xEF\xBB\xBF" HEADERLESS, strlen(HEADERLESS) + 3,
		      "*=PJM/rt_energy_5min:rt_fivemin_hrl_lmps");
	is("rt_fivemin_hrl_lmps", "rt_energy_5min");
	assert_int_equal(facts.tables[0].data_byte, 3);
	look_assuming("x.csv", "7/1/2024 4:00:00 AM,1,2\n", 24,
		      "*=PJM/da_energy_hourly"); /* three columns: no layout has so few */
	is_not(GPQ_E_UNRECOGNISED, "");
	/* The same file is bound again when it is read. */
	const char *path = workplace_file(&place, "x.csv", "\n" HEADERLESS, strlen(HEADERLESS) + 1);
	const char *items[] = { "*=PJM/da_energy_hourly" };
	assert_int_equal(gpq_head_read(head, path, (struct gpq_texts){ items, 1 }, &facts, NULL), GPQ_OK);
	is("da_hrl_lmps", "da_energy_hourly");
	assert_int_equal(facts.tables[0].blank_lines, 0); /* the parser counts it, since nothing is skipped */
	struct gpq_known_input input = { .path = path,
					  .name = "x.csv",
					  .base = "x.csv",
					  .address = { .path = path },
					  .market = facts.market,
					  .feed = facts.feed,
					  .assumed = true };
	struct gpq_head_facts again;
	struct gpq_first_bytes first;
	struct gpq_source *source = NULL;
	assert_int_equal(gpq_source_open(&budget, path, false, &source, NULL), GPQ_OK);
	assert_int_equal(gpq_head_bind(head, &input, source, &again, &first, NULL), GPQ_OK);
	gpq_source_close(source);
	assert_true(first.all);
	assert_int_equal(first.len, strlen(HEADERLESS) + 1);
	assert_memory_equal(first.bytes, "\n" HEADERLESS, first.len);
	assert_memory_equal(&again.tables[0].binding.cell, &facts.tables[0].binding.cell, sizeof(facts.tables[0].binding.cell));
	assert_int_equal(again.tables[0].data_byte, 0);
}

static void assumptions_are_checked(void **state)
{
	(void)state;
	static const char *const bad[] = { "",
					   "x",
					   "=PJM/da_energy_hourly",
					   "x=",
					   "x=PJM",
					   "x=PJM/nothing",
					   "x=XYZ/da_energy_hourly",
					   "x=PJM/da_energy_hourly:rt_hrl_lmps" };
	struct gpq_error err;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_int_equal(gpq_assume_check(bad[i], &err), GPQ_E_USAGE);
		assert_non_null(strstr(err.message, "--assume"));
	}
	assert_int_equal(gpq_assume_check("*=PJM/da_energy_hourly", &err), GPQ_OK);
	assert_int_equal(gpq_assume_check("a=b*=pjm/da_energy_hourly:DA_HRL_LMPS", &err), GPQ_OK);
}

static void each_allocation_may_fail(void **state)
{
	(void)state;
	struct gpq_budget other;
	const char *path = workplace_file(&place, "x.csv", DA "\n", strlen(DA) + 1);
	for (long n = 1;; n++) {
		struct gpq_head *made = NULL;
		gpq_budget_init(&other, gpq_head_need() + 4096);
		other.fail_at = n;
		enum gpq_status status = gpq_head_open(&other, 0, &made, NULL);
		if (status == GPQ_OK)
			status = gpq_head_read(made, path, (struct gpq_texts){ NULL, 0 }, &facts, NULL);
		gpq_head_close(made);
		assert_int_equal(atomic_load(&other.used_bytes), 0);
		if (status == GPQ_OK)
			break;
		assert_int_equal(status, GPQ_E_BUDGET);
		assert_true(n < 100);
	}
}

#define HEAD_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		HEAD_TEST(each_allocation_may_fail),
		HEAD_TEST(what_is_no_csv_is_named),
		HEAD_TEST(files_that_cannot_be_read_fail),
		HEAD_TEST(a_header_without_its_key_fails),
		HEAD_TEST(assumptions_are_checked),
		HEAD_TEST(each_header_of_pjm_is_its_feed),
		HEAD_TEST(a_header_may_be_written_in_many_ways),
		HEAD_TEST(a_gzip_is_looked_into),
		HEAD_TEST(one_instant_is_told_by_the_clock_then_the_name),
		HEAD_TEST(the_second_instant_is_searched_behind_the_head),
		HEAD_TEST(assumptions_settle_what_content_does_not),
		HEAD_TEST(content_beats_assumptions_with_a_warning),
		HEAD_TEST(content_beats_names_with_a_warning),
		HEAD_TEST(files_without_a_header_are_read_by_their_columns),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
