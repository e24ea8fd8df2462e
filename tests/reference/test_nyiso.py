# SPDX-License-Identifier: MIT
"""NYISO in the reference, against cases worked out by hand."""
import os
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from test_markets import MarketCase, packed, us  # noqa: E402

LBMP = "Time Stamp,Name,PTID,LBMP ($/MWHr),Marginal Cost Losses ($/MWHr),Marginal Cost Congestion ($/MWHr)\n"
REAL_TIME = '"Time Stamp","Name","PTID","LBMP ($/MWHr)","Marginal Cost Losses ($/MWHr)","Marginal Cost Congestion ($/MWH"\n'
RESERVES = ("Time Stamp,Time Zone,Name,PTID,10 Min Spinning Reserve ($/MWHr),10 Min Non-Synchronous Reserve ($/MWHr),"
            "30 Min Operating Reserve ($/MWHr),NYCA Regulation Capacity ($/MWHr)")
WIDE = ("Time Stamp,East 10 Min Spinning Reserve ($/MWHr,East 10 Min Non-Synchronous Reserve,East 30 Min Operating Reserve ($/MWH,"
        "East Regulation ($/MWHr),West 10 Min Spinning Reserve ($/MWHr")


def lines(day, *times, name="CAPITL", price="30.1,1.25,-2"):
    return "".join(f"{day} {time},{name},61757,{price}\n" for time in times)


