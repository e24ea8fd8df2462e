# SPDX-License-Identifier: MIT
"""What all peers share: their arguments, the input's columns, and the line that each prints at its end."""
import argparse
import glob
import json
import os

HEADER = ["datetime_beginning_utc", "datetime_beginning_ept", "pnode_id", "pnode_name", "voltage", "equipment", "type",
          "zone", "system_energy_price_da", "total_lmp_da", "congestion_price_da", "marginal_loss_price_da",
          "row_is_current", "version_nbr"]
BLOCK_ORDER, TIME_ORDER = "block", "time"


def options_read():
    parser = argparse.ArgumentParser()
    parser.add_argument("--input", required=True, help="folder with da_hrl_lmps_*.csv")
    parser.add_argument("--output", required=True, help="the Parquet file to write")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--memory", help="the engine's own memory limit, in MB; without it the engine's default")
    parser.add_argument("--level", type=int, default=1, help="of zstd")
    parser.add_argument("--order", choices=[BLOCK_ORDER, TIME_ORDER], default=BLOCK_ORDER)
    parser.add_argument("--dataset", help="which of a market's tables, for peers that know several")
    parser.add_argument("--no-dedupe", dest="dedupe", action="store_false", help="trust that no key is there twice")
    parser.add_argument("--full-key", action="store_true", help="order rows of equal names by id, too")
    options = parser.parse_args()
    options.input = os.path.abspath(options.input)
    return options


def csv_files(options):
    return sorted(glob.glob(os.path.join(options.input, "*.csv")))


def repeats_left_out(rows, key):
    """Polars rows in order, without those that repeat the key of the row before: half of what unique() takes."""
    import polars as pl  # only once the number of threads is set

    return rows.filter(~pl.all_horizontal(pl.col(name).eq_missing(pl.col(name).shift(1)) for name in key))


def finish(version):
    """Leaves without tearing down what the operating system frees anyway: the file is written by now."""
    with open("/proc/self/status") as status:
        peak = next(int(line.split()[1]) for line in status if line.startswith("VmHWM:"))
    print(json.dumps({"version": version, "vmhwm_kib": peak}), flush=True)
    os._exit(0)
