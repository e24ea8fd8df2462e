// SPDX-License-Identifier: MIT
#include "convert/feed_binding.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define MAX_NAMES 80

static struct gpq_text names[MAX_NAMES];
static char header_text[4096];

static uint32_t header_split(const char *header)
{
	uint32_t n = 0;
	snprintf(header_text, sizeof(header_text), "%s", header);
	for (char *at = header_text; at;) {
		char *comma = strchr(at, ',');
		names[n++] = (struct gpq_text){ at, (uint32_t)(comma ? (size_t)(comma - at) : strlen(at)) };
		at = comma ? comma + 1 : NULL;
	}
	return n;
}

static const struct gpq_feed *feed_named(const char *id)
{
	for (uint32_t f = 0; f < gpq_market_pjm.n_feeds; f++)
		if (strcmp(gpq_market_pjm.feeds[f]->id, id) == 0)
			return gpq_market_pjm.feeds[f];
	fail_msg("no feed %s", id);
	return NULL;
}

static enum gpq_status bind(const char *feed, const char *header, struct gpq_feed_binding *binding,
			    struct gpq_error *err)
{
	uint32_t n = header_split(header);
	return gpq_feed_binding_init(binding, &gpq_market_pjm, feed_named(feed), names, n, err);
}

#define DA_HEADER                                                                                                      \
	"datetime_beginning_utc,datetime_beginning_ept,pnode_id,pnode_name,voltage,equipment,type,zone,"               \
	"system_energy_price_da,total_lmp_da,congestion_price_da,marginal_loss_price_da,row_is_current,version_nbr"

static void without_the_key_there_is_no_binding(void **state)
{
	(void)state;
	struct gpq_feed_binding binding, before;
	struct gpq_error err;
	memset(&before, 0xA5, sizeof(before));
	binding = before;
	assert_int_equal(bind("da_hrl_lmps", "datetime_beginning_utc,pnode_name,total_lmp_da", &binding, &err),
			 GPQ_E_DATA);
	assert_non_null(strstr(err.message, "location id"));
	assert_non_null(strstr(err.message, "da_hrl_lmps"));
	assert_int_equal(bind("da_hrl_lmps", "pnode_id,pnode_name,total_lmp_da", &binding, &err), GPQ_E_DATA);
	assert_non_null(strstr(err.message, "start"));
	assert_int_equal(bind("rt_unverified_hrl_lmps", "datetime_beginning_utc,type,total_lmp_rt", &binding, &err),
			 GPQ_E_DATA);
	assert_memory_equal(&binding, &before, sizeof(before));
}

static void a_column_that_stands_twice_is_refused(void **state)
{
	(void)state;
	struct gpq_feed_binding binding;
	struct gpq_error err;
	assert_int_equal(
	    bind("da_hrl_lmps", "datetime_beginning_utc,pnode_id,total_lmp_da,Total LMP DA", &binding, &err),
	    GPQ_E_DATA);
	assert_int_equal(err.field, 4);
	assert_non_null(strstr(err.message, "Total LMP DA"));
	assert_int_equal(
	    bind("da_hrl_lmps", "datetime_beginning_utc,datetime_beginning_utc,pnode_id,total_lmp_da", &binding, &err),
	    GPQ_E_DATA);
	assert_int_equal(err.field, 2);
	assert_int_equal(bind("da_hrl_lmps", "datetime_beginning_utc,pnode_id,pnode_id,total_lmp_da", &binding, &err),
			 GPQ_E_DATA);
	assert_int_equal(err.field, 3);
	/* What nothing uses may stand twice. */
	assert_int_equal(bind("da_hrl_lmps",
			      "datetime_beginning_utc,pnode_id,total_lmp_da,row_is_current,row_is_current,x,x",
			      &binding, &err),
			 GPQ_OK);
	/* NULL takes no error. */
	assert_int_equal(bind("da_hrl_lmps", "datetime_beginning_utc,pnode_id,pnode_id,total_lmp_da", &binding, NULL),
			 GPQ_E_DATA);
}

