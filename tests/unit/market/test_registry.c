// SPDX-License-Identifier: MIT
#include "market/market.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define MAX_NAMES 64

static struct gpq_text text(const char *terminated)
{
	return gpq_text_of(terminated);
}

/* Cuts a header line at its commas and recognises it. */
static struct gpq_candidates recognise(const char *header)
{
	struct gpq_text names[MAX_NAMES];
	uint32_t count = 0;
	for (const char *at = header;; at++) {
		size_t len = strcspn(at, ",");
		assert_true(count < MAX_NAMES);
		names[count++] = (struct gpq_text){ at, (uint32_t)len };
		at += len;
		if (!*at)
			break;
	}
	struct gpq_candidates found;
	gpq_market_recognise(names, count, &found);
	return found;
}

/* The ids of the feeds found, with commas, in the order of the tables. */
static void assert_found(const struct gpq_candidates *found, const char *wanted)
{
	char ids[512] = "";
	for (uint32_t k = 0; k < found->count; k++) {
		if (k)
			strcat(ids, ",");
		strcat(ids, found->items[k].feed->id);
		assert_ptr_equal(found->items[k].market, &gpq_market_pjm);
	}
	assert_string_equal(ids, wanted);
}

static void assert_outputs(const struct gpq_candidates *found, const char *wanted)
{
	char ids[512] = "";
	for (uint32_t k = 0; k < found->count; k++) {
		if (k)
			strcat(ids, ",");
		strcat(ids, found->items[k].feed->outputs[0]->id);
	}
	assert_string_equal(ids, wanted);
}

/* Headers as they are published: written down from real files and the operator's lists, not from the tables. */
#define STAMPS     "datetime_beginning_utc,datetime_beginning_ept"
#define PLACE      ",pnode_id,pnode_name,voltage,equipment,type,zone"
#define PRICES(m)  ",system_energy_price_" m ",total_lmp_" m ",congestion_price_" m ",marginal_loss_price_" m
#define CURRENT    ",row_is_current,version_nbr"
#define DA_HRL     STAMPS PLACE PRICES("da") CURRENT
#define RT_HRL     STAMPS PLACE PRICES("rt") CURRENT
#define MONTHLY    STAMPS PLACE PRICES("rt") PRICES("da")
#define UNVERIFIED STAMPS ",pnode_name,type,total_lmp_rt,congestion_price_rt,marginal_loss_price_rt"
#define UNVERIFIED_5                                                                                                   \
	STAMPS ",pnode_id,pnode_name,type,total_lmp_rt,congestion_price_rt,marginal_loss_price_rt,occ_check"
#define ANCILLARY  STAMPS ",ancillary_service,unit,value,row_is_current,version_nbr"
#define DA_RESERVE STAMPS ",locale,service,mcp,mcp_capped,as_req_mw,total_mw,as_mw,ss_mw,ircmwt2,dsr_as_mw,nsr_mw"
#define RT_RESERVE                                                                                                     \
	STAMPS ",locale,service,mcp,mcp_capped,reg_ccp,reg_pcp,as_req_mw,total_mw,as_mw,ss_mw,tier1_mw,ircmwt2,"       \
	       "dsr_as_mw,nsr_mw,regd_mw"
#define REGULATION                                                                                                     \
	STAMPS ",requirement,regd_ssmw,rega_ssmw,regd_procure,rega_procure,total_mw,deficiency,rto_perfscore,"         \
	       "rega_mileage,regd_mileage,rega_hourly,regd_hourly,is_approved,modified_datetime_utc"
#define REG_PRICES                                                                                                     \
	STAMPS ",area,reserve_quantity,reserve_requirement,market_clearing_price,market_capped_clearing_price,"        \
	       "capability_clearing_price,performance_clearing_price"
#define ANY_ANCILLARY "da_ancillary_services,ancillary_services,ancillary_services_fivemin_hrl"

static void nothing_is_recognised_in_what_is_no_header(void **state)
{
	(void)state;
	struct gpq_candidates found;
	gpq_market_recognise(NULL, 0, &found);
	assert_int_equal(found.count, 0);
	static const char *const none[] = { "",
					    ",,,",
					    "a,b,c",
					    "<!DOCTYPE html>",
					    "datetime_beginning_utc",
					    "total_lmp_da",
					    "1/1/2024 5:00:00 AM,1/1/2024 12:00:00 AM,1,PJM-RTO",
					    "Time Stamp,Name,PTID,LBMP ($/MWHr)",
					    "DeliveryDate,SettlementPoint,SettlementPointPrice,DSTFlag",
					    STAMPS ",value",
					    STAMPS ",mcp,total_mw",
					    STAMPS ",requirement,total_mw" };
	for (size_t k = 0; k < sizeof(none) / sizeof(none[0]); k++) {
		found = recognise(none[k]);
		assert_int_equal(found.count, 0);
	}
}

