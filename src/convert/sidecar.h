/*
 * convert/sidecar.h - what stands beside the Parquet files: metadata of locations and markets, and where the inputs were.
 *
 *   <out>/metadata/{hubs,nodes,zones,ancillary_services}/<iso>_*.json, <out>/metadata/market_info.json
 *   <out>/.gridpq/inputs.tsv     path, stored bytes, XXH3-128 of the content: for 'gridpq trace'
 */
#ifndef GPQ_CONVERT_SIDECAR_H
#define GPQ_CONVERT_SIDECAR_H

#include "convert/run.h"

/* Metadata of each market, and two files more. */
#define GPQ_SIDECARS_MAX 64

/* The files of a run, written under hidden names. Owns the sinks. */
struct gpq_sidecars {
	struct gpq_run *run; /* Borrows */
	struct gpq_sink *sinks[GPQ_SIDECARS_MAX];
	uint32_t count;
};

/*
 * Call order: write_stage, at the end of each stage -> write -> sync -> publish -> close, close at any point. The disk works between writing and syncing. 'sidecars' is
 * the caller's, zeroed.
 * Errors: those of io/sink.h.
 */
GPQ_MUST_USE enum gpq_status gpq_sidecars_write_stage(struct gpq_sidecars *sidecars, struct gpq_run *run,
                                                      struct gpq_error *err);
GPQ_MUST_USE enum gpq_status gpq_sidecars_write(struct gpq_sidecars *sidecars, struct gpq_run *run, struct gpq_error *err);
GPQ_MUST_USE enum gpq_status gpq_sidecars_sync(struct gpq_sidecars *sidecars, struct gpq_error *err);
GPQ_MUST_USE enum gpq_status gpq_sidecars_publish(struct gpq_sidecars *sidecars, struct gpq_error *err);
void gpq_sidecars_close(struct gpq_sidecars *sidecars);

#endif
