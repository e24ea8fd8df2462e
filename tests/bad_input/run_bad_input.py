# SPDX-License-Identifier: MIT
"""What is wrong with an input is named, what is right beside it is converted, and nothing half-made stays behind.

    run_bad_input.py [--program build/gridpq] [--long] [--only WORD]
"""
import argparse
import gzip
import os
import random
import shutil
import signal
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import harness  # noqa: E402
from harness import reference  # noqa: E402

HEAD = ("datetime_beginning_utc,datetime_beginning_ept,pnode_id,pnode_name,voltage,equipment,type,zone,"
        "system_energy_price_da,total_lmp_da,congestion_price_da,marginal_loss_price_da,row_is_current,version_nbr\r\n")
CASES = []


def case(function):
    CASES.append(function)
    return function


def line(stamp="2024-07-01T04:00:00", pnode="1", name="PJM-RTO", total="24.5", version="1", end="\r\n"):
    return f"{stamp},,{pnode},{name},,,ZONE,,24,{total},0.25,0.25,True,{version}{end}"


def good_lines(days=10, nodes=2, month=6):
    return [line(f"2024-{month:02d}-{d:02d}T{h:02d}:00:00", str(n), f"NODE {n}", f"{d}.{h:02d}{n}")
            for d in range(1, days + 1) for h in range(24) for n in range(1, nodes + 1)]


def write(path, content):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as f:
        f.write(content.encode() if isinstance(content, str) else content)
    return path


GOOD = HEAD + "".join(good_lines())


class Context:
    def __init__(self, program, tally, long):
        self.program, self.tally, self.long = program, tally, long

    def mixed(self, label, files, states, exit_status, words=(), options=(), known=None):
        """Converts 'files' beside a good one: states, exit status, words of the reasons, and all good rows."""
        with harness.Folder("bad") as folder:
            for name, content in {"good_da.csv": GOOD, **files}.items():
                write(os.path.join(os.fsencode(folder.path), b"in", os.fsencode(name)), content)
            done = harness.convert(self.program, [folder / "in"], folder / "out", *options)
            problems = [] if done.status == exit_status else [f"exit {done.status} instead of {exit_status}"]
            expected = reference.convert([folder / "in"])
            by_name = {}
            try:
                stats = done.json
                by_name = {os.path.basename(item["file"]): item for item in stats["files"]}
                problems += harness.compare_account(expected, stats) if known is None else []
            except ValueError:
                problems.append("stdout is no JSON")
            for name, state in states.items():
                item = by_name.get(name)
                if item is None:
                    problems.append(f"{name} is not in the account")
                    continue
                if item["state"] != state:
                    problems.append(f"{name}: state {item['state']} instead of {state}")
                said = (str(item.get("reason")) + "\n" + done.stderr).lower()
                problems += [f"{name}: nothing says '{word}'" for word in words if word.lower() not in said]
                if state in ("failed", "unrecognised") and name not in done.stderr:
                    problems.append(f"{name} is not named on stderr")
            problems += harness.compare_output(expected, folder / "out")
            problems += [f"left behind: {name}" for name in harness.left_behind(folder / "out")]
            return self.tally.check(label, problems, done.describe() if problems else "")


# ---- whole files ----

@case
def files_that_are_no_data(c):
    html = b"<!DOCTYPE html>\n<html><body>503</body></html>\n"
    for label, content, state, exit_status, words in [
            ("empty", b"", "unrecognised", 0, ["empty"]),
            ("blank_lines", b"\r\n\r\n", "unrecognised", 0, []),
            ("html", html, "unrecognised", 0, ["html"]),
            ("html_gz", gzip.compress(html), "unrecognised", 0, ["html"]),
            ("utf16", GOOD.encode("utf-16"), "unrecognised", 0, ["utf-16"]),
            ("nul", b"\0" * 5000, "unrecognised", 0, []),
            ("other_csv", b"a,b,c\n1,2,3\n", "unrecognised", 0, []),
            ("message", b"No data exists for this period.\n", "unrecognised", 0, []),
            ("no_id", GOOD.replace("pnode_id", "node").encode(), "failed", 4, ["id"])]:
        c.mixed(label, {"bad_da.csv": content}, {"bad_da.csv": state}, exit_status, words)
    c.mixed("header only", {"bad_da.csv": HEAD}, {"bad_da.csv": "converted"}, 0)
    c.mixed("header without a line end", {"bad_da.csv": HEAD[:-2]}, {"bad_da.csv": "converted"}, 0)
    c.mixed("unrecognised under --strict", {"bad.csv": html}, {"bad.csv": "unrecognised"}, 4, [], ["--strict"])
    c.mixed("forecasts", {"five_min_itsced_lmps.csv": "case_approval_datetime_utc,datetime_beginning_utc,itsced_lmp,"
                          "marginal_congestion,marginal_loss,pnode_id,pnode_name\r\n"}, {"five_min_itsced_lmps.csv": "left_out"}, 0)


