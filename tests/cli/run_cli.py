# SPDX-License-Identifier: MIT
"""The program's face: help, usage errors, exit codes, what goes to which stream, completions, man page, closed streams.

    run_cli.py [--program build/gridpq]

Knows nothing of prices: what a conversion gives is compared by the other runners.
"""
import argparse
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import zipfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import harness  # noqa: E402

VERBS = ["convert", "plan", "inspect", "verify", "trace", "formats", "schema"]
# Written down from the issue, not from the program.
CONVERT_OPTIONS = ["--output", "--year", "--iso", "--dataset", "--location-type", "--location", "--memory", "--threads",
                   "--batch-files", "--chunk-rows", "--order", "--partition", "--compression", "--keep-revisions", "--strict",
                   "--assume", "--allow-incomplete", "--force", "--stats", "--progress", "--quiet", "--dry-run"]
VERB_OPTIONS = {"convert": CONVERT_OPTIONS, "plan": CONVERT_OPTIONS[:-4], "inspect": ["--assume", "--iso", "--recursive", "--json"],
                "verify": ["--memory", "--json"], "trace": ["--source", "--json"], "formats": ["--json"], "schema": ["--json"]}
HEAD = ("datetime_beginning_utc,datetime_beginning_ept,pnode_id,pnode_name,voltage,equipment,type,zone,"
        "system_energy_price_da,total_lmp_da,congestion_price_da,marginal_loss_price_da,row_is_current,version_nbr\r\n")


def sample(path, days=2):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", newline="") as file:
        file.write(HEAD)
        for day in range(1, days + 1):
            for hour in range(24):
                stamp = f"2024-07-{day:02d}T{hour:02d}:00:00"
                file.write(f"{stamp},{stamp},1,WESTERN HUB,,,HUB,,20,{20 + hour}.5,{hour},0.5,True,1\r\n")
    return path


class Context:
    def __init__(self, program, tally):
        self.program, self.tally = program, tally

    def run(self, *arguments, **options):
        return harness.run(self.program, *arguments, timeout=60, **options)

    def expect(self, label, done, status, out=None, err=None):
        """'out' and 'err': regular expressions; "" means that nothing was printed."""
        problems = [] if done.status == status else [f"exit {done.status} instead of {status}"]
        for name, text, wanted in (("stdout", done.stdout, out), ("stderr", done.stderr, err)):
            if wanted == "" and text:
                problems.append(f"{name} is not empty: {text[:200]!r}")
            elif wanted and not re.search(wanted, text, re.S):
                problems.append(f"{name} lacks /{wanted}/: {text[:300]!r}")
        for line in done.stderr.splitlines():
            if not line.startswith(("gridpq: ", "{")) and status != 1:
                problems.append(f"a line on stderr is not ours: {line!r}")
        return self.tally.check(label, problems, done.describe() if problems else "")


def help_texts(c):
    c.expect("no arguments", c.run(), 1, "", "usage: gridpq VERB")
    whole = c.run("--help")
    c.expect("--help", whole, 0, "usage: gridpq VERB.*exit codes", "")
    c.tally.check("--help names every verb", [v for v in VERBS if f"\n  {v} " not in whole.stdout])
    c.expect("--version", c.run("--version"), 0, r"^gridpq \d+\.\d+\.\d+\n$", "")
    for verb in VERBS:
        done = c.run(verb, "--help")
        c.expect(f"{verb} --help", done, 0, f"usage: gridpq {verb}", "")
        c.tally.check(f"{verb} --help names its options", [f"{o} is missing" for o in VERB_OPTIONS[verb] if f"{o}" not in done.stdout])
        c.tally.check(f"help {verb} is the same", [] if c.run("help", verb).stdout == done.stdout else ["differs"])
        c.tally.check(f"{verb} --help fits 100 columns", [line for line in done.stdout.splitlines() if len(line) > 100
                                                           and not line.startswith("  gridpq ")])
    c.expect("help wins over what is missing", c.run("convert", "--help", "--year", "2024"), 0, "usage: gridpq convert")


