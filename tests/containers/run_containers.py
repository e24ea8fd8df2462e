# SPDX-License-Identifier: MIT
"""What is in an archive is converted as what stands beside it would be: the same rows from any packing, damage named.

    run_containers.py [--program build/gridpq] [--only WORD]

Archives are written by Python's zipfile; rows are those of the reference for the same files unpacked.
"""
import argparse
import gzip
import json
import os
import random
import sys
import warnings
import zipfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "unit", "io"))
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "unit", "workbook"))
import harness  # noqa: E402
import workbooks  # noqa: E402
import zips  # noqa: E402
from harness import reference  # noqa: E402

HEAD = ("datetime_beginning_utc,datetime_beginning_ept,pnode_id,pnode_name,voltage,equipment,type,zone,"
        "system_energy_price_da,total_lmp_da,congestion_price_da,marginal_loss_price_da,row_is_current,version_nbr\r\n")
STORED, DEFLATED = zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED
CASES = []


def case(function):
    CASES.append(function)
    return function


def day(number, nodes=20):
    """A file of one day: (name, content)."""
    draw = random.Random(number)
    lines = [f"2024-06-{number:02d}T{h:02d}:00:00,,{n},NODE {n},,,ZONE,,24,{24 + draw.randint(-900, 900) / 100:.6f},0.25,0.25,"
             "True,1\r\n" for h in range(24) for n in range(1, nodes + 1)]
    return f"day_{number:02d}_da.csv", (HEAD + "".join(lines)).encode()


DAYS = [day(number) for number in range(1, 7)]
packed = zips.packed


def write(path, content):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as f:
        f.write(content)


class Context:
    def __init__(self, program, tally):
        self.program, self.tally = program, tally

    def run(self, files, *options):
        """Converts 'files' (name: bytes); gives the run, its statistics, its rows by partition, its rejects."""
        import pyarrow.parquet as pq
        with harness.Folder("containers") as folder:
            for name, content in files.items():
                write(folder / "in/" + name, content)
            done = harness.convert(self.program, [folder / "in"], folder / "out", *options)
            tables, rejects = {}, []
            for inside, full in harness.parquet_files(folder / "out").items():
                table = pq.read_table(full)
                tables[inside] = {c: harness.plain(table.column(c)) for c in table.schema.names}
            if os.path.exists(folder / "out/.gridpq/rejects/rejects.jsonl"):
                with open(folder / "out/.gridpq/rejects/rejects.jsonl", encoding="utf-8") as f:
                    rejects = [json.loads(text) for text in f]
            verified = harness.run(self.program, "verify", folder / "out") if tables else None
            digests = harness.digests(folder / "out")
            return done, tables, rejects, verified, digests

    def expected(self, files):
        with harness.Folder("containers") as folder:
            for name, content in files.items():
                write(folder / "in/" + name, content)
            return reference.convert([folder / "in"])

    def states(self, done):
        return {item["file"].split("/in/")[-1]: item for item in done.json["files"]}

    def same_rows(self, label, files, sources, *options):
        """The rows are those of DAYS unpacked, with the source names that 'sources' gives."""
        done, tables, _, verified, _ = self.run(files, *options)
        result, problems = self.expected(dict(DAYS)), []
        for inside, rows in result.partitions.items():
            rows = [dict(row, source_file=sources.get(row["source_file"], row["source_file"])) for row in rows]
            problems += harness.compare_rows(inside, tables[inside], rows) if inside in tables else [f"{inside} is missing"]
        problems += [f"exit {done.status}"] if done.status else []
        problems += [f"verify: {verified.stdout} {verified.stderr}"] if not verified or verified.status else []
        self.tally.check(label, problems, done.describe() if problems else "")

    def named(self, label, files, states, exit_status, words=(), rows=None):
        """Each of 'states' has its state, and the reasons say 'words'; 'rows' were written."""
        done, tables, _, _, _ = self.run(files, "--memory", "64M")
        problems, seen = [], {}
        problems += [f"exit {done.status} instead of {exit_status}"] if done.status != exit_status else []
        try:
            seen = self.states(done)
        except ValueError:
            problems.append("no JSON")
        for name, state in states.items():
            if name not in seen:
                problems.append(f"{name} is not in the account: {sorted(seen)}")
            elif seen[name]["state"] != state:
                problems.append(f"{name}: {seen[name]['state']} ({seen[name]['reason']}) instead of {state}")
        said = " ".join(str(item["reason"]) for item in seen.values())
        problems += [f"no reason says '{word}': {said}" for word in words if word not in said]
        written = sum(len(table["datetime_utc"]) for table in tables.values())
        problems += [f"{written} rows instead of {rows}"] if rows is not None and written != rows else []
        self.tally.check(label, problems, done.describe() if problems else "")