def times_of(rows):
    """Begin and end of each row in UTC, in order."""
    def shown(micro):
        minutes, seconds = divmod(micro // 1_000_000 % 86400, 60)
        return f"{minutes // 60:02d}:{minutes % 60:02d}" + (f":{seconds:02d}" if seconds else "")
    return [f"{shown(r['datetime_utc'])}-{shown(r['interval_end_utc'])}" for r in rows]


class Energy(MarketCase):
    def rows(self, name, text, dataset):
        result = self.convert({name: text})
        self.entry = result.files[0]
        return result.datasets.get("nyiso/" + dataset, [])

    def test_every_column_of_a_row(self):
        row, = self.rows("20220718realtime_zone.csv", REAL_TIME + '"07/18/2022 00:05:00","HUD VL",61758,77.34,6.43,1.32\n', "rt_energy_5min")
        self.assertEqual(row, {
            "datetime_utc": us("2022-07-18T04:00"), "interval_end_utc": us("2022-07-18T04:05"), "interval_minutes": 5,
            "datetime_local": us("2022-07-18T00:00"), "utc_offset_minutes": -240, "delivery_date": 19191, "delivery_hour": 1,
            "delivery_interval": 1, "iso": "NYISO", "market_type": "RT", "dataset": "rt_energy_5min", "settlement_location": "HUD VL",
            "settlement_location_id": "61758", "settlement_location_type": None, "zone": None, "voltage_kv": None,
            "lmp_total": 77.34, "lmp_energy": 72.23, "lmp_congestion": -1.32, "lmp_loss": 6.43, "lmp_ghg": None, "version": None,
            "is_current": True, "source_file": "20220718realtime_zone.csv", "finality": None})

    def test_hours_begin_at_their_stamp(self):
        row = self.rows("x_damlbmp_gen.csv", LBMP + lines("07/18/2022", "23:00", "22:00"), "da_energy_hourly")[1]
        self.assertEqual((times_of([row]), row["delivery_hour"], row["market_type"]), (["03:00-04:00"], 24, "DA"))

    def test_intervals_begin_where_the_one_before_ended(self):
        found = self.rows("x.csv", LBMP + lines("07/18/2022", "00:05:00", "00:15:00", "00:15:12", "00:20:00", "00:30:00", "00:39:59",
                                                "00:44:00"), "rt_energy_5min")
        self.assertEqual(times_of(found), ["04:00-04:05", "04:10-04:15", "04:15-04:15:12", "04:15:12-04:20", "04:25-04:30",
                                           "04:30-04:39:59", "04:39:59-04:44"])
        self.assertEqual([r["delivery_interval"] for r in found], [1, 3, 4, 4, 6, 7, 8])

    def test_the_first_of_a_day(self):
        for first, wanted in (("00:10:00", "04:00-04:10"), ("00:10:01", "04:05:01-04:10:01"), ("00:02:30", "04:00-04:02:30")):
            self.assertEqual(times_of(self.rows("x.csv", LBMP + lines("07/18/2022", first), "rt_energy_5min")), [wanted])
        text = LBMP + lines("07/18/2022", "23:56:00") + lines("07/19/2022", "00:00:00", "00:08:00")
        self.assertEqual(times_of(self.rows("x.csv", text, "rt_energy_5min")), ["03:51-03:56", "03:56-04:00", "04:00-04:08"])

    def test_places_have_times_of_their_own(self):
        text = LBMP + lines("07/18/2022", "02:05:00", "02:12:00") + lines("07/18/2022", "02:05:00", "02:10:00", "02:12:00", name="B")
        self.assertEqual(times_of(self.rows("x.csv", text, "rt_energy_5min")),
                         ["06:00-06:05", "06:05-06:10", "06:10-06:12", "06:00-06:05", "06:05-06:12"])

    def test_looking_ahead_is_left_out(self):
        text = LBMP + lines("07/18/2022", "02:05:00", "02:10:00", "02:15:00", "02:30:00", "02:45:00")
        self.assertEqual(times_of(self.rows("x.csv", text, "rt_energy_5min")), ["06:00-06:05", "06:05-06:10"])
        self.assertEqual((self.entry.counts["outside"], self.entry.counts["written"]), (3, 2))
        text = LBMP + lines("07/18/2022", "02:10:00", "02:17:00", "02:30:00")
        self.assertEqual(len(self.rows("x.csv", text, "rt_energy_5min")), 3)

    def test_repeated_hours_by_the_order_of_a_place(self):
        hours = ["00:00", "01:00", "01:00", "02:00"]
        wanted = ["04:00-05:00", "05:00-06:00", "06:00-07:00", "07:00-08:00"]
        by_name = lines("11/02/2025", *hours) + lines("11/02/2025", *hours, name="WEST")
        by_time = "".join(lines("11/02/2025", h) + lines("11/02/2025", h, name="WEST") for h in hours)
        for text in (by_name, by_time):
            found = self.rows("a.damlbmp.csv", LBMP + text, "da_energy_hourly")
            self.assertEqual(times_of(found), wanted * 2)

    def test_repeated_hours_that_nothing_resolves(self):
        for hours in (["00:00", "01:00", "02:00"], ["00:00", "01:00", "01:00", "01:00", "02:00"]):
            found = self.rows("a.damlbmp.csv", LBMP + lines("11/02/2025", *hours), "da_energy_hourly")
            self.assertEqual(times_of(found), ["04:00-05:00", "07:00-08:00"])
            self.assertEqual({r[3] for r in self.entry.rejects}, {"unresolved"})

    def test_repeated_hours_of_five_minutes(self):
        text = LBMP + lines("11/07/2021", "00:55:00", "01:00:00", "01:05:00", "01:55:00", "01:57:48", "01:00:00", "01:02:48", "01:05:00",
                            "01:55:00", "02:00:00")
        self.assertEqual(times_of(self.rows("x.csv", text, "rt_energy_5min")), [
            "04:50-04:55", "04:55-05:00", "05:00-05:05", "05:50-05:55", "05:55-05:57:48", "05:57:48-06:00", "06:00-06:02:48",
            "06:02:48-06:05", "06:50-06:55", "06:55-07:00"])
        text = LBMP + lines("11/07/2021", "00:55:00", "01:00:00", "01:00:00", "01:05:00", "01:05:00", "02:00:00")
        self.assertEqual(times_of(self.rows("x.csv", text, "rt_energy_5min")), ["04:50-04:55", "06:55-07:00"])
        self.assertEqual(self.entry.counts["rejected"], 4)

    def test_rules_of_other_years(self):
        text = LBMP + lines("10/29/2006", "00:00", "01:00", "01:00") + lines("04/02/2006", "01:00", "03:00", "02:00")
        found = self.rows("a.rtlbmp.csv", text, "rt_energy_hourly")
        self.assertEqual(times_of(found), ["06:00-07:00", "07:00-08:00", "04:00-05:00", "05:00-06:00", "06:00-07:00"])
        self.assertEqual([r[3] for r in self.entry.rejects], ["stamp"])

    def test_markets(self):
        hourly, quarters, five = (LBMP + lines("07/18/2022", *t) for t in (("04:00", "05:00"), ("04:00", "04:15"), ("04:05", "04:15")))
        one, quarter = LBMP + lines("07/18/2022", "04:00"), LBMP + lines("07/18/2022", "04:15")
        wanted = {"damlbmp/x.csv": (hourly, "failed"), "x_DAMLBMP.csv": (hourly, ["da_energy_hourly"]), "rtlbmp_a.csv": (hourly, ["rt_energy_hourly"]),
                  "damlbmp_q.csv": (quarters, ["rtc_energy_15min"]), "damlbmp_5.csv": (five, ["rt_energy_5min"]), "1.csv": (one, "failed"),
                  "realtime_1.csv": (one, ["rt_energy_5min"]), "15.csv": (quarter, "failed"), "realtime_15.csv": (quarter, ["rt_energy_5min"]),
                  "realtime_h.csv": (hourly, "failed"), "damlbmp_15.csv": (quarter, "failed")}
        result = self.convert({name: text for name, (text, _) in wanted.items()})
        found = {f.inside: f.datasets if f.state == "converted" else f.state for f in result.files}
        self.assertEqual(found, {name: state for name, (_, state) in wanted.items()})
        result = self.convert({"20220701damlbmp_zone_csv.zip": packed({"a.csv": hourly}), "y.csv": hourly},
                              assume=[("y.csv", "nyiso/rt_energy_hourly")])
        self.assertEqual([f.datasets for f in result.files], [["da_energy_hourly"], ["rt_energy_hourly"]])

    def test_what_is_off_the_grid_of_few_lines(self):
        text = LBMP + "".join(lines(f"07/{d:02d}/2022", *(f"{h:02d}:00" for h in range(24))) for d in range(1, 9))
        self.rows("damlbmp.csv", text + lines("07/09/2022", "00:30"), "da_energy_hourly")
        self.assertEqual([r[3] for r in self.entry.rejects], ["grid"])

    def test_custom_reports(self):
        text = ('"RTC End Time Stamp","Zone Name","Zone PTID","RTC Zonal LBMP","RTC Zonal Losses","RTC Zonal Congestion","RTC Zonal Price Version"\n'
                '"2024/06/01 00:15:00","N.Y.C.","61761","19.03","1.04","0","2"\n')
        row, = self.rows("o.csv", text, "rtc_energy_15min")
        self.assertEqual((times_of([row]), row["version"], row["lmp_energy"], row["lmp_congestion"]), (["04:00-04:15"], 2, 17.99, 0.0))
        text = ("Eastern Date Hour,Eastern Date Hour Time Zone,Zone Name,Zone PTID,DAM Zonal LBMP,DAM Zonal Losses,DAM Zonal Congestion,"
                "DAM Zonal Price Version\n" + "".join(f"2017/11/05 {h}:00:00,{z},WEST,61752,20,1,-3,1\n"
                                                       for h, z in (("01", "EST"), ("01", "EDT"), ("02", "EDT"), ("03", "EST"))))
        found = self.rows("o.csv", text, "da_energy_hourly")
        self.assertEqual((times_of(found), found[0]["lmp_energy"]), (["05:00-06:00", "06:00-07:00", "08:00-09:00"], 16.0))
        self.assertEqual([r[3] for r in self.entry.rejects], ["repeated"])

    def test_ends_merge_like_prices(self):
        whole_ = LBMP + lines("07/18/2022", "02:05:00", "02:07:00", "02:10:00")
        result = self.convert({"a.csv": whole_, "b.csv": LBMP + lines("07/18/2022", "02:05:00", "02:10:00")})
        self.assertEqual(times_of(result.datasets["nyiso/rt_energy_5min"]), ["06:00-06:05", "06:05-06:10", "06:07-06:10"])
        self.assertEqual(self.counts(result), {"a.csv": (1, 0, 1, 1), "b.csv": (2, 0, 0, 0)})


class Reserves(MarketCase):
    def places(self, rows):
        return [tuple(r[c] for c in ("as_product", "as_product_standard", "as_region", "unit", "market_clearing_price")) for r in rows]

    def test_a_line_of_now(self):
        text = RESERVES + ",NYCA Regulation Movement ($/MW)\n" + "11/03/2024 01:05:00,EST,CAPITL,61757,0.5,,1,2.25,0.11\n"
        rows = self.convert({"20241103rtasp.csv": text}).datasets["nyiso/rt_ancillary_5min"]
        self.assertEqual(self.places(rows), [
            ("10 Min Spinning Reserve", "SPIN", "CAPITL", "$/MWHr", 0.5), ("30 Min Operating Reserve", "RESERVE_30", "CAPITL", "$/MWHr", 1.0),
            ("NYCA Regulation Capacity", "REG", "CAPITL", "$/MWHr", 2.25), ("NYCA Regulation Movement", "REG_MILEAGE", "CAPITL", "$/MW", 0.11)])
        self.assertEqual(times_of(rows[:1]), ["06:00-06:05"])

    def test_columns_of_regions(self):
        text = WIDE + ", NYCA Regulation Movement ($/MW)\n01/01/2015 00:05:00,1,2,3,4,5,6\n"
        result = self.convert({"x.csv": text})
        self.assertEqual(self.places(result.datasets["nyiso/rt_ancillary_5min"]), [
            ("10 Min Non-Synchronous Reserve", "NON_SPIN", "East", None, 2.0), ("10 Min Spinning Reserve", "SPIN", "East", "$/MWHr", 1.0),
            ("10 Min Spinning Reserve", "SPIN", "West", "$/MWHr", 5.0), ("30 Min Operating Reserve", "RESERVE_30", "East", "$/MWH", 3.0),
            ("NYCA Regulation Movement", "REG_MILEAGE", None, "$/MW", 6.0), ("Regulation", "REG", "East", "$/MWHr", 4.0)])
        self.assertEqual(result.files[0].partial_rows, 6)

    def test_the_first_years(self):
        text = "Time Stamp,10 Min Spinning Reserve ($/MWHr,30 Min Operating Reserve ($/MWH\n"
        text += "10/29/2000 00:00,1,\n10/29/2000 01:00,2,3\n10/29/2000 01:00,4,5\n"
        result = self.convert({"x.csv": text})
        rows = result.datasets["nyiso/da_ancillary_hourly"]
        self.assertEqual([r["market_clearing_price"] for r in rows], [1, 2, 4, 3, 5])
        self.assertEqual(times_of(rows), ["04:00-05:00", "05:00-06:00", "06:00-07:00", "05:00-06:00", "06:00-07:00"])
        self.assertEqual(result.files[0].counts["blank"], 1)

    def test_markets(self):
        one = RESERVES + "\n07/18/2022 00:00,EDT,WEST,61752,1,2,3,4\n"
        result = self.convert({"damasp.csv": one, "rtasp.csv": one, "x.csv": one, "twice.csv": one.replace("30 Min Operating", "10 Min Spinning")})
        self.assertEqual({f.inside: f.datasets if f.state == "converted" else f.state for f in result.files}, {
            "damasp.csv": ["da_ancillary_hourly"], "rtasp.csv": ["rt_ancillary_5min"], "x.csv": "failed", "twice.csv": "failed"})


if __name__ == "__main__":
    unittest.main()
