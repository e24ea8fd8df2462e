// SPDX-License-Identifier: MIT
/* Recognition where lines stand above the header, tables below each other, or the market run within the lines. */
#include "unit/input/looked_head.h"

#define HOURS                                                                                                          \
	"HE 1,HE 2,HE 3,HE 4,HE 5,HE 6,HE 7,HE 8,HE 9,HE 10,HE 11,HE 12,HE 13,HE 14,HE 15,HE 16,HE 17,HE 18,HE 19,"     \
	"HE 20,HE 21,HE 22,HE 23,HE 24"
#define HOURS_TIGHT                                                                                                    \
	"HE1,HE2,HE3,HE4,HE5,HE6,HE7,HE8,HE9,HE10,HE11,HE12,HE13,HE14,HE15,HE16,HE17,HE18,HE19,HE20,HE21,HE22,HE23,"    \
	"HE24"
#define NUMBERS "1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24"
#define NODES   "Node,Type,Value," HOURS "\n"
#define NODE    "A,Hub,LMP," NUMBERS "\n"
#define EST     ",,,All Hours-Ending are Eastern Standard Time (EST)\n"
#define ZONES   ",,MCP Type, " HOURS "\n"
#define ZONE    "MISO Wide,-,GENREGMCP," NUMBERS "\n"
#define PNODES  "Pnode,Zone,MCP Type, " HOURS "\n"
#define PNODE   "A.B,Zone 1,GENREGMCP," NUMBERS "\n"
#define ASM     "Dayahead Market MCPs.\n\n01/01/2023,,All Hours-Ending are Eastern Standard Time (EST)\n\n"
#define LMP                                                                                                            \
	"INTERVALSTARTTIME_GMT,INTERVALENDTIME_GMT,OPR_DT,OPR_HR,NODE_ID_XML,NODE_ID,NODE,MARKET_RUN_ID,LMP_TYPE,"      \
	"XML_DATA_ITEM,PNODE_RESMRID,GRP_TYPE,POS,%s,OPR_INTERVAL,GROUP\n"
#define LMP_LINE                                                                                                       \
	"2023-09-18T0%d:00:00-00:00,2023-09-18T0%d:15:00-00:00,2023-09-17,18,N,N,N,%s,LMP,LMP_PRC,N,ALL,1,23.9,1,1\n"

static void look(const char *name, const char *text)
{
	look_assuming(name, text, NULL);
}

static void is(const char *feed, const char *dataset)
{
	if (facts.status != GPQ_OK)
		fail_msg("%s: %s", feed, facts.why);
	assert_non_null(facts.feed);
	assert_string_equal(facts.feed->id, feed);
	assert_string_equal(facts.feed->outputs[0] ? facts.feed->outputs[0]->id : "left out", dataset);
}

static void is_not(enum gpq_status status, const char *part)
{
	assert_int_equal(facts.status, status);
	if (!strstr(facts.why, part))
		fail_msg("'%s' does not say '%s'", facts.why, part);
}

/* ---- lines above the header ---- */

static void a_day_without_its_date_fails(void **state)
{
	(void)state;
	look("20230101_da_expost_lmp.csv", "Day Ahead Market ExPost LMPs\n" EST NODES NODE);
	is_not(GPQ_E_DATA, "delivery date");
	look("20230101_da_expost_lmp_hubs_only.csv", NODES NODE);
	is_not(GPQ_E_DATA, "delivery date");
	look("20230101_asm_expost_damcp.csv", "Dayahead Market MCPs.\n" ZONES ZONE PNODES PNODE);
	is_not(GPQ_E_DATA, "delivery date");
	look("20230101_da_expost_lmp.csv", "Day Ahead Market ExPost LMPs\n13/01/2023\n" NODES NODE);
	is_not(GPQ_E_DATA, "delivery date");
}

static void more_lines_above_than_a_feed_has_are_none_of_it(void **state)
{
	(void)state;
	look("a.csv", "1\n2\n3\n4\nDay Ahead Market ExPost LMPs\n01/01/2023\n" NODES NODE);
	is_not(GPQ_E_UNRECOGNISED, "no dataset");
	/* PJM has none. */
	look("a.csv", "Title\ndatetime_beginning_utc,pnode_id,total_lmp_da\n7/1/2024 4:00,1,2\n");
	is_not(GPQ_E_UNRECOGNISED, "no dataset");
	look("a.csv", "a\nb\nc\nd\ne\nf\ng\nh\ni\nj\nk\n");
	is_not(GPQ_E_UNRECOGNISED, "no dataset");
}

