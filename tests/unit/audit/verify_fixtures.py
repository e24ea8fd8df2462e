#!/usr/bin/env python3
"""Write files of the energy and the ancillary table with pyarrow, right ones and ones with one thing wrong in them."""
import datetime
import json
import sys
from pathlib import Path
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.parquet as pq

STAMP, LOCAL = pa.timestamp("us", tz="UTC"), pa.timestamp("us")
TIMES = [("datetime_utc", STAMP, 0), ("interval_end_utc", STAMP, 0), ("interval_minutes", pa.int32(), 0),
         ("datetime_local", LOCAL, 0), ("utc_offset_minutes", pa.int32(), 0), ("delivery_date", pa.date32(), 0),
         ("delivery_hour", pa.int32(), 0), ("delivery_interval", pa.int32(), 0), ("iso", pa.string(), 0),
         ("market_type", pa.string(), 0), ("dataset", pa.string(), 0)]
ENDS = [("version", pa.int32(), 1), ("is_current", pa.bool_(), 0), ("source_file", pa.string(), 0),
        ("finality", pa.string(), 1)]
ENERGY = TIMES + [("settlement_location", pa.string(), 0), ("settlement_location_id", pa.string(), 1),
                  ("settlement_location_type", pa.string(), 1), ("zone", pa.string(), 1), ("voltage_kv", pa.float64(), 1),
                  ("lmp_total", pa.float64(), 1), ("lmp_energy", pa.float64(), 1), ("lmp_congestion", pa.float64(), 1),
                  ("lmp_loss", pa.float64(), 1), ("lmp_ghg", pa.float64(), 1)] + ENDS
ANCILLARY = TIMES + [("as_product", pa.string(), 0), ("as_product_standard", pa.string(), 1), ("as_region", pa.string(), 1),
                     ("settlement_location", pa.string(), 1), ("market_clearing_price", pa.float64(), 1),
                     ("cleared_quantity_mw", pa.float64(), 1), ("requirement_mw", pa.float64(), 1),
                     ("unit", pa.string(), 1)] + ENDS
ZONE = ZoneInfo("America/New_York")
UTC = datetime.timezone.utc
NODES = [("AEP", "8445784", "ZONE"), ("ATSI", "116013753", "ZONE"), ("WESTERN HUB", "51288", "HUB")]


def times(utc, dataset):
    local = utc.astimezone(ZONE)
    return dict(datetime_utc=utc, interval_end_utc=utc + datetime.timedelta(hours=1), interval_minutes=60,
                datetime_local=local.replace(tzinfo=None), utc_offset_minutes=int(local.utcoffset().total_seconds()) // 60,
                delivery_date=local.date(), delivery_hour=local.hour + 1, delivery_interval=0, iso="PJM",
                market_type="DA", dataset=dataset, version=1, is_current=True, source_file="da_2024.csv", finality=None)


def hours(first, count):
    return [first + datetime.timedelta(hours=h) for h in range(count)]


def energy_blocks(spans):
    """A list of row groups; each holds all nodes over its hours."""
    groups = []
    for span in spans:
        rows = []
        for name, number, kind in NODES:
            for utc in span:
                energy, congestion = 20 + utc.hour / 4, 0.25
                rows.append(times(utc, "da_energy_hourly") | dict(
                    settlement_location=name, settlement_location_id=number, settlement_location_type=kind, zone=None,
                    voltage_kv=None, lmp_total=energy + congestion - 0.5, lmp_energy=energy, lmp_congestion=congestion,
                    lmp_loss=-0.5, lmp_ghg=None))
        groups.append(rows)
    return groups


def notes(groups, **changes):
    rows = [row for group in groups for row in group]
    value = {"gridpq.schema_version": "1", "gridpq.table": "energy", "gridpq.iso": "PJM",
             "gridpq.dataset": "da_energy_hourly", "gridpq.partition": "2024", "gridpq.order": "block",
             "gridpq.options": "{}", "gridpq.rows": str(len(rows)),
             "gridpq.current_rows": str(sum(row["is_current"] for row in rows)), "gridpq.inputs": "1",
             "gridpq.inputs_xxh3": "0" * 32, "gridpq.input_list": json.dumps([["da_2024.csv", 10, "0" * 32]]),
             "gridpq.zone": "America/New_York", "gridpq.tzdata": "2024a"}
    value.update({key.replace("__", "."): text for key, text in changes.items()})
    return {key: text for key, text in value.items() if text is not None}