@case
def nothing_to_convert(c):
    with harness.Folder("bad") as folder:
        write(folder / "in/a.csv", "")
        done = harness.convert(c.program, [folder / "in"], folder / "out")
        found = harness.parquet_files(folder / "out")
        c.tally.check("only an empty file", [f"wrote {found}"] if found else [], done.describe())


@case
def off_the_grid_fails_the_file(c):
    body = "".join(line(f"2024-07-01T{h:02d}:07:00") for h in range(24))
    c.mixed("all off the grid", {"bad_da.csv": HEAD + body}, {"bad_da.csv": "failed"}, 4, ["grid"])
    rt = (HEAD + "".join(good_lines(4))).replace("_da", "_rt").replace("T05:00", "T05:05")
    c.mixed("one in 24 off the grid of an _rt file", {"x.csv": rt}, {"x.csv": "failed"}, 4, ["grid"])


@case
def ambiguous_files_fail(c):
    one = (HEAD + line()).replace("_da", "_rt")
    c.mixed("one instant, nothing in the name", {"x.csv": one}, {"x.csv": "failed"}, 4, ["rt_hrl_lmps", "rt_fivemin"])


@case
def gzip_truncated_anywhere(c):
    whole = gzip.compress((GOOD * 2).encode(), 6, mtime=0)
    rng = random.Random(1)
    cuts = sorted({3, 10, 11, 18, len(whole) - 1, len(whole) - 4, len(whole) - 8, len(whole) - 9,
                   *(rng.randrange(12, len(whole)) for _ in range(30))})
    names = {f"cut{n}_da.csv.gz": whole[:n] for n in cuts}
    c.mixed("truncated at many places", names, dict.fromkeys(names, "failed"), 4)
    flips = {}
    for _ in range(30):
        at = rng.randrange(10, len(whole))
        flips[f"flip{at}_da.csv.gz"] = whole[:at] + bytes([whole[at] ^ 1 << rng.randrange(8)]) + whole[at + 1:]
    c.mixed("flipped bits", flips, dict.fromkeys(flips, "failed"), 4)
    c.mixed("rubbish behind the last member", {"r_da.csv.gz": whole + b"rubbish"}, {"r_da.csv.gz": "failed"}, 4)
    c.mixed("second member truncated", {"m_da.csv.gz": whole + whole[:-5]}, {"m_da.csv.gz": "failed"}, 4)
    c.mixed("members and padding", {"m_da.csv.gz": gzip.compress(GOOD[:777].encode()) + gzip.compress(GOOD[777:].encode())
                                    + gzip.compress(b"") + b"\0" * 1000}, {"m_da.csv.gz": "converted"}, 0)


@case
def late_failure_takes_all_rows_back(c):
    """A file that overlaps the good one and fails at its last byte: the good one's rows count as if it had never been."""
    newer = GOOD.replace(",24,", ",99,")
    whole = gzip.compress(newer.encode(), mtime=0)
    broken = whole[:-1] + bytes([whole[-1] ^ 1])
    c.mixed("wrong length in the trailer", {"z_da.csv.gz": broken}, {"z_da.csv.gz": "failed", "good_da.csv": "converted"}, 4)


# ---- lines ----

