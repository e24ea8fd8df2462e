# SPDX-License-Identifier: MIT
"""The market tables as the program has them, against what was written down a second time: names, keys, clocks, intervals, blocks and
products of tests/reference, columns of the schema, fixtures, docs and sources. What only the tables themselves can tell (roles,
cells, recognition) is walked by tests/unit/market/test_tables.c.

    run_tables.py [--program build/gridpq]
"""
import argparse
import os
import re
import sys
from zoneinfo import ZoneInfo

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import harness  # noqa: E402
from harness import reference  # noqa: E402

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
COLUMN_OF = {"name": "settlement_location", "id": "settlement_location_id", "type": "settlement_location_type",
             "product": "as_product", "region": "as_region", "resource": "settlement_location"}
# what a standard name may be: DESIGN 3 and RULES 19
STANDARDS = {"REG_UP", "REG_DOWN", "REG", "REG_UP_MILEAGE", "REG_DOWN_MILEAGE", "REG_MILEAGE", "SPIN", "NON_SPIN", "SUPPLEMENTAL",
             "RESERVE_30", "ECRS", "RAMP_UP", "RAMP_DOWN", "UNCERTAINTY_UP", "UNCERTAINTY_DOWN", None}


def repeated(names):
    return sorted({name for name in names if names.count(name) > 1})


def dataset_problems(market, dataset, columns):
    """A dataset's table, against the reference's and the schema."""
    name = f"{market['folder']}/{dataset['id']}"
    if name not in reference.DATASETS:
        return [f"{name} is not in tests/reference"]
    known = reference.DATASETS[name]
    key = {"datetime_utc"} | {COLUMN_OF[text] for text in known.key}
    ours = {"interval_minutes": known.minutes, "block_hours": known.block_hours or None, "partition": known.partition, "table": known.table,
            "market_type": known.market_type, "derives_energy": known.derives}
    problems = [f"{name}: {what} is {dataset[what]}, {value} by the reference" for what, value in ours.items() if dataset[what] != value]
    told = set(dataset["key"]) | ({"settlement_location"} if known.table == "ancillary" else set())  # null where nothing is a resource
    problems += [f"{name}: the key is {dataset['key']}, {sorted(key)} by the reference"] if told != key else []
    for value in dataset["values"] + dataset["key"]:
        if value not in columns[dataset["table"]]:
            problems.append(f"{name}: {value} is no column of the table {dataset['table']}")
    problems += [f"{name}: no source"] if len(dataset["source"] or "") <= 10 else []
    problems += [f"{name}: '{dataset['doc']}' is no sentence"] if not re.fullmatch(r"[A-Z].{10,}\.", dataset["doc"]) else []
    return problems


def feed_problems(market, feed, ids):
    name, problems = f"{market['folder']}: {feed['id']}", []
    problems += [f"{name} feeds {d}, which is no dataset" for d in feed["datasets"] if d not in ids]
    problems += [f"{name} has no output and no reason"] if not feed["datasets"] and not feed["left_out"] else []
    problems += [f"{name}: no source"] if len(feed["source"] or "") <= 10 else []
    problems += [f"{name}: no column is required"] if not any(column["required"] for column in feed["columns"]) else []
    return problems


def fixtures_problems(market):
    """A maker of files of every layout, and what the reference reads of them."""
    makers = [os.path.join("tests", "fixtures", f"make_{market['folder']}.py"), os.path.join("tests", "property", f"{market['folder']}_files.py")]
    problems = [] if any(os.path.exists(os.path.join(ROOT, path)) for path in makers) else [f"{market['iso']}: neither of {makers} is there"]
    path = os.path.join("tests", "reference", f"{market['folder']}.py")
    return problems + ([] if os.path.exists(os.path.join(ROOT, path)) else [f"{path} is not there"])


def market_problems(market, columns, docs):
    problems, ids = [], [dataset["id"] for dataset in market["datasets"]]
    known = {d.market for d in reference.DATASETS.values() if d.market.folder == market["folder"]}
    if len(known) != 1:
        return [f"{market['iso']} is not in tests/reference"]
    known = known.pop()
    if ZoneInfo(market["zone"]) != known.zone or market["iso"] != known.iso:
        problems.append(f"{market['iso']}: {market['zone']}, {known.iso} {known.zone} by the reference")
    problems += [f"{market['iso']}: {what} stands twice" for what in repeated(ids)]
    problems += [f"{market['iso']}: {what} stands twice" for what in repeated([(f["id"], tuple(f["datasets"][:1])) for f in market["feeds"]])]
    missing = {d.name for d in reference.DATASETS.values() if d.market is known} - set(ids)
    problems += [f"{market['iso']}: {name} of the reference is missing" for name in sorted(missing)]
    for dataset in market["datasets"]:
        problems += dataset_problems(market, dataset, columns)
        if not any(dataset["id"] in feed["datasets"] for feed in market["feeds"]):
            problems.append(f"{market['iso']}: no feed gives {dataset['id']}")
    for feed in market["feeds"]:
        problems += feed_problems(market, feed, ids)
    products = {product["published"]: product["standard"] for product in market["products"]}
    for published in sorted(set(products) & set(known.standard_products)):  # neither names every product
        ours, theirs = products[published], known.standard_products[published]
        problems += [f"{market['iso']}: {published} is {ours}, {theirs} by the reference"] if ours != theirs else []
    problems += [f"{market['iso']}: {standard} is no standard name" for standard in products.values() if standard not in STANDARDS]
    problems += [f"{market['iso']}: {p['published']} has no source" for p in market["products"] if len(p["source"] or "") <= 10]
    section = docs.split(f"## {market['iso']}: ", 1)[-1].split("\n## ", 1)[0] if f"## {market['iso']}: " in docs else ""
    for word in ids + [feed["id"] for feed in market["feeds"]] + [dataset["source"] for dataset in market["datasets"]]:
        problems += [] if word in section else [f"docs/FORMATS.md does not name {market['iso']} {word}"]
    return problems + fixtures_problems(market)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    harness.add_program_argument(parser)
    args = parser.parse_args()
    program, tally = harness.find_program(args.program), harness.Tally("tables")
    formats, schema = (harness.run(program, verb, "--json").json for verb in ("formats", "schema"))
    columns = {table["name"]: {column["name"] for column in table["columns"]} for table in schema["tables"]}
    with open(os.path.join(ROOT, "docs", "FORMATS.md"), encoding="utf-8") as file:
        docs = file.read()
    for market in formats["markets"]:
        tally.check(market["iso"], market_problems(market, columns, docs))
    isos = [market["iso"] for market in formats["markets"]]
    tally.check("markets", [] if isos == sorted(set(isos)) else [f"{isos} are not in order"])
    return tally.finish()


if __name__ == "__main__":
    sys.exit(main())