/* 2023-01-01 is day 19358; midnight EST is 05:00 UTC. */
static void titles_tell_the_market_and_a_line_the_date(void **state)
{
	(void)state;
	look("x.csv", "Day Ahead Market ExPost LMPs\n01/01/2023\n\n" EST NODES NODE);
	is("da_expost_lmp", "da_energy_hourly");
	assert_int_equal(facts.n_tables, 1);
	assert_int_equal(facts.tables[0].header_lines, 4);
	assert_int_equal(facts.tables[0].blank_lines, 1);
	assert_int_equal(facts.tables[0].header_len, strlen(NODES) - 1);
	assert_int_equal(facts.tables[0].data_byte,
			 strlen("Day Ahead Market ExPost LMPs\n01/01/2023\n\n" EST NODES));
	assert_int_equal(facts.tables[0].binding.day, 19358);
	assert_int_equal(facts.tables[0].binding.hours_first, 3);
	assert_int_equal(facts.first_s, 19358 * 86400 + 5 * 3600);
	assert_int_equal(facts.last_s, 19358 * 86400 + 28 * 3600);
	assert_string_equal(facts.warning, "");
	look("x.csv", "Day Ahead Market ExAnte LMPs\n01/01/2023\n\n" EST NODES NODE);
	is("da_exante_lmp", "da_energy_hourly_exante");
	/* CRLF, a date that is not padded, a line less, a title in quotes. */
	look("x.csv", "Realtime Market LMPs\r\n3/10/2019\r\n,,,All Hours\r\n" NODES NODE);
	is("rt_lmp", "rt_energy_hourly");
	assert_int_equal(facts.tables[0].binding.day, 17965);
	look("x.csv", "\"realtime market lmps\"\n\"3/10/2019\"\n" NODES NODE);
	is("rt_lmp", "rt_energy_hourly");
	assert_int_equal(facts.tables[0].binding.day, 17965);
	assert_int_equal(facts.tables[0].blank_lines, 0);
	/* A byte order mark is before the title. */
	look("x.csv", "\xEF\xBB\xBFRealtime Market LMPs\n3/10/2019\n" NODES NODE);
	is("rt_lmp", "rt_energy_hourly");
	assert_true(facts.bom);
}

static void what_titles_do_not_tell_the_name_does(void **state)
{
	(void)state;
	look("20230101_asm_expost_damcp.csv", ASM ZONES ZONE "\n\n" PNODES PNODE);
	is("asm_expost_damcp", "da_ancillary_hourly");
	look("20230101_asm_exante_damcp.csv", ASM ZONES ZONE "\n\n" PNODES PNODE);
	is("asm_exante_damcp", "da_ancillary_hourly_exante");
	look("20230101.csv", ASM ZONES ZONE "\n\n" PNODES PNODE);
	is_not(GPQ_E_AMBIGUOUS, "asm_expost_damcp (da_ancillary_hourly)");
	is_not(GPQ_E_AMBIGUOUS, "asm_exante_damcp (da_ancillary_hourly_exante)");
	look_assuming("20230101.csv", ASM ZONES ZONE, "*=MISO/da_ancillary_hourly_exante");
	is("asm_exante_damcp", "da_ancillary_hourly_exante");
	look("x.csv", "Real Time Market MCPs.,Not settlement quality data.\r\n\r\n01/01/2023,,All\r\n\r\n" ZONES ZONE);
	is("asm_rtmcp", "rt_ancillary_hourly");
	/* Without a title the name tells. */
	look("20230101_da_exante_lmp.csv", "01/01/2023\n" NODES NODE);
	is("da_exante_lmp", "da_energy_hourly_exante");
	look("20230101.csv", "01/01/2023\n" NODES NODE);
	is_not(GPQ_E_AMBIGUOUS, "rt_lmp");
}

static void a_name_that_contradicts_content_is_warned_of(void **state)
{
	(void)state;
	look("20230101_rt_lmp_final.csv", "Day Ahead Market ExPost LMPs\n01/01/2023\n" NODES NODE);
	is("da_expost_lmp", "da_energy_hourly");
	assert_non_null(strstr(facts.warning, "rt_lmp"));
	look("20230102_da_expost_lmp.csv", "Day Ahead Market ExPost LMPs\n01/01/2023\n" NODES NODE);
	is("da_expost_lmp", "da_energy_hourly");
	assert_int_equal(facts.tables[0].binding.day, 19358);
	assert_non_null(strstr(facts.warning, "2023-01-01"));
	look("20230101_da_expost_lmp.csv", "Day Ahead Market ExPost LMPs\n01/01/2023\n" NODES NODE);
	assert_string_equal(facts.warning, "");
}