def usage_errors(c):
    ok = ["convert", "x.csv", "-o", "out"]
    for label, arguments, words in [
            ("unknown verb", ["convrt"], "no verb 'convrt'; did you mean convert"),
            ("unknown verb, nothing near", ["frobnicate"], "no verb 'frobnicate'; see"),
            ("unknown option", [*ok, "--treads", "2"], "no option --treads; did you mean --threads"),
            ("unknown option with a value", [*ok, "--frobnicate=2"], "no option --frobnicate; see"),
            ("unknown letter", [*ok, "-z"], "no option -z"),
            ("another verb's option", ["formats", "--threads", "2"], "formats has no option --threads"),
            ("no input", ["convert", "-o", "out"], "convert needs INPUT"),
            ("no output", ["convert", "x.csv"], "-o OUT"),
            ("plan without output", ["plan", "x.csv"], "-o OUT"),
            ("empty output", ["convert", "x.csv", "-o", ""], "--output is empty"),
            ("empty operand", ["convert", "", "-o", "out"], "empty"),
            ("value missing", ["convert", "x.csv", "-o"], "-o needs a value"),
            ("long value missing", [*ok, "--year"], "--year needs a value"),
            ("flag with a value", [*ok, "--force=yes"], "--force takes no value"),
            ("trace with one operand", ["trace", "x.parquet"], "trace needs FILE KEY"),
            ("trace with three", ["trace", "a", "b", "c"], "takes FILE KEY and no 'c'"),
            ("schema with an operand", ["schema", "x"], "takes nothing and no 'x'"),
            ("verify without a path", ["verify"], "verify needs PATH")]:
        c.expect(f"usage: {label}", c.run(*arguments), 1, "", re.escape(words).replace("'", "'"))
    for option, values in {
            "--year": ["24", "2024-", "-2024", "2024-2020", "2024-2025-2026", "20x4", "1024", "02024", ""],
            "--memory": ["0", "M", "64X", "-1", "1.5G", "99999999999999999999", "18446744073709551615K", "64MM", "", "64 M"],
            "--threads": ["0", "65", "-1", "x", "1.0", "", "4294967297"],
            "--batch-files": ["0", "x", ""], "--chunk-rows": ["0", "x", "99999999999"],
            "--order": ["Block", "node", ""], "--partition": ["day", ""], "--stats": ["xml"], "--progress": ["fancy"],
            "--compression": ["zip", "zstd:", "zstd:0", "zstd:23", "zstd:x", "zstd1", "snappy:1", "none:0", "", ":1"],
            "--dataset": ["", "a,,b", "a,"], "--location-type": [""], "--location": [""], "--assume": [""]}.items():
        for value in values:
            c.expect(f"usage: {option} '{value}'", c.run(*ok, option, value), 1, "", re.escape(option))
            c.expect(f"usage: {option}='{value}'", c.run(*ok, f"{option}={value}"), 1, "", re.escape(option))
    c.expect("too many items", c.run(*ok, "--location-type", ",".join(["HUB"] * 1025)), 1, "", "more than 1024")
    c.expect("too many years", c.run(*ok, *["--year", "2024"] * 65), 1, "", "more than 64")


