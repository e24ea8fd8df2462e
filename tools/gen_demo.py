#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Make the demo's archive: days around both clock changes of 2024 of the markets, with what goes wrong in real ones.

    gen_demo.py --out DIR

The same arguments give the same bytes.
"""
import argparse
import os
import subprocess
import sys
import zipfile
from concurrent.futures import ThreadPoolExecutor

HERE = os.path.dirname(os.path.abspath(__file__))
HTML_PAGE = "<!DOCTYPE html>\n<html><head><title>Request Rejected</title></head><body>Try again later.</body></html>\n"
INVALID_REQUEST = ('<?xml version="1.0" encoding="UTF-8"?>\n<m:OASISReport xmlns:m="http://www.caiso.com/soa/OASISReport_v1.xsd">'
                   "<m:MessagePayload><m:RTO><m:name>CAISO</m:name><m:ERROR><m:ERR_CODE>1000</m:ERR_CODE><m:ERR_DESC>No data returned "
                   "for the specified selection</m:ERR_DESC></m:ERROR></m:RTO></m:MessagePayload></m:OASISReport>\n")
CHANGES = ["2024-03-09", "2024-11-02"]  # Saturdays; clocks change on the Sundays


def generate(generator, *arguments):
    subprocess.run([sys.executable, os.path.join(HERE, generator), *arguments], check=True)


def archive_write(path, members):
    """[(name, bytes)]; without times, so that the bytes depend on nothing else."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)


def members_of(path):
    with zipfile.ZipFile(path) as archive:
        return [(info.filename, archive.read(info)) for info in archive.infolist()]


def caiso_write(out):
    """All nodes by day, a component a member: one day without its greenhouse gas, one component loose as well."""
    for start in CHANGES:
        generate("gen_caiso.py", "--out", out, "--query", "lmp_dam", "--start", start, "--days", "3", "--nodes", "300", "--files",
                 "components", "--zip", "each")
    generate("gen_caiso.py", "--out", out, "--query", "as_dam", "--start", CHANGES[1], "--days", "3")
    last = os.path.join(out, "20241104_20241104_DAM_LMP_GRP_N_N_v12_csv.zip")
    archive_write(last, [(name, data) for name, data in members_of(last) if "_MGHG_" not in name])
    spring = os.path.join(out, "20240310_20240310_DAM_LMP_GRP_N_N_v12_csv.zip")
    for name, data in members_of(spring):
        if "_LMP_v" in name:
            with open(os.path.join(out, name), "wb") as file:
                file.write(data)
    archive_write(os.path.join(out, "20241105_20241105_DAM_LMP_GRP_N_N_v12_csv.zip"), [("INVALID_REQUEST.xml", INVALID_REQUEST)])
    with open(os.path.join(out, "20241106_20241106_DAM_LMP_GRP_N_N_v12_csv.zip"), "w", newline="\n") as file:
        file.write(HTML_PAGE)


def miso_write(out):
    """Preliminary prices of all days, final ones of all but the last; reserves."""
    for report, start, days in (("rt_prelim", CHANGES[0], 3), ("rt_final", CHANGES[0], 3), ("rt_prelim", CHANGES[1], 3),
                                ("rt_final", CHANGES[1], 2), ("asm_expost", CHANGES[1], 3)):
        generate("gen_miso.py", "--out", out, "--report", report, "--start", start, "--days", str(days), "--nodes", "300")


def file_write(path, data):
    with open(path, "wb") as file:
        file.write(data)


def ercot_write(out):
    """Day-ahead days in ZIPs of their own, one published again; a file a quarter in ZIPs of ZIPs; services; runs of the dispatch."""
    for start in CHANGES:
        generate("gen_ercot.py", "--out", out, "--report", "dam_spp", "--start", start, "--days", "3", "--points", "300", "--zip", "each")
        generate("gen_ercot.py", "--out", out, "--report", "rtm_spp", "--start", start, "--days", "3", "--points", "120", "--zip",
                 "nested")
    generate("gen_ercot.py", "--out", out, "--report", "dam_as", "--start", CHANGES[1], "--days", "3")
    generate("gen_ercot.py", "--out", out, "--report", "sced", "--start", CHANGES[1], "--points", "120", "--runs", "60", "--zip", "one")
    stem = "cdr.00012331.0000000000000000.20241103.{0}.DAMSPNP4190"
    (_, data), = members_of(os.path.join(out, stem.format("123011") + "_csv.zip"))
    lines = data.splitlines(keepends=True)
    again = [line.replace(b", ", b", 1") if line.startswith(b"11/04/2024,18:00,") and b"-" not in line else line for line in lines]
    again += [lines[5].replace(b",N\n", b",Y\n"), lines[6].replace(b", ", b", about ")]
    archive_write(os.path.join(out, stem.format("171500") + "_csv.zip"), [(stem.format("171500") + ".csv", b"".join(again))])


