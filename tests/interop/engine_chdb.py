# SPDX-License-Identifier: MIT
"""chDB: ClickHouse inside the process. Its texts of statements know escapes, and local times read as if they were UTC."""
import json
import os

from answers import type_name
from engine import Scan, SqlEngine
from harness import reference

NAMES = {"timestamp[us, tz=UTC]": "DateTime64(6, 'UTC')", "timestamp[us]": "DateTime64(6, 'UTC')", "date32[day]": "Date32",
         "double": "Float64", "bool": "Bool", "int32": "Int32", "string": "String"}


class ChDb(SqlEngine):
    module, title, heavy, escapes = "chdb", "chDB", True, True
    counts_groups = counts_pages = True

    def __init__(self, module):
        super().__init__(module)
        from chdb import session
        self.session = session.Session()
        self.session.query("SET session_timezone = 'UTC', max_threads = 2, cast_keep_nullable = 1, "
                           "output_format_arrow_string_as_string = 1")

    def version(self):
        return f"{self.library.__version__} (ClickHouse {self.session.query('SELECT version()', 'TSV').data().strip()})"

    def close(self):
        self.session.close()

    def sql(self, text):
        import pyarrow as pa
        data = self.session.query(text, "Arrow").bytes()
        return pa.ipc.open_file(pa.BufferReader(data)).read_all()

    def source(self, paths):
        if len(paths) == 1:
            return f"file({self.quoted(paths[0])})"
        folder = os.path.commonpath(paths)
        return f"file({self.quoted(folder + '/{' + ','.join(os.path.relpath(p, folder) for p in paths) + '}')})"

    def instant(self, text):
        return f"toDateTime64('{text}', 6, 'UTC')"

    local = instant

    def type_wanted(self, column, values):
        kind = NAMES[type_name(column)]
        return kind if column in self.required else f"Nullable({kind})"

    def types(self, path):
        text = self.session.query(f"DESCRIBE {self.source([path])}", "JSON").data()
        found = {row["name"]: row["type"] for row in json.loads(text)["data"]}
        self.required = reference.required_columns("energy" if "lmp_total" in found else "ancillary")
        return found

    def table(self, path):
        return self.sql(f"SELECT * FROM {self.source([path])} SETTINGS max_threads = 1, input_format_parquet_preserve_order = 1")

    def events(self):
        text = self.session.query("SELECT event, value FROM system.events WHERE event LIKE '%Parquet%'", "TSV").data()
        return dict((name, int(value)) for name, value in (line.split("\t") for line in text.splitlines()))

    def filtered(self, path, conditions, columns):
        before = self.events()
        found = self.sql(f"SELECT {', '.join(columns)} FROM {self.source([path])} WHERE {self.where(conditions)}")
        after = self.events()
        read, pages = (after.get(name, 0) - before.get(name, 0) for name in ("ParquetReadRowGroups", "ParquetPrunedPages"))
        return found, Scan(read, None, pages)

    def everything(self, folder, columns):
        pattern = self.quoted(os.path.join(folder, "**", "*.parquet"))
        return self.sql(f"SELECT {', '.join(columns)} FROM file({pattern}) "
                        "SETTINGS schema_inference_mode = 'union', schema_inference_make_columns_nullable = 1")

    def faults(self, sample):
        pattern = self.quoted(os.path.join(sample.folder, "**", "*.parquet"))
        found = self.sql(f"SELECT count(*) AS n FROM file({pattern}) WHERE as_product IS NULL "
                         "SETTINGS schema_inference_mode = 'union'")
        return [("with schema_inference_mode = 'union', gives '' in place of null for a REQUIRED column that a file lacks "
                 "(as_product): schema_inference_make_columns_nullable = 1 gives null", found["n"][0].as_py() != sample.energy_rows)]
