// SPDX-License-Identifier: MIT
#include "input/name_facts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static enum gpq_finality finality(const struct gpq_market *market, const char *base, const char *path)
{
	return gpq_name_finality(market, gpq_text_of(base), gpq_text_of(path));
}

static void words_of_the_base_name_tell_how_final(void **state)
{
	(void)state;
	assert_int_equal(finality(&gpq_market_miso, "20190310.csv", "x/20190310.csv"), GPQ_FINALITY_UNMARKED);
	assert_int_equal(finality(&gpq_market_miso, "20190310_rt_lmp_final.csv", ""), GPQ_FINALITY_FINAL);
	assert_int_equal(finality(&gpq_market_miso, "20190310_RT_LMP_Prelim.csv", ""), GPQ_FINALITY_PRELIM);
	/* Folders don't count. */
	assert_int_equal(finality(&gpq_market_miso, "20190310.csv", "prelim/20190310.csv"), GPQ_FINALITY_UNMARKED);
	/* Nor do words of another market. */
	assert_int_equal(finality(&gpq_market_pjm, "rt_lmp_final.csv", ""), GPQ_FINALITY_UNMARKED);
}

static void repriced_is_also_a_folder(void **state)
{
	(void)state;
	static const struct gpq_finality_word words[] = {
		{ "prelim", GPQ_FINALITY_PRELIM, false },
		{ "-r1-", GPQ_FINALITY_REPRICED, false },
		{ "reprice", GPQ_FINALITY_REPRICED, true },
		{ "final", GPQ_FINALITY_FINAL, false },
	};
	struct gpq_market market = { .finality_words = words, .n_finality_words = 4 };
	assert_int_equal(finality(&market, "a.csv", "2016/RePrice/a.csv"), GPQ_FINALITY_REPRICED);
	assert_int_equal(finality(&market, "a.csv", "x.zip!RePrice/a.csv"), GPQ_FINALITY_REPRICED);
	assert_int_equal(finality(&market, "DAMKT-LMP-SL-2016-R1-RC4.csv", ""), GPQ_FINALITY_REPRICED);
	assert_int_equal(finality(&market, "a.csv", "2016/a.csv"), GPQ_FINALITY_UNMARKED);
	assert_int_equal(finality(&market, "a.csv", "2016-r1-x/a.csv"), GPQ_FINALITY_UNMARKED); /* no word of folders */
	assert_int_equal(finality(&market, "final_prelim.csv", ""), GPQ_FINALITY_FINAL); /* the most final counts */
	assert_int_equal(finality(&market, "prelim.csv", "reprice/prelim.csv"), GPQ_FINALITY_REPRICED);
}

static uint32_t published(const char *name)
{
	return gpq_name_published_s(&gpq_market_caiso, gpq_text_of(name));
}

/* Seconds from Python: calendar.timegm((2020, 5, 11, 16, 8, 16)) */
static void oasis_names_tell_when_they_were_made(void **state)
{
	(void)state;
	assert_int_equal(published("20181013_20181107_PRC_LMP_DAM_20200511_16_08_16_v1.csv"), 1589213296);
	assert_int_equal(published("20181013_20181107_PRC_LMP_DAM_20200511_16_08_16_V12.csv"), 1589213296);
	/* Of a member without, its archive's; of nested ones the nearest's. */
	assert_int_equal(published("a_20200511_16_08_16_v1.zip!m_PRC_LMP_DAM_LMP_v12.csv"), 1589213296);
	assert_int_equal(published("a_20200511_16_08_17_v1.zip!b_20200511_16_08_16_v1.zip!m.csv"), 1589213296);
	assert_int_equal(published("a_20200511_16_08_17_v1.zip!m_20200511_16_08_16_v1.csv"), 1589213296);
	/* No stamp, or none that is a time. */
	assert_int_equal(published("20181104_20181104_DAM_LMP_GRP_N_N_v12_csv.zip"), 0);
	assert_int_equal(published("x_20201311_16_08_16_v1.csv"), 0);
	assert_int_equal(published("x_20200230_16_08_16_v1.csv"), 0);
	assert_int_equal(published("x_20200511_24_08_16_v1.csv"), 0);
	assert_int_equal(published("x_20200511_16_08_16.csv"), 0);
	assert_int_equal(published("_20200511_16_08_16_"), 0);
	assert_int_equal(published(""), 0);
	assert_int_equal(gpq_name_published_s(&gpq_market_miso, gpq_text_of("x_20200511_16_08_16_v1.csv")), 0);
}

