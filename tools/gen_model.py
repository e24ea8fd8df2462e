# SPDX-License-Identifier: MIT
"""
What the generators of archives share: a made-up grid with its prices, texts of prices, files loose and in ZIPs.

The grid is a line of stations. A price is energy, the same everywhere, + congestion, a few constraints that bind for some
hours and reach the stations around them, + losses, two factors a station. Real day files look like that: a third of the
nodes repeat a neighbour's prices, half of the congestion is zero, a handful of components explains the rest. Each day has
its own random stream, so prices don't depend on how days are cut into files. Only Python's standard library is used, and
of it no function whose last digit depends on the machine.
"""
import datetime as dt
import os
import random
import zipfile
from concurrent.futures import ProcessPoolExecutor

N_CONSTRAINTS = 44
FIRST_DAY = dt.date(2000, 1, 1)


# ---- the grid ----

class Station:
    """A place whose nodes share their prices: where it is, what it loses, what congests it."""
    __slots__ = ("losses", "constraints", "ghg")

    def __init__(self, draw, place, constraints):
        self.losses = ((draw() + draw() - 1) * 0.08, (draw() - 0.5) * 0.1)
        self.ghg = place > 0.85
        self.constraints = []
        for number, (centre, reach) in enumerate(constraints):
            near = 1 - abs(place - centre) / reach
            if near > 0:
                side = 1 if place > centre else -1
                self.constraints.append((number, side * near**6 * (0.8 + 0.2 * draw())))


class Grid:
    """'stations' in order of their place, with prices in whole units of which 'units' make a dollar."""

    def __init__(self, n_stations, seed, units):
        draw = random.Random(f"grid {seed}").random
        constraints = [(draw(), 0.04 + 0.5 * draw() * draw()) for _ in range(N_CONSTRAINTS)]
        self.stations = [Station(draw, k / n_stations, constraints) for k in range(n_stations)]
        self.seed, self.units = seed, units

    def day(self, market, day, steps):
        return Day(self, market, day, steps)


class Day:
    """The prices of one market day in 'steps' intervals."""

    def __init__(self, grid, market, day, steps):
        draw = random.Random(f"prices {grid.seed} {market} {day}").random
        units, hours = grid.units, [24 * k // steps for k in range(steps)]
        season = abs((day - FIRST_DAY).days % 365 - 182) / 182
        level = (16 + 10 * season + 10 * draw()) * units
        self.energy = []
        for hour in hours:
            spike = 160 * draw() * draw() if draw() < 0.01 else 0
            shape = 1 + 0.25 * (6 <= hour < 22) + 0.2 * (16 <= hour < 20)
            self.energy.append(round(level * shape + (2.5 * draw() + spike) * units))
        flow = 0.0
        self.flows = []
        for energy in self.energy:
            flow = 0.9 * flow + 0.2 * (draw() - 0.5)
            self.flows.append(flow * energy)
        self.shadows = {}
        for number in range(N_CONSTRAINTS):
            if draw() < 0.16:
                self.shadows[number] = self.shadow(draw, units, steps)
        self.ghg = [-round((3 + 4 * draw()) * units) if draw() < 0.4 else 0 for _ in hours]
        self.none = [0] * steps
        self.mcc, self.mlc = self.none, self.none

    @staticmethod
    def shadow(draw, units, steps):
        """What a constraint costs: nothing but from one hour to another."""
        first, length = int((1.2 * draw() - 0.2) * steps), int((0.1 + 0.6 * draw()) * steps)
        top = (1 + 9 * draw() * draw()) * units / (0.05 + draw())
        return [top * (0.4 + 0.6 * draw()) if first <= k < first + length else 0.0 for k in range(steps)]

    def station(self, station):
        """(congestion, losses) with fractions of units."""
        congestion = self.none
        for number, factor in station.constraints:
            shadow = self.shadows.get(number)
            if shadow:
                congestion = [c + factor * s for c, s in zip(congestion, shadow)]
        a, b = station.losses
        return congestion, [a * e + b * f for e, f in zip(self.energy, self.flows)]


def stations_cut(count, seed):
    """How many nodes each of the stations has that 'count' nodes need: 1.6 on average, so that a third repeats another."""
    draw = random.Random(f"stations {seed}").random
    sizes = []
    while count:
        size = min(count, 1 if draw() < 0.68 else 2 + int(4 * draw() * draw()))
        sizes.append(size)
        count -= size
    return sizes


# ---- texts of prices ----

class Texts(dict):
    """Texts of prices in units of 10^-digits: {2535: '25.35'}; made when first asked for."""

    def __init__(self, digits, trimmed, leading_zero=True):
        super().__init__()
        self.digits, self.trimmed, self.leading_zero = digits, trimmed, leading_zero

    def __missing__(self, units):
        whole, part = divmod(abs(units), 10 ** self.digits)
        fraction = f"{part:0{self.digits}d}"
        if self.trimmed:
            fraction = fraction.rstrip("0")
        text = str(whole) if whole or self.leading_zero or not fraction else ""
        text = ("-" if units < 0 else "") + text + ("." + fraction if fraction else "")
        if len(self) < 1 << 20:
            self[units] = text
        return text


# ---- files ----

class Stream:
    """A file that cannot go back: a ZIP written to it has sizes and CRC behind each member, as published ones do."""

    def __init__(self, path):
        self.file = open(path, "wb")
        self.write, self.flush, self.close = self.file.write, self.file.flush, self.file.close


class Archive:
    """A ZIP; members get no time of their own, so that the bytes depend on the rows only."""

    def __init__(self, path, level=6):
        self.stream = Stream(path)
        self.zip = zipfile.ZipFile(self.stream, "w", zipfile.ZIP_DEFLATED, compresslevel=level)

    def member(self, name):
        info = zipfile.ZipInfo(name)
        info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
        info._compresslevel = self.zip.compresslevel
        return self.zip.open(info, "w", force_zip64=False)

    def close(self):
        self.zip.close()
        self.stream.close()


class Folder:
    """The same calls for loose files."""

    def __init__(self, path):
        self.path = path

    def member(self, name):
        return open(os.path.join(self.path, name), "wb")

    def close(self):
        pass


def archive_or_folder(folder, zip_name):
    return Archive(os.path.join(folder, zip_name)) if zip_name else Folder(folder)


def member_write(place, name, pieces):
    """Writes texts end to end; returns the number of line ends."""
    lines = 0
    with place.member(name) as file:
        for piece in pieces:
            lines += piece.count("\n")
            file.write(piece.encode())
    return lines


def parallel(work, jobs, processes):
    """The sum of what 'work' gives for each job; jobs write files of their own."""
    if processes < 2 or len(jobs) < 2:
        return sum(map(work, jobs))
    with ProcessPoolExecutor(processes) as pool:
        return sum(pool.map(work, jobs))


def days_from(first, count):
    return [first + dt.timedelta(days=k) for k in range(count)]


def wall_starts(day, zone, minutes):
    """Starts of a day's intervals as clocks on the wall show them; 'fold' is 1 in the second pass of a repeated hour."""
    midnights = [dt.datetime.combine(one, dt.time(), zone).astimezone(dt.timezone.utc) for one in days_from(day, 2)]
    step = dt.timedelta(minutes=minutes)
    return [(midnights[0] + k * step).astimezone(zone) for k in range((midnights[1] - midnights[0]) // step)]
