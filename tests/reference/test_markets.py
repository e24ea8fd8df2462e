# SPDX-License-Identifier: MIT
"""CAISO and MISO in the reference, against cases worked out by hand."""
import datetime as dt
import io
import os
import sys
import tempfile
import unittest
import zipfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import reference  # noqa: E402

DAM = ("INTERVALSTARTTIME_GMT,INTERVALENDTIME_GMT,OPR_DT,OPR_HR,OPR_INTERVAL,NODE_ID_XML,NODE_ID,NODE,MARKET_RUN_ID,LMP_TYPE,"
       "XML_DATA_ITEM,PNODE_RESMRID,GRP_TYPE,POS,MW,GROUP\n")
RTM = ("INTERVALSTARTTIME_GMT,INTERVALENDTIME_GMT,OPR_DT,OPR_HR,NODE_ID_XML,NODE_ID,NODE,MARKET_RUN_ID,LMP_TYPE,XML_DATA_ITEM,"
       "PNODE_RESMRID,GRP_TYPE,POS,VALUE,OPR_INTERVAL,GROUP\n")
WIDE = "Node,Type,Value," + ",".join(f"HE {h}" for h in range(1, 25)) + "\n"


def us(text):
    return int(dt.datetime.fromisoformat(text + "+00:00").timestamp()) * 1_000_000


def dam(start, end, date, hour, component, price, node="N1", run="DAM"):
    return f"{start}:00-00:00,{end}:00-00:00,{date},{hour},0,{node},{node},{node},{run},{component},X,{node},ALL,1,{price},1\n"


def rtm(start, end, component, price, node="N1", run="RTM"):
    return f"{start}:00-00:00,{end}:00-00:00,,,{node},{node},{node},{run},{component},X,{node},ALL,1,{price},1,1\n"


def miso_day(title, date, lines):
    return f"{title}\n{date}\n\n,,,All Hours-Ending are Eastern Standard Time (EST)\n{WIDE}" + "".join(line + "\n" for line in lines)


def hours(first, others="0"):
    return ",".join([first] + [others] * 23)


def packed(files):
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return sink.getvalue()


class MarketCase(unittest.TestCase):
    def convert(self, files, **options):
        with tempfile.TemporaryDirectory() as folder:
            for name, content in files.items():
                path = os.path.join(folder, name)
                os.makedirs(os.path.dirname(path), exist_ok=True)
                with open(path, "wb") as f:
                    f.write(content.encode() if isinstance(content, str) else content)
            result = reference.convert([folder], **options)
            for entry in result.files:
                entry.inside = os.path.relpath(entry.path, folder)
            return result

    def counts(self, result):
        return {f.inside: tuple(f.counts[c] for c in ("written", "joined", "duplicate", "superseded")) for f in result.files}

    def states(self, result):
        return {f.inside: f.state for f in result.files}