def exit_codes(c):
    with harness.Folder("cli") as folder:
        good = sample(folder / "in/da_hrl_lmps.csv")
        out = folder / "out"
        c.expect("convert", c.run("convert", folder / "in", "-o", out), 0, "48 ")
        c.expect("output exists", c.run("convert", folder / "in", "-o", out), 1, "", r"gridpq: .*da_energy_hourly_2024\.parquet")
        c.expect("--force", c.run("convert", "-f", good, f"-o{out}"), 0, "48 ")
        c.expect("input missing", c.run("convert", folder / "none", "-o", out), 1, "", r"gridpq: .*none")
        c.expect("--quiet says nothing", c.run("convert", good, "-o", folder / "quiet", "-q"), 0, "", "")
        done = c.run("convert", good, "-o", folder / "quietly", "--quiet", "--stats", "json")
        c.expect("--quiet --stats json says JSON", done, 0, r"^\{.*\}\n$", "")
        c.tally.check("JSON of --stats", [] if isinstance(json.loads(done.stdout), dict) else ["no object"])
        c.expect("memory too small", c.run("convert", good, "-o", folder / "small", "--memory", "1M"), 2, "", r"--memory \d+M")
        c.expect("--dry-run writes nothing", c.run("convert", good, "-o", folder / "dry", "-n"), 0, ".")
        c.tally.check("--dry-run left no folder", ["there is one"] if os.path.exists(folder / "dry") else [])
        plan = c.run("plan", good, "-o", folder / "dry").stdout
        c.tally.check("--dry-run is plan", [] if len(plan) > 100 else [plan])
        with open(folder / "in/page.csv", "w") as file:
            file.write("<html></html>")
        c.expect("not recognised", c.run("convert", folder / "in", "-o", out, "--force"), 0, ".", r"warning: .*page\.csv")
        c.expect("not recognised, --strict", c.run("convert", folder / "in", "-o", out, "--force", "--strict"), 4, None, "gridpq: ")
        c.expect("verify", c.run("verify", out), 0, "ok")
        with open(folder / "broken.parquet", "wb") as file:
            file.write(b"PAR1 no PAR1")
        c.expect("verify of what is no Parquet", c.run("verify", folder / "broken.parquet"), 4)
        c.expect("verify of nothing", c.run("verify", folder / "none"), 1, "", "none")
        c.expect("inspect of nothing", c.run("inspect", folder / "none"), 1, "", "none")
        os.rename(folder / "in/page.csv", folder / "in/-page.csv")
        done = subprocess.run([c.program, "inspect", "--", "-page.csv"], cwd=folder / "in", capture_output=True, text=True)
        c.tally.check("-- ends the options", [] if "html" in done.stdout.lower() + done.stderr.lower() else [done.stdout, done.stderr])


SPP_HEAD = "Interval,GMTIntervalEnd,Settlement Location,Pnode,LMP,MLC,MCC,MEC\n"


