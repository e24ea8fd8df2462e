# SPDX-License-Identifier: MIT
"""Random archives: files of the ISOs, loose, as gzip or in ZIP archives, in folders. All from one random.Random."""
import gzip
import os
import sys
import zipfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "unit", "io"))
import caiso_files  # noqa: E402
import ercot_files  # noqa: E402
import isone_files  # noqa: E402
import miso_files  # noqa: E402
import nyiso_files  # noqa: E402
import pjm_files  # noqa: E402
import spp_files  # noqa: E402
import zips  # noqa: E402

MAKERS = [pjm_files.make_files, caiso_files.make_files, miso_files.make_files, ercot_files.make_files, isone_files.make_files,
          nyiso_files.make_files, spp_files.make_files]


def compress(rng, data):
    cuts = sorted(rng.randrange(len(data) + 1) for _ in range(rng.choice([0, 0, 1, 3])))
    parts = [data[a:b] for a, b in zip([0] + cuts, cuts + [len(data)])]
    level = rng.choice([0, 1, 6, 9])
    return b"".join(gzip.compress(p, level, mtime=0) for p in parts) + b"\0" * rng.choice([0, 0, 0, 512])


def zipped(rng, members):
    return zips.packed(members, rng.choice([zipfile.ZIP_DEFLATED] * 3 + [zipfile.ZIP_STORED]), pipe=rng.random() < .6,
                       wide=rng.random() < .2)


def pack(rng, made):
    """Some of the files in archives; some of those in archives again. Names within one archive are distinct."""
    loose, members, seen = [], [], set()
    share = rng.choice([0, 0, .3, 1])
    for name, data in made:
        if rng.random() < .2 and name.endswith(".csv"):
            name, data = name + ".gz", compress(rng, data)
        if rng.random() < share and name not in seen:
            seen.add(name)
            members.append((rng.choice(["", "", "2024/", "a/b/"]) + name, data))
        else:
            loose.append((name, data))
    while members:
        some, members = members[:(n := rng.randrange(1, 7))], members[n:]
        content = zipped(rng, some)
        for level in range(rng.choice([0, 0, 0, 1, 2])):
            content = zipped(rng, [(f"inner{level}.zip", content)] + ([("notes.txt", b"<note/>")] if rng.random() < .2 else []))
        name = f"{rng.choice(['prices', 'x', 'Z'])}{len(loose)}.zip"
        if rng.random() < .05:
            content = content[:rng.randrange(len(content) // 2, len(content) - 1)]
        loose.append((name, content))
    return loose


def place(rng, made, folder):
    """Writes files into folders below 'folder' (which must not hold any) and returns their paths."""
    paths, taken = [], set()
    for name, data in made:
        while True:
            where = os.path.join(folder, rng.choice(["", "a", "b", "2024/x", "zz"]), name)
            if where not in taken:
                break
            name = str(rng.randrange(10)) + name
        taken.add(where)
        os.makedirs(os.path.dirname(where), exist_ok=True)
        with open(where, "wb") as f:
            f.write(data)
        paths.append(where)
    return paths


def make_archive(rng, folder, size=2500):
    """Writes a random archive below 'folder' and returns the paths of its files."""
    makers = rng.choice([[make] for make in MAKERS] * 3 + [rng.sample(MAKERS, 2), rng.sample(MAKERS, 3), MAKERS])
    made = [file for make in makers for file in make(rng, size // len(makers))]
    for name, data in list(made):
        if rng.random() < .12:  # the same bytes once more
            made.append((name if rng.random() < .4 else name.replace(".csv", " copy.csv"), data))
    return place(rng, pack(rng, made), folder)