def sources(*chain):
    """The source names of DAYS when all stand in the archives 'chain'."""
    return {name: "!".join([*chain, name]) for name, _ in DAYS}


# ---- the same rows ----

@case
def any_packing_gives_the_same_rows(c):
    one = sources("all.zip")
    for label, content in [("deflated", packed(DAYS)), ("stored", packed(DAYS, STORED)), ("descriptors", packed(DAYS, pipe=True)),
                           ("descriptors, stored", packed(DAYS, STORED, pipe=True)), ("zip64", packed(DAYS, wide=True)),
                           ("zip64, descriptors", packed(DAYS, pipe=True, wide=True)), ("comment", packed(DAYS, comment=b"c" * 65535)),
                           ("another order", packed(DAYS[::-1]))]:
        c.same_rows(label, {"all.zip": content}, one)
        c.same_rows(label + ", 64M", {"all.zip": content}, one, "--memory", "64M", "--threads", "1")
    c.same_rows("folders", {"all.zip": packed([(f"2024/0{i}/" + name, content) for i, (name, content) in enumerate(DAYS)])}, one)
    c.same_rows("one each", {name + ".zip": packed([(name, content)]) for name, content in DAYS},
                {name: f"{name}.zip!{name}" for name, _ in DAYS})
    c.same_rows("beside loose ones", {"some.zip": packed(DAYS[:3]), **dict(DAYS[3:])},
                {name: f"some.zip!{name}" for name, _ in DAYS[:3]})


@case
def archives_in_archives(c):
    for method in (STORED, DEFLATED):
        two = packed([("inner.zip", packed(DAYS))], method)
        three = packed([("x/middle.zip", two)], method, pipe=True)
        four = packed([("outer.zip", three)], method)
        c.same_rows(f"two deep {method}", {"a.zip": two}, sources("a.zip", "inner.zip"))
        c.same_rows(f"three deep {method}", {"a.zip": three}, sources("a.zip", "middle.zip", "inner.zip"))
        c.same_rows(f"four deep {method}", {"a.zip": four}, sources("a.zip", "outer.zip", "middle.zip", "inner.zip"))
        c.same_rows(f"many small {method}", {"a.zip": packed([(name + ".zip", packed([(name, content)])) for name, content in DAYS], method)},
                    {name: f"a.zip!{name}.zip!{name}" for name, _ in DAYS})
    # More than is held of an inner archive: text that does not pack.
    noise = random.Random(1).randbytes(3 << 20)
    large = packed([DAYS[0], ("noise.bin", noise), *DAYS[1:4], ("more.bin", noise), *DAYS[4:]])
    c.same_rows("large inner", {"a.zip": packed([("inner.zip", large)])}, sources("a.zip", "inner.zip"))


@case
def gzip_in_an_archive(c):
    names = {name: f"a.zip!{name}.gz" for name, _ in DAYS}
    for method in (STORED, DEFLATED):
        c.same_rows(f"gz {method}", {"a.zip": packed([(name + ".gz", gzip.compress(content)) for name, content in DAYS], method)}, names)


@case
def threads_and_bounds_give_the_same_bytes(c):
    files = {"a.zip": packed(DAYS[:2]), "b.zip": packed([("i.zip", packed(DAYS[2:4], pipe=True))]), **dict(DAYS[4:])}
    seen = {tuple(sorted(c.run(files, "--memory", memory, "--threads", threads)[4].items()))
            for memory in ("64M", "256M") for threads in (1, 2, 4)}
    c.tally.check("same bytes", [] if len(seen) == 1 and () not in seen else [f"{len(seen)} different outputs"])


