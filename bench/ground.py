# SPDX-License-Identifier: MIT
"""What benchmarks stand on: the program, the engines in an environment of their own, and the generated archive."""
import gzip
import os
import shutil
import sys
from concurrent.futures import ProcessPoolExecutor

from measure import BUILD, ROOT, Failed, command, say

VENV = os.path.join(BUILD, "bench-venv")
PYTHON = os.path.join(VENV, "bin", "python")
ENGINES = ["duckdb", "polars", "pyarrow", "datafusion", "pandas"]
DATA = os.path.join(BUILD, "bench-data")
GENERATOR = os.path.join(ROOT, "tools", "gen_pjm.py")
NODES = 6435
DAYS, SMALL_DAYS = 60, 6
FIRST_YEAR = 2024


def program_find(given):
    path = os.path.abspath(given or os.path.join(BUILD, "gridpq"))
    if not os.access(path, os.X_OK):
        raise Failed(f"{path} is missing: run make, or name the program with --program")
    return path


def venv_make():
    """build/bench-venv, installed once; remove the folder to get newer engines."""
    stamp = os.path.join(VENV, ".complete")
    if not os.path.exists(stamp):
        say(f"installing {', '.join(ENGINES)} into {os.path.relpath(VENV, ROOT)}")
        command([sys.executable, "-m", "venv", "--clear", VENV])
        command([PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *ENGINES])
        with open(stamp, "w"):
            pass
    return PYTHON


# ---- data ----

def _whole(folder):
    return os.path.exists(os.path.join(folder, ".complete"))


def _complete(folder):
    with open(os.path.join(folder, ".complete"), "w"):
        pass


def archive_make(days, nodes=NODES, year=FIRST_YEAR):
    """The folder of a generated archive, one file a day; made once."""
    folder = os.path.join(DATA, f"da-{year}-{days}x{nodes}")
    if not _whole(folder):
        say(f"generating {days} days of {nodes} nodes of {year}")
        shutil.rmtree(folder, ignore_errors=True)
        command([sys.executable, GENERATOR, "--out", folder, "--feed", "da", "--start", f"{year}-01-01",
                 "--days", str(days), "--nodes", str(nodes)])
        _complete(folder)
    return folder


def generated(name, generator, *arguments):
    """The folder of an archive that a generator makes; made once."""
    folder = os.path.join(DATA, name)
    if not _whole(folder):
        say(f"generating {name}")
        shutil.rmtree(folder, ignore_errors=True)
        command([sys.executable, os.path.join(ROOT, "tools", generator), "--out", folder, *arguments])
        _complete(folder)
    return folder


def _pack(paths):
    source, target = paths
    with open(source, "rb") as plain, open(target, "wb") as raw, gzip.GzipFile("", "wb", 6, raw, 0) as packed:
        shutil.copyfileobj(plain, packed, 1 << 20)


def archive_gzip(folder):
    """The same files as .csv.gz, level 6 as gzip's default."""
    target = folder + ".gz"
    if not _whole(target):
        say("packing the archive with gzip")
        shutil.rmtree(target, ignore_errors=True)
        os.makedirs(target)
        with ProcessPoolExecutor(2) as pool:
            list(pool.map(_pack, [(path, os.path.join(target, os.path.basename(path) + ".gz"))
                                  for path in archive_files(folder)]))
        _complete(target)
    return target


def archive_joined(folder):
    """The lines of all files in one, with the header of the first."""
    target = folder + "-joined"
    if not _whole(target):
        say("joining the archive's files")
        shutil.rmtree(target, ignore_errors=True)
        os.makedirs(target)
        with open(os.path.join(target, "joined.csv"), "wb") as joined:
            for number, path in enumerate(archive_files(folder)):
                with open(path, "rb") as file:
                    head = file.readline()
                    joined.write(b"" if number else head)
                    shutil.copyfileobj(file, joined, 1 << 20)
        _complete(target)
    return target


def archive_tenfold(days, nodes=NODES):
    """One folder with links to the same days of ten years."""
    folder = os.path.join(DATA, f"da-tenfold-{days}x{nodes}")
    years = [archive_make(days, nodes, year) for year in range(FIRST_YEAR - 9, FIRST_YEAR + 1)]
    if not _whole(folder):
        shutil.rmtree(folder, ignore_errors=True)
        os.makedirs(folder)
        for year in years:
            for path in archive_files(year):
                os.link(path, os.path.join(folder, os.path.basename(path)))
        _complete(folder)
    return folder


def archive_files(folder):
    return sorted(os.path.join(folder, name) for name in os.listdir(folder) if not name.startswith("."))


def archive_bytes(folder):
    return sum(os.path.getsize(path) for path in archive_files(folder))


def archive_warm(folder, around=1):
    """Reads all files once, so that the page cache holds them; counts their lines but for 'around' of each."""
    lines = 0
    for path in archive_files(folder):
        with open(path, "rb", buffering=0) as file:
            while block := file.read(1 << 22):
                lines += block.count(b"\n")
    return lines - around * len(archive_files(folder))
