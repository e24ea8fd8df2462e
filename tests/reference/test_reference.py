# SPDX-License-Identifier: MIT
"""The reference against cases worked out by hand: the judge is judged first."""
import datetime as dt
import gzip
import os
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import reference  # noqa: E402

HEAD = ("datetime_beginning_utc,datetime_beginning_ept,pnode_id,pnode_name,voltage,equipment,type,zone,"
        "system_energy_price_da,total_lmp_da,congestion_price_da,marginal_loss_price_da,row_is_current,version_nbr\r\n")


def line(stamp="7/1/2024 4:00:00 AM", local="7/1/2024 12:00:00 AM", pnode="1", name="PJM-RTO", kv="", total="24.5",
         energy="24", congestion="0.25", loss="0.25", version="1", end="\r\n"):
    return f"{stamp},{local},{pnode},{name},{kv},,ZONE,,{energy},{total},{congestion},{loss},True,{version}{end}"


class ReferenceCase(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def convert(self, files, **options):
        for name, content in files.items():
            path = os.path.join(self.folder.name, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "wb") as f:
                f.write(content.encode() if isinstance(content, str) else content)
        return reference.convert([self.folder.name], **options)

    def one(self, content, **options):
        result = self.convert({"da_hrl_lmps.csv": content}, **options)
        return result, result.files[0], result.datasets.get("pjm/da_energy_hourly", [])

    def test_every_column_of_a_summer_hour(self):
        _, entry, rows = self.one(HEAD + line(kv="230 KV"))
        noon_utc = int(dt.datetime(2024, 7, 1, 4, tzinfo=dt.timezone.utc).timestamp())
        self.assertEqual(noon_utc, 1719806400)
        self.assertEqual(rows, [{
            "datetime_utc": 1719806400_000000, "interval_end_utc": 1719810000_000000, "interval_minutes": 60,
            "datetime_local": 1719792000_000000, "utc_offset_minutes": -240, "delivery_date": 19905, "delivery_hour": 1,
            "delivery_interval": 0, "iso": "PJM", "market_type": "DA", "dataset": "da_energy_hourly",
            "settlement_location": "PJM-RTO", "settlement_location_id": "1", "settlement_location_type": "ZONE",
            "zone": None, "voltage_kv": 230.0, "lmp_total": 24.5, "lmp_energy": 24.0, "lmp_congestion": 0.25,
            "lmp_loss": 0.25, "lmp_ghg": None, "version": 1, "is_current": True, "source_file": "da_hrl_lmps.csv",
            "finality": None}])
        self.assertEqual((entry.lines, entry.header_lines, entry.data_lines, entry.counts["written"]), (2, 1, 1, 1))

    def test_spring_has_no_hour_three_and_autumn_two_hours_two(self):
        for first, hours, offsets in [("2024-03-10T05:00:00", [1, 2, 4, 5], [-300, -300, -240, -240]),
                                      ("2024-11-03T04:00:00", [1, 2, 2, 3], [-240, -240, -300, -300])]:
            start = dt.datetime.fromisoformat(first)
            body = "".join(line((start + dt.timedelta(hours=h)).isoformat(), "") for h in range(4))
            _, _, rows = self.one(HEAD + body)
            self.assertEqual([r["delivery_hour"] for r in rows], hours)
            self.assertEqual([r["utc_offset_minutes"] for r in rows], offsets)
            self.assertEqual(len({r["delivery_date"] for r in rows}), 1)

    def test_dialects_of_one_instant_are_one_instant(self):
        for text in ["7/1/2024 4:00:00 AM", "7/1/2024 4:00", "07/01/2024 04:00:00", "2024-07-01T04:00:00",
                     "2024-07-01 04:00:00.000", "2024-07-01T04:00:00Z", "2024-07-01T00:00:00-04:00",
                     "2024-07-01T04:00:00+0000", '"7/1/2024 4:00:00 AM"']:
            _, entry, rows = self.one(HEAD + line(text))
            self.assertEqual([r["datetime_utc"] for r in rows], [1719806400_000000], text)
            self.assertEqual(entry.local_warnings, 0)

    def test_midnight_and_noon_in_twelve_hours(self):
        self.assertEqual(reference.stamp("1/1/1970 12:00:00 AM"), (0, False, None))
        self.assertEqual(reference.stamp("1/1/1970 12:00:00 PM"), (43200, False, None))
        self.assertEqual(reference.stamp("12/31/1969 24:00"), (0, False, None))
        for wrong in ["2/30/2024 1:00", "7/1/2024 13:00:00 PM", "7/1/2024 25:00", "7/1/24 1:00", "45474.1666", "7/1/2024"]:
            with self.assertRaises(reference.Reject):
                reference.stamp(wrong)

    def test_numbers(self):
        for text, value in [("1,234.56", 1234.56), (" 5. ", 5.0), (".92", .92), ("-0.0", 0.0), ("1e-3", .001), ("", None),
                            ("NULL", None), ("+7", 7.0)]:
            self.assertEqual(reference.number(text), value)
        self.assertEqual(str(reference.number("-0.0")), "0.0")
        for text in ["nan", "inf", "0x10", "1_000", "1,23", "abc", "1 2", "--1", "."]:
            with self.assertRaises(reference.Reject) as caught:
                reference.number(text)
            self.assertEqual(str(caught.exception), "number")
        with self.assertRaises(reference.Reject) as caught:
            reference.number("1e400")
        self.assertEqual(str(caught.exception), "number_range")

    def test_each_reject_has_its_reason(self):
        good = "".join(line(f"2024-07-{d:02d}T{h:02d}:00:00", "") for d in range(1, 11) for h in range(24))
        bad = [("number", line(total="abc")), ("number_range", line(total="1e999")), ("version", line(version="x")),
               ("stamp", line("yesterday")), ("stamp_missing", line("")), ("grid", line("2024-07-01T04:00:01")),
               ("key_missing", line(pnode="")), ("fields_few", "7/1/2024 4:00,1\r\n"), ("nul", line(name="A\0B")),
               ("fields_many", line(end="x\r\n").replace("1x", "1,x")), ("quote", line(name='"open'))]
        _, entry, rows = self.one(HEAD + good + "".join(text for _, text in bad))
        self.assertEqual(entry.state, "converted")
        self.assertEqual([r[3] for r in entry.rejects], [word for word, _ in bad])
        self.assertEqual([r[2].decode() for r in entry.rejects], [text for _, text in bad])
        self.assertEqual([r[1] for r in entry.rejects], list(range(242, 242 + len(bad))))
        self.assertEqual((len(rows), entry.partial_rows), (240, 240 + len(bad)))

    def test_decoration_and_blank_rows(self):
        text = "\ufeff\r\n" + HEAD + line() + "\n" + HEAD + line("2024-07-01T05:00", total="", energy="", congestion="",
                                                               loss="null") + line("2024-07-01T06:00", end=",,\r\n")
        _, entry, rows = self.one(text)
        self.assertEqual((entry.lines, entry.header_lines, entry.blank_lines, entry.data_lines), (7, 2, 2, 3))
        self.assertEqual((entry.counts["written"], entry.counts["blank"], len(rows)), (2, 1, 2))

    def test_newer_version_wins_wherever_it_stands(self):
        old, new = line(total="1", version="1"), line(total="2", version="2")
        for body in (old + new, new + old):
            _, entry, rows = self.one(HEAD + body)
            self.assertEqual([(r["lmp_total"], r["version"]) for r in rows], [(2.0, 2)])
            self.assertEqual((entry.counts["written"], entry.counts["superseded"]), (1, 1))

    def test_equal_prices_under_a_new_version_are_superseded(self):
        _, entry, _ = self.one(HEAD + line(version="1") + line(version="2"))
        self.assertEqual((entry.counts["superseded"], entry.counts["duplicate"]), (1, 0))

    def test_a_newer_null_erases_nothing(self):
        result = self.convert({"a.csv": HEAD + line(congestion="5"), "b.csv": HEAD + line(congestion="")})
        self.assertEqual([(r["lmp_congestion"], r["source_file"]) for r in result.datasets["pjm/da_energy_hourly"]], [(5.0, "b.csv")])
        self.assertEqual([f.counts["joined"] for f in result.files], [1, 0])

    def test_same_rows_twice_are_duplicates_of_the_greater_name(self):
        result = self.convert({"z/a.csv": HEAD + line(), "a/b.csv": HEAD + line()})
        self.assertEqual({f.base: (f.counts["written"], f.counts["duplicate"]) for f in result.files},
                         {"a.csv": (0, 1), "b.csv": (1, 0)})

    def test_kept_revisions_stand_behind_the_current_row(self):
        body = line(total="3", version="3") + line(total="1", version="1") + line(total="2", version="2", name="OLD")
        _, entry, rows = self.one(HEAD + body, keep_revisions=True)
        self.assertEqual([(r["version"], r["lmp_total"], r["is_current"], r["settlement_location"]) for r in rows],
                         [(3, 3.0, True, "PJM-RTO"), (2, 2.0, False, "PJM-RTO"), (1, 1.0, False, "PJM-RTO")])
        self.assertEqual(entry.counts["superseded"], 2)

    def test_failing_files_give_nothing(self):
        whole = gzip.compress((HEAD + line()).encode())
        result = self.convert({"a.csv.gz": whole[:-3], "b.csv": HEAD.replace("pnode_id", "x") + line(),
                               "c.csv": HEAD + line("2024-07-01T04:07"), "d.csv": "<html></html>\n", "e.csv": ""})
        self.assertEqual([f.state for f in result.files], ["failed", "failed", "failed", "unrecognised", "unrecognised"])
        self.assertEqual(result.datasets, {})

    def test_step_and_name_tell_the_rt_feeds_apart(self):
        head = HEAD.replace("_da", "_rt")
        two = line("2024-07-01T04:00") + line("2024-07-01T04:05")
        hour = line("2024-07-01T04:00") + line("2024-07-01T05:00")
        result = self.convert({"a.csv": head + two, "b.csv": head + hour, "c_hrl.csv": head + line("2024-07-01T04:00"),
                               "d_fivemin_hrl.csv": head + line("2024-07-01T04:00"), "e.csv": head + line("2024-07-01T04:00"),
                               "f.csv": head + line("2024-07-01T04:25")})
        five, hourly = ["rt_energy_5min"], ["rt_energy_hourly"]
        self.assertEqual([f.datasets for f in result.files], [five, hourly, hourly, five, [], five])
        self.assertEqual(result.files[4].state, "failed")

    def test_energy_of_unverified_feeds_is_an_exact_difference(self):
        head = "datetime_beginning_utc,pnode_name,type,total_lmp_rt,congestion_price_rt,marginal_loss_price_rt\n"
        result = self.convert({"u.csv": head + "2024-07-01T04:00,A,HUB,0.3,0.1,0.1\n2024-07-01T05:00,A,HUB,0.3,,0.1\n"})
        self.assertEqual([r["lmp_energy"] for r in result.datasets["pjm/rt_energy_hourly_unverified"]], [0.1, None])

    def test_blocks_are_weeks_from_monday_and_cut_at_the_year(self):
        body = "".join(line(f"2024-12-{d}T12:00", pnode=p, name=n) for d in (29, 30, 31) for p, n in (("2", "B"), ("10", "A")))
        body += line("2025-01-01T12:00")
        result, _, _ = self.one(HEAD + body)
        path = "pjm/da_energy_hourly/da_energy_hourly_2024.parquet"
        self.assertEqual(result.row_groups[path], [2, 4])  # 2024-12-30 is a Monday
        self.assertEqual([r["settlement_location"] for r in result.partitions[path]], ["A", "B", "A", "A", "B", "B"])
        self.assertEqual(sorted(result.partitions), [path, path.replace("2024", "2025")])

    def test_days_know_their_hours(self):
        day = lambda text: (dt.date.fromisoformat(text) - dt.date(1970, 1, 1)).days  # noqa: E731
        self.assertEqual([reference.expected_intervals(reference.DATASETS["pjm/da_energy_hourly"], day(d)) for d in ("2024-03-10", "2024-07-01", "2024-11-03", "2006-04-02")],
                         [23, 24, 25, 23])
        result, _, rows = self.one(HEAD + line() + line("2024-07-02T04:00"))
        self.assertEqual(reference.short_days(reference.DATASETS["pjm/da_energy_hourly"], rows),
                         [("2024-07-01", 24, 1), ("2024-07-02", 24, 1)])

    def test_quotes(self):
        _, entry, rows = self.one(HEAD + line(name='"A ""B"", C"') + line("2024-07-01T05:00", name='"two\nlines"')
                                  + line("2024-07-01T06:00", name='x"y'))
        self.assertEqual([r["settlement_location"] for r in rows], ['A "B", C', "two\nlines", 'x"y'])
        self.assertEqual(entry.data_lines, 3)


if __name__ == "__main__":
    unittest.main()