def nyiso_write(out):
    """A month's ZIP of days for zones and generators; a day that somebody cleared of repeated lines; five-minute days; reserves."""
    for start in CHANGES:
        for report, *more in (("damlbmp_zone",), ("damlbmp_gen", "--names", "300"), ("realtime_zone",)):
            generate("gen_nyiso.py", "--out", out, "--report", report, "--start", start, "--days", "3", *more,
                     "--zip", "no" if report == "realtime_zone" else "one")
    for report in ("damasp", "rtasp"):
        generate("gen_nyiso.py", "--out", out, "--report", report, "--start", CHANGES[1], "--days", "3", "--zip", "one")
    days = dict(members_of(os.path.join(out, "20241101damlbmp_zone_csv.zip")))
    seen, kept = set(), []
    for line in days["20241103damlbmp_zone.csv"].splitlines(keepends=True):
        key = tuple(line.split(b",")[:2])
        kept += [] if key in seen else [line]
        seen.add(key)
    file_write(os.path.join(out, "20241103damlbmp_zone (1).csv"), b"".join(kept))


def isone_write(out):
    """Day-ahead and final reports, one of them cut off; preliminary ones of the days around; a day that had no data."""
    for start in CHANGES:
        generate("gen_isone.py", "--out", out, "--report", "da_hourly", "--start", start, "--days", "3", "--locations", "200")
        generate("gen_isone.py", "--out", out, "--report", "rt_prelim", "--start", start, "--days", "3", "--locations", "200", "--zip",
                 "each")
        generate("gen_isone.py", "--out", out, "--report", "rt_final", "--start", start, "--days", "2", "--locations", "200")
    with open(os.path.join(out, "lmp_rt_final_20241103.csv"), "rb") as file:
        whole = file.read()
    file_write(os.path.join(out, "lmp_rt_final_20241103 (1).csv"), whole[:len(whole) * 2 // 3])
    file_write(os.path.join(out, "lmp_rt_final_20241104.csv"), b"No data exists for this period.")


def spp_write(out):
    """Day-ahead days, a file an interval in one ZIP and the same day as one file; clearing prices; a day priced again."""
    for start in CHANGES:
        generate("gen_spp.py", "--out", out, "--report", "da_sl", "--start", start, "--days", "3", "--locations", "200")
    for report, *more in (("rtbm_sl", "--zip", "one"), ("rtbm_daily_sl",)):
        generate("gen_spp.py", "--out", out, "--report", report, "--start", "2024-11-03", "--locations", "60", *more)
    for report in ("da_mcp", "rtbm_mcp"):
        generate("gen_spp.py", "--out", out, "--report", report, "--start", CHANGES[1], "--days", "3")
    name = "DA-LMP-SL-202411040100.csv"
    with open(os.path.join(out, name)) as file:
        lines = file.read().splitlines(keepends=True)
    again = []
    for line in lines[:1] + [line for line in lines if line.startswith("11/04/2024 18:00:00")]:
        fields = line.split(",")
        if again:  # congestion is a dollar more, and so is the total
            fields[4], fields[6] = f"{float(fields[4]) + 1:.4f}", f"{float(fields[6]) + 1:.4f}"
        again.append(",".join(fields))
    os.makedirs(os.path.join(out, "RePrice"))
    file_write(os.path.join(out, "RePrice", name), "".join(again).encode())


def ieso_write(out):
    """Day-ahead days, one made again with other prices in an hour; a file for each hour of a real-time day."""
    for report, days in (("da", "3"), ("rt", "1")):
        generate("gen_ieso.py", "--out", out, "--report", report, "--start", "2025-11-01", "--days", days, "--locations", "200")
    with open(os.path.join(out, "PUB_DAHourlyEnergyLMP_20251102.csv")) as file:
        lines = file.read().replace("CREATED AT 2025/11/01 13:30:05", "CREATED AT 2025/11/01 15:02:11").splitlines(keepends=True)
    again = [line.replace(":LMP,", ":LMP,1") if line.startswith("18,") and ":LMP,-" not in line else line for line in lines]
    file_write(os.path.join(out, "PUB_DAHourlyEnergyLMP_20251102_v2.csv"), "".join(again).encode())


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", required=True, help="folder for the archive; made where missing")
    out = parser.parse_args().out
    writers = {"caiso": caiso_write, "miso": miso_write, "ercot": ercot_write, "nyiso": nyiso_write, "isone": isone_write, "spp": spp_write,
               "ieso": ieso_write,
               "pjm": lambda folder: generate("gen_pjm.py", "--demo", "--out", folder)}
    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(write, os.path.join(out, iso)) for iso, write in writers.items()]:
            done.result()
    return 0


if __name__ == "__main__":
    sys.exit(main())
