// SPDX-License-Identifier: MIT
/*
 * Nanoseconds a price, a stamp and a lookup of a wall clock take, and bytes a second of the UTF-8 check.
 * Best and worst of seven runs, the first left out, in the process's own time.
 */
#include "cpu/features.h"
#include "measured.h"
#include "value/decimal.h"
#include "value/instant.h"
#include "value/utf8.h"
#include "value/zone.h"

#include <stdio.h>

#define N_TEXTS  20000
#define N_PASSES 50
#define N_RUNS   7

static char pool[N_TEXTS * 40];
static struct gpq_text texts[N_TEXTS];
static uint32_t ends[N_TEXTS + 1] = { UINT32_MAX }; /* the texts as a column of pool */

enum subject { CELL_PORTABLE, CELL_KERNEL, CELLS, STAMP };

/* Words added up, so that nothing is left out. */
static uint64_t run(enum subject subject)
{
	struct gpq_value_kernels kernels = gpq_value_kernels(gpq_cpu_features(GPQ_CPU_ALL));
	uint64_t sum = 0;
	int64_t cell;
	struct gpq_stamp stamp = { 0 };
	static int64_t cells[N_TEXTS];
	struct gpq_text_column column = { pool, ends + 1, 1, 1, N_TEXTS };
	for (int pass = 0; pass < N_PASSES && subject == CELLS; pass++)
		sum += kernels.cells(&column, 6, cells) + (uint64_t)cells[pass];
	for (int pass = 0; pass < N_PASSES && subject != CELLS; pass++)
		for (int i = 0; i < N_TEXTS; i++) {
			if (subject == CELL_PORTABLE)
				sum += gpq_value_cell(texts[i], 6, &cell) + (uint64_t)cell;
			else if (subject == CELL_KERNEL)
				sum += kernels.cell(texts[i], 6, &cell) + (uint64_t)cell;
			else if (subject == STAMP)
				sum += gpq_value_stamp(texts[i], &stamp) + (uint64_t)stamp.civil_s;
		}
	return sum;
}

static void report(const char *name, enum subject subject)
{
	double best = 1e30, worst = 0;
	volatile uint64_t sink = run(subject);
	for (int i = 1; i < N_RUNS; i++) {
		double begin = cpu_ns();
		sink = run(subject);
		double ns = (cpu_ns() - begin) / ((double)N_TEXTS * N_PASSES);
		best = ns < best ? ns : best;
		worst = ns > worst ? ns : worst;
	}
	(void)sink;
	printf("%-44s %7.2f %7.2f ns\n", name, best, worst);
}

/* 'make' prints text 'i' and returns its length. */
static void texts_make(int (*make)(char *out))
{
	size_t at = 0;
	for (int i = 0; i < N_TEXTS; i++) {
		int len = make(pool + at);
		texts[i] = (struct gpq_text){ pool + at, (uint32_t)len };
		at += (size_t)len + 1;
		ends[i + 1] = (uint32_t)at - 1;
	}
}

static int price_six(char *out)
{
	return sprintf(out, "%.6f", ((int)(random_next() % 200000000) - 50000000) / 1e6);
}

static int price_two(char *out)
{
	return sprintf(out, "%.2f", ((int)(random_next() % 20000) - 2000) / 1e2);
}

static int price_trimmed(char *out)
{
	return sprintf(out, "%.*f", (int)(random_next() % 7), ((int)(random_next() % 200000000) - 50000000) / 1e6);
}

static int price_repr(char *out)
{
	return sprintf(out, "%.17g", ((int)(random_next() % 200000000) - 50000000) / 1e6);
}

static int price_exponent(char *out)
{
	return sprintf(out, "%.16e", random_next() / 4e12);
}

static int stamp_pjm(char *out)
{
	unsigned hour = random_next() % 12 + 1;
	return sprintf(out, "%u/%u/2024 %u:00:00 %s", random_next() % 12 + 1, random_next() % 28 + 1, hour,
		       random_next() % 2 ? "AM" : "PM");
}

static int stamp_iso(char *out)
{
	return sprintf(out, "2024-%02u-%02uT%02u:00:00", random_next() % 12 + 1, random_next() % 28 + 1,
		       random_next() % 24);
}

static void report_zone(void)
{
	struct gpq_budget budget;
	struct gpq_zone *zone;
	gpq_budget_init(&budget, (size_t)64 << 10);
	if (gpq_zone_open(&budget, "America/New_York", &zone, NULL) != GPQ_OK)
		return;
	int64_t sum = 0;
	double begin = cpu_ns();
	for (int i = 0; i < 2000000; i++)
		sum += gpq_zone_offset_s(zone, 1700000000 + (int64_t)i * 300);
	double offset_ns = (cpu_ns() - begin) / 2e6;
	begin = cpu_ns();
	for (int i = 0; i < 500000; i++) {
		int64_t instants_s[2];
		sum += gpq_zone_instants(zone, 1700000000 + (int64_t)i * 300, instants_s);
	}
	double instants_ns = (cpu_ns() - begin) / 5e5;
	printf("%-44s %7.2f         ns\n%-44s %7.2f         ns\n", "offset of an instant", offset_ns,
	       "instants of a wall clock", instants_ns);
	if (sum == 1)
		puts("");
	gpq_zone_close(zone);
}

static void report_utf8(void)
{
	static char text[1 << 20];
	memset(text, 'a', sizeof(text));
	double best = 1e30;
	bool all = true;
	for (int i = 0; i < 20; i++) {
		double begin = cpu_ns();
		all &= gpq_value_is_utf8(text, sizeof(text));
		double ns = cpu_ns() - begin;
		best = ns < best ? ns : best;
	}
	printf("%-44s %7.2f         GB/s\n", all ? "UTF-8 check of ASCII" : "?", (double)sizeof(text) / best);
}

int main(void)
{
	static const struct {
		const char *name;
		int (*make)(char *out);
	} prices[] = { { "price, 6 decimals", price_six },
		       { "price, 2 decimals", price_two },
		       { "price, 0..6 decimals", price_trimmed },
		       { "price, 17 digits", price_repr },
		       { "number with an exponent", price_exponent } };
	char name[80];
	for (size_t i = 0; i < sizeof(prices) / sizeof(prices[0]); i++) {
		texts_make(prices[i].make);
		snprintf(name, sizeof(name), "%s, portable", prices[i].name);
		report(name, CELL_PORTABLE);
		snprintf(name, sizeof(name), "%s, this processor", prices[i].name);
		report(name, CELL_KERNEL);
		snprintf(name, sizeof(name), "%s, as a column", prices[i].name);
		report(name, CELLS);
	}
	texts_make(stamp_pjm);
	report("stamp, 7/1/2024 4:00:00 AM", STAMP);
	texts_make(stamp_iso);
	report("stamp, 2024-07-01T04:00:00", STAMP);
	report_zone();
	report_utf8();
	return 0;
}