@case
def loose_and_packed_are_duplicates(c):
    done, tables, _, verified, _ = c.run({"all.zip": packed(DAYS), **dict(DAYS)})
    rows = sum(len(rows) for rows in c.expected(dict(DAYS)).partitions.values())
    totals, problems = {k: sum(item[k] for item in done.json["files"]) for k in ("written", "duplicate")}, []
    problems += [f"{totals} of {rows} rows"] if totals != {"written": rows, "duplicate": rows} else []
    problems += [f"{len(t['datetime_utc'])} rows in {name}" for name, t in tables.items() if len(t["datetime_utc"]) != rows]
    problems += [f"exit {done.status}, verify {verified.status}"] if done.status or verified.status else []
    c.tally.check("loose and packed", problems, done.describe() if problems else "")


# ---- what is wrong ----

def spoilt(content, at, value):
    return content[:at] + bytes([content[at] ^ value]) + content[at + 1:]


ROWS = 24 * 20


@case
def damage_is_named(c):
    whole = packed(DAYS[:2], STORED)
    at = whole.index(b"NODE 7")
    c.named("CRC", {"a.zip": spoilt(whole, at, 1)},
            {"a.zip!day_01_da.csv": "failed", "a.zip!day_02_da.csv": "converted"}, 4, ["has CRC"], ROWS)
    c.named("cut off", {"a.zip": whole[:-1], DAYS[2][0]: DAYS[2][1]}, {"a.zip": "failed", DAYS[2][0]: "converted"}, 4,
            ["has no end of a directory"], ROWS)
    c.named("local header", {"a.zip": spoilt(whole, 30, 1)}, {"a.zip!day_01_da.csv": "failed"}, 4, ["says another name"], ROWS)
    inner = packed([("i.zip", whole), DAYS[2]], STORED)
    c.named("inner CRC", {"a.zip": spoilt(inner, inner.index(b"NODE 7"), 1)},
            {"a.zip!i.zip": "failed", "a.zip!" + DAYS[2][0]: "converted"}, 4, ["has CRC"], ROWS)
    for name, content in (("page.zip", b"<!DOCTYPE html><html>503</html>"), ("empty.zip", packed([]))):
        c.named(name, {name: content, DAYS[2][0]: DAYS[2][1]}, {name: "unrecognised"}, 0, [], ROWS)
    c.named("noise", {"noise.zip": bytes(range(256)) * 9}, {"noise.zip": "failed"}, 4, ["no end of a directory"])


@case
def what_is_no_data_is_named(c):
    c.named("beside data", {"a.zip": packed([("INVALID_REQUEST.xml", b"<?xml version='1.0'?><m:OASISReport/>"), ("x.pdf", b"%PDF-1.4"),
                                             ("__MACOSX/._day", b"\0\5\x16\7"), ("d/", b""), DAYS[0]])},
            {"a.zip!INVALID_REQUEST.xml": "unrecognised", "a.zip!x.pdf": "unrecognised", "a.zip!__MACOSX/._day": "left_out",
             "a.zip!" + DAYS[0][0]: "converted"}, 0, ["XML", "PDF", "file manager"], ROWS)
    for method, word in ((zipfile.ZIP_BZIP2, "bzip2"), (zipfile.ZIP_LZMA, "LZMA")):
        c.named(word, {"a.zip": packed(DAYS[:1], method), "b.zip": packed(DAYS[1:2])}, {"a.zip!day_01_da.csv": "failed"}, 4, [word], ROWS)
    locked = bytearray(packed(DAYS[:1]))
    locked[6] |= 1
    locked[locked.index(b"PK\1\2") + 8] |= 1
    c.named("encrypted", {"a.zip": bytes(locked)}, {"a.zip!day_01_da.csv": "failed"}, 4, ["encrypted"])