static void more_columns_than_fit_are_refused(void **state)
{
	(void)state;
	struct gpq_feed_binding binding;
	struct gpq_error err;
	char header[1024] = "datetime_beginning_utc,pnode_id,total_lmp_da";
	for (int i = 3; i < GPQ_BINDING_MAX_FIELDS; i++)
		strcat(header, ",x");
	assert_int_equal(bind("da_hrl_lmps", header, &binding, &err), GPQ_OK);
	assert_int_equal(binding.n_fields, GPQ_BINDING_MAX_FIELDS);
	strcat(header, ",x");
	assert_int_equal(bind("da_hrl_lmps", header, &binding, &err), GPQ_E_DATA);
	assert_non_null(strstr(err.message, "65 columns"));
}

static void every_field_finds_its_place(void **state)
{
	(void)state;
	struct gpq_feed_binding b;
	struct gpq_error err;
	assert_int_equal(bind("da_hrl_lmps", DA_HEADER, &b, &err), GPQ_OK);
	assert_int_equal(b.n_fields, 14);
	assert_int_equal(b.n_outputs, 1);
	assert_string_equal(b.output[0]->id, "da_energy_hourly");
	assert_int_equal(b.start, 0);
	assert_int_equal(b.local, 1);
	assert_int_equal(b.text[GPQ_TEXT_ID], 2);
	assert_int_equal(b.text[GPQ_TEXT_NAME], 3);
	assert_int_equal(b.voltage, 4);
	assert_int_equal(b.text[GPQ_TEXT_EQUIPMENT], 5);
	assert_int_equal(b.text[GPQ_TEXT_TYPE], 6);
	assert_int_equal(b.text[GPQ_TEXT_ZONE], 7);
	assert_int_equal(b.version, 13);
	assert_int_equal(b.location_first, 2);
	assert_int_equal(b.location_last, 7);
	assert_true(b.location_together);
	const struct gpq_dataset *dataset = b.output[0];
	assert_int_equal(b.cell[0][gpq_dataset_cell(dataset, GPQ_COLUMN_LMP_ENERGY)], 8);
	assert_int_equal(b.cell[0][gpq_dataset_cell(dataset, GPQ_COLUMN_LMP_TOTAL)], 9);
	assert_int_equal(b.cell[0][gpq_dataset_cell(dataset, GPQ_COLUMN_LMP_CONGESTION)], 10);
	assert_int_equal(b.cell[0][gpq_dataset_cell(dataset, GPQ_COLUMN_LMP_LOSS)], 11);
}

static void columns_may_stand_in_any_order_and_be_fewer(void **state)
{
	(void)state;
	struct gpq_feed_binding b;
	struct gpq_error err;
	assert_int_equal(
	    bind("da_hrl_lmps", "zone,total_lmp_da,pnode_id,something_new,datetime_beginning_utc,pnode_name", &b, &err),
	    GPQ_OK);
	assert_int_equal(b.start, 4);
	assert_int_equal(b.local, GPQ_NO_FIELD);
	assert_int_equal(b.version, GPQ_NO_FIELD);
	assert_int_equal(b.voltage, GPQ_NO_FIELD);
	assert_int_equal(b.text[GPQ_TEXT_ZONE], 0);
	assert_int_equal(b.text[GPQ_TEXT_ID], 2);
	assert_int_equal(b.text[GPQ_TEXT_NAME], 5);
	assert_int_equal(b.text[GPQ_TEXT_TYPE], GPQ_NO_FIELD);
	assert_int_equal(b.location_first, 0);
	assert_int_equal(b.location_last, 5);
	assert_false(b.location_together);
	assert_int_equal(b.cell[0][gpq_dataset_cell(b.output[0], GPQ_COLUMN_LMP_ENERGY)], GPQ_NO_FIELD);
}

