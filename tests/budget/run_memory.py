# SPDX-License-Identifier: MIT
"""The bound is on the whole process: VmHWM of gridpq stays below --memory, for any size of input and any number of files, and the bytes stay
the same.

    run_memory.py [--program build/gridpq] [--long]      --long adds the input of 1,000 MB, and other markets' at full size

The peak is read twice: from /proc/PID/status while the program runs, and as ru_maxrss through a small launcher, since a
child's figure starts with what its parent had when it forked.
"""
import argparse
import datetime
import os
import shutil
import subprocess
import sys
import time
import zipfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import harness  # noqa: E402

MIB = 1 << 20
TINY_MORE = 6 * MIB  # ten times as many files: the list of inputs up to its 4 MiB, and the room to put them in order
BOUNDS = [64, 96, 128, 256]
# Runs the program as its own child right after exec, when it holds a few MB, and prints its exit status and peak.
LAUNCHER = """
import os, sys
pid = os.posix_spawn(sys.argv[2], sys.argv[2:], os.environ)
with open(sys.argv[1] + ".pid", "w") as f:
    f.write(str(pid))
os.rename(sys.argv[1] + ".pid", sys.argv[1])
_, status, usage = os.wait4(pid, 0)
with open(sys.argv[1] + ".done", "w") as f:
    f.write(f"{os.waitstatus_to_exitcode(status)} {usage.ru_maxrss * 1024}")
"""


def high_water(pid):
    """VmHWM in bytes, or 0 once the process is gone."""
    try:
        with open(f"/proc/{pid}/status") as f:
            for text in f:
                if text.startswith("VmHWM:"):
                    return int(text.split()[1]) * 1024
    except (OSError, ProcessLookupError):
        pass
    return 0


def measured(folder, program, *arguments):
    """(exit status, VmHWM as last seen, ru_maxrss, seconds, stderr) of a run."""
    note, start = folder / "pid", time.monotonic()
    for name in (note, note + ".done"):
        if os.path.exists(name):
            os.remove(name)
    with open(folder / "stderr", "wb") as stderr, open(folder / "stdout", "wb") as stdout:
        launcher = subprocess.Popen([sys.executable, "-S", "-E", "-c", LAUNCHER, note, program, *map(str, arguments)],
                                    stdout=stdout, stderr=stderr, stdin=subprocess.DEVNULL)
        seen = 0
        while launcher.poll() is None:
            if os.path.exists(note):
                with open(note) as f:
                    seen = max(seen, high_water(int(f.read())))
            time.sleep(0.005)
    seconds = time.monotonic() - start
    with open(note + ".done") as f:
        status, peak = map(int, f.read().split())
    with open(folder / "stderr", errors="replace") as f:
        return status, seen, peak, seconds, f.read()


def launcher_floor(folder):
    """What ru_maxrss says of a process that needs nothing: figures below it mean nothing."""
    return measured(folder, shutil.which("true"))[2]


def make_input(folder, name, megabytes, files, order, gz):
    """One generated input; 6,435 nodes as PJM has priced ones, 20 MB a day."""
    nodes, days = (6435, max(1, round(megabytes / 20))) if megabytes >= 100 else (800, max(1, round(megabytes / 2.4)))
    target = folder / name
    command = [sys.executable, os.path.join(harness.ROOT, "tools", "gen_pjm.py"), "--out", target, "--feed", "da", "--start",
               "2024-02-20", "--days", str(days), "--nodes", str(nodes), "--files", files, "--order", order, "--seed", "5"]
    subprocess.run(command + (["--gzip"] if gz else []), check=True, stdout=subprocess.DEVNULL)
    return target, sum(os.path.getsize(os.path.join(f, n)) for f, _, names in os.walk(target) for n in names)


def generated(folder, name, generator, arguments):
    target = folder / name
    subprocess.run([sys.executable, os.path.join(harness.ROOT, "tools", generator), "--out", target, *arguments.split()], check=True,
                   stdout=subprocess.DEVNULL)
    return target, sum(os.path.getsize(os.path.join(target, name)) for name in os.listdir(target))