class Caiso(MarketCase):
    def test_every_column_of_a_row_of_five_lines(self):
        at = ("2018-11-04T09:00", "2018-11-04T10:00", "2018-11-04", 25)
        text = DAM + "".join(dam(*at, c, p) for c, p in [("LMP", "34.74459"), ("MCC", "-0.5"), ("MCE", "33"), ("MCL", "0.24459"),
                                                         ("MGHG", "2")])
        result = self.convert({"20181104_20181104_PRC_LMP_DAM_20200511_16_08_16_v1.csv": text})
        self.assertEqual(result.datasets["caiso/da_energy_hourly"], [{
            "datetime_utc": us("2018-11-04T09:00"), "interval_end_utc": us("2018-11-04T10:00"), "interval_minutes": 60,
            "datetime_local": us("2018-11-04T01:00"), "utc_offset_minutes": -480, "delivery_date": 17839, "delivery_hour": 2,
            "delivery_interval": 0, "iso": "CAISO", "market_type": "DA", "dataset": "da_energy_hourly", "settlement_location": "N1",
            "settlement_location_id": "N1", "settlement_location_type": None, "zone": None, "voltage_kv": None,
            "lmp_total": 34.74459, "lmp_energy": 33.0, "lmp_congestion": -0.5, "lmp_loss": 0.24459, "lmp_ghg": 2.0, "version": None,
            "is_current": True, "source_file": "20181104_20181104_PRC_LMP_DAM_20200511_16_08_16_v1.csv", "finality": None}])
        entry = result.files[0]
        self.assertEqual((entry.partial_rows, entry.counts["written"], entry.counts["joined"], entry.local_warnings), (5, 1, 4, 0))

    def test_clock_changes(self):
        for day, first, wanted in [("2018-11-04", 7, [(1, -420), (2, -420), (2, -480), (3, -480)]),
                                   ("2019-03-10", 8, [(1, -480), (2, -480), (4, -420), (5, -420)])]:
            text = DAM + "".join(dam(f"{day}T{h:02d}:00", f"{day}T{h + 1:02d}:00", day, "", "LMP", "1") for h in range(first, first + 4))
            rows = self.convert({"a.csv": text}).datasets["caiso/da_energy_hourly"]
            self.assertEqual([(r["delivery_hour"], r["utc_offset_minutes"]) for r in rows], wanted)
            self.assertEqual(len({r["delivery_date"] for r in rows}), 1)

    def test_days_have_their_intervals(self):
        day = lambda text: (dt.date.fromisoformat(text) - dt.date(1970, 1, 1)).days  # noqa: E731
        for name, wanted in [("da_energy_hourly", [23, 24, 25]), ("rt_energy_15min", [92, 96, 100]), ("rt_energy_5min", [276, 288, 300])]:
            dataset = reference.DATASETS["caiso/" + name]
            self.assertEqual([reference.expected_intervals(dataset, day(d)) for d in ("2024-03-10", "2024-07-01", "2024-11-03")], wanted)
            dataset = reference.DATASETS["miso/rt_energy_5min"]
            self.assertEqual([reference.expected_intervals(dataset, day(d)) for d in ("2024-03-10", "2024-11-03")], [288, 288])

    def test_wrong_hours_are_warned_of(self):
        text = DAM + dam("2018-11-04T09:00", "2018-11-04T10:00", "2018-11-04", 2, "LMP", "1")
        text += dam("2018-11-04T10:00", "2018-11-04T11:00", "2018-11-03", 3, "LMP", "1")
        result = self.convert({"a.csv": text})
        self.assertEqual((result.files[0].local_warnings, len(result.datasets["caiso/da_energy_hourly"])), (2, 2))

    def test_rejects(self):
        good = "".join(dam(f"2020-06-{d:02d}T{h:02d}:00", f"2020-06-{d:02d}T{h + 1:02d}:00", "", "", "LMP", "1")
                       for d in range(1, 9) for h in range(23))
        bad = [("length", dam("2020-06-01T08:00", "2020-06-01T08:15", "", "", "LMP", "1")),
               ("grid", dam("2020-06-01T08:15", "2020-06-01T09:15", "", "", "LMP", "1")),
               ("component", dam("2020-06-01T08:00", "2020-06-01T09:00", "", "", "MLC", "1")),
               ("market", dam("2020-06-01T08:00", "2020-06-01T09:00", "", "", "LMP", "1", run="HASP")),
               ("key_missing", dam("2020-06-01T08:00", "2020-06-01T09:00", "", "", "LMP", "1", node="")),
               ("stamp", dam("2020-06-31T08:00", "2020-06-01T09:00", "", "", "LMP", "1")),
               ("number", dam("2020-06-01T08:00", "2020-06-01T09:00", "", "", "LMP", "x"))]
        result = self.convert({"a.csv": DAM + good + "".join(text for _, text in bad)})
        self.assertEqual([r[3] for r in result.files[0].rejects], [word for word, _ in bad])
        self.assertEqual(result.files[0].counts["written"], 184)

    def test_components_of_several_files_meet_and_later_reports_win(self):
        at = ("2024-06-01T08:00", "2024-06-01T09:00", "", "")
        files = {"a/x_PRC_LMP_DAM_20240602_10_00_00_v12.csv": DAM + dam(*at, "LMP", "10") + dam(*at, "MCC", "1"),
                 "b/x_PRC_LMP_DAM_20240602_09_59_59_v12.csv": DAM + dam(*at, "LMP", "11") + dam(*at, "MCE", "8"),
                 "c/zz.csv": DAM + dam(*at, "LMP", "12") + dam(*at, "MCE", "7") + dam(*at, "MCL", "2")}
        result = self.convert(files)
        row, = result.datasets["caiso/da_energy_hourly"]
        self.assertEqual([row[c] for c in ("lmp_total", "lmp_energy", "lmp_congestion", "lmp_loss", "lmp_ghg")], [10, 8, 1, 2, None])
        self.assertEqual(row["source_file"], "x_PRC_LMP_DAM_20240602_10_00_00_v12.csv")
        # written: the newest report's last line; its first joins; of the second the price is outdone, the energy joins
        self.assertEqual(list(self.counts(result).values()), [(1, 1, 0, 0), (0, 1, 0, 1), (0, 1, 0, 2)])

    def test_blocks_of_eight_hours(self):
        start = dt.datetime(2024, 11, 3, 7)
        text = RTM + "".join(rtm(f"{t:%Y-%m-%dT%H:%M}", f"{t + dt.timedelta(minutes=5):%Y-%m-%dT%H:%M}", "LMP", "1")
                             for t in (start + dt.timedelta(minutes=5 * i) for i in range(300)))
        result = self.convert({"a.csv": text})
        self.assertEqual(result.row_groups, {"caiso/rt_energy_5min/rt_energy_5min_2024-11.parquet": [96, 96, 108]})
        self.assertEqual(reference.short_days(reference.DATASETS["caiso/rt_energy_5min"], result.datasets["caiso/rt_energy_5min"]), [])

    def test_hasp_goes_by_length(self):
        text = RTM.replace("VALUE", "MW") + rtm("2013-11-03T08:00", "2013-11-03T09:00", "LMP", "1", run="HASP")
        text += rtm("2013-11-03T08:15", "2013-11-03T08:30", "LMP", "2", run="HASP")
        rows = self.convert({"a.csv": text}).datasets
        self.assertEqual({name: [(r["lmp_total"], r["delivery_interval"]) for r in found] for name, found in rows.items()},
                         {"caiso/hasp_energy_hourly": [(1.0, 0)], "caiso/hasp_energy_15min": [(2.0, 2)]})

    def test_archives_name_their_members(self):
        text = DAM + dam("2024-06-01T08:00", "2024-06-01T09:00", "", "", "LMP", "1")
        inner = packed({"2024/m.csv": text, "INVALID_REQUEST.xml": "<?xml version='1.0'?><a/>", "__MACOSX/._m.csv": "x"})
        result = self.convert({"o.zip": packed({"d/i.zip": inner}), "page.zip": "<html></html>", "cut.zip": inner[:-5]})
        self.assertEqual(self.states(result), {
            "o.zip!d/i.zip!2024/m.csv": "converted", "o.zip!d/i.zip!INVALID_REQUEST.xml": "unrecognised",
            "o.zip!d/i.zip!__MACOSX/._m.csv": "left_out", "page.zip": "unrecognised", "cut.zip": "failed"})
        self.assertEqual([r["source_file"] for r in result.datasets["caiso/da_energy_hourly"]], ["o.zip!i.zip!m.csv"])