@case
def bombs_are_refused(c):
    c.named("ratio", {"a.zip": packed([("zeros.csv", b"\0" * (64 << 20)), DAYS[0]])}, {"a.zip!zeros.csv": "failed"}, 4,
            ["taken for a bomb"], ROWS)
    content = packed(DAYS[:1])
    for _ in range(4):
        content = packed([("i.zip", content)])
    c.named("depth", {"a.zip": content}, {"a.zip!i.zip!i.zip!i.zip!i.zip": "failed"}, 4, ["one in the other"])
    twice = bytearray(packed(DAYS[:2], STORED))
    second = twice.rindex(b"PK\1\2")
    twice[second + 42:second + 46] = bytes(4)
    c.named("overlap", {"a.zip": bytes(twice)}, {"a.zip": "failed"}, 4, ["lies over another member"])


@case
def names_are_only_names(c):
    names = ["caf\u00e9_da.csv", "\u20ac/x_da.csv", "../../up_da.csv", "a\nb_da.csv", "q\"!_da.csv"]
    content = packed([(name, DAYS[i][1]) for i, name in enumerate(names)])
    done, tables, _, verified, _ = c.run({"a.zip": content})
    found = {name for table in tables.values() for name in table["source_file"]}
    expected = {"a.zip!caf\u00e9_da.csv", "a.zip!x_da.csv", "a.zip!up_da.csv", "a.zip!a%0Ab_da.csv", "a.zip!q\"!_da.csv"}
    problems = [f"sources {sorted(found)}"] if found != expected else []
    problems += [f"exit {done.status}, verify {verified and verified.status}"] if done.status or verified.status else []
    c.tally.check("names", problems, done.describe() if problems else "")


@case
def rejects_name_file_and_member(c):
    name, content = DAYS[0]
    bad = content.replace(b"NODE 3,,,ZONE,,24,", b"NODE 3,,,ZONE,,24x,", 1)
    done, _, rejects, _, _ = c.run({"a.zip": packed([("i.zip", packed([("sub/" + name, bad)]))])})
    problems = [f"{len(rejects)} rejects"] if len(rejects) != 1 else []
    for reject in rejects:
        problems += [] if reject["file"].endswith("/in/a.zip") and reject["member"] == f"i.zip!sub/{name}" else [str(reject)]
    c.tally.check("rejects", problems, done.describe() if problems else "")


@case
def many_members_fit_the_bound(c):
    body = DAYS[0][1].split(b"\r\n")
    members = [(f"m{i:05d}_da.csv", b"\r\n".join([body[0], body[1 + i % 480], b""])) for i in range(5000)]
    done, tables, _, _, _ = c.run({"a.zip": packed(members)}, "--memory", "64M")
    rows = sum(len(table["datetime_utc"]) for table in tables.values())
    c.tally.check("5,000 members in 64M", [] if done.status == 0 and rows == 480 else [f"{rows} rows"], done.describe())


QUARTER = "DeliveryDate,DeliveryHour,DeliveryInterval,SettlementPointName,SettlementPointType,SettlementPointPrice,DSTFlag\r\n"


def quarters(*days):
    """Lines of 300 points of the first quarter of each day."""
    return (QUARTER + "".join(f"06/{day:02d}/2024,1,1,POINT_{point:03d},RN,{point}.25,N\r\n" for day in days for point in range(300))).encode()


@case
def a_begin_that_misleads_loses_nothing(c):
    """A short member seems to be of the one interval that it begins with; others stand below, of blocks that are closed by then."""
    files = [("a.csv", quarters(20, 3)), ("b.csv", quarters(21)), ("c.csv", quarters(28, 11)), ("d.csv", quarters(29))]
    loose, wanted, _, _, _ = c.run(dict(files))
    for options in ([], ["--memory", "64M", "--threads", "1"]):
        done, tables, _, verified, _ = c.run({"all.zip": packed(files)}, *options)
        problems = [] if done.status == 0 and loose.status == 0 and verified.status == 0 else [f"exit {done.status}"]
        for inside, table in wanted.items():
            for column, cells in table.items():
                same = [f"all.zip!{cell}" for cell in cells] if column == "source_file" else cells
                problems += [] if tables.get(inside, {}).get(column) == same else [f"{inside}: {column} differs"]
        problems += [] if sum(len(table["datetime_utc"]) for table in tables.values()) == 1800 else ["rows are missing"]
        c.tally.check("a begin that misleads", problems, done.describe() if problems else "")