static void names_tell_how_final_prices_are(void **state)
{
	(void)state;
	look("20190310_rt_lmp_final.csv", "Realtime Market LMPs\n3/10/2019\n" NODES NODE);
	assert_int_equal(facts.finality, GPQ_FINALITY_FINAL);
	look("20190310_rt_lmp_prelim.csv", "Realtime Market LMPs\n3/10/2019\n" NODES NODE);
	assert_int_equal(facts.finality, GPQ_FINALITY_PRELIM);
	look("20190310.csv", "Realtime Market LMPs\n3/10/2019\n" NODES NODE);
	assert_int_equal(facts.finality, GPQ_FINALITY_UNMARKED);
	look("final.csv", "a,b\n");
	assert_int_equal(facts.finality, GPQ_FINALITY_UNMARKED);
}

/* ---- bundles and five minutes ---- */

static void bundles_are_told_by_their_names(void **state)
{
	(void)state;
	const char *text = "\n\nMARKET_DAY,NODE,TYPE,VALUE," HOURS_TIGHT "\n07/01/2024,A,Hub,LMP," NUMBERS
			   "\n07/01/2024,A,Hub,MCC," NUMBERS "\n07/02/2024,A,Hub,LMP," NUMBERS "\n";
	look("2024-Jul-Sep_DA_LMPs.csv", text);
	is("da_lmps", "da_energy_hourly");
	assert_int_equal(facts.tables[0].binding.date, 0);
	assert_int_equal(facts.tables[0].binding.hours_first, 4);
	assert_int_equal(facts.tables[0].blank_lines, 2);
	assert_int_equal(facts.first_s, 19905 * 86400 + 5 * 3600);
	assert_int_equal(facts.last_s, 19906 * 86400 + 28 * 3600);
	assert_true(facts.ordered);
	look("2024-Jul-Sep_DA_ExAnte_LMPs.csv", text);
	is("da_lmps", "da_energy_hourly_exante");
	look("2024_Jul-Sep_RT_LMPs.csv", text);
	is("rt_lmps", "rt_energy_hourly");
	look("2024.csv", text);
	is_not(GPQ_E_AMBIGUOUS, "rt_lmps");
	/* A line of junk above the header. */
	char junk[2000];
	snprintf(junk, sizeof(junk), "some,thing else\n%s", text + 2);
	look("2024_Jul-Sep_RT_LMPs.csv", junk);
	is("rt_lmps", "rt_energy_hourly");
	assert_int_equal(facts.tables[0].header_lines, 2);
}

static void five_minute_stamps_are_by_the_markets_clock(void **state)
{
	(void)state;
	look("20241021_5MIN_LMP.csv", "MISO\n5 minute\n\n10/21/2024\nEST\nMKTHOUR_EST,PNODENAME,LMP,CON_LMP,LOSS_LMP\n"
				      "10/07/2024 00:00,A,1,2,3\n10/07/2024 00:05,A,1,2,3\n");
	is("5min_lmp", "rt_energy_5min");
	assert_true(facts.tables[0].binding.start_is_local);
	assert_int_equal(facts.tables[0].binding.start, 0);
	assert_int_equal(facts.tables[0].binding.day, GPQ_NO_DAY);
	assert_int_equal(facts.first_s, 20003 * 86400 + 5 * 3600);
	assert_int_equal(facts.last_s, 20003 * 86400 + 5 * 3600 + 300);
}

/* ---- two tables ---- */