def markets_asked_for(c):
    """--iso, and inspect -r: what is left out is named and counted; a line for each file, of folders and archives too."""
    with harness.Folder("cli") as folder:
        sample(folder / "in/pjm/da_hrl_lmps.csv")
        os.makedirs(folder / "in/spp/deep")
        spp = SPP_HEAD + "".join(f"07/01/2025 0{h}:00:00,07/01/2025 0{h + 5}:00:00,AEC,SOUC,3,1,1,1\n" for h in (1, 2, 3))
        with open(folder / "in/spp/deep/DA-LMP-SL-202507010100.csv", "w") as file:
            file.write(spp)
        with zipfile.ZipFile(folder / "in/2025.zip", "w") as archive:
            archive.writestr("a/RTBM-LMP-SL-202507010105.csv", SPP_HEAD + "07/01/2025 01:05:00,07/01/2025 06:05:00,AEC,SOUC,3,1,1,1\n")
            archive.writestr("a/broken.csv", SPP_HEAD + "x\n")
        with open(folder / "in/page.csv", "w") as file:
            file.write("<html></html>")
        for number, names in enumerate((["--iso", "spp"], ["--iso=SPP"], ["--iso", "SPP,CAISO"], ["--iso", "caiso", "--iso", "Spp"])):
            done = c.run("convert", folder / "in", "-o", folder / f"out{number}", "--stats", "json", *names)
            states = sorted((os.path.basename(f["file"]), f["state"], f["reason"]) for f in done.json["files"] if f["state"] == "skipped")
            c.tally.check(f"convert {' '.join(names)}", [] if states == [("da_hrl_lmps.csv", "skipped", "its market was not asked for")] and
                          done.json["totals"]["files_skipped"] == 1 and os.listdir(folder / f"out{number}/spp") else [str(states), done.stderr])
        c.expect("convert --iso text", c.run("convert", folder / "in", "-o", folder / "text", "--iso", "spp"), 4, "not asked for", "could be any of")
        for verb in ("convert", "plan", "inspect"):
            c.expect(f"{verb} --iso wrong", c.run(verb, folder / "in", *(["-o", folder / "x"] if verb != "inspect" else []), "--iso", "PMJ"), 1, "",
                     "one of CAISO, ERCOT, .*PJM, SPP")
        c.expect("plan --iso", c.run("plan", folder / "in", "-o", folder / "x", "--iso", "ISO-NE"), 0, "not asked for")
        done = c.run("inspect", "-r", folder / "in")
        lines = done.stdout.splitlines()
        wanted = ["2025.zip!a/RTBM-LMP-SL-202507010105.csv: SPP rt_energy_5min, 1 row, 2025-07-01T06:00:00Z to 2025-07-01T06:00:00Z, 1 location",
                  "2025.zip!a/broken.csv: ", "page.csv: not recognised: ",
                  "pjm/da_hrl_lmps.csv: PJM da_energy_hourly, 48 rows, 2024-07-01T00:00:00Z to 2024-07-02T23:00:00Z, 1 location",
                  "spp/deep/DA-LMP-SL-202507010100.csv: SPP da_energy_hourly, 3 rows, 2025-07-01T05:00:00Z to 2025-07-01T07:00:00Z, 1 location"]
        found = sorted(os.path.relpath(line, folder / "in") for line in lines)
        wrong = [f"'{line}' is not '{want}'" for line, want in zip(found, wanted) if not line.startswith(want)]
        c.tally.check("inspect -r", wrong + ([f"{len(found)} lines"] if len(found) != len(wanted) else []))
        done = c.run("inspect", "-r", folder / "in", "--iso", "pjm")
        c.tally.check("inspect -r --iso", [] if "1 row," not in done.stdout and "2 files of other markets" in done.stdout else [done.stdout])


def parsed_alike(c):
    """Ways to write one thing come to one result."""
    with harness.Folder("cli") as folder:
        good = sample(folder / "in/da_hrl_lmps.csv")
        alike = [[["--memory", "64M"], ["--memory=65536k"], ["--memory", "67108864"], ["--memory", "64MiB"], ["-fq"], ["-q", "--force"],
                  ["--threads", "1"], ["--order=block"], ["--compression", "zstd:1"], ["--compression=zstd"]],
                 [["--dataset", "da_energy_hourly", "--dataset", "rt_energy_hourly"], ["--dataset=da_energy_hourly,rt_energy_hourly"]],
                 [["--location-type", "ZONE,HUB"], ["--location-type=ZONE", "--location-type", "HUB"]]]
        for group, ways in enumerate(alike):
            seen = set()
            for number, options in enumerate(ways):
                out = folder / f"{group}-{number}"
                done = c.run("convert", *options, good, "-o", out, "--progress=none") if number % 2 else \
                    c.run("convert", good, "-o", out, *options)
                c.expect(f"convert {' '.join(options)}", done, 0)
                seen.add(json.dumps(harness.digests(out), sort_keys=True))
            c.tally.check(f"the same bytes: {ways[0]}", [] if len(seen) == 1 else [f"{len(seen)} results"])
        for year in ("2023", "2025-2030"):
            c.expect(f"--year {year}", c.run("convert", good, "-o", folder / year, "--year", year), 0)
            c.tally.check(f"--year {year} gives no file", list(harness.parquet_files(folder / year)))