def write(path, groups, columns=ENERGY, sorting=None, changes=None, **options):
    schema = pa.schema([pa.field(n, k, nullable=bool(o)) for n, k, o in columns])
    merged = dict(compression="zstd", write_page_checksum=True, write_page_index=True, store_schema=False,
                  data_page_size=2000, sorting_columns=sorting) | options
    with pq.ParquetWriter(path, schema, **merged) as writer:
        for rows in groups:
            writer.write_table(pa.table({n: pa.array([row[n] for row in rows], k) for n, k, _ in columns}, schema=schema),
                               row_group_size=1 << 20)
        writer.add_key_value_metadata(notes(groups, **(changes or {})))


def right():
    """Two blocks: the week that ends with the clock change in spring 2024, and a day of the next one."""
    first = datetime.datetime(2024, 3, 4, 5, tzinfo=UTC)
    return energy_blocks([hours(first, 7 * 24 - 1), hours(first + datetime.timedelta(hours=7 * 24 - 1), 24)])


DERIVED = {"gridpq__dataset": "rt_energy_hourly_unverified"}
SERVICES = {"gridpq__table": "ancillary", "gridpq__dataset": "da_ancillary_hourly", "gridpq__iso": "MISO",
            "gridpq__zone": "Etc/GMT+5"}


def derived(edit):
    """Energy is what the other components leave in decimal: 25.35 - 0.04 + 0.37 is not what binary64 gives."""
    groups = right()
    for group in groups:
        for row in group:
            row.update(dataset="rt_energy_hourly_unverified", market_type="RT", lmp_total=25.35, lmp_congestion=0.04,
                       lmp_loss=-0.37, lmp_energy=25.68)
    edit(groups[1][10])
    return groups


def lacking():
    """A component that others of the block have is missing in one row, whose sum is none; the sum of another is off."""
    groups = right()
    for row in groups[1]:
        row.update(lmp_ghg=2.0, lmp_total=row["lmp_total"] + 2)
    groups[1][4].update(lmp_ghg=None)
    groups[1][10].update(lmp_total=groups[1][10]["lmp_total"] + 7)
    return groups


def services(standard="REG"):
    """Market-wide and by resource; MISO's clock has 24 hours on the day that others have 25."""
    rows = []
    for region, resource in (("MISO Wide", None), ("Zone 1", "ALTW.ADAMSADAM"), ("Zone 1", "ALTW.B")):
        for utc in hours(datetime.datetime(2024, 11, 3, 5, tzinfo=UTC), 24):
            local = utc - datetime.timedelta(hours=5)
            rows.append(times(utc, "da_ancillary_hourly") | dict(
                datetime_local=local.replace(tzinfo=None), utc_offset_minutes=-300, delivery_date=local.date(),
                delivery_hour=local.hour + 1, iso="MISO", version=None, as_product="GENREGMCP",
                as_product_standard=standard, as_region=region, settlement_location=resource, market_clearing_price=8.9,
                cleared_quantity_mw=None, requirement_mw=None, unit=None))
    return rows


def changed(edit):
    groups = right()
    edit(groups)
    return groups


def flip(path, out, at, bits=0x55):
    data = bytearray(path.read_bytes())
    data[at] ^= bits
    out.write_bytes(bytes(data))


def put(group, row, **values):
    def edit(groups):
        groups[group][row].update(values)
    return edit