static void published_headers_are_recognised(void **state)
{
	(void)state;
	static const struct {
		const char *header, *feeds;
	} cases[] = {
		{ DA_HRL, "da_hrl_lmps" },
		{ RT_HRL, "rt_hrl_lmps,rt_fivemin_hrl_lmps" },
		{ MONTHLY, "rt_da_monthly_lmps,rt_fivemin_mnt_lmps" },
		{ STAMPS PLACE PRICES("rt"), "rt_hrl_lmps,rt_fivemin_hrl_lmps" },
		{ UNVERIFIED, "rt_unverified_hrl_lmps,rt_unverified_fivemin_lmps" },
		{ UNVERIFIED_5 ",ref_caseid_used_multi_interval", "rt_unverified_fivemin_lmps" },
		{ ANCILLARY, ANY_ANCILLARY },
		{ STAMPS ",ancillary_service,unit,value,version_nbr,row_is_current", ANY_ANCILLARY },
		{ DA_RESERVE, "da_reserve_market_results,reserve_market_results,reserve_market_results" },
		{ RT_RESERVE, "reserve_market_results,reserve_market_results" },
		{ REGULATION, "reg_market_results,reg_market_results" },
		{ REG_PRICES, "reg_prices" },
		{ "case_approval_datetime_utc,datetime_beginning_utc,itsced_lmp,marginal_congestion,marginal_loss,"
		  "pnode_id,"
		  "pnode_name",
		  "five_min_itsced_lmps" },
		{ STAMPS ",name,type,five_min_rtlmp,hourly_lmp", "unverified_five_min_lmps" },
	};
	for (size_t k = 0; k < sizeof(cases) / sizeof(cases[0]); k++) {
		struct gpq_candidates found = recognise(cases[k].header);
		assert_found(&found, cases[k].feeds);
	}
}

static void order_case_blanks_and_missing_optional_columns_do_not_matter(void **state)
{
	(void)state;
	static const char *const day_ahead[] = {
		"version_nbr,total_lmp_da,zone,pnode_id,datetime_beginning_utc",
		"\xEF\xBB\xBF" DA_HRL, /* with a byte order mark */
		" Datetime Beginning UTC , PNODE_ID,Total LMP DA\r",
		"datetimebeginningutc,totallmpda",
		",datetime_beginning_utc,pnode_id,total_lmp_da", /* a data frame's index has no name */
		DA_HRL ",surplus,columns",
	};
	for (size_t k = 0; k < sizeof(day_ahead) / sizeof(day_ahead[0]); k++) {
		struct gpq_candidates found = recognise(day_ahead[k]);
		assert_found(&found, "da_hrl_lmps");
	}
	/* A subset of a verified feed is not taken for the unverified one, which has fewer columns. */
	struct gpq_candidates found =
	    recognise("datetime_beginning_utc,pnode_id,total_lmp_rt,row_is_current,version_nbr");
	assert_found(&found, "rt_hrl_lmps,rt_fivemin_hrl_lmps");
	found = recognise("datetime_beginning_utc,pnode_id,system_energy_price_rt,total_lmp_rt");
	assert_found(&found, "rt_hrl_lmps,rt_fivemin_hrl_lmps");
}

static void a_key_column_that_is_missing_is_no_reason_not_to_recognise(void **state)
{
	(void)state;
	struct gpq_candidates found = recognise("datetime_beginning_utc,pnode_name,total_lmp_da,row_is_current");
	assert_found(&found, "da_hrl_lmps");
	const struct gpq_dataset *dataset = found.items[0].feed->outputs[0];
	assert_int_equal(dataset->key_texts, 1 << GPQ_TEXT_ID); /* so that the run can say what is missing */
}

