# SPDX-License-Identifier: MIT
"""The real files: every value equal to the reference. They are private: $GRIDPQ_SAMPLES, else ../shared/samples, else skipped.

    run_samples.py [--program build/gridpq] [--iso caiso]
"""
import argparse
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import harness  # noqa: E402
from harness import reference  # noqa: E402

FILES = {
    "pjm": ["da_hrl_lmps/da_hrl_lmps__ESCSEC_JULY_LMP.csv", "da_hrl_lmps/da_hrl_lmps__hubs_20250501.csv",
            "rt_fivemin_hrl_lmps/rt_fivemin_hrl_lmps__PJM-RTO_20250901_head.csv", "rt_hrl_lmps/rt_hrl_lmps__AREC444.csv",
            "rt_hrl_lmps/rt_hrl_lmps__hubs_20250501.csv"],
    "caiso": ["prc_lmp_dam/20181013_20181107_PRC_LMP_DAM_20200511_16_08_16_v1.csv",
              "prc_lmp_dam/20190301_20190401_PRC_LMP_DAM_20200603_09_21_36_v1.csv",
              "prc_rtpd_lmp/20230917_20230919_PRC_RTPD_LMP_RTPD_20230921_11_49_39_v2.csv",
              "public_bid_zip_layout/20181104_20181104_PUB_DAM_GRP_N_N_v2_csv.zip"],
    "ercot": ["np4_180_dam_lzhb_yearly_xlsx/DAMLZHBSPP_2024.xlsx", "np4_181_dam_as_yearly/DAMASMCPC_2022.csv",
              "np4_181_dam_as_yearly/DAMASMCPC_2024.csv", "np4_190_dam_spp/20170213__header_stripped_by_repo.csv",
              "np4_190_dam_spp/dam_SPP.csv", "np6_785_rtm_lzhb_month_csv/August_2024.csv", "np6_788_lmp_by_sp/lmp_12-1-10.csv",
              "np6_788_lmp_by_sp/cdr.00012300.0000000000000000.20260625.004020.LMPSROSNODENP6788_20260625_004018__head.csv",
              "np6_905_rtm_spp/rtm_4-10-25.csv"],
    "isone": ["da_lmp_hourly/WW_DALMP_ISO_20260604.csv",
              "mis_participant_reports/sd_daasdt_000000002_2024111500_20241203135151.csv"],
    "miso": ["asm_expost_damcp/20230101_asm_expost_damcp.csv", "da_expost_lmp/20230101_da_expost_lmp.csv",
             "da_expost_lmp/20251102_da_expost_lmp.urdais-extract.csv", "da_expost_lmp/20260308_da_expost_lmp.urdais-extract.csv"]
            + [f"rt_lmp_final/2019{day}_rt_lmp_final.csv" for day in ("0101", "0309", "0310", "0311", "1103", "1231")],
    "nyiso": ["damlbmp_zone/20220718damlbmp_zone.csv", "damlbmp_zone/20251102damlbmp_zone.extract-2zones.csv",
              "damlbmp_zone/20251102damlbmp_zone.head-allzones-00to02.csv",
              "oasis_custom_report/OASIS_Real_Time_Commitment_Zonal_LBMP.csv", "realtime_rtc_zone_2016/lmp.csv",
              "realtime_zone/20211107realtime_zone.extract-CAPITL-head.csv", "realtime_zone/20220718realtime_zone.csv"],
    "spp": [f"da_lmp_sl/DA-LMP-SL-{day}.csv" for day in ("202502220100", "202511020100__reduced", "202603080100__reduced",
                                                         "202604010100__reduced", "202606010100__reduced", "202606040100__reduced")]
           + ["da_mcp/DA-MCP-202511020100.csv", "rtbm_lmp_daily_sl/RTBM-LMP-DAILY-SL-20250701__head_of_reduced.csv",
              "rtbm_lmp_daily_sl/RTBM-LMP-DAILY-SL-20260601__head_of_reduced.csv", "rtbm_lmp_sl/RTBM-LMP-SL-202507011205__reduced.csv",
              "rtbm_lmp_sl/RTBM-LMP-SL-202606011205__reduced.csv"],
}
# files without a header line
ASSUMED = {"ercot": ("20170213*", "ercot/da_energy_hourly")}
WHOLE_FOLDER = {"caiso", "ercot", "isone", "miso", "nyiso", "pjm", "spp"}  # of the others the files above
# options of the program, of reference.convert() for its rows, of reference.arranged() for their order
VARIANTS = [([], {}, ("block",)), (["--keep-revisions", "--threads", "1"], {"keep_revisions": True}, ("block",)),
            (["--order", "location", "--partition", "month", "--memory", "64M"], {}, ("location", "month")),
            (["--order", "time", "--threads", "1", "--memory", "64M"], {}, ("time",))]


