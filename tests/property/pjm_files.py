# SPDX-License-Identifier: MIT
"""Random files of PJM: every dialect, revisions, duplicates, bad rows, failing files. All from one random.Random."""
import datetime as dt
import gzip
import os
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("America/New_York")
UTC = dt.timezone.utc

# First local days: clock changes, year ends, month ends, a Sunday before a block's Monday, before 2007's rules, ordinary ones.
DAYS = ["2024-03-10", "2024-11-03", "2025-03-09", "2025-11-02", "2023-12-31", "2024-02-29", "2024-06-30", "2024-09-01",
        "2006-04-02", "2006-10-29", "2019-07-04", "2026-03-08", "2025-01-05"]
NODES = [("1", "PJM-RTO", "ZONE"), ("51217", "EASTERN HUB", "HUB"), ("51288", "WESTERN HUB", "HUB"), ("48592", "ALDENE", "LOAD"),
         ("48593", "ALDENE", "GEN"), ("1097732390", "06KAM", "GEN"), ("10", "ZÜRICH \u2116 1", "AGGREGATE"), ("9", "aep", "ZONE"),
         ("123456789012", "NODE, WITH COMMA", "LOAD"), ("77", 'THE "QUOTED" ONE', "LOAD"), ("5021703", "ÿ last", "EHV"),
         ("200", "B  230 KV  T-10", "LOAD"), ("20", "A", "RESIDUAL_METERED_EDC"), ("2", "AA", "INTERFACE"),
         ("31", "ON TWO\nLINES", "LOAD")]
SERVICES = ["REG", "SR", "NSR", "PR", "30MIN", "RTO Synchronized Reserve", "MAD Non-Synchronized Reserve", "RTO Mileage Ratio",
            "RTO Regulation Mileage", "A service, unheard of"]
LOCALES = ["PJM_RTO", "MAD", "RTO", ""]

LMP_HEAD = ["datetime_beginning_utc", "datetime_beginning_ept", "pnode_id", "pnode_name", "voltage", "equipment", "type", "zone"]
LMP_TAIL = ["row_is_current", "version_nbr"]


def prices(kind):
    return [f"system_energy_price_{kind}", f"total_lmp_{kind}", f"congestion_price_{kind}", f"marginal_loss_price_{kind}"]