@case
def rejected_lines_are_kept_byte_for_byte(c):
    bad = [("number", line(total="abc")), ("number", line(total="1,2 3")), ("number_range", line(total="1e999")),
           ("version", line(version="one")), ("stamp", line("yesterday")), ("stamp", line("2024-02-30T01:00")),
           ("stamp_missing", line("")), ("grid", line("2024-07-01T04:00:01")), ("grid", line("2024-07-01T04:00:00.5")),
           ("key_missing", line(pnode="")), ("fields_few", "7/1/2024 4:00,1,2\r\n"), ("fields_many", line(end=",x\r\n")),
           ("nul", line(name="A\0B")), ("utf8", line(name="A\udcffB")), ("quote", line(name='"never closed'))]
    bad[1] = ("fields_many", bad[1][1])
    body, places, at, number = [], [], len(HEAD), 2
    for i, text in enumerate(good_lines(20, 2, 7)):
        if i % 40 == 20 and len(places) < len(bad) - 1:
            word, raw = bad[len(places)]
            places.append((word, raw, number, at))
            body.append(raw)
            at, number = at + len(raw), number + 1
        body.append(text)
        at, number = at + len(text), number + 1
    places.append((*bad[-1], number, at))
    body.append(bad[-1][1])
    with harness.Folder("bad") as folder:
        data = (HEAD + "".join(body)).encode("utf-8", "surrogateescape")
        write(folder / "in/rejects_da.csv", data)
        done = harness.convert(c.program, [folder / "in"], folder / "out")
        expected = reference.convert([folder / "in"])
        problems = [] if done.status == 0 else [f"exit {done.status} instead of 0"]
        ours = [(word, number, at) for at, number, _, word in expected.files[0].rejects]
        assert ours == [(word, number, at) for word, _, number, at in places], ours
        problems += harness.compare_output(expected, folder / "out")
        problems += harness.compare_account(expected, done.json) if done.stdout else ["no JSON"]
        problems += harness.compare_rejects(expected, folder / "out")
        c.tally.check("rejected lines", problems, done.describe() if problems else "")
        done = harness.convert(c.program, [folder / "in"], folder / "strict", "--strict")
        c.tally.check("rejected lines under --strict", [] if done.status == 4 else [f"exit {done.status} instead of 4"])


@case
def a_bad_line_comes_first(c):
    for label, bad in [("empty stamp", line("")), ("long blank stamp, then none", line(" " * 30 + "2024-07-01T04:00:00" + " " * 30)
                       + line("")), ("no number", line(total="x")), ("few fields", "1,2\r\n")]:
        c.mixed(f"first line: {label}", {"a_da.csv": HEAD + bad + "".join(good_lines(5, 1, 8)),
                                         "b_da.csv": HEAD + bad + "".join(good_lines(5, 1, 9))}, {"a_da.csv": "converted"}, 0)


