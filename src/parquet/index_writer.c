// SPDX-License-Identifier: MIT
#include "parquet/index_writer.h"

static bool page_is_null(const struct gpq_page_record *page)
{
	return page->nulls == page->rows;
}

/* How the bounds of the pages that have any run: whether no step goes down, whether none goes up. */
struct boundary_order {
	bool ascending, descending;
};

/* The bounds as written are compared, since cutting texts may bring them to another order than the values have. */
static bool bound_step(const struct gpq_chunk_job *job, int64_t before, int64_t after, bool upper,
		       struct boundary_order *order)
{
	int step;
	if (job->column->type == GPQ_TYPE_STRING && before != after) {
		struct gpq_bound a, b;
		if (!gpq_chunk_bound(job, before, upper, GPQ_BOUND_INDEX_BYTES, &a) ||
		    !gpq_chunk_bound(job, after, upper, GPQ_BOUND_INDEX_BYTES, &b))
			return false;
		step = gpq_bound_compare(&a, &b);
	} else {
		step = (before > after) - (before < after);
	}
	order->ascending &= step <= 0;
	order->descending &= step >= 0;
	return true;
}

static bool boundary_order(const struct gpq_chunk_job *job, enum gpq_boundary *out)
{
	const struct gpq_page_record *before = NULL;
	struct boundary_order order = { true, true };
	for (uint32_t i = 0; i < job->facts->n_pages; i++) {
		const struct gpq_page_record *page = &job->encoder->pages[i];
		if (page_is_null(page))
			continue;
		if (before && !(bound_step(job, before->min, page->min, false, &order) &&
				bound_step(job, before->max, page->max, true, &order)))
			return false;
		before = page;
	}
	*out = order.ascending    ? GPQ_BOUNDARY_ASCENDING
	       : order.descending ? GPQ_BOUNDARY_DESCENDING
				  : GPQ_BOUNDARY_UNORDERED;
	return true;
}

static bool bounds_put(struct gpq_thrift_writer *writer, const struct gpq_chunk_job *job, int16_t id, bool upper)
{
	gpq_thrift_list_begin(writer, id, GPQ_THRIFT_BINARY, job->facts->n_pages);
	for (uint32_t i = 0; i < job->facts->n_pages; i++) {
		const struct gpq_page_record *page = &job->encoder->pages[i];
		struct gpq_bound bound = { .len = 0 };
		if (!page_is_null(page) &&
		    !gpq_chunk_bound(job, upper ? page->max : page->min, upper, GPQ_BOUND_INDEX_BYTES, &bound))
			return false;
		gpq_thrift_add_binary(writer, bound.bytes, bound.len);
	}
	return true;
}

bool gpq_column_index_put(struct gpq_thrift_writer *writer, const struct gpq_chunk_job *job)
{
	const struct gpq_page_record *pages = job->encoder->pages;
	uint32_t n = job->facts->n_pages;
	enum gpq_boundary order;
	if (!boundary_order(job, &order))
		return false;
	gpq_thrift_list_begin(writer, 1, GPQ_THRIFT_TRUE, n);
	for (uint32_t i = 0; i < n; i++)
		gpq_thrift_add_bool(writer, page_is_null(&pages[i]));
	if (!bounds_put(writer, job, 2, false) || !bounds_put(writer, job, 3, true))
		return false;
	gpq_thrift_put_i32(writer, 4, order);
	gpq_thrift_list_begin(writer, 5, GPQ_THRIFT_I64, n);
	for (uint32_t i = 0; i < n; i++)
		gpq_thrift_add_i64(writer, pages[i].nulls);
	if (job->column->type == GPQ_TYPE_DOUBLE) {
		gpq_thrift_list_begin(writer, 8, GPQ_THRIFT_I64, n); /* nan_counts */
		for (uint32_t i = 0; i < n; i++)
			gpq_thrift_add_i64(writer, 0);
	}
	gpq_thrift_struct_end(writer);
	return !writer->full;
}

void gpq_offset_index_put(struct gpq_thrift_writer *writer, const struct gpq_page_record *pages, uint32_t n_pages,
			  uint64_t offset, bool is_text)
{
	uint64_t row = 0;
	gpq_thrift_list_begin(writer, 1, GPQ_THRIFT_STRUCT, n_pages);
	for (uint32_t i = 0; i < n_pages; i++) {
		gpq_thrift_add_struct_begin(writer);
		gpq_thrift_put_i64(writer, 1, (int64_t)offset);
		gpq_thrift_put_i32(writer, 2, (int32_t)pages[i].stored_bytes);
		gpq_thrift_put_i64(writer, 3, (int64_t)row);
		gpq_thrift_struct_end(writer);
		offset += pages[i].stored_bytes;
		row += pages[i].rows;
	}
	if (is_text) {
		gpq_thrift_list_begin(writer, 2, GPQ_THRIFT_I64, n_pages);
		for (uint32_t i = 0; i < n_pages; i++)
			gpq_thrift_add_i64(writer, pages[i].text_bytes);
	}
	gpq_thrift_struct_end(writer);
}