AS_HEAD = ["datetime_beginning_utc", "datetime_beginning_ept"]
# feed: (minutes, key, header, price columns, columns that may be left out, words a file's name needs)
FEEDS = {
    "da_hrl_lmps": (60, "id", LMP_HEAD + prices("da") + LMP_TAIL, prices("da")),
    "rt_hrl_lmps": (60, "id", LMP_HEAD + prices("rt") + LMP_TAIL, prices("rt")),
    "rt_fivemin_hrl_lmps": (5, "id", LMP_HEAD + prices("rt") + LMP_TAIL, prices("rt")),
    "rt_unverified_hrl_lmps": (60, "name", LMP_HEAD[:2] + ["pnode_name", "type"] + prices("rt")[1:], prices("rt")[1:]),
    "rt_unverified_fivemin_lmps": (5, "id", LMP_HEAD[:4] + ["type"] + prices("rt")[1:] + [
        "occ_check", "ref_caseid_used_multi_interval"], prices("rt")[1:]),
    "rt_da_monthly_lmps": (60, "id", LMP_HEAD + prices("rt") + prices("da"), prices("rt") + prices("da")),
    "rt_fivemin_mnt_lmps": (5, "id", LMP_HEAD + prices("rt") + prices("da"), prices("rt") + prices("da")),
    "da_ancillary_services": (60, "product", AS_HEAD + ["ancillary_service", "unit", "value"] + LMP_TAIL, ["value"]),
    "ancillary_services": (60, "product", AS_HEAD + ["ancillary_service", "unit", "value"] + LMP_TAIL, ["value"]),
    "ancillary_services_fivemin_hrl": (5, "product", AS_HEAD + ["ancillary_service", "unit", "value"] + LMP_TAIL[::-1], ["value"]),
    "da_reserve_market_results": (60, "product", AS_HEAD + [
        "locale", "service", "mcp", "mcp_capped", "as_req_mw", "total_mw", "as_mw", "ss_mw", "ircmwt2", "dsr_as_mw", "nsr_mw"],
        ["mcp", "as_req_mw", "total_mw"]),
    "reserve_market_results": (60, "product", AS_HEAD + [
        "locale", "service", "mcp", "mcp_capped", "reg_ccp", "reg_pcp", "as_req_mw", "total_mw", "as_mw", "ss_mw", "tier1_mw",
        "ircmwt2", "dsr_as_mw", "nsr_mw", "regd_mw"], ["mcp", "as_req_mw", "total_mw"]),
    "reserve_market_results_5min": (5, "product", AS_HEAD + [
        "locale", "service", "mcp", "mcp_capped", "reg_ccp", "reg_pcp", "as_req_mw", "total_mw", "as_mw", "ss_mw", "tier1_mw",
        "ircmwt2", "dsr_as_mw", "nsr_mw", "regd_mw"], ["mcp", "as_req_mw", "total_mw"]),
    "reg_market_results": (60, "none", AS_HEAD + [
        "requirement", "regd_ssmw", "rega_ssmw", "regd_procure", "rega_procure", "total_mw", "deficiency", "rto_perfscore",
        "rega_mileage", "regd_mileage", "rega_hourly", "regd_hourly", "is_approved", "modified_datetime_utc"],
        ["requirement", "total_mw"]),
    "reg_prices": (5, "none", AS_HEAD + [
        "area", "reserve_quantity", "reserve_requirement", "market_clearing_price", "market_capped_clearing_price",
        "capability_clearing_price", "performance_clearing_price"],
        ["reserve_quantity", "reserve_requirement", "market_clearing_price"]),
}
OPTIONAL = {"datetime_beginning_ept", "pnode_name", "voltage", "equipment", "type", "zone", "row_is_current", "version_nbr",
            "mcp_capped", "as_mw", "ss_mw", "ircmwt2", "dsr_as_mw", "nsr_mw", "reg_ccp", "reg_pcp", "tier1_mw", "regd_mw"}
CONTENT_DECIDES = {"da_hrl_lmps", "rt_hrl_lmps", "rt_fivemin_hrl_lmps", "rt_unverified_hrl_lmps", "rt_unverified_fivemin_lmps",
                   "rt_da_monthly_lmps", "rt_fivemin_mnt_lmps", "reg_market_results", "reg_prices"}


# ---- dialects ----

def stamp_export(t):
    hour = t.hour % 12 or 12
    return f"{t.month}/{t.day}/{t.year} {hour}:{t:%M:%S} {'PM' if t.hour >= 12 else 'AM'}"


STAMPS = {
    "export": stamp_export,
    "excel": lambda t: f"{t.month}/{t.day}/{t.year} {t.hour}:{t:%M}",
    "excel_s": lambda t: f"{t:%m/%d/%Y %H:%M:%S}",
    "iso": lambda t: f"{t:%Y-%m-%dT%H:%M:%S}",
    "iso_blank": lambda t: f"{t:%Y-%m-%d %H:%M:%S}",
    "iso_minutes": lambda t: f"{t:%Y-%m-%dT%H:%M}",
    "iso_fraction": lambda t: f"{t:%Y-%m-%dT%H:%M:%S}.0000000",
    "iso_z": lambda t: f"{t:%Y-%m-%dT%H:%M:%S}Z",
    "iso_offset": lambda t: f"{t:%Y-%m-%dT%H:%M:%S}+00:00",
    "iso_shifted": lambda t: f"{t - dt.timedelta(hours=5):%Y-%m-%dT%H:%M:%S}-05:00",
    "iso_compact_offset": lambda t: f"{t + dt.timedelta(minutes=330):%Y-%m-%dT%H:%M:%S}+0530",
}
LOCAL_STYLE = {"iso_z": "iso", "iso_offset": "iso", "iso_shifted": "iso", "iso_compact_offset": "iso"}


