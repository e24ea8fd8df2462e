/*
 * convert/sidecar.h - what stands beside the Parquet files: metadata of locations and markets, and where the inputs were.
 *
 *   <out>/metadata/{hubs,nodes,zones,ancillary_services}/<iso>_*.json, <out>/metadata/market_info.json
 *   <out>/.gridpq/inputs.tsv     path, stored bytes, XXH3-128 of the content: for 'gridpq trace'
 */
#ifndef GPQ_CONVERT_SIDECAR_H
#define GPQ_CONVERT_SIDECAR_H

#include "convert/run.h"

GPQ_MUST_USE enum gpq_status gpq_sidecar_metadata(struct gpq_run *run, struct gpq_error *err);
GPQ_MUST_USE enum gpq_status gpq_sidecar_inputs(struct gpq_run *run, struct gpq_error *err);

#endif
