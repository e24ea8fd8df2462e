# SPDX-License-Identifier: MIT
"""A small archive of PJM files that fills every corner of the output: both clock changes, a week cut by the year, months, several
row groups and pages, each encoding of prices, nulls, revisions, names that need care. The same bytes each time.

Columns of prices by what their digits lead to: energy cents, few of them (dictionary); total four decimals (PLAIN whose low bytes
repeat, which zstd pages are searched for); congestion nine decimals (BYTE_STREAM_SPLIT); loss any exponent (PLAIN).
"""
import datetime as dt
import os
import random
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("America/New_York")
UTC = dt.timezone.utc
NODES = [("1", "PJM-RTO", "ZONE"), ("51217", "EASTERN HUB", "HUB"), ("48592", "ALDENE", "LOAD"), ("48593", "ALDENE", "GEN"),
         ("10", "ZÜRICH № 1", "AGGREGATE"), ("9", "aep", "ZONE"), ("123456789012", "NODE, WITH COMMA", "LOAD"),
         ("77", 'THE "QUOTED" ONE', "LOAD"), ("78", "O'NEILL's", "LOAD"), ("5021703", "ÿ last", "EHV"), ("31", "ON TWO\nLINES", ""),
         ("32", "100% _under", "GEN"), ("33", "𐐀 four bytes", "GEN"), ("34", " \\ backslash", "GEN")]
LONG_NAME = "A NAME OF MORE THAN SIXTY-FOUR BYTES, SO THAT PAGE BOUNDS ARE CUT, AND ONE MORE LETTER THAN THAT: "
NODES += [(str(40_000 + i), LONG_NAME + "ABCDEFGH"[i], "LOAD") for i in range(4)]
ENERGY_HEAD = ["datetime_beginning_utc", "datetime_beginning_ept", "pnode_id", "pnode_name", "voltage", "equipment", "type", "zone"]
SERVICES = ["REG", "SR", "NSR", "30MIN", "A service, unheard of"]


def places(count):
    """'count' nodes: the odd ones, then stations whose names are in no order of their ids."""
    return NODES[:count] + [(str(60_000 + i), f"STATION {i * 7919 % 1000:03d} {i % 3}", "LOAD" if i % 3 else "GEN")
                            for i in range(max(0, count - len(NODES)))]


def instants(first, days, minutes):
    """All intervals of local days, clock changes included."""
    start = dt.datetime.fromisoformat(first).replace(tzinfo=ZONE)
    end = (dt.datetime.fromisoformat(first) + dt.timedelta(days=days)).replace(tzinfo=ZONE)
    start, end = start.astimezone(UTC), end.astimezone(UTC)
    return [start + dt.timedelta(minutes=minutes) * i for i in range((end - start) // dt.timedelta(minutes=minutes))]


def stamps(t):
    return f"{t:%Y-%m-%dT%H:%M:%S},{t.astimezone(ZONE):%Y-%m-%dT%H:%M:%S}"


def quoted(text):
    return '"%s"' % text.replace('"', '""')


def prices(rng, nulls):
    """energy, total, congestion, loss as texts."""
    energy = rng.choice(["0", "-0.0", "12.5", "29.99", "-1.25", "100", "7", f"{rng.randrange(-500, 500) / 100}"])
    total = f"{rng.uniform(-40, 200):.4f}"
    congestion = "" if rng.random() < nulls else f"{rng.uniform(20, 30):.9f}"
    loss = f"{rng.uniform(-1, 1) * 10.0 ** rng.randrange(-12, 12):.15g}"
    return energy, total, congestion, loss


def energy_file(rng, kind, nodes, times, version=1, share=1.0, nulls=0.03, lossless=False):
    head = ENERGY_HEAD + [f"{name}_{kind}" for name in ("system_energy_price", "total_lmp", "congestion_price", "marginal_loss_price")]
    lines = [",".join(head + ["row_is_current", "version_nbr"])]
    for t in times:
        stamp = stamps(t)
        for number, name, sort in nodes:
            energy, total, congestion, loss = prices(rng, nulls)
            if rng.random() < share:
                where = "AECO" if int(number) % 2 else ""
                volts = ["", "230 KV", "34.5 KV", "0.415 KV"][int(number) % 4]
                lines.append(f"{stamp},{number},{quoted(name)},{volts},T-1,{sort},{where},{energy},{total},{congestion},"
                             f"{'' if lossless else loss},True,{version}")
    return "\r\n".join(lines) + "\r\n"


def unverified_file(rng, nodes, times):
    lines = ["datetime_beginning_utc,datetime_beginning_ept,pnode_name,type,total_lmp_rt,congestion_price_rt,marginal_loss_price_rt"]
    names = list({name: sort for _, name, sort in nodes}.items())
    lines += [f"{stamps(t)},{quoted(name)},{sort},{rng.uniform(-50, 900):.2f},{rng.uniform(-5, 5):.2f},{rng.uniform(-1, 1):.2f}"
              for t in times for name, sort in names]
    return "\n".join(lines) + "\n"


def services_file(rng, times):
    lines = ["datetime_beginning_utc,datetime_beginning_ept,ancillary_service,unit,value,row_is_current,version_nbr"]
    lines += [f"{stamps(t)},{quoted(service)},{rng.choice(['$/MWh', ''])},{rng.uniform(0, 40):.2f},True,{1 + rng.randrange(2)}"
              for t in times for service in SERVICES]
    return "\n".join(lines) + "\n"


def reserves_file(rng, times):
    lines = ["datetime_beginning_utc,datetime_beginning_ept,locale,service,mcp,mcp_capped,as_req_mw,total_mw,as_mw,ss_mw"]
    for t in times:
        for locale in ("PJM_RTO", "MAD", ""):
            for service in ("SR", "NSR", "REG"):
                megawatts = "" if rng.random() < .1 else f"{rng.uniform(0, 3000):.3f}"
                lines.append(f"{stamps(t)},{locale},{service},{rng.choice(['0', '0', '3.5', f'{rng.uniform(0, 90):.6f}'])},1,"
                             f"{rng.randrange(100, 4000)},{megawatts},3,2")
    return "\n".join(lines) + "\n"


def files():
    """(name, text) of all files."""
    rng = random.Random("interop weeks")
    spring, autumn = instants("2024-03-04", 7, 60), instants("2024-10-28", 7, 60)
    new_year = instants("2024-12-30", 7, 60)
    yield "da_hrl_lmps_spring.csv", energy_file(rng, "da", places(236), spring)
    yield "da_hrl_lmps_autumn.csv", energy_file(rng, "da", places(62), autumn)
    yield "da_hrl_lmps_autumn_again.csv", energy_file(rng, "da", places(62), autumn, version=2, share=0.02)
    yield "da_hrl_lmps_new_year.csv", energy_file(rng, "da", places(30), new_year, nulls=0.5, lossless=True)
    yield "rt_fivemin_hrl_lmps_1.csv", energy_file(rng, "rt", places(4), instants("2024-10-31", 1, 5))
    yield "rt_fivemin_hrl_lmps_2.csv", energy_file(rng, "rt", places(70), instants("2024-11-03", 1, 5))
    yield "rt_unverified_hrl_lmps.csv", unverified_file(rng, places(20), instants("2025-03-08", 3, 60))
    yield "ancillary_services.csv", services_file(rng, instants("2024-11-01", 4, 60))
    yield "reserve_market_results.csv", reserves_file(rng, instants("2024-10-30", 8, 5))


def make(folder):
    os.makedirs(folder)
    for name, text in files():
        with open(os.path.join(folder, name), "w", encoding="utf-8", newline="") as f:
            f.write(text)