class Dialect:
    def __init__(self, rng, header, price_columns):
        self.stamp = rng.choice(list(STAMPS) + ["export"] * 6)
        self.end = rng.choice(["\r\n", "\n"])
        self.bom = rng.random() < .2
        self.quotes = rng.choice(["minimal"] * 3 + ["all", "texts"])
        self.true = rng.choice(["True", "TRUE", "true"])
        self.trim_zeros = rng.random() < .3
        self.surplus = rng.choice([0] * 6 + [1, 3])
        self.head_surplus = self.surplus if rng.random() < .5 else 0
        self.repeat_header = rng.choice([0] * 4 + [.02, .1])
        self.blank_lines = rng.choice([0] * 4 + [.03])
        self.last_newline = rng.random() < .8
        self.pad = rng.random() < .1
        self.columns = list(header)
        if rng.random() < .3:
            self.columns = [c for c in header if c not in OPTIONAL or rng.random() < .6]
        if rng.random() < .25:
            rng.shuffle(self.columns)
        if rng.random() < .1:
            self.columns.insert(rng.randrange(len(self.columns) + 1), "a_new_column")
        self.upper_header = rng.random() < .1

    def header_line(self):
        names = [c.upper() if self.upper_header else c for c in self.columns]
        return ",".join('"%s"' % n if self.quotes == "all" else n for n in names) + "," * self.head_surplus

    def field(self, rng, text):
        if self.pad and text and rng.random() < .3:
            text = f" {text} "
        if self.quotes == "all" or (self.quotes == "texts" and text and text[0].isalpha()) or any(c in text for c in ',\n"'):
            return '"%s"' % text.replace('"', '""')
        return text

    def line(self, rng, row):
        return ",".join(self.field(rng, row.get(c, "")) for c in self.columns) + "," * self.surplus


def price_text(rng, style):
    # random ones have at most 15 digits: binary64 keeps those, so that a derived energy has one right answer
    if style == "da":
        return f"{rng.uniform(-50, 200):.6f}"
    if style == "cents":
        return f"{rng.uniform(-50, 900):.2f}"
    if style == "few":
        return rng.choice(["0", "0.000000", "-0.0", "12.5", "29", "-1.25", "+3.5", "100."])
    return rng.choice([f"{rng.uniform(-1e4, 1e4):.15g}", f"{rng.uniform(-1, 1):.3e}", "1,234.56", f"{rng.uniform(0, 1e12):.3f}",
                       ".92", "123456789.123456789123", "1e3", "9007199254740993", "0.1000000000000000055", "-1,000",
                       "4503599627.370497", "2251799813685.248", "0.0000001", "1E-320", " 7.25 "])


def trim_zeros(text):
    return text.rstrip("0").rstrip(".") if "." in text and "e" not in text.lower() and text.strip() == text else text


# ---- one feed's truth ----

