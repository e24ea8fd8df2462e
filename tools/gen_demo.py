#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Make the demo's archive: days around both clock changes of 2024 of PJM, CAISO and MISO, with what goes wrong in real ones.

    gen_demo.py --out DIR

The same arguments give the same bytes.
"""
import argparse
import os
import subprocess
import sys
import zipfile

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


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", required=True, help="folder for the archive; made where missing")
    out = parser.parse_args().out
    generate("gen_pjm.py", "--demo", "--out", os.path.join(out, "pjm"))
    caiso_write(os.path.join(out, "caiso"))
    miso_write(os.path.join(out, "miso"))
    return 0


if __name__ == "__main__":
    sys.exit(main())
