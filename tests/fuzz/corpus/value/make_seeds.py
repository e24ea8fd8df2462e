#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes the seeds of fuzz_value.c beside itself: number '0', stamp '1', text '2', zone '3', then the field."""
import pathlib
import struct

HERE = pathlib.Path(__file__).parent


def zone(rule, times=((1000, 1), (5000, 0))):
    head = lambda n, t: b"TZif2" + bytes(15) + struct.pack(">6I", 0, 0, 0, n, t, 4)
    narrow = head(0, 1) + bytes(6) + b"ABC\0"
    wide = head(len(times), 2) + b"".join(struct.pack(">q", at) for at, _ in times) + bytes(i for _, i in times)
    wide += struct.pack(">iBB", -18000, 0, 0) + struct.pack(">iBB", -14400, 1, 0) + b"ABC\0"
    return narrow + wide + b"\n" + rule + b"\n"


numbers = ["-12.345678", "18.830000", "1,234.56", ".92", "5.", "1e-324", "1.7976931348623159e308", "23.710000000000001", " null ",
           "9007199254740993." + "0" * 60 + "1", "2251799813.685248", "0." + "0" * 30 + "1e30"]
stamps = ["7/1/2023 4:00:00 AM", "2023-07-01T04:00:00.123456-05:00", "6/30/2023 24:00", "2024/06/01 00:15:00", "7/1/23 4:00", "9999-12-31 24:00"]
texts = ["230 KV", "34.5kV", "\u00a0x\u00a0", "caf\u00e9 \u20ac \U0001f50c", "ABC" * 40]
rules = [b"", b"EST5EDT,M3.2.0,M11.1.0", b"<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", b"EST5EDT,0/0,J365/25"]
seeds = [(f"number_{i}", b"0\x06" + text.encode()) for i, text in enumerate(numbers)]
seeds += [(f"stamp_{i}", b"1" + text.encode()) for i, text in enumerate(stamps)]
seeds += [(f"text_{i}", b"2" + text.encode()) for i, text in enumerate(texts)]
seeds += [(f"zone_{i}", b"3" + zone(rule)) for i, rule in enumerate(rules)]
for name, content in seeds:
    (HERE / name).write_bytes(content)
