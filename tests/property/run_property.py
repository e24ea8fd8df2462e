# SPDX-License-Identifier: MIT
"""Random archives through the program and through the reference: every value, null, order and count must agree.

    run_property.py [--program build/gridpq] [--seconds 60] [--seed 1] [--case N] [--keep]

A failure prints the seed and number of its case; --seed S --case N runs that one alone and keeps its files.
"""
import argparse
import os
import random
import shutil
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import packing  # noqa: E402
import harness  # noqa: E402
from harness import reference  # noqa: E402

CODECS = ["zstd", "zstd:3", "snappy", "lz4", "gzip", "none"]


def pick_options(rng):
    """(command line, arguments for the reference)"""
    line, expected = [], {}
    if rng.random() < .7:
        line += ["--threads", rng.choice(["1", "2", "3", "4", "7"])]
    if rng.random() < .7:
        line += ["--memory", rng.choice(["64M", "80M", "96M", "128M", "256M", "1G"])]
    if rng.random() < .4:
        expected["order"] = rng.choice(["block", "time", "location"])
        line += ["--order", expected["order"]]
    if rng.random() < .3:
        expected["partition"] = rng.choice(["year", "month"])
        line += ["--partition", expected["partition"]]
    if rng.random() < .4:
        line += ["--compression", rng.choice(CODECS)]
    if rng.random() < .4:
        expected["keep_revisions"] = True
        line += ["--keep-revisions"]
    if rng.random() < .15:
        year = rng.choice([2019, 2023, 2024, 2025])
        expected["years"] = {year, year + 1}
        line += ["--year", f"{year}-{year + 1}"]
    if rng.random() < .1:
        line += ["--batch-files", str(rng.choice([1, 2, 50]))]
    if rng.random() < .1:
        line += ["--chunk-rows", str(rng.choice([1000, 100000]))]
    return line, expected


def shuffled_copy(rng, paths, folder, to):
    """The same files in other folders, to be found in another order."""
    for path in rng.sample(paths, len(paths)):
        name = os.path.basename(path)
        where = None
        while where is None or os.path.exists(where):
            other = os.path.join(to, rng.choice(["q", "p/r", "0", "x y", "ä"]) + str(rng.randrange(50)))
            where = os.path.join(other, "RePrice" if "/RePrice/" in path else "", name)  # the one folder that counts
        os.makedirs(os.path.dirname(where), exist_ok=True)
        shutil.copyfile(path, where)
    return to


def check_same_bytes(program, rng, paths, source, folder, options, expected_digests, tally, label):
    """Other threads, bounds and folders give the same bytes."""
    moved = shuffled_copy(rng, paths, source, folder / "moved")
    kept, skip = [], False
    for option in options:
        if option in ("--threads", "--memory", "--batch-files", "--chunk-rows"):
            skip = True
        elif skip:
            skip = False
        else:
            kept.append(option)
    variants = [(t, m, w) for t in "124" for m in ("64M", "96M", "256M") for w in (source, moved)]
    for number, (threads, memory, where) in enumerate(rng.sample(variants, 4)):
        out = folder / f"same{number}"
        done = harness.convert(program, [where], out, *kept, "--threads", threads, "--memory", memory)
        problems = []
        if harness.digests(out) != expected_digests:
            ours = harness.digests(out)
            problems = [f"{p} differs" for p in sorted(set(ours) | set(expected_digests)) if ours.get(p) != expected_digests.get(p)]
        tally.check(f"{label}: same bytes with --threads {threads} --memory {memory}"
                    f"{' in other folders' if where == moved else ''}", problems, done.describe() if problems else "")
        shutil.rmtree(out, ignore_errors=True)


def check_one_by_one(program, isos, source, folder, options, expected_digests, tally, label):
    """Market by market gives the same bytes as all at once."""
    ours = {}
    for iso in isos:
        out = folder / f"only{iso}"
        done = harness.convert(program, [source], out, *options, "--iso", iso)
        ours.update(harness.digests(out))
        shutil.rmtree(out, ignore_errors=True)
    problems = [f"{p} differs" for p in sorted(set(ours) | set(expected_digests)) if ours.get(p) != expected_digests.get(p)]
    tally.check(f"{label}: {', '.join(isos)} one by one", problems, done.describe() if problems else "")


def run_case(program, seed, number, tally, same_bytes):
    rng = random.Random(f"{seed}:{number}")
    label = f"--seed {seed} --case {number}"
    failed_before = tally.failed
    with harness.Folder("property") as folder:
        source, out = folder / "in", folder / "out"
        os.makedirs(source)
        paths = packing.make_archive(rng, source, size=rng.choice([200, 2500, 2500, 12000]))
        options, expected_options = pick_options(rng)
        expected = reference.convert([source], **expected_options)
        done = harness.convert(program, [source], out, *options)
        failed_file = any(f.state == "failed" for f in expected.files)
        exit_expected = harness.EXIT_DATA if failed_file else harness.EXIT_OK
        problems = []
        if done.status != exit_expected:
            problems.append(f"exit {done.status} instead of {exit_expected}")
        try:
            stats = done.json
        except ValueError as error:
            problems.append(f"stdout is no JSON: {error}")
        else:
            problems += harness.compare_account(expected, stats)
            problems += harness.compare_datasets(expected, stats)
        problems += harness.compare_output(expected, out)
        problems += harness.compare_rejects(expected, out)
        problems += [f"left behind: {name}" for name in harness.left_behind(out)]
        tally.check(label, problems, done.describe() if problems else "")
        if same_bytes and not problems:
            check_same_bytes(program, rng, paths, source, folder, options, harness.digests(out), tally, label)
        isos = sorted({f.iso for f in expected.files if f.state == "converted"})
        if len(isos) > 1 and not problems:
            check_one_by_one(program, isos, source, folder, options, harness.digests(out), tally, label)
        if tally.failed > failed_before:
            folder.keep = True
            print(f"    files kept in {folder.path}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    harness.add_program_argument(parser)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", default="1")
    parser.add_argument("--case", type=int)
    parser.add_argument("--stop-after", type=int, default=10, help="failures after which to stop")
    args = parser.parse_args()
    harness.need("pyarrow.parquet")
    program = harness.find_program(args.program)
    tally = harness.Tally("property")
    if args.case is not None:
        run_case(program, args.seed, args.case, tally, True)
        return tally.finish()
    end, number = time.monotonic() + args.seconds, 0
    while time.monotonic() < end and tally.failed < args.stop_after:
        run_case(program, args.seed, number, tally, number % 4 == 0)
        number += 1
    print(f"property: {number} archives with seed {args.seed}")
    return tally.finish()


if __name__ == "__main__":
    sys.exit(main())
