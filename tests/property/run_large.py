# SPDX-License-Identifier: MIT
"""Archives too large for the reference, judged by DuckDB's SQL: spilling, late rows, restated days, a file that fails at its end.

    run_large.py [--program build/gridpq] [--days 20] [--nodes 1500]

Each archive is converted at several bounds and thread counts: every value must be DuckDB's, and the bytes the same each time.
"""
import argparse
import gzip
import os
import random
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import harness  # noqa: E402

VARIANTS = [("1", "64M"), ("2", "64M"), ("4", "96M"), ("2", "256M")]


def generate(folder, *options):
    subprocess.run([sys.executable, os.path.join(harness.ROOT, "tools", "gen_pjm.py"), "--out", folder, "--feed", "da",
                    *map(str, options)], check=True, stdout=subprocess.DEVNULL)


def names_below(folder):
    return sorted(os.path.join(where, name) for where, _, names in os.walk(folder) for name in names)


def shuffle_lines(path, rng):
    with open(path, "rb") as f:
        head, *lines = f.read().splitlines(keepends=True)
    rng.shuffle(lines)
    with open(path, "wb") as f:
        f.writelines([head, *lines])


# ---- archives: each returns the files that count ----

def by_day(folder, days, nodes):
    generate(folder / "in", "--start", "2024-02-27", "--days", days, "--nodes", nodes, "--files", "day")
    return names_below(folder / "in")


def by_node_in_one_file(folder, days, nodes):
    generate(folder / "in", "--start", "2024-02-27", "--days", days, "--nodes", nodes, "--files", "one", "--order", "node")
    return names_below(folder / "in")


def shuffled_in_one_gz(folder, days, nodes):
    generate(folder / "in", "--start", "2023-12-20", "--days", days, "--nodes", nodes, "--files", "one", "--order", "shuffle", "--gzip")
    return names_below(folder / "in")