def market_inputs(long):
    """(label, generator, its arguments): what holds most at once. Real ones have so many nodes, points and names as the long ones."""
    caiso, miso, points, buses, runs, names, days = ("16600", "2600", "988", "13000", "288", "650", "30") if long else \
        ("2000", "400", "200", "2000", "48", "650", "7")
    return [("CAISO day, five members", "gen_caiso.py", f"--files components --zip each --nodes {caiso}"),
            ("CAISO 5-minute hours", "gen_caiso.py",
             f"--query lmp_rtm --files components --zip each --start 2024-11-03 --hours 1-3 --nodes {caiso}"),
            ("MISO 5-minute week", "gen_miso.py", f"--report rt_5min --days 7 --zip each --nodes {miso}"),
            ("MISO daily files in one zip", "gen_miso.py", f"--report rt_final --days {60 if long else 20} --zip one"),
            ("ERCOT week of quarters, zips in a zip", "gen_ercot.py",
             f"--report rtm_spp --start 2024-11-01 --days 7 --zip nested --points {points}"),
            ("ERCOT day of runs, all buses", "gen_ercot.py",
             f"--report sced_bus --start 2024-11-03 --zip one --points {buses} --runs {runs}"),
            ("NYISO month of 5-minute days in one zip", "gen_nyiso.py",
             f"--report realtime_gen --start 2024-11-01 --days {days} --zip one --names {names}"),
            ("20,000 members in one zip", "gen_caiso.py", "--files node --zip one --nodes 4000")]


def make_members(folder, name, members, hours):
    """An archive of members of ten lines each: an hour of ten nodes, over 'hours' hours and then those of ten further nodes."""
    head = ("datetime_beginning_utc,datetime_beginning_ept,pnode_id,pnode_name,voltage,equipment,type,zone,system_energy_price_da,"
            "total_lmp_da,congestion_price_da,marginal_loss_price_da,row_is_current,version_nbr\n")
    target, first = folder / name, datetime.datetime(2013, 7, 1, 4)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for member in range(members):
            instant, part = first + datetime.timedelta(hours=member % hours), member // hours
            text = "".join(f"{instant:%Y-%m-%dT%H:%M:%S},,{node},NODE {node},,,ZONE,,20,{20 + node % 7},{node % 7}.25,-0.25,True,1\n"
                           for node in range(10 * part + 1, 10 * part + 11))
            archive.writestr(f"{instant:%Y}/da_hrl_lmps_{instant:%Y%m%d%H}_{part:05d}.csv", head + text)
    return target, os.path.getsize(target)


def check_tiny(program, folder, tally, long):
    """One interval a file, ten lines each, in one archive and loose: ten times as many files take the same memory."""
    for form, packing in (("members of one zip", "one"), ("loose files", "no")):
        peaks = []
        for days in (105, 1042) if long else (11, 105):
            source, size = generated(folder, "tiny", "gen_ercot.py", f"--report rtm_spp --points 5 --days {days} --zip {packing}")
            status, seen, peak, seconds, stderr = measured(folder, program, "convert", source, "-o", folder / "out", "--memory", "64M",
                                                           "--quiet")
            problems = [] if status == 0 else [f"exit {status}: {stderr[-500:]}"]
            print(f"    {days * 96:,} {form}: {size / 1e6:.0f} MB, VmHWM {seen / MIB:.1f} MiB, {days * 96 / seconds:,.0f} files/s",
                  flush=True)
            peaks.append(seen)
            if seen > peaks[0] + TINY_MORE:
                problems.append(f"VmHWM {seen / MIB:.1f} MiB; with a tenth of the files it is {peaks[0] / MIB:.1f} MiB")
            tally.check(f"{days * 96:,} {form}", problems)
            shutil.rmtree(folder / "out", ignore_errors=True)
            shutil.rmtree(source)


def check_input(program, folder, tally, label, source, size, bounds, floor):
    first = None
    for bound in bounds:
        out = folder / "out"
        status, seen, peak, seconds, stderr = measured(folder, program, "convert", source, "-o", out, "--memory", f"{bound}M",
                                                       "--quiet")
        problems = [] if status == 0 else [f"exit {status}: {stderr[-500:]}"]
        if seen > bound * MIB:
            problems.append(f"VmHWM {seen / MIB:.1f} MiB")
        if peak > bound * MIB and peak > floor * 1.1:
            problems.append(f"ru_maxrss {peak / MIB:.1f} MiB")
        digests = harness.digests(out)
        if not digests:
            problems.append("no output")
        if first is not None and digests != first:
            problems.append("other bytes than with the bound before")
        first = first or digests
        problems += [f"left behind: {name}" for name in harness.left_behind(out)]
        print(f"    {label}: {size / 1e6:.0f} MB with --memory {bound}M: VmHWM {max(seen, peak) / MIB:.1f} MiB, {seconds:.1f} s",
              flush=True)
        tally.check(f"{label} --memory {bound}M", problems)
        shutil.rmtree(out, ignore_errors=True)