# ---- workbooks ----

def sheet_rows(content):
    """The lines of a file as rows of a sheet, all but numbers shared strings."""
    rows = []
    for number, line in enumerate(content.decode().splitlines(), 1):
        fields = enumerate(line.split(","), 1)
        rows.append((number, {c: workbooks.number(f) if f[:1].isdigit() and "T" not in f else workbooks.shared(f)
                              for c, f in fields if f}))
    return rows


def book(days, **options):
    return workbooks.Book([(name[:-4], sheet_rows(content)) for name, content in days], **options).packed()


def sheets(days, *chain):
    return {name: "!".join([*chain, name[:-4]]) for name, _ in days}


@case
def sheets_give_the_rows_of_the_files_that_they_hold(c):
    one = {"book_da.xlsx": book(DAYS)}
    c.same_rows("sheets", one, sheets(DAYS, "book_da.xlsx"))
    c.same_rows("sheets, 64M", one, sheets(DAYS, "book_da.xlsx"), "--memory", "64M", "--threads", "1")
    c.same_rows("sheets, strict, stored", {"book_da.xlsx": book(DAYS, strict=True, method=STORED)}, sheets(DAYS, "book_da.xlsx"))
    for method in (STORED, DEFLATED):
        two = packed([("x/book_da.xlsx", one["book_da.xlsx"])], method)
        c.same_rows(f"in a ZIP {method}", {"a.zip": two}, sheets(DAYS, "a.zip", "book_da.xlsx"))
        c.same_rows(f"two deep {method}", {"a.zip": packed([("i.zip", two)], method)}, sheets(DAYS, "a.zip", "i.zip", "book_da.xlsx"))
    c.same_rows("two workbooks", {"a_da.xlsx": book(DAYS[:2]), "b_da.xlsx": book(DAYS[2:5]), DAYS[5][0]: DAYS[5][1]},
                {**sheets(DAYS[:2], "a_da.xlsx"), **sheets(DAYS[2:5], "b_da.xlsx")})
    seen = {tuple(sorted(c.run(one, "--memory", memory, "--threads", threads)[4].items()))
            for memory in ("64M", "256M") for threads in (1, 2, 4)}
    c.tally.check("sheets, same bytes", [] if len(seen) == 1 and () not in seen else [f"{len(seen)} different outputs"])


@case
def sheets_that_are_no_data_and_other_workbooks_are_named(c):
    info = [(1, {1: workbooks.shared("Report Info")}), (3, {1: workbooks.shared("Name"), 2: workbooks.shared("Prices")})]
    named = [("Report Info", info), ("day", sheet_rows(DAYS[0][1])), ("Dec", []), ("Blank", [(9, {3: workbooks.number("")})])]
    c.named("beside data", {"b_da.xlsx": workbooks.Book(named).packed()},
            {"b_da.xlsx!Report Info": "unrecognised", "b_da.xlsx!day": "converted", "b_da.xlsx!Dec": "left_out",
             "b_da.xlsx!Blank": "left_out"}, 0, ["an empty sheet"], ROWS)
    for word, kind in ((".xlsm", "application/vnd.ms-excel.sheet.macroEnabled.main+xml"),
                       (".xlsb", "application/vnd.ms-excel.sheet.binary.macroEnabled.main")):
        c.named(word, {"m.xlsx": book(DAYS[:1], type=kind), DAYS[1][0]: DAYS[1][1]}, {"m.xlsx": "unrecognised"}, 0, [word], ROWS)
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
    c.named("old and locked", {"old.xls": ole + "Workbook".encode("utf-16-le") + bytes(64),
                               "locked.xlsx": ole + "EncryptedPackage".encode("utf-16-le") + bytes(64),
                               "other.doc": ole + bytes(512), DAYS[1][0]: DAYS[1][1]},
            {"old.xls": "unrecognised", "locked.xlsx": "unrecognised", "other.doc": "unrecognised"}, 0,
            ["(.xls)", "encrypted", "OLE"], ROWS)


