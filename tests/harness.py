# SPDX-License-Identifier: MIT
"""What the runners share: finding and running the program, reading what it wrote, comparing it with the reference."""
import hashlib
import importlib
import json
import math
import os
import shutil
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(ROOT, "tests", "reference"))
import reference  # noqa: E402
import survey  # noqa: E402

EXIT_OK, EXIT_USAGE, EXIT_BOUND, EXIT_SYSTEM, EXIT_DATA, EXIT_BUG = 0, 1, 2, 3, 4, 9


def need(*modules):
    """The modules, or a sentence on what is missing and exit 77 (skipped)."""
    found = []
    for name in modules:
        try:
            found.append(importlib.import_module(name))
        except ImportError:
            print(f"skipped: {os.path.basename(sys.argv[0])} needs the Python module {name} ({sys.executable} has none)")
            sys.exit(77)
    return found[0] if len(found) == 1 else found


def add_program_argument(parser):
    parser.add_argument("--program", default=os.environ.get("GRIDPQ", os.path.join(ROOT, "build", "gridpq")),
                        help="the program under test (default: $GRIDPQ, else build/gridpq)")


def find_program(path):
    path = os.path.abspath(path)
    if not os.access(path, os.X_OK):
        print(f"{os.path.basename(sys.argv[0])}: no program at {path}: build it, or set GRIDPQ")
        sys.exit(2)
    return path


class Run:
    def __init__(self, status, stdout, stderr, command):
        self.status, self.stdout, self.stderr, self.command = status, stdout, stderr, command

    @property
    def json(self):
        return json.loads(self.stdout)

    def describe(self):
        return f"{' '.join(self.command)}\n  exit {self.status}\n  stderr: {self.stderr.strip()[-1500:]}"


