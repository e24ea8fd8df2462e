#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Makes docs/FORMATS.md from what the program says of its own tables.

    make_docs.py            writes it
    make_docs.py --check    says whether it is what the tables say now
"""
import argparse
import json
import os
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
TARGET = os.path.join(ROOT, "docs", "FORMATS.md")
TOLD = {"header": "header", "step": "header, step between instants", "name": "header, file name", "run": "header, market run of the lines",
        "stamps": "header, stamps, file name", "named": "header, file name as content",
        "named_or_step": "header, file name as content, step between instants"}


def table(heads, rows):
    yield "| " + " | ".join(heads) + " |"
    yield "|" + "---|" * len(heads)
    for row in rows:
        yield "| " + " | ".join(str(cell).replace("|", "\\|") for cell in row) + " |"
    yield ""


def block(hours):
    if hours is None:
        return "the file"
    return f"{hours // 24} d" if hours % 24 == 0 else f"{hours} h"


def columns_of(columns):
    for column in columns:
        name = "/".join([column["name"] or "(blank)", *column["other_names"]])
        if column["fields"] > 1:
            name += f" 1..{column['fields']}"
        if column["required"]:
            yield f"**{name}**"
        elif column["used"]:
            yield name
        else:
            yield f"*{name}*"


def layout_lines(feed):
    """What is not one header, and below it lines with all cells of a row."""
    if feed["titles"]:
        yield "Above the header: " + " or ".join(f"`{title}`" for title in feed["titles"]) + (
            ", and the delivery date" if feed["preamble_date"] else "") + "."
    behind = [(what, feed[key]) for key, what in (("date_behind", "the date"), ("published_behind", "the time of publishing"),
                                                  ("name_behind", "the file's name")) if feed[key]]
    if behind:
        yield "Above the header stands " + ", ".join(f"behind `{text}` {what}" for what, text in behind) + "."
    if feed["second_columns"]:
        yield f"Below, a second table: {', '.join(columns_of(feed['second_columns']))}."
    if feed["market_runs"]:
        yield "Market run: " + " or ".join(f"`{run}`" for run in feed["market_runs"]) + "."
    if feed["components"] and not feed["left_out"]:
        yield "A line gives " + ", ".join(f"`{c['column']}` (`{c['text']}`)" for c in feed["components"]) + " by itself."
    if feed["by_length"]:
        yield "A row goes to the dataset whose interval is as long as its own."
    if feed["names"]:
        yield "Words of names: " + ", ".join(f"`{name}`" for name in feed["names"]) + "."


def market_lines(market):
    yield f"## {market['iso']}: {market['name']}"
    yield ""
    yield f"Market clock: `{market['zone']}`. Written below `OUT/{market['folder']}/`."
    if market["finality_words"]:
        words = ", ".join(f"`{w['word']}` {w['finality']}" for w in market["finality_words"])
        yield f"Words of names that tell how final prices are: {words}."
    if market["publish_stamp"]:
        yield f"Names tell when a file was published: `{market['publish_stamp']}`."
    yield ""
    yield "### Datasets"
    yield ""
    yield from table(["dataset", "table", "market", "min", "file", "block", "key", "values"],
                     [[f"`{d['id']}`", d["table"], d["market_type"], d["interval_minutes"], d["partition"], block(d["block_hours"]),
                       ", ".join(d["key"]), ", ".join(d["values"]) + (" (energy derived)" if d["derives_energy"] else "")]
                      for d in market["datasets"]])
    yield from (f"- `{d['id']}`: {d['doc']} Source: {d['source']}." for d in market["datasets"])
    yield ""
    yield "### Feeds"
    yield ""
    yield "Columns in their published order; **bold** ones are required, *italic* ones are known and not used."
    yield ""
    for feed in market["feeds"]:
        goal = f"left out: {feed['left_out']}" if feed["left_out"] else ", ".join(f"`{d}`" for d in feed["datasets"])
        yield f"- `{feed['id']}` → {goal}  "
        yield f"  {feed['doc']} Told by: {TOLD[feed['told_by']]}. Source: {feed['source']}.  "
        layout = " ".join(layout_lines(feed))
        yield f"  {', '.join(columns_of(feed['columns']))}" + ("  " if layout else "")
        if layout:
            yield f"  {layout}"
    yield ""
    yield "### Products"
    yield ""
    yield from table(["as_product", "as_product_standard", "source"],
                     [[p["published"], p["standard"] or "null", p["source"]] for p in market["products"]])


def document(formats, schema):
    yield "# Formats: what is read and what is written"
    yield ""
    yield "Made by `make bless` from the tables that the program works by (`gridpq formats --json`, `gridpq schema --json`): don't edit."
    yield ""
    for market in formats["markets"]:
        yield from market_lines(market)
    yield f"## Output tables (schema version {schema['schema_version']})"
    yield ""
    for one in schema["tables"]:
        yield f"### {one['name']}"
        yield ""
        yield from table(["column", "type", "null", "unit", "meaning"],
                         [[f"`{c['name']}`", c["type"], "never" if c["required"] else "may be", c["unit"] or "", c["doc"]]
                          for c in one["columns"]])


def asked(program, verb):
    return json.loads(subprocess.run([program, verb, "--json"], check=True, capture_output=True).stdout)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", default=os.environ.get("GRIDPQ", os.path.join(ROOT, "build", "gridpq")))
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    text = "\n".join(document(asked(options.program, "formats"), asked(options.program, "schema"))).rstrip() + "\n"
    if not options.check:
        with open(TARGET, "w", encoding="utf-8") as file:
            file.write(text)
        print(f"wrote {os.path.relpath(TARGET)}")
        return 0
    try:
        with open(TARGET, encoding="utf-8") as file:
            fresh = file.read() == text
    except FileNotFoundError:
        fresh = False
    print("docs: FORMATS.md is what the tables say" if fresh else "docs: FORMATS.md is old; make bless makes it again")
    return 0 if fresh else 1


if __name__ == "__main__":
    sys.exit(main())