static void both_tables_are_found(void **state)
{
	(void)state;
	look("20230101_asm_expost_damcp.csv", ASM ZONES ZONE ZONE "\n \n" PNODES PNODE);
	is("asm_expost_damcp", "da_ancillary_hourly");
	assert_int_equal(facts.n_tables, 2);
	const struct gpq_head_table *first = &facts.tables[0], *second = &facts.tables[1];
	assert_int_equal(first->first_byte, 0);
	assert_int_equal(first->data_byte, strlen(ASM ZONES));
	assert_int_equal(first->header_lines, 3);
	assert_int_equal(first->blank_lines, 2);
	assert_int_equal(first->binding.text[GPQ_TEXT_REGION], 0);
	assert_int_equal(first->binding.text[GPQ_TEXT_RESOURCE], GPQ_NO_FIELD);
	assert_int_equal(second->first_byte, strlen(ASM ZONES ZONE ZONE));
	assert_int_equal(second->data_byte, strlen(ASM ZONES ZONE ZONE "\n \n" PNODES));
	assert_int_equal(second->header_lines, 1);
	assert_int_equal(second->blank_lines, 2);
	assert_int_equal(second->header_len, strlen(PNODES) - 1);
	assert_memory_equal(second->header, PNODES, strlen(PNODES) - 1);
	assert_int_equal(second->binding.text[GPQ_TEXT_RESOURCE], 0);
	assert_int_equal(second->binding.text[GPQ_TEXT_REGION], 1);
	assert_int_equal(second->binding.text[GPQ_TEXT_PRODUCT], 2);
	assert_int_equal(second->binding.day, 19358);
	assert_true(first->binding.signature != second->binding.signature);
	/* A title above the second header belongs to it; a line that says more is the first table's. */
	look("20230101_asm_expost_damcp.csv", ASM ZONES ZONE "odd,line\n\nResources\n\n" PNODES PNODE);
	assert_int_equal(second->first_byte, strlen(ASM ZONES ZONE "odd,line\n"));
	assert_int_equal(second->header_lines, 2);
	assert_int_equal(second->blank_lines, 2);
	/* One table only. */
	look("20230101_asm_expost_damcp.csv", ASM ZONES ZONE);
	assert_int_equal(facts.n_tables, 1);
}

/* The second header's last byte stands before the head's end, or it is not found and the file fails. */
static void a_second_table_begins_within_the_head(void **state)
{
	(void)state;
	char *text = malloc(3 * GPQ_HEAD_BYTES);
	for (int lines = 0; lines < 2; lines++) {
		strcpy(text, ASM ZONES);
		size_t at = strlen(text), zone = strlen(ZONE);
		size_t room = GPQ_HEAD_BYTES - strlen(PNODES);
		while (at + zone <= room - (room - at) % zone)
			at += (size_t)sprintf(text + at, ZONE);
		if (lines)
			at += (size_t)sprintf(text + at, ZONE);
		sprintf(text + at, PNODES "%s%s", PNODE, PNODE);
		look("20230101_asm_expost_damcp.csv", text);
		if (lines)
			is_not(GPQ_E_DATA, "second table");
		else
			assert_int_equal(facts.n_tables, 2);
	}
	free(text);
}

static enum gpq_status lines_check(uint64_t header_lines, struct gpq_error *err)
{
	return gpq_head_check_lines(&facts, &(struct gpq_line_counts){ .header_lines = header_lines }, err);
}

static void days_that_were_put_together_are_refused(void **state)
{
	(void)state;
	struct gpq_error err;
	look("20230101_asm_expost_damcp.csv", ASM ZONES ZONE "\n\n" PNODES PNODE);
	assert_int_equal(lines_check(5, &err), GPQ_E_DATA);
	assert_non_null(strstr(err.message, "put together"));
	assert_int_equal(lines_check(4, &err), GPQ_OK); /* title, date, two headers */
	look("2024-Jul-Sep_DA_LMPs.csv", "MARKET_DAY,NODE,TYPE,VALUE," HOURS_TIGHT "\n07/01/2024,A,Hub,LMP," NUMBERS "\n");
	assert_int_equal(lines_check(9, &err), GPQ_OK); /* each line tells its day */
}

static void an_input_is_bound_again_as_it_was(void **state)
{
	(void)state;
	const char *text = ASM ZONES ZONE "\n\n" PNODES PNODE;
	const char *path = workplace_file(&place, "20230101_asm_expost_damcp.csv", text, strlen(text));
	static struct gpq_head_facts again;
	assert_int_equal(gpq_head_read(head, path, (struct gpq_texts){ NULL, 0 }, &facts, NULL), GPQ_OK);
	struct gpq_known_input input = { .path = path,
					  .name = "20230101_asm_expost_damcp.csv",
					  .base = "20230101_asm_expost_damcp.csv",
					  .address = { .path = path },
					  .market = facts.market,
					  .feed = facts.feed };
	struct gpq_first_bytes first;
	struct gpq_source *source = NULL;
	assert_int_equal(gpq_source_open(&budget, path, false, &source, NULL), GPQ_OK);
	assert_int_equal(gpq_head_bind(head, &input, source, &again, &first, NULL), GPQ_OK);
	gpq_source_close(source);
	assert_int_equal(again.n_tables, 2);
	for (int t = 0; t < 2; t++) {
		assert_int_equal(again.tables[t].first_byte, facts.tables[t].first_byte);
		assert_int_equal(again.tables[t].data_byte, facts.tables[t].data_byte);
		assert_int_equal(again.tables[t].header_lines, facts.tables[t].header_lines);
		assert_int_equal(again.tables[t].blank_lines, facts.tables[t].blank_lines);
		assert_true(again.tables[t].binding.signature == facts.tables[t].binding.signature);
		assert_int_equal(again.tables[t].binding.day, 19358);
	}
}