def progress_forms(c):
    with harness.Folder("cli") as folder:
        good = sample(folder / "in/da_hrl_lmps.csv", 20)
        done = c.run("convert", good, "-o", folder / "json", "--progress", "json")
        lines = [json.loads(line) for line in done.stderr.splitlines() if line.startswith("{")]
        keys = ["phase", "read_bytes", "total_bytes", "rows", "files_done", "files_total", "resident_bytes", "seconds"]
        c.tally.check("--progress json", [str(line) for line in lines if list(line) != keys] + ([] if done.status == 0 else ["fails"]))
        done = c.run("convert", good, "-o", folder / "bar", "--progress", "bar")
        c.tally.check("--progress bar is taken away", [] if "\r" not in done.stderr or done.stderr.endswith("\r\x1b[K") else [repr(done.stderr)])
        for form in ("plain", "auto", "none"):
            c.expect(f"--progress {form}", c.run("convert", good, "-o", folder / form, "--progress", form), 0, ".", "")


def streams(c):
    with harness.Folder("cli") as folder:
        good = sample(folder / "in/da_hrl_lmps.csv")
        with open("/dev/full", "w") as full:
            done = subprocess.run([c.program, "formats"], stdout=full, stderr=subprocess.PIPE, text=True)
            c.tally.check("stdout is full", [] if done.returncode == 3 and "standard output" in done.stderr else [str(done)])
            done = subprocess.run([c.program, "--help"], stdout=full, stderr=subprocess.PIPE, text=True)
            c.tally.check("stdout is full, --help", [] if done.returncode == 3 else [str(done)])
        end, other = os.pipe()
        os.close(end)
        done = subprocess.run([c.program, "formats"], stdout=other, stderr=subprocess.PIPE, text=True)
        os.close(other)
        c.tally.check("the reader of stdout went away", [] if done.returncode == 128 + signal.SIGPIPE and not done.stderr else [str(done)])
        shell = f'"{c.program}" convert "{good}" -o "{folder / "closed"}" >&- 2>&- <&-'
        status = subprocess.run(["sh", "-c", shell]).returncode
        verified = c.run("verify", folder / "closed")
        c.tally.check("closed streams do not end up in files", [] if status == 0 and verified.status == 0 else [f"{status}", verified.describe()])


def names_with_commands(c):
    """A terminal takes commands from file names: control characters are not printed."""
    with harness.Folder("cli") as folder:
        name = os.path.join(folder.path, "a\x1b[31mred\nline.csv")
        with open(name, "w") as file:
            file.write("<html></html>")
        for verb in ("convert", "inspect"):
            done = c.run(verb, name, *(["-o", folder / "out"] if verb == "convert" else []))
            c.tally.check(f"{verb}: escape sequences in names", ["one came through"] if "\x1b" in done.stdout + done.stderr else [])


def signals(c):
    with harness.Folder("cli") as folder:
        subprocess.run([sys.executable, os.path.join(harness.ROOT, "tools", "gen_pjm.py"), "--out", folder / "in", "--start", "2024-03-01",
                        "--days", "20", "--nodes", "400"], check=True, stdout=subprocess.DEVNULL)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            status, text = None, ""
            for delay in (0.1, 0.03, 0.01, 0):  # until the signal comes before the end, which the slow level puts off
                out = folder / f"{number}-{delay}"
                command = [c.program, "convert", folder / "in", "-o", out, "--threads", "1", "--compression", "zstd:15"]
                running = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
                                           preexec_fn=lambda n=number: signal.signal(n, signal.SIG_DFL))  # nohup ignores them
                time.sleep(delay + 0.01)
                running.send_signal(number)
                text = running.communicate(timeout=60)[1]
                status = running.returncode
                if status != 0:
                    break
            right = status == 128 + number and "stopped by signal" in text or status == -number
            left = harness.left_behind(out) + sorted(harness.parquet_files(out)) if os.path.isdir(out) else []
            c.tally.check(f"signal {number}", ([] if right else [f"exit {status}: {text}"]) + left)