static void columns_are_found_by_name(void **state)
{
	(void)state;
	struct gpq_candidates found = recognise(DA_HRL);
	const struct gpq_feed *feed = found.items[0].feed;
	assert_null(gpq_market_feed_column(feed, text("")));
	assert_null(gpq_market_feed_column(feed, text("total_lmp_rt")));
	assert_null(gpq_market_feed_column(feed, text("pnode_i")));
	assert_null(gpq_market_feed_column(feed, text("pnode_idd")));
	const struct gpq_feed_column *column = gpq_market_feed_column(feed, text("Total LMP da"));
	assert_non_null(column);
	assert_int_equal(column->role, GPQ_ROLE_CELL);
	assert_int_equal(column->column, GPQ_COLUMN_LMP_TOTAL);
	assert_int_equal(gpq_market_feed_column(feed, text("voltage"))->role, GPQ_ROLE_VOLTAGE);
	assert_int_equal(gpq_market_feed_column(feed, text("row_is_current"))->role, GPQ_ROLE_IGNORE);
	/* One row, two datasets: the suffix says which output a price belongs to. */
	found = recognise(MONTHLY);
	feed = found.items[0].feed;
	for (int suffix = 0; suffix < 2; suffix++) {
		column = gpq_market_feed_column(feed, text(suffix ? "congestion_price_da" : "congestion_price_rt"));
		assert_string_equal(feed->outputs[column->output - 1]->market_type, suffix ? "DA" : "RT");
	}
}

static void names_are_folded_and_cut_at_the_cap(void **state)
{
	(void)state;
	char out[8];
	memset(out, '#', sizeof(out));
	assert_int_equal(gpq_market_name_fold(text("\xEF\xBB\xBF A_b\tC"), out, sizeof(out)), 3);
	assert_memory_equal(out, "abc#####", 8);
	assert_int_equal(gpq_market_name_fold(text("ABCDEFGHIJ"), out, 4), 4);
	assert_memory_equal(out, "abcd####", 8);
	assert_int_equal(gpq_market_name_fold(text("abc"), out, 0), 0);
	assert_int_equal(gpq_market_name_fold((struct gpq_text){ NULL, 0 }, out, sizeof(out)), 0);
	/* Letters beyond ASCII stay as they are. */
	assert_int_equal(gpq_market_name_fold(text("\xC3\x84"), out, sizeof(out)), 2);
	assert_memory_equal(out, "\xC3\x84", 2);
}

static void the_step_decides_where_it_can(void **state)
{
	(void)state;
	static const struct {
		const char *header;
		uint32_t step_minutes;
		bool off_hour;
		const char *outputs;
	} cases[] = {
		{ RT_HRL, 5, false, "rt_energy_5min" },
		{ RT_HRL, 10, false, "rt_energy_5min" }, /* one interval is missing */
		{ RT_HRL, 60, false, "rt_energy_hourly" },
		{ RT_HRL, 24 * 60, false, "rt_energy_hourly" },
		{ RT_HRL, 0, true, "rt_energy_5min" },
		{ RT_HRL, 0, false, "rt_energy_hourly,rt_energy_5min" },
		{ RT_HRL, 7, false, "rt_energy_hourly,rt_energy_5min" }, /* neither */
		{ UNVERIFIED, 60, false, "rt_energy_hourly_unverified" },
		{ UNVERIFIED, 5, false, "rt_energy_5min_unverified" },
		{ MONTHLY, 60, false, "da_energy_hourly" },
		{ MONTHLY, 5, false, "rt_energy_5min" },
		{ ANCILLARY, 5, false, "rt_ancillary_5min" },
		{ ANCILLARY, 60, false, "da_ancillary_hourly,rt_ancillary_hourly" },
		{ ANCILLARY, 0, true, "rt_ancillary_5min" },
		{ DA_RESERVE, 60, false, "da_reserve_hourly,rt_reserve_hourly" },
		{ DA_RESERVE, 5, false, "rt_reserve_5min" },
		{ RT_RESERVE, 60, false, "rt_reserve_hourly" },
		{ RT_RESERVE, 5, false, "rt_reserve_5min" },
		{ REGULATION, 60, false, "rt_regulation_hourly" },
		{ REGULATION, 30, false, "rt_regulation_30min" },
		{ REGULATION, 0, true, "rt_regulation_30min" },
	};
	for (size_t k = 0; k < sizeof(cases) / sizeof(cases[0]); k++) {
		struct gpq_candidates found = recognise(cases[k].header);
		gpq_market_choose_by_step(&found, cases[k].step_minutes, cases[k].off_hour);
		assert_outputs(&found, cases[k].outputs);
	}
	struct gpq_candidates none = { .count = 0 };
	gpq_market_choose_by_step(&none, 5, false);
	assert_int_equal(none.count, 0);
}

