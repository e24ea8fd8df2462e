# SPDX-License-Identifier: MIT
"""The steps of tools/check: two cores' worth at a time, each with its log, a table at the end."""
import os
import subprocess
import sys
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
LOGS = os.path.join(ROOT, "build", "check")
LONG = os.environ.get("GPQ_CHECK_LONG", "") not in ("", "0")
CORES = 2
SKIPPED = 77
FUZZ_SECONDS = 1200 if LONG else 90  # for each target, two at a time: the four of them take 3 minutes
PROPERTY_SECONDS = 1200 if LONG else 75
STEP_SECONDS = 7200 if LONG else 900
PLAIN = "cc -std=c17 -D_GNU_SOURCE -O1 -Iinclude -Isrc -o build/check/gridpq-plain src/*/*.c -lzstd -llz4 -lsnappy -lisal -lz -lexpat -lm"
INSTALL = "rm -rf build/installed && make install PREFIX=build/installed"
WRITTEN = ("rm -rf build/check/written && mkdir -p build/check/written && build/asan/parquet-test_writer_files build/check/written && "
           "{python} tests/interop/check_written.py build/check/written")
GRIDSTATUS_PYTHON = "build/venv-gridstatus/bin/python"
SECOND_OPINION = f"p={GRIDSTATUS_PYTHON}; [ -x $p ] || p={{python}}; $p tests/fixtures/run_second_opinion.py"


class Step:
    def __init__(self, name, command, after=(), cores=1, program="build/gridpq"):
        self.name, self.command, self.after, self.cores, self.program = name, command, after, cores, program
        self.started, self.seconds, self.outcome, self.running = 0.0, 0.0, None, None

    @property
    def log(self):
        return os.path.join(LOGS, f"{self.name}.log")

    def start(self, python):
        environment = {**os.environ, "GRIDPQ": os.path.join(ROOT, self.program), "PYTHONUNBUFFERED": "1",
                       "ASAN_OPTIONS": "detect_leaks=1", "UBSAN_OPTIONS": "print_stacktrace=1"}
        self.started = time.monotonic()
        with open(self.log, "wb") as log:
            self.running = subprocess.Popen(["timeout", str(STEP_SECONDS), "sh", "-c", self.command.replace("{python}", python)],
                                            cwd=ROOT, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, env=environment)

    def poll(self):
        status = self.running.poll()
        if status is None:
            return False
        self.seconds = time.monotonic() - self.started
        self.outcome = {0: "ok", SKIPPED: "skipped", 124: "too slow"}.get(status, "FAILED")
        return True

    def last_line(self):
        with open(self.log, encoding="utf-8", errors="replace") as log:
            lines = [line.strip() for line in log if line.strip()]
        return lines[-1] if lines else ""


def runner(name, path, arguments="", after=("release",), program="build/gridpq"):
    return Step(name, f"{{python}} tests/{path} {arguments}", after, program=program)