static void one_row_feeds_two_datasets(void **state)
{
	(void)state;
	struct gpq_feed_binding b;
	struct gpq_error err;
	assert_int_equal(
	    bind("rt_da_monthly_lmps",
		 "datetime_beginning_utc,datetime_beginning_ept,pnode_id,pnode_name,voltage,equipment,type,zone,"
		 "system_energy_price_rt,total_lmp_rt,congestion_price_rt,marginal_loss_price_rt,"
		 "system_energy_price_da,total_lmp_da,congestion_price_da,marginal_loss_price_da",
		 &b, &err),
	    GPQ_OK);
	assert_int_equal(b.n_outputs, 2);
	assert_string_equal(b.output[0]->id, "da_energy_hourly");
	assert_string_equal(b.output[1]->id, "rt_energy_hourly");
	assert_int_equal(b.cell[0][gpq_dataset_cell(b.output[0], GPQ_COLUMN_LMP_TOTAL)], 13);
	assert_int_equal(b.cell[1][gpq_dataset_cell(b.output[1], GPQ_COLUMN_LMP_TOTAL)], 9);
	assert_int_equal(b.cell[0][gpq_dataset_cell(b.output[0], GPQ_COLUMN_LMP_LOSS)], 15);
	assert_int_equal(b.cell[1][gpq_dataset_cell(b.output[1], GPQ_COLUMN_LMP_LOSS)], 11);
}

static void services_are_locations_too(void **state)
{
	(void)state;
	struct gpq_feed_binding b;
	struct gpq_error err;
	assert_int_equal(bind("ancillary_services",
			      "datetime_beginning_utc,datetime_beginning_ept,ancillary_service,unit,value", &b, &err),
			 GPQ_OK);
	assert_int_equal(b.text[GPQ_TEXT_PRODUCT], 2);
	assert_int_equal(b.text[GPQ_TEXT_UNIT], 3);
	assert_true(b.location_together);
	/* A feed that names no product has a constant one, and needs no column for it. */
	assert_int_equal(bind("reg_market_results", "datetime_beginning_utc,requirement,total_mw,deficiency", &b, &err),
			 GPQ_OK);
	assert_int_equal(b.location_first, GPQ_NO_FIELD);
}

static void equal_bindings_have_equal_signatures_and_others_not(void **state)
{
	(void)state;
	struct gpq_feed_binding a, b;
	struct gpq_error err;
	assert_int_equal(bind("da_hrl_lmps", DA_HEADER, &a, &err), GPQ_OK);
	assert_int_equal(bind("da_hrl_lmps", DA_HEADER, &b, &err), GPQ_OK);
	assert_true(a.signature == b.signature);
	static const char *const others[] = {
		"datetime_beginning_utc,pnode_id,pnode_name,total_lmp_da",
		"datetime_beginning_utc,pnode_name,pnode_id,total_lmp_da",
		"datetime_beginning_utc,pnode_id,pnode_name,total_lmp_da,voltage",
		"datetime_beginning_utc,pnode_id,pnode_name,total_lmp_da,zone",
		"datetime_beginning_utc,pnode_id,pnode_name,total_lmp_da,type",
	};
	uint64_t seen[6] = { a.signature };
	for (size_t i = 0; i < 5; i++) {
		assert_int_equal(bind("da_hrl_lmps", others[i], &b, &err), GPQ_OK);
		seen[i + 1] = b.signature;
		for (size_t k = 0; k <= i; k++)
			assert_true(seen[k] != b.signature);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_the_key_there_is_no_binding),
		cmocka_unit_test(a_column_that_stands_twice_is_refused),
		cmocka_unit_test(more_columns_than_fit_are_refused),
		cmocka_unit_test(every_field_finds_its_place),
		cmocka_unit_test(columns_may_stand_in_any_order_and_be_fewer),
		cmocka_unit_test(one_row_feeds_two_datasets),
		cmocka_unit_test(services_are_locations_too),
		cmocka_unit_test(equal_bindings_have_equal_signatures_and_others_not),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
