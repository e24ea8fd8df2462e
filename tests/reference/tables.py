# SPDX-License-Identifier: MIT
"""The two tables and what a dataset is (DESIGN 3 and 8)."""
import datetime as dt
import functools
from zoneinfo import ZoneInfo

TIME_COLUMNS = ["datetime_utc", "interval_end_utc", "interval_minutes", "datetime_local", "utc_offset_minutes",
                "delivery_date", "delivery_hour", "delivery_interval", "iso", "market_type", "dataset"]
LMP = ["lmp_total", "lmp_energy", "lmp_congestion", "lmp_loss", "lmp_ghg"]
ENERGY_COLUMNS = TIME_COLUMNS + ["settlement_location", "settlement_location_id", "settlement_location_type", "zone",
                                 "voltage_kv"] + LMP + ["version", "is_current", "source_file", "finality"]
ANCILLARY_COLUMNS = TIME_COLUMNS + ["as_product", "as_product_standard", "as_region", "settlement_location",
                                    "market_clearing_price", "cleared_quantity_mw", "requirement_mw", "unit", "version",
                                    "is_current", "source_file", "finality"]
TABLE_COLUMNS = {"energy": ENERGY_COLUMNS, "ancillary": ANCILLARY_COLUMNS}
# Arrow's names of the types of docs/OUTPUT.md; "not null" where REQUIRED.
REQUIRED = set(TIME_COLUMNS) | {"is_current", "source_file"}
COLUMN_TYPES = {"datetime_utc": "timestamp[us, tz=UTC]", "interval_end_utc": "timestamp[us, tz=UTC]",
                "datetime_local": "timestamp[us]", "delivery_date": "date32[day]", "voltage_kv": "double",
                "is_current": "bool", "interval_minutes": "int32", "utc_offset_minutes": "int32", "delivery_hour": "int32",
                "delivery_interval": "int32", "version": "int32", "market_clearing_price": "double",
                "cleared_quantity_mw": "double", "requirement_mw": "double", **{name: "double" for name in LMP}}


def required_columns(table):
    return REQUIRED | ({"settlement_location"} if table == "energy" else {"as_product"})


CELLS = {"energy": LMP, "ancillary": ["market_clearing_price", "cleared_quantity_mw", "requirement_mw"]}
# What merges column by column, beside the key (RULES 20).
ATTRIBUTES = {"energy": ["version", "end", "name", "id", "type", "zone", "voltage_kv"] + CELLS["energy"],
              "ancillary": ["version", "end", "unit"] + CELLS["ancillary"]}
ENERGY_KEY, AS_KEY = ("name",), ("product", "region", "resource")


class Market:
    """An ISO: its folder, the name it is written under and its clock."""

    def __init__(self, folder, iso, zone, standard_products):
        self.folder, self.iso, self.zone, self.standard_products = folder, iso, ZoneInfo(zone), standard_products

    @functools.lru_cache(maxsize=400_000)
    def local_of(self, utc):
        """(wall clock as seconds, offset in seconds, whether it is the second pass of a repeated hour) of an instant"""
        local = dt.datetime.fromtimestamp(utc, self.zone)
        seconds = int(local.utcoffset().total_seconds())
        return utc + seconds, seconds, bool(local.fold)

    def midnight(self, day):
        """The instant at which a delivery date (days since 1970) begins."""
        return int(dt.datetime.combine(dt.date(1970, 1, 1) + dt.timedelta(days=day), dt.time(), self.zone).timestamp())


class Dataset:
    def __init__(self, market, name, market_type, minutes, block_hours, partition="year", key=ENERGY_KEY, derives=False,
                 off_grid=False, tiles=False):
        self.market, self.name, self.market_type, self.minutes = market, name, market_type, minutes
        self.block_hours, self.partition, self.key, self.derives = block_hours, partition, key, derives
        self.table = "ancillary" if key == AS_KEY else "energy"
        self.off_grid = off_grid  # intervals begin when a run began
        self.tiles = tiles        # and each ends where the next one begins
        self.id = f"{market.folder}/{name}"


class Part:
    """One partial row. 'known' holds what it knows, in the order of ATTRIBUTES."""
    __slots__ = ("utc", "key", "version", "known", "source", "seq")

    def __init__(self, dataset, utc, texts, values, version, source, seq, end=None):
        self.utc, self.version, self.source, self.seq = utc, version, source, seq
        self.key = (utc,) + tuple(texts.get(k) for k in dataset.key)
        values = {**values, "end": utc + dataset.minutes * 60 if end is None else end}
        self.known = [values[a] if a in values else texts.get(a) for a in ATTRIBUTES[dataset.table]]

    def rank(self, inputs):
        """The greater, the newer (RULES 21)."""
        return (self.version is not None, self.version or 0, inputs[self.source].rank, self.seq)