def texts_from_the_table(c):
    bash = c.run("completion", "bash")
    c.expect("completion bash", bash, 0, "complete .*gridpq", "")
    c.expect("completion zsh", c.run("completion", "zsh"), 0, "^#compdef gridpq", "")
    c.expect("completion of another shell", c.run("completion", "fish"), 1, "", "bash and zsh")
    c.expect("completion of none", c.run("completion"), 1, "", "bash and zsh")

    def completes(words):
        script = bash.stdout + f'\nCOMP_WORDS=(gridpq {words}); COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1)); _gridpq; printf "%s\\n" "${{COMPREPLY[@]}}"'
        done = subprocess.run(["bash", "-c", script], capture_output=True, text=True)
        return sorted(done.stdout.split()), done.stderr

    with harness.Folder("cli") as folder:
        sample(folder / "in.csv")
        for words, expected in [("con", ["convert"]), ("v", ["verify"]), ("convert --ord", ["--order"]), ("convert --order ''", ["block", "location", "time"]),
                                ("convert --compression z", ["zstd"]), ("formats --", ["--help", "--json", "--quiet"]),
                                (f"inspect {folder / 'in.c'}", [folder / "in.csv"]), ("convert --threads ''", [])]:
            found, err = completes(words)
            c.tally.check(f"bash completes '{words}'", [] if found == sorted(expected) and not err else [f"{found} {err}"])
    if shutil.which("zsh"):
        done = subprocess.run(["zsh", "-n"], input=c.run("completion", "zsh").stdout, capture_output=True, text=True)
        c.tally.check("zsh reads its completion", [] if done.returncode == 0 else [done.stderr])
    else:
        c.tally.skip("zsh reads its completion", "no zsh here")
    man = c.run("man")
    c.expect("man", man, 0, r"^\.TH GRIDPQ 1.*\.SH NAME.*\.SH OPTIONS.*\.SH EXIT STATUS", "")
    plain = man.stdout.replace("\\-", "-")
    c.tally.check("man names every option", [o for options in VERB_OPTIONS.values() for o in options if o not in plain])
    if shutil.which("groff"):
        done = subprocess.run(["groff", "-man", "-Tutf8", "-ww", "-z"], input=man.stdout, capture_output=True, text=True)
        c.tally.check("groff has nothing to say of the man page", done.stderr.splitlines())
    else:
        c.tally.skip("groff reads the man page", "no groff here")


def tables(c):
    for verb, key in (("formats", "markets"), ("schema", "tables")):
        c.expect(verb, c.run(verb), 0, ".", "")
        done = c.run(verb, "--json")
        c.expect(f"{verb} --json", done, 0, r"^\{.*\}\n$", "")
        c.tally.check(f"{verb} --json: keys", [] if list(json.loads(done.stdout)) == ["schema_version", key] else [done.stdout[:100]])
    names = [column["name"] for column in json.loads(c.run("schema", "--json").stdout)["tables"][0]["columns"]]
    c.tally.check("schema is the reference's", [] if names == harness.reference.TABLE_COLUMNS["energy"] else [str(names)])


def documented_keys():
    """{heading of docs/JSON.md: [(key path, may be absent)]}"""
    sections, current = {}, None
    with open(os.path.join(harness.ROOT, "docs", "JSON.md"), encoding="utf-8") as file:
        for line in file:
            if line.startswith("## "):
                current = sections.setdefault(line[3:].strip(), [])
            found = re.match(r"\| `([^`]+)` \|(.*)\|$", line.strip())
            if found:
                current.append((found[1], "left out where" in found[2]))
    return sections


def key_paths(value, above=""):
    if isinstance(value, dict):
        for key, item in value.items():
            path = f"{above}.{key}" if above else key
            yield path
            yield from key_paths(item, path)
    elif isinstance(value, list):
        for item in value:
            if not isinstance(item, (dict, list)):
                yield f"{above}[]"
            yield from key_paths(item, f"{above}[]")