static void the_name_decides_where_content_cannot(void **state)
{
	(void)state;
	static const struct {
		const char *header, *name, *outputs;
	} cases[] = {
		{ RT_HRL, "rt_hrl_lmps (1).csv", "rt_energy_hourly" },
		{ RT_HRL, "rt_fivemin_hrl_lmps.csv", "rt_energy_5min" },
		{ RT_HRL, "PJM_RT_FiveMin_HRL_LMPs.csv.gz", "rt_energy_5min" },
		{ RT_HRL, "hubs-5min.csv", "rt_energy_5min" },
		{ RT_HRL, "hubs.csv", "rt_energy_hourly,rt_energy_5min" },
		{ RT_HRL, "", "rt_energy_hourly,rt_energy_5min" },
		{ UNVERIFIED, "rt_unverified_hrl_lmps.csv", "rt_energy_hourly_unverified" },
		{ MONTHLY, "rt_da_monthly_lmps.csv", "da_energy_hourly" },
		{ MONTHLY, "rt_fivemin_mnt_lmps.csv", "rt_energy_5min" },
		{ ANCILLARY, "da_ancillary_services.csv", "da_ancillary_hourly" },
		{ ANCILLARY, "DA_2024.csv", "da_ancillary_hourly" },
		{ ANCILLARY, "pjm_da_ancillary_services_5.csv", "da_ancillary_hourly" },
		{ ANCILLARY, "ancillary_services.csv", "rt_ancillary_hourly" },
		{ ANCILLARY, "canada_ancillary_services.csv", "rt_ancillary_hourly" },
		{ ANCILLARY, "ancillary_services_fivemin_hrl.csv", "rt_ancillary_5min" },
		{ ANCILLARY, "services.csv", "da_ancillary_hourly,rt_ancillary_hourly,rt_ancillary_5min" },
		{ DA_RESERVE, "da_reserve_market_results.csv", "da_reserve_hourly" },
		{ DA_RESERVE, "reserve_market_results.csv", "rt_reserve_hourly,rt_reserve_5min" },
		{ RT_RESERVE, "reserve_market_results.csv", "rt_reserve_hourly,rt_reserve_5min" },
		{ RT_RESERVE, "reserve_market_results_5min.csv", "rt_reserve_5min" },
	};
	for (size_t k = 0; k < sizeof(cases) / sizeof(cases[0]); k++) {
		struct gpq_candidates found = recognise(cases[k].header);
		gpq_market_choose_by_name(&found, text(cases[k].name));
		assert_outputs(&found, cases[k].outputs);
	}
}

static void what_nothing_knows_cannot_be_assumed(void **state)
{
	(void)state;
	static const char *const none[] = { "",
					    "/",
					    ":",
					    "pjm",
					    "pjm/",
					    "pjm/nothing",
					    "/da_energy_hourly",
					    "aeso/da_energy_hourly",
					    "pjm/da_energy_hourly:",
					    "pjm/da_energy_hourly:rt_hrl_lmps",
					    "pjm/da_energy_hourly2",
					    "pjm/da_energy_hourl",
					    "pjm/five_min_itsced_lmps" };
	struct gpq_candidates out;
	memset(&out, 0x5A, sizeof(out));
	struct gpq_candidates before = out;
	for (size_t k = 0; k < sizeof(none) / sizeof(none[0]); k++) {
		assert_false(gpq_market_assume(text(none[k]), &out));
		assert_memory_equal(&out, &before, sizeof(out));
	}
}

static void a_dataset_can_be_assumed_with_or_without_its_feed(void **state)
{
	(void)state;
	struct gpq_candidates found;
	assert_true(gpq_market_assume(text("pjm/da_energy_hourly"), &found));
	assert_found(&found, "da_hrl_lmps,rt_da_monthly_lmps");
	assert_true(gpq_market_assume(text("PJM/RT_Energy_Hourly"), &found));
	assert_found(&found, "rt_hrl_lmps,rt_da_monthly_lmps");
	assert_true(gpq_market_assume(text("Pjm/rt_energy_5min:RT_FIVEMIN_MNT_LMPS"), &found));
	assert_found(&found, "rt_fivemin_mnt_lmps");
	assert_true(gpq_market_assume(text("pjm/rt_reserve_5min:reserve_market_results"), &found));
	assert_outputs(&found, "rt_reserve_5min");
}

