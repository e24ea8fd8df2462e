# SPDX-License-Identifier: MIT
"""What is said of contestants that took turns: ratios of their times, goals reached or missed, a table, rows to keep."""
import statistics

from measure import SLOW, SLOW_ROUNDS, spread, table_print


def ratio(slow, fast):
    """Ratio of the medians, and the spread of the ratio: turn by turn where both took as many, as a percentage."""
    pairs = [a / b for a, b in zip(slow, fast)]
    return statistics.median(slow) / statistics.median(fast), spread(pairs)


class Judge:
    """Collects rows of the table: measure, figure, spread, goal, least, and which of them is reached."""

    def __init__(self):
        self.rows = []

    def add(self, measure, value, spread_of, goal, least, text="{:.2f}", high=True):
        def reached(bound):
            return bound is not None and (value >= bound if high else value <= bound)

        sign = "≥" if high else "≤"
        verdict = "goal" if reached(goal) else "least" if reached(least) else "missed"
        self.rows.append([measure, text.format(value), f"{spread_of:.0%}" if spread_of is not None else "",
                          f"{sign} {goal:g}" if goal is not None else "", f"{sign} {least:g}" if least is not None else "",
                          verdict])


def figures_print(contestants, total_bytes):
    def row(one):
        walls = one.walls()
        return [one.name, one.version, len(walls), f"{min(walls):.2f}", f"{statistics.median(walls):.2f}",
                f"{spread(walls):.0%}", f"{one.fsync_s():.2f}",
                f"{statistics.median(one.sync_after_s):.2f}" if one.sync_after_s else "",
                f"{total_bytes / min(one.works()) / 1e6:.0f}", f"{one.peak_kib() / 1024:.0f}",
                f"{one.output_bytes() / 1e6:.1f}"]

    table_print(["case", "version", "runs", "best s", "median s", "spread", "of it fsync s", "sync after s", "MB/s",
                 "VmHWM MiB", "output MB"], [row(one) for one in contestants])
    if len({len(one.runs) for one in contestants}) > 1:
        print(f"Fewer runs: peers that take more than {SLOW} x the fastest peer's time run {SLOW_ROUNDS} times; those at "
              "zstd:3 once, for their size.\n")


def kept(one, suite, threads, total_bytes, rows):
    walls = one.walls()
    return {"threads": threads, "suite": suite, "case": one.name,
            "version": one.version, "input_bytes": total_bytes, "input_rows": rows, "runs": len(walls), "unit": "s",
            "best": f"{min(walls):.4f}", "median": f"{statistics.median(walls):.4f}", "spread": f"{spread(walls):.4f}",
            "vmhwm_kib": one.peak_kib(), "output_bytes": one.output_bytes(), "fsync_s": f"{one.fsync_s():.4f}",
            "sync_after_s": f"{statistics.median(one.sync_after_s):.4f}" if one.sync_after_s else ""}