static uint32_t published_by_ercot(const char *name)
{
	return gpq_name_published_s(&gpq_market_ercot, gpq_text_of(name));
}

/* Seconds from Python: calendar.timegm((2026, 6, 25, 0, 40, 20)), ((2025, 4, 10, 18, 30, 12)) */
static void mis_names_tell_when_they_were_published(void **state)
{
	(void)state;
	static const char cdr[] = "cdr.00012300.0000000000000000.20260625.004020.LMPSROSNODENP6788_20260625_004018.csv";
	assert_int_equal(published_by_ercot(cdr), 1782348020);
	assert_int_equal(published_by_ercot("CDR.00012301.0000000000000000.20250410.183012345.SPPHLZNP6905_20250410_1830.csv"),
			 1744309812);
	assert_int_equal(published_by_ercot("00012301_20250410_183012345_1044512345.zip!rtm.csv"), 1744309812);
	assert_int_equal(published_by_ercot("00012301_20250410_183012_1044512345.zip!a/rtm.csv"), 1744309812);
	/* The member's own counts, not its archive's; of archives the nearest. */
	assert_int_equal(published_by_ercot(
				 "00012301_20260625_004020000_1.zip!"
				 "cdr.00012301.0000000000000000.20250410.183012.SPPHLZNP6905_20250410_1830.csv"),
			 1744309812);
	assert_int_equal(published_by_ercot("00012301_20260625_004020000_1.zip!00012301_20250410_183012345_2.zip!rtm.csv"),
			 1744309812);
	/* Names of yearly products and renamed files have none; nor has what is no time or stands elsewhere. */
	static const char *const none[] = { "",
					    "cdr.",
					    "cdr.1.2.",
					    "cdr.00012301.0000000000000000.20250410",
					    "cdr.00012301.0000000000000000.20250410.1830",
					    "cdr.00012301.0000000000000000.20250410.183012",
					    "cdr.00012301.0000000000000000.20250410.1830121.x.csv",
					    "cdr.00012301.0000000000000000.20250431.183012.x.csv",
					    "cdr.00012301.0000000000000000.20250410.243012.x.csv",
					    "cdr.00012301.0000000000000000.20250410.186012.x.csv",
					    "rpt.00013060.0000000000000000.DAMLZHBSPP_2024.csv",
					    "SPPHLZNP6905_20250410_183012_x.csv",
					    "00012301_20250410.csv",
					    "00012301_20250410_183012.csv",
					    "0012301_20250410_183012345_1.zip",
					    "dam_4-11-25.csv" };
	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++)
		assert_int_equal(published_by_ercot(none[i]), 0);
}

static void names_begin_with_a_day(void **state)
{
	(void)state;
	int32_t day = -7;
	assert_false(gpq_name_day(gpq_text_of("2019031"), &day));
	assert_false(gpq_name_day(gpq_text_of("201903101_x.csv"), &day)); /* a longer number is none */
	assert_false(gpq_name_day(gpq_text_of("20190230_x.csv"), &day));
	assert_false(gpq_name_day(gpq_text_of("x20190310.csv"), &day));
	assert_int_equal(day, -7);
	assert_true(gpq_name_day(gpq_text_of("20190310_rt_lmp_final.csv"), &day));
	assert_int_equal(day, 17965);
	assert_true(gpq_name_day(gpq_text_of("19700102"), &day));
	assert_int_equal(day, 1);
}

static void parts_of_a_name_come_from_within(void **state)
{
	(void)state;
	struct gpq_text name = gpq_text_of("a.zip!b.zip!c.csv");
	assert_true(gpq_text_equal(gpq_name_next(&name), gpq_text_of("c.csv")));
	assert_true(gpq_text_equal(gpq_name_next(&name), gpq_text_of("b.zip")));
	assert_true(gpq_text_equal(gpq_name_next(&name), gpq_text_of("a.zip")));
	assert_null(gpq_name_next(&name).bytes);
	assert_null(gpq_name_next(&name).bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_of_the_base_name_tell_how_final),
		cmocka_unit_test(repriced_is_also_a_folder),
		cmocka_unit_test(oasis_names_tell_when_they_were_made),
		cmocka_unit_test(mis_names_tell_when_they_were_published),
		cmocka_unit_test(names_begin_with_a_day),
		cmocka_unit_test(parts_of_a_name_come_from_within),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
