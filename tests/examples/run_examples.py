# SPDX-License-Identifier: MIT
"""The installed tree is whole, and every example runs: C against the installed library, DuckDB, Polars and pandas on the demo.

    run_examples.py [--prefix build/installed]      (after: make install PREFIX=build/installed)
"""
import argparse
import json
import os
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import harness  # noqa: E402

EXAMPLES = os.path.join(harness.ROOT, "examples")
INSTALLED = ["bin/gridpq", "include/gridpq/gridpq.h", "share/man/man1/gridpq.1",
             "share/bash-completion/completions/gridpq", "share/zsh/site-functions/_gridpq"]


def run(*command, **options):
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, stdin=options.pop("stdin", subprocess.DEVNULL),
                          **options)
    return done, [] if done.returncode == options.get("status", 0) else [f"exit {done.returncode}: {done.stderr[-800:]}"]


def c_example(tally, prefix, folder):
    if not shutil.which("pkg-config"):
        tally.skip("convert.c", "no pkg-config here")
        return
    library = next(os.path.join(prefix, d) for d in ("lib", "lib64") if os.path.isdir(os.path.join(prefix, d, "pkgconfig")))
    environment = {**os.environ, "PKG_CONFIG_PATH": os.path.join(library, "pkgconfig")}
    flags, problems = run("pkg-config", "--cflags", "--libs", "gridpq", env=environment)
    tally.check("pkg-config", problems)
    _, problems = run("cc", "-Wall", "-Wextra", "-Werror", "-std=c17", "-o", folder / "convert", os.path.join(EXAMPLES, "convert.c"),
                      *flags.stdout.split())
    if not tally.check("convert.c builds against what is installed", problems):
        return
    done, _ = run(folder / "convert", folder / "in", folder / "out-c")
    problems = [] if done.returncode == 4 else [f"exit {done.returncode} instead of 4: {done.stderr}"]
    rows = json.loads(done.stdout)["totals"] if done.stdout else {"written": 0}
    problems += [] if 0 < rows["written"] < 201600 and rows["outside"] else [f"totals {rows}"]
    tally.check("convert.c runs", problems)


def sql_example(tally, folder):
    try:
        import duckdb
    except ImportError:
        tally.skip("read.sql", "no duckdb here")
        return
    here = os.getcwd()
    os.chdir(folder.path)
    try:
        with open(os.path.join(EXAMPLES, "read.sql")) as file:
            connection = duckdb.connect()
            counts = [len(connection.execute(statement).fetchall()) for statement in connection.extract_statements(file.read())]
        tally.check("read.sql", [] if counts[1:] == [25, 14] and counts[0] > 24 and counts[0] % 24 == 0 else [f"rows {counts}"])
    finally:
        os.chdir(here)


def python_examples(tally, folder):
    for name, module, words in (("read_polars.py", "polars", "(336, 2)"), ("read_pandas.py", "pandas", "23")):
        if subprocess.run([sys.executable, "-c", f"import {module}, pyarrow"], capture_output=True).returncode:
            tally.skip(name, f"no {module} here")
            continue
        done, problems = run(sys.executable, os.path.join(EXAMPLES, name), cwd=folder.path)
        tally.check(name, problems or ([] if words in done.stdout else [f"'{words}' is not in {done.stdout}"]))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--prefix", default=os.path.join(harness.ROOT, "build", "installed"))
    prefix, tally = os.path.abspath(parser.parse_args().prefix), harness.Tally("examples")
    program = os.path.join(prefix, "bin", "gridpq")
    tally.check("installed", [f"{path} is missing" for path in INSTALLED if not os.path.exists(os.path.join(prefix, path))])
    with harness.Folder("examples") as folder:
        run(sys.executable, os.path.join(harness.ROOT, "tools", "gen_pjm.py"), "--demo", "--out", folder / "in")
        done = harness.convert(program, [folder / "in"], folder / "out")
        tally.check("the installed program converts the demo", [] if done.status == 4 else [done.describe()])
        c_example(tally, prefix, folder)
        sql_example(tally, folder)
        python_examples(tally, folder)
    return tally.finish()


if __name__ == "__main__":
    sys.exit(main())
