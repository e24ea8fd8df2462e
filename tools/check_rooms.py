#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Holds every line below src/ against tools/rooms.txt: includes, words, calls. Also: file names are unique."""
import os
import re
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
COMMENT_OR_TEXT = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)


def without_comments(code):
    """Comments become as many empty lines; texts stay."""
    return COMMENT_OR_TEXT.sub(lambda m: m[0] if m[0][0] in "\"'" else "\n" * m[0].count("\n") or " ", code)


def rules_read():
    rooms, calls = {}, {}
    with open(os.path.join(ROOT, "tools", "rooms.txt"), encoding="utf-8") as file:
        for line in (text.strip() for text in file):
            if not line or line.startswith("#"):
                continue
            names, _, rest = line.partition(":")
            if "|" in rest:
                may, words = rest.split("|")
                rooms[names] = (set(may.split()) | {names}, set(words.split()))
            else:
                calls.update(dict.fromkeys(names.split(), set(rest.split())))
    return rooms, calls


def line_problems(room, rooms, calls, line):
    may, words = rooms[room]
    include = re.match(r'\s*#\s*include\s+"([^"]*)"', line)
    if include:
        other = include[1].split("/")[0]
        return [] if other in may else [f"{room} must not include {include[1]}"]
    if re.match(r"\s*#\s*include\s+<gridpq/", line):
        return [] if room in ("base", "cli") else [f"{room} takes public names from base/status.h"]
    said = set(re.findall(r"[a-z]+", re.sub(r"([a-z])([A-Z])", r"\1 \2", line).lower())) & words
    called = [name for name in re.findall(r"\b([a-z_]\w*)\s*\(", line) if room not in calls.get(name, {room})]
    return [f"{room} must not say '{word}'" for word in sorted(said)] + [f"{room} must not call {name}()" for name in called]


def main():
    rooms, calls = rules_read()
    problems, places, n_lines = [], {}, 0
    for folder, _, names in sorted(os.walk(os.path.join(ROOT, "src"))):
        for name in sorted(name for name in names if name.endswith((".c", ".h"))):
            path = os.path.join(folder, name)
            inside = os.path.relpath(path, ROOT)
            room = inside.split(os.sep)[1]
            if name in places:
                problems.append(f"{inside}: {places[name]} has the same name")
            places[name] = inside
            if room not in rooms:
                problems.append(f"{inside}: tools/rooms.txt has no room '{room}'")
                continue
            with open(path, encoding="utf-8") as file:
                lines = without_comments(file.read()).split("\n")
            n_lines += len(lines)
            for number, line in enumerate(lines, 1):
                problems += [f"{inside}:{number}: {what}" for what in line_problems(room, rooms, calls, line)]
    print("\n".join(problems + [f"rooms: {n_lines} lines in {len(places)} files, {len(problems)} out of place"]))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