@case
def damage_in_a_workbook_is_named(c):
    whole = book(DAYS[:2], method=STORED)
    for label, find, word in (("row", b'<row r="3"', "row 3"), ("reference", b'r="C5"', "cell"), ("tag", b"</row>", "damaged")):
        at = whole.index(find) + len(find) - 2
        c.named("CRC of " + label, {"b_da.xlsx": spoilt(whole, at, 1), DAYS[2][0]: DAYS[2][1]},
                {"b_da.xlsx!" + DAYS[0][0][:-4]: "failed", "b_da.xlsx!" + DAYS[1][0][:-4]: "converted", DAYS[2][0]: "converted"}, 4, [],
                2 * ROWS)
    c.named("cut off", {"b_da.xlsx": whole[:-30], DAYS[2][0]: DAYS[2][1]}, {"b_da.xlsx": "failed"}, 4, ["end of a directory"], ROWS)
    strings = whole.index(b"<sst")
    c.named("shared strings", {"b_da.xlsx": spoilt(whole, strings + 1, 1), DAYS[2][0]: DAYS[2][1]},
            {"b_da.xlsx!" + name[:-4]: "failed" for name, _ in DAYS[:2]}, 4, ["sharedStrings.xml"], ROWS)


@case
def rejects_of_a_sheet_name_its_row(c):
    rows = sheet_rows(DAYS[0][1])
    rows[6][1][10] = workbooks.shared("24,5x")
    done, _, rejects, _, _ = c.run({"b_da.xlsx": workbooks.Book([("Jan", rows)]).packed()})
    problems = [f"{len(rejects)} rejects"] if len(rejects) != 1 else []
    for reject in rejects:
        good = reject["file"].endswith("/in/b_da.xlsx") and reject["member"] == "Jan" and reject["line"] == 7
        problems += [] if good and reject["value"] == "24,5x" else [str(reject)]
    c.tally.check("rejects of a sheet", problems, done.describe() if problems else "")


@case
def shared_strings_beyond_the_memory_are_spilled(c):
    # Prices with many zeros behind them, each a string of its own: some 3 MB.
    head, *lines = DAYS[0][1].decode().splitlines()
    draw, text = random.Random(5), [head]
    for line in lines:
        fields = line.split(",")
        for node in range(40):
            prices = ["%d.%06d%030d" % (draw.randint(-99, 999), draw.randint(0, 999999), 0) for _ in range(4)]
            text.append(",".join([fields[0], "", f"{fields[2]}{node:02d}", f"{fields[3]}{node:02d}", *fields[4:8], *prices, *fields[12:]]))
    content = [(DAYS[0][0], ("\r\n".join(text) + "\r\n").encode())]
    loose = c.run({content[0][0]: content[0][1]}, "--memory", "64M")
    rows = [(n, {k: workbooks.shared(cell.text) for k, cell in row.items()}) for n, row in sheet_rows(content[0][1])]
    spilled = workbooks.Book([("Jan", rows)]).packed()
    done, tables, _, verified, _ = c.run({"book_da.xlsx": spilled}, "--memory", "64M")
    plain = {k: {c: v for c, v in t.items() if c != "source_file"} for k, t in loose[1].items()}
    own = {k: {c: v for c, v in t.items() if c != "source_file"} for k, t in tables.items()}
    problems = [] if own == plain and own and not done.status else ["other rows"]
    problems += [f"verify {verified.stdout}"] if verified and verified.status else []
    c.tally.check("spilled strings", problems, done.describe() if problems else "")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    harness.add_program_argument(parser)
    parser.add_argument("--only", default="", help="cases whose name has this word")
    args = parser.parse_args()
    harness.need("pyarrow.parquet")
    warnings.simplefilter("ignore")
    context = Context(harness.find_program(args.program), harness.Tally("containers"))
    for function in CASES:
        if args.only in function.__name__:
            function(context)
    return context.tally.finish()


if __name__ == "__main__":
    sys.exit(main())