def compare_keys(c, heading, values):
    """What is printed is documented; what is documented is printed, but for what its line says may be absent."""
    documented = documented_keys()[heading]
    wild = {path[:-2] for path, _ in documented if path.endswith(".*")}
    seen = set()
    for value in values:
        for path in key_paths(value):
            under = next((w for w in wild if path.startswith(w + ".")), None)
            seen.add(f"{under}.*" if under else path)
    problems = [f"{path} is printed and not documented" for path in sorted(seen - {path for path, _ in documented})]
    problems += [f"{path} is documented and was not printed"
                 for path, absent in documented if path not in seen and not absent and not path.endswith("[]")]
    c.tally.check(f"docs/JSON.md: {heading}", problems)


def json_contract(c):
    with harness.Folder("cli") as folder:
        good = sample(folder / "in/da_hrl_lmps.csv", 20)
        with open(good, "a", newline="") as file:  # a day after a gap, a line that is rejected, clocks that change, a wrong sum
            file.write("2024-11-03T05:00:00,,2,LATE,,,HUB,,20,21,0,0,True,1\r\n"
                       "2024-07-25T04:00:00,,1,WESTERN HUB,,,HUB,,20,20,0,0,True,1\r\n2024-07-25T05:00:00,,1,WESTERN HUB,,,HUB,,x,20,0,0,True,1\r\n")
        with open(folder / "in/page.csv", "w") as file:
            file.write("<html></html>")
        out = folder / "out"
        done = c.run("convert", folder / "in", "-o", out, "--stats", "json", "--progress", "json")
        compare_keys(c, "convert --stats json", [done.json])
        moments = [json.loads(line) for line in done.stderr.splitlines() if line.startswith("{")]
        compare_keys(c, "convert --progress json", moments) if moments else c.tally.skip("keys of --progress json", "too quick a run")
        with open(os.path.join(out, ".gridpq", "rejects", "rejects.jsonl")) as file:
            compare_keys(c, ".gridpq/rejects/rejects.jsonl", [json.loads(line) for line in file])
        compare_keys(c, "plan --json", [c.run("plan", folder / "in", "-o", folder / "other", "--json").json])
        compare_keys(c, "inspect --json", [c.run("inspect", folder / "in", "--json").json])
        parquet = next(iter(harness.parquet_files(out).values()))
        broken = shutil.copy(parquet, folder / "broken.parquet")
        with open(broken, "r+b") as file:
            file.seek(os.path.getsize(broken) // 3)
            byte = file.read(1)
            file.seek(-1, os.SEEK_CUR)
            file.write(bytes([byte[0] ^ 255]))
        compare_keys(c, "verify --json", [c.run("verify", path, "--json").json for path in (parquet, broken)])
        traced = c.run("trace", parquet, "WESTERN HUB@2024-07-02T16:00:00Z", "--json")
        c.expect("trace", traced, 0, '"line":', "")
        compare_keys(c, "trace --json", [traced.json])
        c.expect("trace of what is not there", c.run("trace", parquet, "WESTERN HUB@2030-07-02T16:00:00Z"), 1)
        for key in ("WESTERN HUB", "@2024-07-02T16:00:00Z", "WESTERN HUB@yesterday"):
            c.expect(f"trace {key}", c.run("trace", parquet, key), 1, "", "gridpq: ")
        for verb in ("formats", "schema"):
            compare_keys(c, f"{verb} --json", [c.run(verb, "--json").json])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    harness.add_program_argument(parser)
    context = Context(harness.find_program(parser.parse_args().program), harness.Tally("cli"))
    for part in (help_texts, usage_errors, exit_codes, markets_asked_for, parsed_alike, progress_forms, streams, names_with_commands, signals,
                 texts_from_the_table, tables, json_contract):
        part(context)
    return context.tally.finish()


if __name__ == "__main__":
    sys.exit(main())