def check_refusal(program, folder, tally, source):
    """Too small is refused, before a byte is read, with the figure that would do: and it does."""
    for asked in ("8M", "1M", "20M"):
        done = harness.run(program, "convert", source, "-o", folder / "refused", "--memory", asked)
        problems = [] if done.status == harness.EXIT_BOUND else [f"exit {done.status} instead of 2"]
        problems += [f"wrote {name}" for name in harness.parquet_files(folder / "refused")]
        figures = figures_of(done.stderr, int(asked[:-1]) * MIB)
        if not figures:
            problems.append("no figure that would do")
        else:
            again = harness.run(program, "convert", source, "-o", folder / "would", "--memory", str(min(figures)), "--quiet")
            if again.status:
                problems.append(f"--memory {min(figures)} was named and does not do either: {again.stderr[-300:]}")
            shutil.rmtree(folder / "would", ignore_errors=True)
        tally.check(f"--memory {asked} is refused", problems, done.describe() if problems else "")


def figures_of(message, above):
    """Sizes in a message, in bytes, above the one asked for: '52M', '52 MiB', '54525952 bytes'."""
    import re
    units = {"": 1, "bytes": 1, "k": 1 << 10, "kib": 1 << 10, "m": MIB, "mib": MIB, "g": 1 << 30, "gib": 1 << 30}
    found = []
    for digits, unit in re.findall(r"(?<![\w.])(\d+)\s*(bytes|[KMG]iB|[KMG])?\b", message):
        size = int(digits) * units[unit.lower()]
        if size > above and size <= 64 * MIB:
            found.append(size)
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    harness.add_program_argument(parser)
    parser.add_argument("--long", action="store_true", help="also 1,000 MB, and full size for other markets")
    parser.add_argument("--only", metavar="TEXT", help="only other markets' inputs that have this in their name: ERCOT")
    args = parser.parse_args()
    program, tally = harness.find_program(args.program), harness.Tally("memory")
    with harness.Folder("memory") as folder:
        floor = launcher_floor(folder)
        print(f"    launcher: a process that does nothing shows {floor / MIB:.1f} MiB")
        plans = [("10 MB, a file a day", 10, "day", "time", False, BOUNDS), ("10 MB, shuffled, one .gz", 10, "one", "shuffle", True, [64]),
                 ("100 MB, a file a day", 100, "day", "time", False, BOUNDS),
                 ("100 MB, by node, one file", 100, "one", "node", False, [64, 256])]
        if args.long:
            plans += [("1,000 MB, a file a day", 1000, "day", "time", False, BOUNDS),
                      ("1,000 MB, shuffled weeks", 1000, "week", "shuffle", False, [64, 256])]
        if args.only:
            plans = []
        for number, (label, megabytes, files, order, gz, bounds) in enumerate(plans):
            source, size = make_input(folder, f"in{number}", megabytes, files, order, gz)
            check_input(program, folder, tally, label, source, size, bounds, floor)
            if number == 0:
                check_refusal(program, folder, tally, source)
            shutil.rmtree(source)
        for number, (label, generator, arguments) in enumerate(market_inputs(args.long)):
            if args.only and args.only not in label:
                continue
            source, size = generated(folder, f"market{number}", generator, arguments)
            check_input(program, folder, tally, label, source, size, [64, 256], floor)
            shutil.rmtree(source)
        archives = [("20,000 members", 20000, 1 << 30), ("20,000 members of one week", 20000, 168)] if not args.only else []
        if args.long and not args.only:
            archives += [("100,000 members", 100000, 1 << 30), ("100,000 members of one week", 100000, 168)]
        for label, members, hours in archives:
            source, size = make_members(folder, "members.zip", members, hours)
            check_input(program, folder, tally, label, source, size, [64, 1024], floor)
            os.remove(source)
        check_tiny(program, folder, tally, args.long)
    return tally.finish()


if __name__ == "__main__":
    sys.exit(main())