def restated_days_and_late_rows(folder, days, nodes):
    """Days in order, restated days among them, and a last file whose rows belong to blocks closed long ago."""
    generate(folder / "in", "--start", "2024-10-20", "--days", days, "--nodes", nodes, "--files", "day")
    generate(folder / "in/restated", "--start", "2024-10-24", "--days", 3, "--nodes", nodes, "--files", "day", "--version", 2,
             "--order", "node")
    generate(folder / "late", "--start", "2024-10-20", "--days", days, "--nodes", 40, "--files", "one", "--order", "time", "--seed", 9)
    late = names_below(folder / "late")[0]
    with open(late, "rb") as f:
        head, *lines = f.read().splitlines(keepends=True)
    # looks like the last days by head and tail; its middle is older
    recent = [text for text in lines if b"11/" in text[:3]]
    older = [text for text in lines if b"10/" in text[:3]]
    os.makedirs(folder / "in/late")
    with open(folder / "in/late/zz_da_late.csv", "wb") as f:
        f.writelines([head, *recent[:len(recent) // 2], *older, *recent[len(recent) // 2:]])
    return names_below(folder / "in")


def a_file_fails_at_its_end(folder, days, nodes):
    """A packed file over all days is newer than the others, feeds every block, and its last byte is wrong."""
    generate(folder / "in", "--start", "2024-02-27", "--days", days, "--nodes", nodes, "--files", "day")
    good = names_below(folder / "in")
    generate(folder / "bad", "--start", "2024-02-27", "--days", days, "--nodes", max(40, nodes // 8), "--files", "one", "--version", 3)
    with open(names_below(folder / "bad")[0], "rb") as f:
        packed = bytearray(gzip.compress(f.read(), 1, mtime=0))
    packed[-1] ^= 1
    with open(folder / "in/zz_da_broken.csv.gz", "wb") as f:
        f.write(packed)
    return good


def shuffled_days_twice(folder, days, nodes):
    """Shuffled files of a week each, one of them once more under another name."""
    generate(folder / "in", "--start", "2024-06-01", "--days", days, "--nodes", nodes, "--files", "week")
    rng = random.Random(4)
    for path in names_below(folder / "in"):
        shuffle_lines(path, rng)
    first = names_below(folder / "in")[0]
    shutil.copyfile(first, os.path.join(os.path.dirname(first), "a_da_copy.csv"))
    return names_below(folder / "in")


ARCHIVES = [(by_day, 0), (by_node_in_one_file, 0), (shuffled_in_one_gz, 0), (restated_days_and_late_rows, 0),
            (a_file_fails_at_its_end, 4), (shuffled_days_twice, 0)]
PICKED = """select epoch_us(datetime_utc) as utc, settlement_location_id as id, settlement_location as name,
  settlement_location_type as type, zone, version, lmp_total as total, lmp_energy as energy, lmp_congestion as congestion,
  lmp_loss as loss, source_file as source from read_parquet(?)"""


def expect(connection, files):
    """The table 'expected', a file at a time so that lines keep their place."""
    connection.execute("create or replace table numbered (utc timestamp, id varchar, name varchar, type varchar, zone varchar, "
                       "version int, total double, energy double, congestion double, loss double, source varchar, place bigint)")
    for path in files:
        connection.execute("""insert into numbered select strptime(datetime_beginning_utc, '%m/%d/%Y %I:%M:%S %p'), pnode_id,
            pnode_name, type, zone, version_nbr::int, total_lmp_da::double, system_energy_price_da::double,
            congestion_price_da::double, marginal_loss_price_da::double, ?, row_number() over ()
            from read_csv(?, all_varchar = true, header = true, parallel = false)""", [os.path.basename(path), path])
    # newest first by RULES 21, as far as these files need it: version, base name without .gz, place in the file
    connection.execute("""create or replace table expected as select epoch_us(utc) as utc, id, name, type, zone, version, total, energy,
        congestion, loss, source from (select *, row_number() over (partition by utc, id order by version desc,
        regexp_replace(source, '[.]gz$', '') desc, place desc) as rank from numbered) where rank = 1""")
    return connection.execute("select count(*) from expected").fetchall()[0][0]


def compare(connection, out):
    pattern = os.path.join(out, "pjm", "da_energy_hourly", "*.parquet")
    if not harness.parquet_files(out):
        return ["no output"]
    problems = []
    for label, first, second, arguments in [("missing or different", "from expected", PICKED, [pattern]),
                                            ("not expected", PICKED, "from expected", [pattern])]:
        rows = connection.execute(f"({first}) except ({second}) limit 3", arguments).fetchall()
        if rows:
            problems.append(f"{label}: e.g. {rows}")
    count = connection.execute("select count(*) from read_parquet(?)", [pattern]).fetchall()[0][0]
    expected = connection.execute("select count(*) from expected").fetchall()[0][0]
    if count != expected:
        problems.append(f"{count} rows instead of {expected}")
    return problems


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    harness.add_program_argument(parser)
    parser.add_argument("--days", type=int, default=20)
    parser.add_argument("--nodes", type=int, default=1500)
    parser.add_argument("--only", default="", help="archives whose name holds this")
    args = parser.parse_args()
    duckdb = harness.need("duckdb")
    program, tally = harness.find_program(args.program), harness.Tally("large")
    for make, status in ARCHIVES:
        if args.only not in make.__name__:
            continue
        with harness.Folder("large") as folder:
            connection = duckdb.connect()
            connection.execute("set threads = 2")
            rows = expect(connection, make(folder, args.days, args.nodes))
            first, failed = None, tally.failed
            for threads, memory in VARIANTS:
                out = folder / "out"
                done = harness.convert(program, [folder / "in"], out, "--threads", threads, "--memory", memory)
                problems = [] if done.status == status else [f"exit {done.status} instead of {status}"]
                digests = harness.digests(out)
                if first is None:
                    problems += compare(connection, out)
                    verified = harness.run(program, "verify", out)
                    problems += [f"verify: exit {verified.status}: {verified.stdout[-300:]}"] if verified.status else []
                elif digests != first:
                    problems += ["other bytes than with the settings before"] + compare(connection, out)
                first = first or digests
                peak = done.json["memory"] if done.stdout else {}
                print(f"    {make.__name__}: {rows} rows, --threads {threads} --memory {memory}: peak "
                      f"{peak.get('peak_bytes', 0) / 2**20:.1f} MiB, spilled {peak.get('spilled_bytes', 0) / 1e6:.1f} MB", flush=True)
                if peak.get("peak_bytes", 0) > int(memory[:-1]) << 20:
                    problems.append(f"peak of {peak['peak_bytes']} bytes")
                problems += [f"left behind: {name}" for name in harness.left_behind(out)]
                tally.check(f"{make.__name__} --threads {threads} --memory {memory}", problems, done.describe() if problems else "")
                shutil.rmtree(out, ignore_errors=True)
            folder.keep = tally.failed > failed
    return tally.finish()


if __name__ == "__main__":
    sys.exit(main())