class Miso(MarketCase):
    def test_every_column_of_an_hour(self):
        lines = ["AECI,Interface,LMP," + hours(".92"), "AECI,Interface,MCC," + hours("-.5"), "AECI,Interface,MLC," + hours(".07")]
        rows = self.convert({"20240701_da_expost_lmp.csv": miso_day("Day Ahead Market ExPost LMPs", "07/01/2024", lines)}).datasets
        self.assertEqual(rows["miso/da_energy_hourly"][0], {
            "datetime_utc": us("2024-07-01T05:00"), "interval_end_utc": us("2024-07-01T06:00"), "interval_minutes": 60,
            "datetime_local": us("2024-07-01T00:00"), "utc_offset_minutes": -300, "delivery_date": 19905, "delivery_hour": 1,
            "delivery_interval": 0, "iso": "MISO", "market_type": "DA", "dataset": "da_energy_hourly", "settlement_location": "AECI",
            "settlement_location_id": None, "settlement_location_type": "Interface", "zone": None, "voltage_kv": None,
            "lmp_total": 0.92, "lmp_energy": 1.35, "lmp_congestion": -0.5, "lmp_loss": 0.07, "lmp_ghg": None, "version": None,
            "is_current": True, "source_file": "20240701_da_expost_lmp.csv", "finality": None})
        last = rows["miso/da_energy_hourly"][23]
        self.assertEqual((last["datetime_utc"], last["delivery_date"], last["delivery_hour"], last["lmp_energy"]),
                         (us("2024-07-02T04:00"), 19905, 24, 0.0))

    def test_clock_changes_change_nothing(self):
        for date in ("3/10/2019", "11/3/2019"):
            rows = self.convert({"x.csv": miso_day("Realtime Market LMPs", date, ["A,Hub,LMP," + hours("1")])}).datasets
            self.assertEqual([r["delivery_hour"] for r in rows["miso/rt_energy_hourly"]], list(range(1, 25)))
            self.assertEqual({r["utc_offset_minutes"] for r in rows["miso/rt_energy_hourly"]}, {-300})

    def test_energy_is_exact_and_needs_all_parts(self):
        lines = ["A,Hub,LMP," + hours("0.3", "1"), "A,Hub,MCC," + hours("0.1", ""), "A,Hub,MLC," + hours("0.1", "2")]
        result = self.convert({"x.csv": miso_day("Realtime Market LMPs", "1/1/19", lines)})
        rows = result.datasets["miso/rt_energy_hourly"]
        self.assertEqual([r["lmp_energy"] for r in rows[:2]], [0.1, None])
        self.assertEqual(result.files[0].counts, {"written": 24, "joined": 25, "duplicate": 0, "superseded": 0, "blank": 23,
                                                  "rejected": 0, "outside": 0})

    def test_final_unmarked_prelim(self):
        def day(price):
            return miso_day("Realtime Market LMPs", "4/1/2024", ["A,Hub,LMP," + hours(price, price)])
        files = {"20240401_rt_lmp_final.csv": day("1"), "20240401_rt_lmp_prelim.csv": day("2"), "z.csv": day("3")}
        wanted = [("20240401_rt_lmp_final.csv", 1.0, "final"), ("z.csv", 3.0, None), ("20240401_rt_lmp_prelim.csv", 2.0, "prelim")]
        for drop in range(3):
            left = dict(list({w[0]: files[w[0]] for w in wanted}.items())[drop:])
            row = self.convert(left).datasets["miso/rt_energy_hourly"][0]
            self.assertEqual((row["source_file"], row["lmp_total"], row["finality"]), wanted[drop])

    def test_a_rejected_line_counts_its_cells(self):
        lines = ["A,Hub,LMP," + hours("1"), "B,Hub,LMP," + hours("x"), "C,Hub,MEC," + hours("1"), "D,Hub,LMP," + ",".join("" for _ in range(24))]
        entry = self.convert({"x.csv": miso_day("Realtime Market LMPs", "4/1/2024", lines)}).files[0]
        self.assertEqual((entry.counts["written"], entry.counts["rejected"], entry.counts["blank"], entry.partial_rows), (24, 48, 24, 96))
        self.assertEqual((entry.lines, entry.header_lines, entry.blank_lines, entry.data_lines), (9, 4, 1, 4))

    def test_reserves_have_two_tables(self):
        head = ",,MCP Type," + ",".join(f" HE {h}" for h in range(1, 25))
        text = "\r\n".join(["Real Time Market MCPs.,Not settlement quality data.", "", "1/2/2024,,All Hours-Ending are EST", "", head,
                            "Miso-Wide,-,GENREGMCP," + hours("5.25"), "", head.replace(",,", "Pnode,Zone,"),
                            "ALTW.X,Zone 1,GENSPINMCP," + hours("0.50"), ""])
        rows = self.convert({"20240102_asm_rtmcp_prelim.csv": text}).datasets["miso/rt_ancillary_hourly"]
        first = [tuple(r[c] for c in ("as_product", "as_product_standard", "as_region", "settlement_location", "market_clearing_price",
                                      "finality", "datetime_utc")) for r in rows if r["delivery_hour"] == 1]
        self.assertEqual(first, [("GENREGMCP", "REG", "Miso-Wide", None, 5.25, "prelim", us("2024-01-02T05:00")),
                                 ("GENSPINMCP", "SPIN", "Zone 1", "ALTW.X", 0.5, "prelim", us("2024-01-02T05:00"))])

    def test_markets_that_nothing_tells(self):
        head = ",,MCP Type," + ",".join(f" HE {h}" for h in range(1, 25))
        asm = "\n".join(["Dayahead Market MCPs.", "", "01/02/2024,,EST", "", head, "MISO Wide,-,GENREGMCP," + hours("5"), ""])
        bundle = "MARKET_DAY," + WIDE.replace("HE ", "HE") + "07/01/2024,A,Hub,LMP," + hours('"1,234.56"') + "\n"
        result = self.convert({"asm_exante_damcp.csv": asm, "asm.csv": asm, "x_DA_LMPs.csv": "\n" + bundle, "y_RT_LMPs.csv": "junk\n" + bundle,
                               "z.csv": bundle, "none.csv": WIDE + "A,Hub,LMP," + hours("1") + "\n"})
        self.assertEqual({f.inside: f.datasets or f.state for f in result.files}, {
            "asm_exante_damcp.csv": ["da_ancillary_hourly_exante"], "asm.csv": "failed", "x_DA_LMPs.csv": ["da_energy_hourly"],
            "y_RT_LMPs.csv": ["rt_energy_hourly"], "z.csv": "failed", "none.csv": "failed"})
        self.assertEqual(result.datasets["miso/da_energy_hourly"][0]["lmp_total"], 1234.56)

    def test_five_minutes(self):
        text = ("title\n07/01/2024\n\nEST\nMKTHOUR_EST,PNODENAME,LMP,CON_LMP,LOSS_LMP\n07/01/2024 00:00,A,3.00,1.00,-0.50\n"
                "07/01/2024 23:55,A,3.00,,-0.50\nRows: 2\nEnd\n")
        result = self.convert({"20240715_5MIN_LMP.zip": packed({"x.csv": text})})
        rows = result.datasets["miso/rt_energy_5min"]
        self.assertEqual([(r["datetime_utc"], r["delivery_hour"], r["delivery_interval"], r["lmp_energy"]) for r in rows],
                         [(us("2024-07-01T05:00"), 1, 1, 2.5), (us("2024-07-02T04:55"), 24, 12, None)])
        self.assertEqual((result.files[0].header_lines, result.files[0].data_lines, result.files[0].blank_lines), (6, 2, 1))


if __name__ == "__main__":
    unittest.main()
