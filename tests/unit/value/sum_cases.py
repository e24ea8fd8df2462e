#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes sum_cases.h: sums of cells and shortest decimals as Python's fractions and repr() have them.

    python3 sum_cases.py > sum_cases.h

An operand is given as its cell (table/cell.h). A binary64 operand counts as repr() of it; the sum is exact and becomes
the decimal at the scale, or the nearest binary64 (float() of a Fraction rounds correctly, ties to even).
"""
import random
import struct
from fractions import Fraction

LIMIT = 1 << 51
BIAS = 0x7FF8000000000000
NULL = -LIMIT


def bits(number):
    return struct.unpack("<Q", struct.pack("<d", number))[0]


def cell_of_double(number, scale):
    if number == 0:
        return 0
    near = round(Fraction(number) * 10**scale)
    if abs(near) < LIMIT and float(Fraction(near, 10**scale)) == number:
        return near
    word = (bits(number) - BIAS) % (1 << 64)
    return word - (1 << 64) if word >= 1 << 63 else word


def value_of_cell(cell, scale):
    if -LIMIT < cell < LIMIT:
        return Fraction(cell, 10**scale)
    word = struct.pack("<Q", (cell + BIAS) % (1 << 64))
    return Fraction(repr(struct.unpack("<d", word)[0]))


def cell_of_sum(total, scale):
    scaled = total * 10**scale
    if scaled.denominator == 1 and abs(scaled.numerator) < LIMIT:
        return scaled.numerator
    try:
        return cell_of_double(float(total), scale)
    except OverflowError:
        return NULL


def operand(draw, scale):
    kind = draw.randrange(10)
    if kind < 5:
        return draw.randrange(-10**7, 10**7)
    if kind == 5:
        return draw.choice([LIMIT - 1, 1 - LIMIT, LIMIT // 2, -(LIMIT // 3)])
    if kind == 6:
        return cell_of_double(draw.uniform(-500, 500), scale)
    if kind == 7:
        return cell_of_double(round(draw.uniform(-500, 500), 8), scale)
    if kind == 8:
        return cell_of_double(draw.uniform(-1, 1) * 10.0 ** draw.randrange(-322, 308), scale)
    return cell_of_double(draw.choice([5e-324, -5e-324, 1.7976931348623157e308, -1e308, 2.0**-44, 2.0**53, 1e15, 0.1]), scale)


def sums():
    draw = random.Random(13)
    for number in range(1200):
        scale = draw.choice([0, 2, 3, 5, 6, 6, 6, 15])
        count = draw.randrange(1, 6)
        cells = [operand(draw, scale) for _ in range(count)]
        signs = [draw.choice([1, -1, -1, 0 if number % 50 == 0 else 1, 127 if number % 40 == 0 else 1]) for _ in cells]
        if number % 10 == 1:  # nearly everything cancels
            cells += cells
            signs += [-sign for sign in signs]
            cells.append(draw.randrange(-99, 99))
            signs.append(1)
        if number % 97 == 5:
            cells[-1] = NULL
        total = sum(sign * value_of_cell(cell, scale) for cell, sign in zip(cells, signs) if cell != NULL)
        result = NULL if NULL in cells else cell_of_sum(Fraction(total), scale)
        used = len(cells)
        cells += [0] * (11 - used)
        signs += [0] * (11 - used)
        yield scale, used, cells, signs, result


def shortest():
    draw = random.Random(17)
    numbers = [5e-324, 1e-323, 2.2250738585072014e-308, 2.225073858507201e-308, 1.7976931348623157e308, 0.1, 0.3, 1 / 3, 1e22, 1e23, 9.5, 1.0,
               123456789012345680.0, 9007199254740993.0, 23.710000000000001, 4.35, 2.675]
    numbers += [2.0**power for power in range(-1074, 1024, 7)] + [2.0**-44, 2.0**-24, 2.0**89]
    numbers += [struct.unpack("<d", struct.pack("<Q", draw.getrandbits(63)))[0] for _ in range(300)]
    numbers += [struct.unpack("<d", struct.pack("<Q", draw.getrandbits(52)))[0] for _ in range(60)]
    numbers += [round(draw.uniform(0, 1000), draw.randrange(12)) for _ in range(200)]
    for number in numbers:
        if number != number or number in (0, float("inf")):
            continue
        mantissa, _, power = repr(number).lower().partition("e")
        whole, _, part = mantissa.partition(".")
        digits, power = int(whole + part), int(power or 0) - len(part)
        while digits % 10 == 0:
            digits, power = digits // 10, power + 1
        yield bits(number), digits, power


def main():
    print("/* Made by sum_cases.py; do not edit. */")
    print("#include <stdint.h>\n")
    print("struct sum_case {\n\tunsigned scale, count;\n\tint64_t cells[11];\n\tint8_t signs[11];\n\tint64_t sum;\n};\n")
    print("struct shortest_case {\n\tuint64_t bits, digits;\n\tint32_t exponent;\n};\n")
    print("static const struct sum_case sum_cases[] = {")
    for scale, used, cells, signs, result in sums():
        shown = ", ".join(f"INT64_C({cell})" for cell in cells)
        print(f"\t{{ {scale}, {used}, {{ {shown} }}, {{ {', '.join(map(str, signs))} }}, INT64_C({result}) }},")
    print("};\n\nstatic const struct shortest_case shortest_cases[] = {")
    for word, digits, power in shortest():
        print(f"\t{{ UINT64_C(0x{word:016x}), UINT64_C({digits}), {power} }},")
    print("};")


main()