def check(program, tally, label, inputs, expected, options):
    """'expected': a result of the reference. Each file converted or named, the identity closed, every value equal."""
    with harness.Folder("samples") as folder:
        done = harness.convert(program, inputs, folder / "out", *options)
        problems = [] if done.status == 0 else [f"exit {done.status}"]
        problems += harness.compare_account(expected, done.json) if done.stdout else ["no JSON"]
        problems += harness.compare_datasets(expected, done.json) if done.stdout else []
        problems += harness.compare_output(expected, folder / "out")
        verified = harness.run(program, "verify", folder / "out") if expected.partitions else None
        problems += [f"verify: exit {verified.status}: {verified.stderr[-500:]}"] if verified and verified.status else []
        tally.check(label, problems, done.describe() if problems else "")


def inspect(program, tally, entry, assume):
    """The first line names the dataset, or what the file is."""
    done = harness.run(program, "inspect", entry.path.split("!")[0], *assume)
    line = next(iter(done.stdout.splitlines()), "")
    wanted = [entry.iso] + entry.datasets if entry.state == "converted" else ["SCED" if "SCED" in line else "left out" if "report" in line else "PUB_BID"]
    problems = [f"'{word}' is not in '{line}'" for word in wanted if word not in line]
    problems += [f"exit {done.status}"] if done.status else []
    tally.check(f"inspect {entry.stored_name}", problems, done.describe() if problems else "")


def check_iso(program, tally, iso, folder, here):
    found, inputs = {}, [folder] if iso in WHOLE_FOLDER else [os.path.join(folder, name) for name in here]
    assumed = [ASSUMED[iso]] if iso in ASSUMED else []
    assume = [word for pattern, target in assumed for word in ("--assume", f"{pattern}={target}")]
    for options, rows, order in VARIANTS:
        kept = rows.get("keep_revisions", False)
        if kept not in found:
            found[kept] = reference.convert(inputs, assume=assumed, **rows)
        superseded = found[False].totals()["superseded"]
        if kept and not superseded and iso != "pjm" or order[0] == "location" and iso == "miso":
            continue  # nothing to keep; half a million rows more to compare
        expected = found[kept] if order == ("block",) else reference.arranged(found[kept], *order)
        check(program, tally, f"{iso} {' '.join(options)}", inputs, expected, options + assume)
    for name in here:
        path = os.path.join(folder, name)
        if iso != "miso":  # of MISO each file is a day of its own above
            check(program, tally, name, [path], reference.convert([path], assume=assumed), assume)
    for entry in found[False].files:
        inspect(program, tally, entry, assume)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    harness.add_program_argument(parser)
    parser.add_argument("--iso", choices=list(FILES))
    args = parser.parse_args()
    root = os.environ.get("GRIDPQ_SAMPLES", os.path.join(harness.ROOT, "..", "shared", "samples"))
    chosen = [args.iso] if args.iso else list(FILES)
    here = {iso: [name for name in FILES[iso] if os.path.exists(os.path.join(root, iso, name))] for iso in chosen}
    if not any(here.values()):
        print(f"samples: skipped {sum(len(FILES[iso]) for iso in chosen)} real files: none in {os.path.relpath(root, harness.ROOT)}")
        return 0
    harness.need("pyarrow.parquet")
    program, tally = harness.find_program(args.program), harness.Tally("samples")
    for iso in chosen:
        for name in sorted(set(FILES[iso]) - set(here[iso])):
            tally.skip(f"{iso}/{name}", "not there")
        if here[iso]:
            check_iso(program, tally, iso, os.path.join(root, iso), here[iso])
    return tally.finish()


if __name__ == "__main__":
    sys.exit(main())