def steps_all():
    long = "--long" if LONG else ""
    steps = [
        Step("rooms", "{python} tools/check_rooms.py"),
        Step("headers", "{python} tests/headers/run_headers.py"),
        Step("release", "make", cores=2),
        Step("asan-build", "make build-asan", cores=2),
        Step("fuzz-build", "make build-fuzz", cores=2),
        Step("plain-cc", PLAIN + " && build/check/gridpq-plain --version"),
        Step("clang", "make build-clang"),
        Step("unit", "ctest --test-dir build/asan --output-on-failure", ["asan-build"]),
        Step("reference", "{python} -m unittest discover -s tests/reference"),
        runner("cli", "cli/run_cli.py"),
        runner("cli-asan", "cli/run_cli.py", after=["asan-build"], program="build/asan/gridpq"),
        Step("docs", "{python} tools/make_docs.py --check", ["release"]),
        Step("install", INSTALL, ["release"]),
        runner("examples", "examples/run_examples.py", after=["install"]),
        runner("property", "property/run_property.py", f"--seconds {PROPERTY_SECONDS}"),
        runner("property-asan", "property/run_property.py", f"--seconds {PROPERTY_SECONDS} --seed 2", ["asan-build"],
               "build/asan/gridpq"),
        runner("tables", "tables/run_tables.py"),
        runner("fixtures", "fixtures/run_fixtures.py"),
        runner("fixtures-asan", "fixtures/run_fixtures.py", after=["asan-build"], program="build/asan/gridpq"),
        runner("samples", "samples/run_samples.py"),
        Step("second-opinion", SECOND_OPINION),
        runner("bad-input", "bad_input/run_bad_input.py", long),
        runner("containers", "containers/run_containers.py"),
        runner("split", "split/run_split.py", "--shifts 4"),
        runner("interop", "interop/run_interop.py", "--all" if LONG else ""),
        Step("written", WRITTEN, ["asan-build"]),
        runner("memory", "budget/run_memory.py", long),
    ]
    folder = os.path.join(ROOT, "tests", "fuzz")
    for name in sorted(os.listdir(folder)):
        if name.startswith("fuzz_") and name.endswith(".c"):
            target = name[len("fuzz_"):-len(".c")]
            steps.append(Step(f"fuzz-{target}", f"tools/fuzz {FUZZ_SECONDS} {target}", ["fuzz-build"]))
    if LONG:
        steps += [
            Step("tsan-build", "make build-tsan", cores=2),
            Step("unit-tsan", "ctest --test-dir build/tsan --output-on-failure", ["tsan-build"]),
            runner("property-tsan", "property/run_property.py", f"--seconds {PROPERTY_SECONDS} --seed 3", ["tsan-build"],
                   "build/tsan/gridpq"),
            runner("cli-tsan", "cli/run_cli.py", after=["tsan-build"], program="build/tsan/gridpq"),
        ]
    return steps


def steps_chosen(names):
    steps = steps_all()
    by_name = {step.name: step for step in steps}
    unknown = [name for name in names if name not in by_name]
    if unknown:
        sys.exit(f"check: no step {', '.join(unknown)}; there are {' '.join(by_name)}")
    wanted, queue = set(), list(names) or list(by_name)
    while queue:
        name = queue.pop()
        if name not in wanted:
            wanted.add(name)
            queue += by_name[name].after
    return [step for step in steps if step.name in wanted]


def report(step):
    print(f"{step.outcome:8} {step.name:14} {step.seconds:6.1f} s  {step.last_line()[:110]}", flush=True)
    if step.outcome in ("FAILED", "too slow"):
        with open(step.log, encoding="utf-8", errors="replace") as log:
            lines = log.read().splitlines()[-60:]
        print("\n".join("    | " + line for line in lines), flush=True)


def run(steps, python):
    by_name, waiting, running = {step.name: step for step in steps}, list(steps), []
    while waiting or running:
        for step in [step for step in running if step.poll()]:
            running.remove(step)
            report(step)
        for step in list(waiting):
            before = [by_name[name].outcome for name in step.after]
            if any(outcome not in (None, "ok") for outcome in before):
                step.outcome = "not run"
                waiting.remove(step)
            elif all(outcome == "ok" for outcome in before) and sum(s.cores for s in running) + step.cores <= CORES:
                step.start(python)
                running.append(step)
                waiting.remove(step)
        time.sleep(0.05)


def main():
    os.chdir(ROOT)
    os.makedirs(LOGS, exist_ok=True)
    steps = steps_chosen(sys.argv[1:])
    venv = os.path.join(ROOT, "build", "venv", "bin", "python")
    started = time.monotonic()
    run(steps, venv if os.access(venv, os.X_OK) else sys.executable)
    print("\nstep           outcome   seconds")
    for step in steps:
        print(f"{step.name:14} {step.outcome:8} {step.seconds:8.1f}")
    bad = [step.name for step in steps if step.outcome not in ("ok", "skipped")]
    print(f"\n{len(steps)} steps in {(time.monotonic() - started) / 60:.1f} minutes: " +
          (f"not all right: {', '.join(bad)}" if bad else "all right"))
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