def main(folder: Path) -> None:
    us = datetime.timedelta(microseconds=1)
    write(folder / "right_2024.parquet", right())
    write(folder / "plain_2024.parquet", right(), use_dictionary=False, compression="none")
    rows = sorted((row for group in right() for row in group), key=lambda r: (r["datetime_utc"], r["settlement_location"]))
    key = ["datetime_utc", "settlement_location", "settlement_location_id"]
    position = {name: i for i, (name, _, _) in enumerate(ENERGY)}
    write(folder / "time_2024.parquet", [rows], sorting=[pq.SortingColumn(position[n]) for n in key],
          changes={"gridpq__order": "time"})
    rows = sorted(rows, key=lambda r: (r["settlement_location"], r["datetime_utc"]))
    write(folder / "location_2024.parquet", [rows], sorting=[pq.SortingColumn(position[n]) for n in key[1:] + key[:1]],
          changes={"gridpq__order": "location"}, bloom_filter_options={"settlement_location": True})
    ancillary = [times(utc, "da_ancillary_hourly") | dict(
        as_product=product, as_product_standard={"Reg": "REG"}.get(product), as_region="RTO", settlement_location=None,
        market_clearing_price=1.5, cleared_quantity_mw=None, requirement_mw=None, unit=None)
        for product in ("Reg", "Sync") for utc in hours(datetime.datetime(2024, 11, 3, 4, tzinfo=UTC), 25)]
    write(folder / "ancillary_2024.parquet", [ancillary], ANCILLARY,
          changes={"gridpq__table": "ancillary", "gridpq__dataset": "da_ancillary_hourly"})

    def revision(groups):
        groups[0].insert(1, groups[0][0] | dict(is_current=False, lmp_total=1.0, version=0))
    write(folder / "revision_2024.parquet", changed(revision))

    write(folder / "derived_2024.parquet", derived(lambda row: None), changes=DERIVED)
    write(folder / "derived_off_2024.parquet", derived(lambda row: row.update(lmp_energy=row["lmp_energy"] + 1e-9)), changes=DERIVED)
    write(folder / "derived_null_2024.parquet", derived(lambda row: row.update(lmp_loss=None)), changes=DERIVED)
    write(folder / "lacking_2024.parquet", lacking())
    write(folder / "services_2024.parquet", [services()], ANCILLARY, changes=SERVICES)
    write(folder / "services_off_2024.parquet", [services("REG_UP")], ANCILLARY, changes=SERVICES)

    bad = {
        "order": lambda g: g[0].__setitem__(slice(3, 5), g[0][4:2:-1]),
        "twice": lambda g: g[0].insert(7, dict(g[0][7])),
        "orphan": lambda g: g[0].insert(0, g[0][5] | dict(is_current=False)),
        "groups": lambda g: g.reverse(),
        "offset": put(0, 10, utc_offset_minutes=-240),
        "local": put(0, 10, datetime_local=datetime.datetime(2024, 3, 9, 1)),
        "date": put(0, 10, delivery_date=datetime.date(2024, 3, 9)),
        "hour": put(0, 10, delivery_hour=3),
        "interval": put(0, 10, delivery_interval=1),
        "end": put(0, 10, interval_end_utc=datetime.datetime(2024, 3, 4, 15, 59, tzinfo=UTC)),
        "iso": put(1, 10, iso="MISO"),
        "two_blocks": lambda g: g.__setitem__(slice(0, 2), [sorted(
            g[0] + g[1], key=lambda r: (r["settlement_location"], r["datetime_utc"]))]),
        "source": put(1, 10, source_file="other.csv"),
        "finality": put(1, 10, finality="final"),
        "nan": put(1, 10, lmp_loss=float("nan")),
        "missing_day": lambda g: g.__setitem__(0, [r for r in g[0] if r["delivery_date"].day != 10 or r["delivery_hour"] != 5]),
    }
    for name, edit in bad.items():
        write(folder / f"{name}_2024.parquet", changed(edit))

    def off_grid(groups):
        for row in groups[0]:
            if row["datetime_utc"] == groups[0][10]["datetime_utc"]:
                row["datetime_utc"] += us * 1000000
                row["interval_end_utc"] += us * 1000000
                row["datetime_local"] += us * 1000000
    write(folder / "grid_2024.parquet", changed(off_grid))

    def renamed(groups):
        groups[0] += [row | dict(settlement_location="WESTERN HUB 2") for row in groups[0][-5:]]
    write(folder / "renamed_2024.parquet", changed(renamed))
    write(folder / "rows_2024.parquet", right(), changes={"gridpq__rows": "7"})
    write(folder / "partition_2023.parquet", right(), changes={"gridpq__partition": "2023"})
    write(folder / "name_2023.parquet", right())
    write(folder / "zone_2024.parquet", right(), changes={"gridpq__zone": "America/Chicago"})
    write(folder / "no_order_2024.parquet", right(), changes={"gridpq__order": None})
    write(folder / "lacks_2024.parquet", right(), write_page_checksum=False, write_page_index=False)
    write(folder / "sorting_2024.parquet", right(), sorting=[pq.SortingColumn(0)])
    write(folder / "fewer_2024.parquet", [[dict(row) for row in g] for g in right()], ENERGY[:-1])
    data = (folder / "plain_2024.parquet").read_bytes()
    flip(folder / "plain_2024.parquet", folder / "flipped_2024.parquet", data.find(b"WESTERN HUB") + 3)
    footer = len(data) - 8 - int.from_bytes(data[-8:-4], "little")
    flip(folder / "plain_2024.parquet", folder / "statistics_2024.parquet", data.rfind(b"AEP"))
    flip(folder / "plain_2024.parquet", folder / "index_2024.parquet", data.rfind(b"AEP", 0, footer), 2)
    (folder / "cut_2024.parquet").write_bytes(data[:-20])
    (folder / "text_2024.parquet").write_bytes(b"not at all, but long enough\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
