# SPDX-License-Identifier: MIT
"""DuckDB."""
import json
import os

from engine import Scan, SqlEngine


class DuckDb(SqlEngine):
    module, title, counts_groups = "duckdb", "DuckDB", True
    types_named = {"timestamp[us, tz=UTC]": "TIMESTAMP WITH TIME ZONE", "timestamp[us]": "TIMESTAMP", "date32[day]": "DATE",
                   "double": "DOUBLE", "bool": "BOOLEAN", "int32": "INTEGER", "string": "VARCHAR"}

    def __init__(self, module):
        super().__init__(module)
        self.connection = module.connect()
        self.connection.execute("SET TimeZone = 'UTC'")

    def close(self):
        self.connection.close()

    def sql(self, text):
        return self.connection.sql(text).to_arrow_table()

    def source(self, paths):
        return "read_parquet([" + ", ".join(self.quoted(path) for path in paths) + "])"

    def instant(self, text):
        return f"TIMESTAMPTZ '{text}+00'"

    def types(self, path):
        return {row[0]: row[1] for row in self.connection.execute(f"DESCRIBE SELECT * FROM {self.source([path])}").fetchall()}

    def table(self, path):
        source = self.source([path])[:-1] + ", file_row_number = true)"
        return self.sql(f"SELECT * EXCLUDE (file_row_number) FROM {source} ORDER BY file_row_number")

    def filtered(self, path, conditions, columns):
        query = f"SELECT {', '.join(columns)} FROM {self.source([path])} WHERE {self.where(conditions)}"
        profile = self.connection.execute(f"EXPLAIN (ANALYZE, FORMAT json) {query}").fetchall()[0][1]
        return self.sql(query), Scan(scanned(json.loads(profile)))

    def everything(self, folder, columns):
        pattern = self.quoted(os.path.join(folder, "**", "*.parquet"))
        return self.sql(f"SELECT {', '.join(columns)} FROM read_parquet({pattern}, union_by_name = true)")


def scanned(profile):
    """Row groups that a profile's scans read; None where the profile of this version does not say."""
    if isinstance(profile, list):
        profile = {"children": profile}
    counts = [scanned(child) for key in ("children", "operator") for child in profile.get(key, ())]
    if "row_groups_scanned" in profile and profile.get("type") == "TABLE_SCAN":
        counts.append(profile["row_groups_scanned"])
    elif profile.get("type") == "EMPTY_RESULT":
        counts.append(0)
    known = [count for count in counts if count is not None]
    return sum(known) if known else None