/* ---- market runs ---- */

static const char *lmp_file(const char *price, const char *run)
{
	static char text[2000];
	size_t at = (size_t)snprintf(text, sizeof(text), LMP, price);
	at += (size_t)snprintf(text + at, sizeof(text) - at, LMP_LINE, 5, 5, run);
	snprintf(text + at, sizeof(text) - at, LMP_LINE, 1, 1, run);
	return text;
}

static void the_market_run_of_the_lines_tells(void **state)
{
	(void)state;
	static const struct {
		const char *price, *run, *feed, *dataset;
	} cases[] = {
		{ "MW", "DAM", "prc_lmp", "da_energy_hourly" },
		{ "PRC", "RTPD", "prc_rtpd_lmp", "rt_energy_15min" },
		{ "VALUE", "RTM", "prc_intvl_lmp", "rt_energy_5min" },
		{ "MW", "RTM", "prc_intvl_lmp", "rt_energy_5min" },
		{ "VALUE", "RTD", "prc_intvl_lmp", "rt_energy_5min" },
		{ "MW", "HASP", "prc_hasp_lmp", "hasp_energy_hourly" },
		{ "PRC", " RTPD ", "prc_rtpd_lmp", "rt_energy_15min" },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		look("x.csv", lmp_file(cases[i].price, cases[i].run));
		is(cases[i].feed, cases[i].dataset);
		assert_int_equal(facts.tables[0].binding.price, 13);
		assert_int_equal(facts.first_s, 1694998800); /* 01:00, the earlier of the two */
		assert_false(facts.ordered);
	}
	/* A header that stands twice is none of the lines. */
	char twice[2600];
	snprintf(twice, sizeof(twice), LMP "%s", "MW", lmp_file("MW", "HASP"));
	look("x.csv", twice);
	is("prc_hasp_lmp", "hasp_energy_hourly");
	look("x.csv", lmp_file("MW", "RUC"));
	is_not(GPQ_E_UNRECOGNISED, "market run 'RUC'");
	/* Content beats the name and --assume. */
	look("20230917_PRC_RTPD_LMP_RTPD_20230921_11_49_39_v2.csv", lmp_file("MW", "HASP"));
	is("prc_hasp_lmp", "hasp_energy_hourly");
	assert_non_null(strstr(facts.warning, "prc_rtpd_lmp"));
	assert_int_equal(facts.published_s, 1695296979);
	look_assuming("x.csv", lmp_file("MW", "HASP"), "*=CAISO/da_energy_hourly");
	is("prc_hasp_lmp", "hasp_energy_hourly");
	assert_non_null(strstr(facts.warning, "--assume"));
	/* Without lines the name tells, then nothing does. */
	char header[600];
	snprintf(header, sizeof(header), LMP, "PRC");
	look("20230917_20230919_PRC_RTPD_LMP_v2.csv", header);
	is("prc_rtpd_lmp", "rt_energy_15min");
	look("x.csv", header);
	is_not(GPQ_E_AMBIGUOUS, "prc_hasp_lmp");
}

