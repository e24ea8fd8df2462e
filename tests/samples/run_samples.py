# SPDX-License-Identifier: MIT
"""The real files: every value equal to the reference. They are private: $GRIDPQ_SAMPLES, else ../shared/samples, else skipped.

    run_samples.py [--program build/gridpq]
"""
import argparse
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import harness  # noqa: E402
from harness import reference  # noqa: E402

FILES = ["da_hrl_lmps/da_hrl_lmps__ESCSEC_JULY_LMP.csv", "da_hrl_lmps/da_hrl_lmps__hubs_20250501.csv",
         "rt_fivemin_hrl_lmps/rt_fivemin_hrl_lmps__PJM-RTO_20250901_head.csv", "rt_hrl_lmps/rt_hrl_lmps__AREC444.csv",
         "rt_hrl_lmps/rt_hrl_lmps__hubs_20250501.csv"]


def check(program, tally, label, inputs, options, expected_options):
    with harness.Folder("samples") as folder:
        expected = reference.convert(inputs, **expected_options)
        done = harness.convert(program, inputs, folder / "out", *options)
        problems = [] if done.status == 0 else [f"exit {done.status}"]
        problems += harness.compare_account(expected, done.json) if done.stdout else ["no JSON"]
        problems += harness.compare_output(expected, folder / "out")
        verified = harness.run(program, "verify", folder / "out")
        problems += [f"verify: exit {verified.status}: {verified.stderr[-500:]}"] if verified.status else []
        tally.check(label, problems, done.describe() if problems else "")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    harness.add_program_argument(parser)
    args = parser.parse_args()
    folder = os.path.join(os.environ.get("GRIDPQ_SAMPLES", os.path.join(harness.ROOT, "..", "shared", "samples")), "pjm")
    here = [name for name in FILES if os.path.exists(os.path.join(folder, name))]
    if not here:
        print(f"samples: skipped {len(FILES)} real files: none in {os.path.relpath(folder, harness.ROOT)}")
        return 0
    harness.need("pyarrow.parquet")
    program, tally = harness.find_program(args.program), harness.Tally("samples")
    for name in sorted(set(FILES) - set(here)):
        tally.skip(name, "not there")
    for name in here:
        check(program, tally, name, [os.path.join(folder, name)], [], {})
    check(program, tally, "all", [folder], [], {})
    check(program, tally, "all, revisions kept", [folder], ["--keep-revisions"], {"keep_revisions": True})
    check(program, tally, "all, by location, a month a file", [folder], ["--order", "location", "--partition", "month"],
          {"order": "location", "partition": "month"})
    check(program, tally, "all, by time, one thread, 64M", [folder], ["--order", "time", "--threads", "1", "--memory", "64M"],
          {"order": "time"})
    return tally.finish()


if __name__ == "__main__":
    sys.exit(main())
