# SPDX-License-Identifier: MIT
"""Each header compiles alone as C17, twice included; the public one also as C99 and as C++.

    run_headers.py [--cc cc] [--cxx c++]
"""
import argparse
import concurrent.futures
import os
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
# Templates: they are joined with a simd_<isa>.h by the file that includes both.
PARTS = {"src/csv/scan_template.h", "src/csv/simd_scalar.h", "src/csv/simd_avx2.h", "src/csv/simd_avx512.h"}


def headers():
    for folder, _, names in sorted(os.walk(os.path.join(ROOT, "src"))):
        for name in sorted(names):
            inside = os.path.relpath(os.path.join(folder, name), ROOT)
            if name.endswith(".h") and inside not in PARTS:
                yield inside


def compile_alone(job):
    command, name = job
    text = f'#include "{name}"\n#include "{name}"\n'
    done = subprocess.run(command, input=text, capture_output=True, text=True, cwd=ROOT)
    return name, command, done.returncode, done.stderr


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cc", default="cc")
    parser.add_argument("--cxx", default="c++")
    options = parser.parse_args()
    strict = ["-Wall", "-Wextra", "-Werror", "-fsyntax-only", "-Iinclude"]
    public = "gridpq/gridpq.h"
    jobs = [([options.cc, "-x", "c", "-std=c99", "-pedantic", *strict, "-"], public),
            ([options.cc, "-x", "c", "-std=c17", "-pedantic", *strict, "-"], public),
            ([options.cxx, "-x", "c++", "-std=c++11", "-pedantic", *strict, "-"], public),
            ([options.cxx, "-x", "c++", "-std=c++20", "-pedantic", *strict, "-"], public)]
    inner = [options.cc, "-x", "c", "-std=c17", "-D_GNU_SOURCE", *strict, "-Wno-unused-function", "-Wno-unused-const-variable",
             "-Isrc", "-"]
    jobs += [(inner, name.removeprefix("src/")) for name in headers()]
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for name, command, status, text in pool.map(compile_alone, jobs):
            if status:
                failed += 1
                print(f"FAILED {name}: {' '.join(command)}\n{text}")
    print(f"headers: {len(jobs)} checks, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
