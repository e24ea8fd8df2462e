# SPDX-License-Identifier: MIT
"""Partial rows to rows: joining, duplicates, revisions, derived energy (DESIGN 5; RULES 15, 20 to 22)."""
import decimal
from decimal import Decimal

from containers import FINAL, PRELIM
from tables import ATTRIBUTES

FINALITY = {FINAL: "final", PRELIM: "prelim"}


def merge_key(parts, inputs, dataset, keep_revisions):
    """One key's rows: [(known, source index, is_current)], and the tally in the inputs' accounts."""
    if len(parts) > 1:
        parts.sort(key=lambda p: p.rank(inputs), reverse=True)
    width = len(parts[0].known)
    result, giver = [None] * width, [None] * width
    for i, part in enumerate(parts):
        for k, value in enumerate(part.known):
            if result[k] is None and value is not None:
                result[k], giver[k] = value, i
    superseded = [False] * len(parts)
    for i, part in enumerate(parts):
        if i == 0:
            verdict = "written"
        elif any(v is not None and v != r for v, r in zip(part.known, result)):
            verdict, superseded[i] = "superseded", True
        elif i in giver:
            verdict = "joined"
        else:
            verdict = "duplicate"
        inputs[part.source].counts[verdict] += 1
    rows = [(result, parts[0].source, True)]
    if keep_revisions and any(superseded):
        rows += revisions(parts, inputs, dataset, result, superseded)
    return rows


def revisions(parts, inputs, dataset, result, superseded):
    """What files that RULES 21 cannot tell apart say under one version; the newest part's is the current row."""
    def rank_of(part):
        return part.version, inputs[part.source].rank[:-1]

    groups = {}
    for i, part in enumerate(parts):
        groups.setdefault(rank_of(part), []).append(i)
    del groups[rank_of(parts[0])]
    rows = [(result, None, True)]
    for members in groups.values():  # newest first, as the parts are
        row = [next((parts[i].known[k] for i in members if parts[i].known[k] is not None), None) for k in range(len(result))]
        if dataset.table == "energy":
            row[ATTRIBUTES["energy"].index("name")] = result[ATTRIBUTES["energy"].index("name")]
        if any(superseded[i] for i in members) and not any(row == other for other, _, _ in rows):
            rows.append((row, parts[members[0]].source, False))
    return rows[1:]


EXACT = decimal.Context(prec=2000)


def derive(total, *parts):
    """total less the parts in decimal, correctly rounded; None where one is missing."""
    if total is None or None in parts:
        return None
    rest = Decimal(repr(total))
    for part in parts:
        rest = EXACT.subtract(rest, Decimal(repr(part)))
    return float(rest) or 0.0


def output_row(dataset, utc, key, known, source, is_current):
    market, v = dataset.market, dict(zip(ATTRIBUTES[dataset.table], known))
    local, offset, _ = market.local_of(utc)
    second = local % 86400
    row = {
        "datetime_utc": utc * 1_000_000, "interval_end_utc": v["end"] * 1_000_000,
        "interval_minutes": dataset.minutes, "datetime_local": local * 1_000_000, "utc_offset_minutes": offset // 60,
        "delivery_date": local // 86400, "delivery_hour": second // 3600 + 1,
        "delivery_interval": 0 if dataset.minutes == 60 else second % 3600 // (dataset.minutes * 60) + 1,
        "iso": market.iso, "market_type": dataset.market_type, "dataset": dataset.name,
    }
    if dataset.table == "energy":
        row.update(settlement_location=v["name"] or v["id"], settlement_location_id=v["id"], settlement_location_type=v["type"],
                   zone=v["zone"], voltage_kv=v["voltage_kv"], lmp_total=v["lmp_total"], lmp_energy=v["lmp_energy"],
                   lmp_congestion=v["lmp_congestion"], lmp_loss=v["lmp_loss"], lmp_ghg=v["lmp_ghg"])
        if dataset.derives:
            row["lmp_energy"] = derive(v["lmp_total"], v["lmp_congestion"], v["lmp_loss"])
    else:
        product, region, resource = key[1:]
        row.update(as_product=product, as_product_standard=market.standard_products.get(product), as_region=region,
                   settlement_location=resource, market_clearing_price=v["market_clearing_price"],
                   cleared_quantity_mw=v["cleared_quantity_mw"], requirement_mw=v["requirement_mw"], unit=v["unit"])
    row.update(version=v["version"], is_current=is_current, source_file=source.shown,
               finality=FINALITY.get(source.finality))
    return row