static void products_have_standard_names_where_known(void **state)
{
	(void)state;
	static const struct {
		const char *published, *standard;
	} cases[] = {
		{ "SR", "SPIN" },
		{ "REG", "REG" },
		{ "30MIN", "RESERVE_30" },
		{ "PR", NULL },
		{ "RTO Synchronized Reserve", "SPIN" },
		{ "MAD Non-Synchronized Reserve", "NON_SPIN" },
		{ "RTO Secondary Reserve", "RESERVE_30" },
		{ "RTO Mileage Ratio", NULL },
		{ "something new", NULL },
		{ "", NULL },
	};
	for (size_t k = 0; k < sizeof(cases) / sizeof(cases[0]); k++) {
		const char *standard = gpq_market_product_standard(&gpq_market_pjm, text(cases[k].published));
		if (cases[k].standard)
			assert_string_equal(standard, cases[k].standard);
		else
			assert_null(standard);
	}
	assert_null(gpq_market_product_standard(&gpq_market_pjm, (struct gpq_text){ NULL, 0 }));
}

static void blank_names_and_hours_are_told_by_their_place(void **state)
{
	(void)state;
	const struct gpq_feed *feed = NULL;
	for (uint32_t f = 0; f < gpq_market_miso.n_feeds; f++)
		if (strcmp(gpq_market_miso.feeds[f]->id, "asm_rtmcp") == 0)
			feed = gpq_market_miso.feeds[f];
	assert_non_null(feed);
	const struct gpq_text names[] = { gpq_text_of("MCP Type"), gpq_text_of("HE 0"),	  gpq_text_of("\xEF\xBB\xBF "),
					  gpq_text_of(" HE 09"),   gpq_text_of("HE 25"),  gpq_text_of(""),
					  gpq_text_of("HE2"),	   gpq_text_of("HE 001"), gpq_text_of("\t") };
	struct gpq_header_names header = { names, 9, 0 };
	uint32_t hour;
	assert_ptr_equal(gpq_market_header_column(feed, &header, 2, &hour), &feed->columns[0]);
	assert_ptr_equal(gpq_market_header_column(feed, &header, 5, &hour), &feed->columns[1]);
	assert_null(gpq_market_header_column(feed, &header, 8, &hour)); /* the feed has two */
	assert_ptr_equal(gpq_market_header_column(feed, &header, 0, &hour), &feed->columns[2]);
	assert_int_equal(hour, 0);
	assert_ptr_equal(gpq_market_header_column(feed, &header, 3, &hour), &feed->columns[3]);
	assert_int_equal(hour, 9);
	assert_ptr_equal(gpq_market_header_column(feed, &header, 6, &hour), &feed->columns[3]);
	assert_int_equal(hour, 2);
	assert_null(gpq_market_header_column(feed, &header, 1, &hour));
	assert_null(gpq_market_header_column(feed, &header, 4, &hour));
	assert_null(gpq_market_header_column(feed, &header, 7, &hour));
	assert_null(gpq_market_feed_column(feed, gpq_text_of("")));
	/* A column of the second table is none of the first. */
	const struct gpq_text pnode = gpq_text_of("Pnode");
	assert_null(gpq_market_header_column(feed, &(struct gpq_header_names){ &pnode, 1, 0 }, 0, &hour));
	assert_ptr_equal(gpq_market_header_column(feed, &(struct gpq_header_names){ &pnode, 1, 1 }, 0, &hour),
			 &feed->second_columns[0]);
	assert_false(gpq_market_is_second(feed, &pnode, 1));
	assert_false(gpq_market_is_second(gpq_market_pjm.feeds[0], &pnode, 1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_recognised_in_what_is_no_header),
		cmocka_unit_test(published_headers_are_recognised),
		cmocka_unit_test(order_case_blanks_and_missing_optional_columns_do_not_matter),
		cmocka_unit_test(a_key_column_that_is_missing_is_no_reason_not_to_recognise),
		cmocka_unit_test(columns_are_found_by_name),
		cmocka_unit_test(names_are_folded_and_cut_at_the_cap),
		cmocka_unit_test(the_step_decides_where_it_can),
		cmocka_unit_test(the_name_decides_where_content_cannot),
		cmocka_unit_test(what_nothing_knows_cannot_be_assumed),
		cmocka_unit_test(a_dataset_can_be_assumed_with_or_without_its_feed),
		cmocka_unit_test(blank_names_and_hours_are_told_by_their_place),
		cmocka_unit_test(products_have_standard_names_where_known),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