@case
def lines_over_a_mebibyte(c):
    mib = 1 << 20
    tail = "".join(good_lines(20, 2, 7))
    for label, length in [("one byte under", mib - 1), ("exactly", mib), ("one byte over", mib + 1), ("1.05 MiB", mib + mib // 20),
                          ("5 MB", 5_000_000)]:
        for before in (0, 300):
            text = HEAD + "".join(good_lines(20, 2, 8)[:before])
            filler = line(end="")
            text += filler + " " * (length - len(filler)) + "\n" + tail
            c.mixed(f"a line of {label} behind {before} others", {"a_da.csv": text}, {"a_da.csv": "converted"}, 0)
    c.mixed("an unclosed quote in front of 3 MB", {"a_da.csv": HEAD + line(name='"open') + "".join(good_lines(28, 60, 7))},
            {"a_da.csv": "converted"}, 0)


@case
def no_newline_at_all(c):
    size = (1 << 30) if c.long else 100_000_000
    for label, head in [("from the first byte", ""), ("behind good lines", GOOD.replace("2024-06", "2024-09"))]:
        with harness.Folder("bad") as folder:
            write(folder / "in/good_da.csv", GOOD)
            with open(write(folder / "in/x_da.csv", head), "ab") as f:
                for _ in range(size // 1_000_000):
                    f.write(b"x" * 1_000_000)
            done = harness.convert(c.program, [folder / "in"], folder / "out", "--memory", "64M")
            write(folder / "ref/good_da.csv", GOOD)
            write(folder / "ref/x_da.csv", head)
            expected = reference.convert([folder / "ref"])
            problems = harness.compare_output(expected, folder / "out")
            item = next((i for i in done.json["files"] if i["file"].endswith("x_da.csv")), {}) if done.stdout else {}
            if head and item.get("rejected") != 1:
                problems.append(f"{item.get('rejected')} lines rejected instead of 1")
            if not head and item.get("state") != "unrecognised":
                problems.append(f"state {item.get('state')}")
            if done.stdout and done.json["memory"]["peak_bytes"] > 64 << 20:
                problems.append(f"peak of {done.json['memory']['peak_bytes']} bytes")
            c.tally.check(f"{size} bytes without a newline, {label}", problems, done.describe() if problems else "")


# ---- names and places ----

@case
def inputs_that_are_not_there(c):
    with harness.Folder("bad") as folder:
        done = harness.convert(c.program, [folder / "nowhere"], folder / "out")
        problems = [] if done.status == 1 else [f"exit {done.status} instead of 1"]
        problems += [] if "nowhere" in done.stderr else ["the missing input is not named"]
        problems += ["the output folder was made"] if harness.parquet_files(folder / "out") else []
        c.tally.check("missing input", problems, done.describe())
        write(folder / "in/a_da.csv", GOOD)
        os.mkfifo(folder / "in/pipe_da.csv")
        os.symlink("nowhere", folder / "in/link_da.csv")
        try:
            done = harness.convert(c.program, [folder / "in"], folder / "out", timeout=60)
        except subprocess.TimeoutExpired:
            c.tally.check("a pipe in the folder", ["the program waits for it"])
            return
        rows = sum(len(r) for r in reference.convert([folder / "in/a_da.csv"]).partitions.values())
        written = done.json["totals"]["written"] if done.stdout else None
        c.tally.check("a pipe and a broken link in the folder", [] if written == rows else [f"{written} rows, not {rows}"],
                      done.describe())


@case
def odd_names(c):
    c.mixed("a name that is no UTF-8", {os.fsdecode(b"da_\xff\xc3.csv"): HEAD + "".join(good_lines(3, 2, 9))}, {}, 0, known=False)
    c.mixed("blanks, quotes and signs in a name", {'da "x" \\ %41 é.csv': HEAD + "".join(good_lines(3, 2, 9))},
            {'da "x" \\ %41 é.csv': "converted"}, 0)


@case
def output_that_exists(c):
    with harness.Folder("bad") as folder:
        write(folder / "in/a_da.csv", GOOD)
        harness.convert(c.program, [folder / "in"], folder / "out")
        before = harness.digests(folder / "out")
        done = harness.convert(c.program, [folder / "in"], folder / "out")
        problems = [] if done.status == 1 else [f"exit {done.status} instead of 1"]
        problems += [] if "da_energy_hourly_2024.parquet" in done.stderr else ["the file is not named"]
        problems += [] if before and harness.digests(folder / "out") == before else ["the output changed"]
        c.tally.check("output exists", problems, done.describe())
        done = harness.convert(c.program, [folder / "in"], folder / "out", "--force")
        problems = [] if done.status == 0 and harness.digests(folder / "out") == before else ["not replaced by the same"]
        c.tally.check("output exists, --force", problems, done.describe())


def as_nobody():
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)


@case
def permissions(c):
    with harness.Folder("bad") as folder:
        os.chmod(folder.path, 0o755)
        write(folder / "in/good_da.csv", GOOD)
        closed = write(folder / "in/closed_da.csv", GOOD.replace("2024-06", "2024-07"))
        os.chmod(closed, 0)
        os.makedirs(folder / "free")
        os.makedirs(folder / "full")
        os.chmod(folder / "free", 0o777)
        os.chmod(folder / "full", 0o555)
        program, options = c.program, {}
        if os.geteuid() == 0:  # root may read and write all: step down
            program = shutil.copy(c.program, folder / "gridpq")
            os.chmod(program, 0o755)
            options = {"preexec_fn": as_nobody}
        try:
            done = harness.run(program, "convert", folder / "in", "-o", folder / "free/out", "--stats", "json", **options)
        except (PermissionError, subprocess.SubprocessError) as error:
            c.tally.skip("permissions", str(error))
            return
        problems = [] if done.status in (3, 4) else [f"exit {done.status}, 3 or 4 expected"]
        problems += [] if "closed_da.csv" in done.stderr else ["the closed file is not named"]
        problems += [] if "ermission" in done.stderr else ["the reason is not named"]
        expected = reference.convert([folder / "in/good_da.csv"])
        problems += harness.compare_output(expected, folder / "free/out")
        c.tally.check("unreadable file", problems, done.describe() if problems else "")
        done = harness.run(program, "convert", folder / "in/good_da.csv", "-o", folder / "full/out", **options)
        problems = [] if done.status == 3 else [f"exit {done.status} instead of 3"]
        problems += [] if "full" in done.stderr else ["the folder is not named"]
        c.tally.check("output not writable", problems, done.describe() if problems else "")


@case
def output_is_a_file(c):
    with harness.Folder("bad") as folder:
        write(folder / "in/a_da.csv", GOOD)
        write(folder / "out", "a file")
        done = harness.convert(c.program, [folder / "in"], folder / "out")
        problems = [] if done.status in (1, 3) else [f"exit {done.status}, 1 or 3 expected"]
        with open(folder / "out", "rb") as f:
            problems += [] if f.read() == b"a file" else ["the file was changed"]
        c.tally.check("output is a file", problems, done.describe() if problems else "")


@case
def disk_full(c):
    with harness.Folder("bad") as folder:
        os.makedirs(folder / "small")
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", folder / "small"], capture_output=True)
        if mounted.returncode:
            c.tally.skip("disk full", "cannot mount a tmpfs: " + mounted.stderr.decode(errors="replace").strip())
            return
        try:
            make_input(folder / "in", days=3, nodes=700)
            done = harness.convert(c.program, [folder / "in"], folder / "small/out")
            problems = [] if done.status == 3 else [f"exit {done.status} instead of 3"]
            problems += [] if "space" in done.stderr.lower() or "full" in done.stderr.lower() else ["the reason is not named"]
            problems += [f"left: {name}" for name in harness.parquet_files(folder / "small/out")]
            problems += [f"left behind: {name}" for name in harness.left_behind(folder / "small/out")]
            c.tally.check("disk full", problems, done.describe() if problems else "")
        finally:
            subprocess.run(["umount", folder / "small"], check=False)


# ---- stopped runs ----

def make_input(folder, days, nodes, *more):
    subprocess.run([sys.executable, os.path.join(harness.ROOT, "tools", "gen_pjm.py"), "--out", folder, "--feed", "da",
                    "--start", "2024-03-01", "--days", str(days), "--nodes", str(nodes), "--files", "day", *more], check=True,
                   stdout=subprocess.DEVNULL)


def complete(out):
    import pyarrow.parquet as pq
    problems = []
    for inside, full in harness.parquet_files(out).items():
        try:
            pq.read_table(full)
        except Exception as error:  # whatever a reader says about half a file
            problems.append(f"{inside} is not whole: {error}")
    return problems


@case
def stopped_by_signals(c):
    with harness.Folder("bad") as folder:
        make_input(folder / "in", 12 if not c.long else 40, 1500)
        start = time.monotonic()
        done = harness.convert(c.program, [folder / "in"], folder / "whole")
        seconds = time.monotonic() - start
        whole = harness.digests(folder / "whole")
        if done.status or not whole:
            c.tally.check("a whole run", ["failed"], done.describe())
            return
        rng = random.Random(7)
        for number, stop in enumerate([signal.SIGINT, signal.SIGTERM, signal.SIGKILL] * 4):
            out = folder / f"out{number}"
            running = subprocess.Popen([c.program, "convert", folder / "in", "-o", out, "--quiet"],
                                       stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
            time.sleep(rng.uniform(0.02, seconds))
            running.send_signal(stop)
            _, stderr = running.communicate(timeout=60)
            stopped = running.returncode != 0
            problems = complete(out)
            if stopped and stop != signal.SIGKILL:
                if running.returncode not in (128 + stop, -stop):
                    problems.append(f"exit {running.returncode} instead of {128 + stop}")
                problems += [f"left behind: {name}" for name in harness.left_behind(out)]
            published = set(harness.parquet_files(out))
            again = harness.convert(c.program, [folder / "in"], out, *(["--force"] if published else []))
            if again.status:
                problems.append(f"the next run: exit {again.status}: {again.stderr[-300:]}")
            if harness.digests(out) != whole:
                problems.append("the next run wrote something else")
            problems += [f"not cleaned up by the next run: {name}" for name in harness.left_behind(out)]
            c.tally.check(f"stopped by {stop.name}{'' if stopped else ' (too late)'}", problems,
                          stderr.decode(errors="replace")[-500:])
            shutil.rmtree(out, ignore_errors=True)


# ---- the demo archive, and output that went bad ----

@case
def demo_archive(c):
    with harness.Folder("bad") as folder:
        subprocess.run([sys.executable, os.path.join(harness.ROOT, "tools", "gen_pjm.py"), "--demo", "--out", folder / "in"],
                       check=True, stdout=subprocess.DEVNULL)
        done = harness.convert(c.program, [folder / "in"], folder / "out")
        expected = reference.convert([folder / "in"])
        problems = [] if done.status == 4 else [f"exit {done.status} instead of 4"]
        problems += harness.compare_account(expected, done.json) if done.stdout else ["no JSON"]
        problems += harness.compare_output(expected, folder / "out")
        for entry in expected.files:
            if entry.state in ("failed", "unrecognised") and os.path.basename(entry.path) not in done.stderr:
                problems.append(f"{entry.path} is not named on stderr")
        c.tally.check("demo archive", problems, done.describe() if problems else "")


@case
def output_with_flipped_bits(c):
    with harness.Folder("bad") as folder:
        write(folder / "in/a_da.csv", GOOD)
        harness.convert(c.program, [folder / "in"], folder / "out")
        done = harness.run(c.program, "verify", folder / "out")
        c.tally.check("verify of what was written", [] if done.status == 0 else [f"exit {done.status}"], done.describe())
        full = next(iter(harness.parquet_files(folder / "out").values()), None)
        if not full:
            return
        with open(full, "rb") as f:
            whole = f.read()
        footer = len(whole) - 8 - int.from_bytes(whole[-8:-4], "little")
        rng, problems = random.Random(3), []
        for i in range(60 if c.long else 25):
            at = rng.randrange(footer) if i % 4 else rng.randrange(footer, len(whole))
            with open(full, "wb") as f:
                f.write(whole[:at] + bytes([whole[at] ^ 1 << rng.randrange(8)]) + whole[at + 1:])
            done = harness.run(c.program, "verify", folder / "out", timeout=60)
            if done.status not in (0, 4) or (done.status == 0 and at < footer):
                problems.append(f"a bit of byte {at} of {len(whole)} (footer from {footer}): exit {done.status}: {done.stderr[-200:]}")
        for cut in [0, 3, 4, 8, 12, len(whole) // 2, footer, len(whole) - 8, len(whole) - 1]:
            with open(full, "wb") as f:
                f.write(whole[:cut])
            done = harness.run(c.program, "verify", folder / "out", timeout=60)
            if done.status != 4:
                problems.append(f"cut to {cut} bytes: exit {done.status}")
        c.tally.check("verify finds flipped bits and cut files", problems)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    harness.add_program_argument(parser)
    parser.add_argument("--long", action="store_true", help="1 GB without a newline, larger runs to stop")
    parser.add_argument("--only", default="", help="cases whose name holds this")
    args = parser.parse_args()
    harness.need("pyarrow.parquet")
    context = Context(harness.find_program(args.program), harness.Tally("bad_input"), args.long)
    for function in CASES:
        if args.only in function.__name__:
            try:
                function(context)
            except Exception as error:
                context.tally.check(function.__name__, [f"{type(error).__name__}: {error}"])
    return context.tally.finish()


if __name__ == "__main__":
    sys.exit(main())