static void services_are_told_by_the_run_too(void **state)
{
	(void)state;
	look("x.csv", "INTERVALSTARTTIME_GMT,INTERVALENDTIME_GMT,OPR_DT,OPR_HR,OPR_INTERVAL,OPR_TYPE,ANC_TYPE,ANC_REGION,"
		      "MARKET_RUN_ID,XML_DATA_ITEM,MW,GROUP\n"
		      "2023-09-18T01:00:00-00:00,2023-09-18T02:00:00-00:00,2023-09-17,19,0,,NR,AS_CAISO,DAM,NS_CLR_PRC,1,1\n");
	is("prc_as", "da_ancillary_hourly");
	look("x.csv", "INTERVALSTARTTIME_GMT,INTERVALENDTIME_GMT,OPR_DT,OPR_HR,OPR_INTERVAL,OPR_TYPE,ANC_TYPE,ANC_REGION,"
		      "MARKET_RUN_ID,XML_DATA_ITEM,MW,GROUP\n"
		      "2023-09-18T01:00:00-00:00,2023-09-18T02:00:00-00:00,2023-09-17,19,0,,NR,AS_CAISO,HASP,NS_CLR_PRC,1,1\n");
	is("prc_as_hasp", "left out");
	look("x.csv", "INTERVALSTARTTIME_GMT,INTERVALENDTIME_GMT,OPR_DT,OPR_HR,OPR_TYPE,ANC_TYPE,XML_DATA_ITEM,"
		      "MARKET_RUN_ID,MW,ANC_REGION,OPR_INTERVAL,GROUP\n"
		      "2023-09-18T01:00:00-00:00,2023-09-18T01:15:00-00:00,2023-09-17,19,,NR,NS_CLR_PRC,RTM,1,AS_CAISO,1,1\n");
	is("prc_intvl_as", "rt_ancillary_15min");
}

/* ---- what is left out, or no data ---- */

static void what_is_left_out_is_named(void **state)
{
	(void)state;
	static const struct {
		const char *text, *feed;
	} cases[] = {
		{ "Day-Ahead EPNode Price data\n01/01/2023\n\nEST\nEPNode,Value," HOURS_TIGHT "\n", "load_epnodes" },
		{ "PNODENAME,MKTHOUR_EST,LMP,CONGESTIONLMP,LOSSLMP,PRICINGTYPE,ENERGYLMP\n", "rt_lmp_hourly" },
		{ "STARTTIME,STOPTIME,MARKET_RUN_ID,RESOURCE_TYPE,SCHEDULINGCOORDINATOR_SEQ,RESOURCEBID_SEQ\n", "pub_bid" },
		{ "INTERVALSTARTTIME_GMT,INTERVALENDTIME_GMT,OPR_DT,OPR_HR,NODE,TIE,MARKET_RUN_ID,LMP_TYPE,PRC\n",
		  "prc_sptie_lmp" },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		look("x.csv", cases[i].text);
		is(cases[i].feed, "left out");
		assert_non_null(facts.feed->left_out);
	}
}

static void errors_of_oasis_are_said(void **state)
{
	(void)state;
	look("INVALID_REQUEST.xml",
	     "<?xml version=\"1.0\"?>\n<m:OASISReport><m:ERROR>\n<m:ERR_CODE>1000</m:ERR_CODE>\n"
	     "<m:ERR_DESC>No data returned for the specified selection</m:ERR_DESC>\n</m:ERROR></m:OASISReport>");
	is_not(GPQ_E_UNRECOGNISED, "1000, No data returned for the specified selection");
	look("x.xml", "<?xml version=\"1.0\"?><m:OASISReport xmlns:m=\"x\"><m:REPORT_DATA/></m:OASISReport>");
	is_not(GPQ_E_UNRECOGNISED, "report of OASIS");
}

#define LAYOUT_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		LAYOUT_TEST(a_day_without_its_date_fails),
		LAYOUT_TEST(more_lines_above_than_a_feed_has_are_none_of_it),
		LAYOUT_TEST(a_second_table_begins_within_the_head),
		LAYOUT_TEST(titles_tell_the_market_and_a_line_the_date),
		LAYOUT_TEST(what_titles_do_not_tell_the_name_does),
		LAYOUT_TEST(a_name_that_contradicts_content_is_warned_of),
		LAYOUT_TEST(names_tell_how_final_prices_are),
		LAYOUT_TEST(bundles_are_told_by_their_names),
		LAYOUT_TEST(five_minute_stamps_are_by_the_markets_clock),
		LAYOUT_TEST(both_tables_are_found),
		LAYOUT_TEST(days_that_were_put_together_are_refused),
		LAYOUT_TEST(an_input_is_bound_again_as_it_was),
		LAYOUT_TEST(the_market_run_of_the_lines_tells),
		LAYOUT_TEST(services_are_told_by_the_run_too),
		LAYOUT_TEST(what_is_left_out_is_named),
		LAYOUT_TEST(errors_of_oasis_are_said),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