def run(program, *arguments, timeout=600, **options):
    command = [program, *map(str, arguments)]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=timeout,
                          stdin=subprocess.DEVNULL, **options)
    return Run(done.returncode, done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace"), command)


def convert(program, inputs, out, *options, timeout=600):
    return run(program, "convert", *inputs, "-o", out, "--stats", "json", "--progress", "none", *options, timeout=timeout)


def parquet_files(out):
    """{path below 'out': full path} of what a *.parquet glob over everything would find."""
    found = {}
    for folder, _, names in os.walk(out):
        for name in names:
            if name.endswith(".parquet"):
                full = os.path.join(folder, name)
                found[os.path.relpath(full, out)] = full
    return found


def left_behind(out):
    """Files that a finished or stopped run must not leave: temporary names, spill."""
    found = []
    for folder, _, names in os.walk(out):
        for name in names:
            inside = os.path.relpath(os.path.join(folder, name), out)
            if ".tmp" in name or "spill" in inside or (name.startswith(".") and not inside.startswith(".gridpq")):
                found.append(inside)
    return sorted(found)


def digests(out):
    result = {}
    for inside, full in parquet_files(out).items():
        with open(full, "rb") as f:
            result[inside] = hashlib.file_digest(f, "sha256").hexdigest()
    return result


def plain(column):
    """An Arrow column as Python values that compare: times as integers."""
    import pyarrow as pa
    kind = column.type
    if pa.types.is_timestamp(kind):
        column = column.cast(pa.int64())
    elif pa.types.is_date32(kind):
        column = column.cast(pa.int32())
    elif pa.types.is_dictionary(kind):
        column = column.cast(kind.value_type)
    return column.to_pylist()


def negative_zero(values):
    return any(v == 0 and math.copysign(1, v) < 0 for v in values if v is not None)


def compare_schema(schema, table):
    problems = []
    expected = reference.TABLE_COLUMNS[table]
    if schema.names != expected:
        return [f"columns {schema.names} instead of {expected}"]
    required = reference.required_columns(table)
    for field in schema:
        kind = reference.COLUMN_TYPES.get(field.name, "string")
        if str(field.type) != kind:
            problems.append(f"{field.name} is {field.type} instead of {kind}")
        if field.nullable == (field.name in required):
            problems.append(f"{field.name} is {'OPTIONAL' if field.nullable else 'REQUIRED'}")
    return problems


def compare_rows(name, columns, rows, at_most=5):
    """Columns as read (name: values) against the reference's rows, in order."""
    n = len(next(iter(columns.values())))
    if n != len(rows):
        return [f"{name}: {n} rows instead of {len(rows)}"]
    problems = []
    for column, values in columns.items():
        expected = [row[column] for row in rows]
        if values != expected:
            at = next(i for i, (a, b) in enumerate(zip(values, expected)) if a != b)
            wrong = sum(a != b for a, b in zip(values, expected))
            shown = {k: rows[at][k] for k in ("datetime_utc", "settlement_location", "as_product", "version", "is_current",
                                              "source_file") if k in rows[at]}
            problems.append(f"{name}: {column}: {wrong} of {n} values differ, first in row {at}: {values[at]!r} instead of "
                            f"{expected[at]!r} ({shown})")
        elif values and isinstance(next((v for v in values if v is not None), None), float) and negative_zero(values):
            problems.append(f"{name}: {column} holds a negative zero")
    return problems[:at_most]


def compare_output(result, out):
    """Every file, schema, row group, value and null of 'out' against the reference's result."""
    import pyarrow.parquet as pq
    found, problems = parquet_files(out), []
    for inside in sorted(set(result.partitions) - set(found)):
        problems.append(f"{inside} is missing ({len(result.partitions[inside])} rows)")
    for inside in sorted(set(found) - set(result.partitions)):
        problems.append(f"{inside} should not be there ({pq.read_metadata(found[inside]).num_rows} rows)")
    for inside in sorted(set(found) & set(result.partitions)):
        rows = result.partitions[inside]
        table = "energy" if "lmp_total" in rows[0] else "ancillary"
        file = pq.ParquetFile(found[inside])
        problems += [f"{inside}: {p}" for p in compare_schema(file.schema_arrow, table)]
        data = file.read()
        if data.schema.names == reference.TABLE_COLUMNS[table]:
            problems += compare_rows(inside, {c: plain(data.column(c)) for c in data.schema.names}, rows)
        groups = [file.metadata.row_group(i).num_rows for i in range(file.metadata.num_row_groups)]
        if groups != result.row_groups[inside]:
            problems.append(f"{inside}: row groups of {groups} rows instead of {result.row_groups[inside]}")
    return problems


LINE_COUNTS = ["lines", "header_lines", "blank_lines", "data_lines", "partial_rows"]


def compare_account(result, stats):
    """The account of each file (files with one name and content are one: which of them counts is nobody's business)."""
    problems, expected, found = [], {}, {}
    by_path = {os.path.realpath(f.path): f for f in result.files}
    seen = {os.path.realpath(item["file"]): item for item in stats["files"]}
    for path in sorted(set(by_path) - set(seen)):
        problems.append(f"{path} is missing in the account")
    for path in sorted(set(seen) - set(by_path)):
        problems.append(f"{path} is in the account and was no input")
    for path in sorted(set(seen) & set(by_path)):
        entry, item = by_path[path], seen[path]
        if item["state"] != entry.state:
            problems.append(f"{path}: state {item['state']} ({item.get('reason')}) instead of {entry.state} ({entry.reason})")
            continue
        if entry.state != "converted":
            if not item.get("reason"):
                problems.append(f"{path}: {item['state']} and no reason given")
            continue
        if sorted(item["datasets"]) != sorted(entry.datasets):
            problems.append(f"{path}: datasets {item['datasets']} instead of {entry.datasets}")
        total = sum(item[c] for c in reference.COUNTS)
        if item["partial_rows"] != total:
            problems.append(f"{path}: {item['partial_rows']} partial rows, and its counts add up to {total}")
        if item["lines"] != item["header_lines"] + item["blank_lines"] + item["data_lines"]:
            problems.append(f"{path}: {item['lines']} lines are not header + blank + data lines")
        ours = entry.as_json()
        for name in LINE_COUNTS + reference.COUNTS:
            expected.setdefault((entry.rank[:-1], name), [0, path])[0] += ours[name]
            found.setdefault((entry.rank[:-1], name), [0, path])[0] += item[name]
    for key in expected:
        if expected[key][0] != found[key][0]:
            problems.append(f"{expected[key][1]}: {key[1]} is {found[key][0]} instead of {expected[key][0]}")
    for name in reference.COUNTS:
        total = sum(item[name] for item in stats["files"] if item["state"] == "converted")
        if stats["totals"][name] != total:
            problems.append(f"totals: {name} is {stats['totals'][name]}, the files add up to {total}")
    return problems


def compare_partition_days(item, rows):
    """Dates of years (months) without a row are in no partition."""
    first, last = min(row["delivery_date"] for row in rows), max(row["delivery_date"] for row in rows)
    labels = {p["file"][:-len(".parquet")].rsplit("_", 1)[1] for p in item["partitions"]}
    here = {day for day in (str(survey.date_of(n)) for n in range(first, last + 1)) if day[:4] in labels or day[:7] in labels}
    wanted = len(here), sum(d["date"] in here for d in item["days_short"])
    said = sum(p["days"] for p in item["partitions"]), sum(p["days_short"] for p in item["partitions"])
    return [] if said == wanted else [f"(days, short ones) of the partitions are {said} instead of {wanted}"]


def compare_datasets(result, stats):
    """Rows of each dataset and partition, the days that have not all their intervals, sums, what comes and goes."""
    problems, found = [], {f"{item['iso'].lower()}/{item['dataset']}": item for item in stats["datasets"] if item["rows"]}
    if sorted(found) != sorted(result.datasets):
        return [f"datasets of {sorted(found)} instead of {sorted(result.datasets)}"]
    for name, rows in result.datasets.items():
        item = found[name]
        if item["rows"] != len(rows):
            problems.append(f"{name}: {item['rows']} rows said, {len(rows)} expected")
        said = {os.path.basename(p["file"]): (p["rows"], p["row_groups"]) for p in item["partitions"]}
        expected = {os.path.basename(p): (len(r), len(result.row_groups[p])) for p, r in result.partitions.items()
                    if p.startswith(f"{name}/")}
        if said != expected:
            problems.append(f"{name}: partitions {said} instead of {expected}")
        days = [(d["date"], d["expected"], d["found"]) for d in item["days_short"]]
        problems += [f"{name}: {p}" for p in compare_partition_days(item, rows)]
        wanted = reference.short_days(reference.DATASETS[name], rows)
        if days != wanted:
            problems.append(f"{name}: days short {days[:6]} instead of {wanted[:6]} ({len(days)}, {len(wanted)})")
        problems += survey.compare(reference.DATASETS[name], rows, item, reference.expected_intervals, result.block_of)
    return problems + compare_parts(stats)


def compare_parts(stats):
    """What is said of partitions and of markets adds up to what is said of all."""
    problems, totals = [], stats["totals"]
    partitions = [p for item in stats["datasets"] for p in item["partitions"]]
    for name in ("joined", "duplicate", "superseded"):
        if sum(p[name] for p in partitions) != totals[name]:
            problems.append(f"{name} of the partitions are {sum(p[name] for p in partitions)} instead of {totals[name]}")
    for name in totals:
        if sum(market[name] for market in stats["markets"]) != totals[name]:
            problems.append(f"{name} of the markets are {[market[name] for market in stats['markets']]}, in all {totals[name]}")
    isos = [market["iso"] for market in stats["markets"]]
    if len(set(isos)) != len(isos) or (None in isos and isos[-1] is not None):
        problems.append(f"markets {isos}")
    fed = sum(1 for f in stats["files"] if f["state"] == "converted" and sum(f[name] for name in ("written", "joined", "duplicate", "superseded")))
    if partitions and max(p["inputs"] for p in partitions) > fed:
        problems.append(f"a partition has rows of {max(p['inputs'] for p in partitions)} files, and {fed} gave any")
    return problems


def compare_rejects(result, out):
    """Rejected lines of the files that were converted: place, reason and bytes."""
    folder = os.path.join(out, ".gridpq", "rejects")
    expected, found, problems = {}, {}, []
    for entry in result.files:
        if entry.state == "converted":
            for offset, number, raw, word in entry.rejects:
                key = (os.path.realpath(entry.path), number, offset, word)
                expected[key] = raw
    converted = {os.path.realpath(f.path) for f in result.files if f.state == "converted"}
    if os.path.exists(os.path.join(folder, "rejects.jsonl")):
        with open(os.path.join(folder, "rejects.raw"), "rb") as f:
            raw = f.read()
        with open(os.path.join(folder, "rejects.jsonl"), "rb") as f:
            for text in f:
                item = json.loads(text)
                path = os.path.realpath(item["file"]) + (f"!{item['member']}" if item["member"] else "")
                if path in converted:
                    key = (path, item["line"], item["byte"], item["reason"])
                    if key in found:
                        problems.append(f"rejects: {key} stands twice")
                    found[key] = raw[item["raw_byte"]:item["raw_byte"] + item["raw_len"]]
                    problems += [] if item.get("sentence") else ["rejects: a line without a sentence"]
    problems += [f"rejects: {key} is missing" for key in sorted(set(expected) - set(found))[:5]]
    problems += [f"rejects: {key} should not be there" for key in sorted(set(found) - set(expected))[:5]]
    problems += [f"rejects: {key}: other bytes: {found[key][:80]!r} instead of {expected[key][:80]!r}"
                 for key in sorted(set(found) & set(expected)) if found[key] != expected[key]][:5]
    return problems


class Tally:
    """Counts checks, prints failures as they come, and the summary line."""

    def __init__(self, name):
        self.name, self.done, self.failed, self.skipped = name, 0, 0, 0

    def check(self, label, problems, context=""):
        """'problems': a list of sentences; an empty one is a pass."""
        self.done += 1
        if problems:
            self.failed += 1
            print(f"FAILED {self.name}: {label}")
            for problem in problems[:12]:
                print(f"    {problem}")
            if context:
                print(f"    {context}")
            sys.stdout.flush()
        return not problems

    def skip(self, label, why):
        self.skipped += 1
        print(f"skipped {self.name}: {label}: {why}")

    def finish(self):
        skipped = f", {self.skipped} skipped" if self.skipped else ""
        print(f"{self.name}: {self.done} checks, {self.failed} failed{skipped}")
        return 1 if self.failed else 0


class Folder:
    """A temporary folder; kept when 'keep' was set."""

    def __init__(self, label):
        self.path, self.keep = tempfile.mkdtemp(prefix=f"gridpq-{label}-"), False

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if not self.keep:
            shutil.rmtree(self.path, ignore_errors=True)

    def __truediv__(self, name):
        return os.path.join(self.path, name)