class Truth:
    """Instants, what the rows are about, and prices of one feed; the files are views of it."""

    def __init__(self, rng, feed, size):
        self.feed = feed
        self.minutes, self.key, self.header, self.price_columns = FEEDS[feed]
        first = dt.datetime.fromisoformat(rng.choice(DAYS)) - dt.timedelta(days=rng.choice([0, 0, 0, 1, 3, 6]))
        start = first.replace(tzinfo=ZONE).astimezone(UTC) + dt.timedelta(hours=rng.choice([0, 0, 0, 1, 5, 23]))
        steps = rng.randrange(3, 40 if self.minutes == 60 else 90) if rng.random() < .7 else rng.randrange(30, 400)
        self.instants = [start + dt.timedelta(minutes=self.minutes * i) for i in range(steps)]
        if self.key in ("id", "name"):
            nodes = rng.sample(NODES, rng.randrange(1, len(NODES)))
            if self.key == "name":
                nodes = list({n[1]: n for n in nodes}.values())
            if rng.random() < .2:
                nodes += [(str(10_000 + i), f"N{rng.randrange(10_000)} {i}", "LOAD") for i in range(rng.randrange(5, 60))]
            self.places = [self.node(rng, *n) for n in nodes]
        elif self.key == "product":
            services = rng.sample(SERVICES, rng.randrange(1, 5))
            locales = rng.sample(LOCALES, rng.randrange(1, 4)) if "locale" in self.header else [""]
            self.places = [{"ancillary_service": s, "service": s, "locale": l, "unit": rng.choice(["$/MWh", "MW", ""])}
                           for s in services for l in locales]
        else:
            areas = rng.sample(["PJM RTO", "MAD"], rng.choice([1, 2])) if "area" in self.header else [""]
            self.places = [{"area": a} for a in areas]
        while len(self.instants) * len(self.places) > size and len(self.instants) > 3:
            del self.instants[len(self.instants) // 2:]
        self.rename_at = rng.choice(self.instants) if rng.random() < .2 and self.key == "id" else None
        self.renamed = rng.choice(self.places)
        self.versions = rng.random() < .5 and "version_nbr" in self.header
        self.style = rng.choice(["da", "da", "cents", "few", "odd"])
        self.null_share = rng.choice([0, 0, 0, .02, .3])

    @staticmethod
    def node(rng, pnode, name, kind):
        volts = "" if kind in ("HUB", "ZONE") else rng.choice(["230 KV", "34.5 KV", "500", "", "13.8 kV", "0.415 KV", "138KV"])
        return {"pnode_id": pnode, "pnode_name": name, "type": kind, "voltage": volts,
                "zone": "" if kind in ("HUB", "ZONE") else rng.choice(["AECO", "PEPCO", "DOM"]),
                "equipment": rng.choice(["", "T-10"])}

    def row(self, rng, t, place):
        local = t.astimezone(ZONE).replace(tzinfo=None)
        row = dict(place)
        if self.rename_at and t >= self.rename_at and place is self.renamed:
            row["pnode_name"] = "RENAMED " + place["pnode_name"]
        row.update(utc=t, local=local, version_nbr="1", mcp_capped="1.5", as_mw="3", is_approved="true")
        for column in self.price_columns:
            row[column] = "" if rng.random() < self.null_share else price_text(rng, self.style)
        return row


# ---- files ----

def bad_rows(rng, truth, dialect):
    """(kind, function from a good row to a line) of each way in which a row goes wrong."""
    price = rng.choice([c for c in truth.price_columns if c in dialect.columns])
    kinds = {
        "number": lambda r: dict(r, **{price: rng.choice(["abc", "nan", "inf", "0x1F", "1_0", "1,23", "1.2.3", "12 %", "-", "#####"])}),
        "number_range": lambda r: dict(r, **{price: "-1e309"}),
        "stamp": lambda r: dict(r, utc=rng.choice(["yesterday", "13/1/2024 1:00:00 AM", "2024-02-30T00:00:00", "2024-01-01",
                                                   "1/1/2024 25:00", "45321.5", "1/1/2024 0:00:00 PM"])),
        "stamp_missing": lambda r: dict(r, utc=rng.choice(["", "null"])),
    }
    if "version_nbr" in dialect.columns:
        kinds["version"] = lambda r: dict(r, version_nbr=rng.choice(["x", "1.5", "99999999999"]))
    key = {"id": "pnode_id", "name": "pnode_name", "product": "service" if "service" in truth.header else "ancillary_service"}
    if truth.key in key:
        kinds["key_missing"] = lambda r: dict(r, **{key[truth.key]: rng.choice(["", "  "])})
    return kinds


def write_line(rng, dialect, row):
    row = dict(row)
    utc, local = row.pop("utc"), row.pop("local")
    row["datetime_beginning_utc"] = utc if isinstance(utc, str) else STAMPS[dialect.stamp](utc)
    if isinstance(utc, dt.datetime):
        row["datetime_beginning_ept"] = STAMPS[LOCAL_STYLE.get(dialect.stamp, dialect.stamp)](local)
    row["row_is_current"] = dialect.true
    return dialect.line(rng, row)


def order_rows(rng, rows, minutes):
    """Some order of the rows whose first two instants tell the step."""
    how = rng.choice(["time", "time", "node", "shuffle", "backwards"])
    if how == "node":
        rows.sort(key=lambda r: (str(r.get("pnode_id") or r.get("service") or ""), r["utc"]))
    elif how == "shuffle":
        rng.shuffle(rows)
    elif how == "backwards":
        rows.reverse()
    first = rows[0]["utc"]
    if minutes == 5 and (second := next((r for r in rows if (r["utc"] - first).total_seconds() % 3600), None)):
        rows.remove(second)
        rows.insert(1, second)
    return rows


def second_instant(rows):
    return next((i for i, r in enumerate(rows) if r["utc"] != rows[0]["utc"]), len(rows))


def bad_line(rng, dialect, kinds, row, late):
    """A line that gives no row. 'late': far enough from the file's head for a NUL not to make it a binary file."""
    kind = rng.choice(list(kinds) + ["few", "many", "utf8"] + ["nul", "quote"] * late)
    line = write_line(rng, dialect, kinds[kind](row) if kind in kinds else row)
    if kind == "few":
        return ",".join(["1"] * rng.randrange(2, len(dialect.columns)))
    if kind == "many":
        return line + ",surplus" + "," * rng.choice([0, 2])
    if kind == "quote":  # never closed, or by the next quote, which makes one bad record of all in between
        return '"' + line
    if kind == "nul":
        at = rng.randrange(len(line) + 1)
        return line[:at] + "\0" + line[at:]
    if kind == "utf8":
        return line + ("\udcff" if rng.random() < .5 else ",\udcc3")
    return line


def file_bytes(rng, truth, rows, failing=None):
    """A file's bytes for good rows, with decoration and bad rows in between."""
    dialect = Dialect(rng, truth.header, truth.price_columns)
    if failing == "no_id":
        dialect.columns = [c for c in truth.header if c != "pnode_id"]
    if dialect.trim_zeros:
        rows = [dict(r, **{c: trim_zeros(r[c]) for c in truth.price_columns}) for r in rows]
    told = second_instant(rows)
    out = [dialect.header_line()]
    kinds = bad_rows(rng, truth, dialect)
    bad_share = rng.choice([0, 0, 0, .02, .2])
    grid_left = len(rows) // 130 if rng.random() < .5 else 0
    if failing == "off_grid":
        grid_left = len(rows)
    for i, row in enumerate(rows):
        if rng.random() < dialect.repeat_header:
            out.append(dialect.header_line())
        if rng.random() < dialect.blank_lines:
            out.append(rng.choice(["", "", "  "]))
        filled = dict(row, **{c: row[c].strip() or "1" for c in truth.price_columns})
        if rng.random() < bad_share or (bad_share and not i and rng.random() < .3):
            out.append(bad_line(rng, dialect, kinds, filled, sum(map(len, out)) > 600 and i > told))
        if grid_left and i > told and (failing or rng.random() < .05):
            grid_left -= 1
            off = row["utc"] + dt.timedelta(seconds=rng.choice([60, 61, 150]) if dialect.stamp != "excel" else 60)
            out.append(write_line(rng, dialect, dict(filled, utc=off)))
        out.append(write_line(rng, dialect, row))
    text = dialect.end.join(out) + (dialect.end if dialect.last_newline or not rows else "")
    data = text.encode("utf-8", "surrogateescape")
    return (b"\xef\xbb\xbf" if dialect.bom else b"") + data


def name_of(rng, feed, tells):
    stem = feed.replace("_5min", "")
    names = [f"{stem}.csv", f"{stem} ({rng.randrange(1, 9)}).csv", f"{stem}_{rng.randrange(2019, 2026)}.csv",
             f"{rng.choice('abcXYZ')}_{stem}.csv", f"{stem}_é.csv"]
    if tells and feed in CONTENT_DECIDES:
        names.append(f"export{rng.randrange(99)}.csv")
    return rng.choice(names)


def files_of(rng, truth):
    """(name, bytes) of some files that hold the truth, in slices and versions."""
    rows = [truth.row(rng, t, place) for t in truth.instants for place in truth.places]
    if truth.versions:
        for row in list(rows):
            if rng.random() < .2:
                newer = dict(row, version_nbr=str(rng.choice([1, 2, 2, 3, 10])))
                if rng.random() < .6:
                    newer[rng.choice(truth.price_columns)] = price_text(rng, truth.style)
                rows.append(newer)
    rows.sort(key=lambda r: r["utc"])
    n_files = rng.choice([1, 1, 2, 2, 3, 5])
    made = []
    for i in range(n_files):
        a, b = (len(rows) * i // n_files, len(rows) * (i + 1) // n_files)
        if rng.random() < .3:  # overlap with the neighbours
            a, b = max(0, a - rng.randrange(1, 40)), min(len(rows), b + rng.randrange(1, 40))
        part = [dict(r) for r in rows[a:b]]
        if rng.random() < .3:  # what this file says otherwise
            for row in part:
                if rng.random() < .1:
                    row[rng.choice(truth.price_columns)] = rng.choice(["", price_text(rng, truth.style)])
                if rng.random() < .05 and "voltage" in row:
                    row["voltage"] = rng.choice(["", "765 KV", "n/a"])
                if rng.random() < .03 and "type" in row:
                    row["type"] = rng.choice(["", "GEN", "LOAD"])
        if not part:
            continue
        part = order_rows(rng, part, truth.minutes)
        tells = len({r["utc"] for r in part}) > 1
        if truth.minutes == 5 and not any((r["utc"] - part[0]["utc"]).total_seconds() % 3600 for r in part):
            if truth.feed == "reserve_market_results_5min" or part[0]["utc"].minute == 0:
                continue  # nothing would tell
        made.append((name_of(rng, truth.feed, tells), file_bytes(rng, truth, part)))
    return made


def failing_files(rng, truth):
    rows = [truth.row(rng, t, place) for t in truth.instants for place in truth.places]
    kind = rng.choice(["truncated", "crc", "no_id", "off_grid", "html", "empty", "header", "itsced", "no_data", "trailing"])
    name = name_of(rng, truth.feed, False)
    if kind in ("truncated", "crc", "trailing"):
        packed = gzip.compress(file_bytes(rng, truth, rows), mtime=0)
        if kind == "truncated":
            packed = packed[:rng.randrange(len(packed) // 2, len(packed))]
        elif kind == "crc":
            packed = packed[:-8] + bytes([packed[-8] ^ 1]) + packed[-7:]
        else:
            packed += b"rubbish"
        return [(name + ".gz", packed)]
    if kind == "no_id":
        if "pnode_id" not in truth.header or truth.feed == "rt_unverified_fivemin_lmps":
            return []
        return [(name, file_bytes(rng, truth, rows, "no_id"))]
    if kind == "off_grid":
        rows = order_rows(rng, rows, truth.minutes)
        return [(name, file_bytes(rng, truth, rows, "off_grid"))]
    if kind == "html":
        return [(name, b"<!DOCTYPE html>\n<html><body>Sorry, try again</body></html>\n")]
    if kind == "header":
        return [(f"da_hrl_lmps_{rng.randrange(9)}.csv", (",".join(FEEDS["da_hrl_lmps"][2]) + "\r\n").encode())]
    if kind == "itsced":
        return [(f"five_min_itsced_lmps_{rng.randrange(9)}.csv",
                 b"case_approval_datetime_utc,datetime_beginning_utc,itsced_lmp,marginal_congestion,marginal_loss,pnode_id,"
                 b"pnode_name\r\n1/1/2024 5:00:00 AM,1/1/2024 5:05:00 AM,20.1,0.1,0.2,1,PJM-RTO\r\n")]
    if kind == "no_data":
        return [(name, b"No data exists for this period.\n")]
    return [(name, b"")]


def make_files(rng, size=2500):
    """Names and bytes of PJM's files."""
    chosen = rng.sample(list(FEEDS), rng.choice([1, 1, 2, 3]))
    if rng.random() < .5:
        chosen[0] = rng.choice(["da_hrl_lmps", "rt_hrl_lmps", "rt_fivemin_hrl_lmps"])
    made = []
    for feed in dict.fromkeys(chosen):
        truth = Truth(rng, feed, size)
        made += files_of(rng, truth)
        if rng.random() < .25:
            made += failing_files(rng, truth)
    return made
