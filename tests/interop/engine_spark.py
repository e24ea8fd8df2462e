# SPDX-License-Identifier: MIT
"""Spark on this machine, in a Java runtime of its own. Rows that a scan gives are those of the pages that it read."""
import os
import shutil

from engine import Scan, SqlEngine


class Spark(SqlEngine):
    module, title, heavy, escapes, counts_rows = "pyspark", "Spark", True, True, True
    not_pruned = ("datetime_local",)
    types_named = {"timestamp[us, tz=UTC]": "timestamp", "timestamp[us]": "timestamp_ntz", "date32[day]": "date",
                   "double": "double", "bool": "boolean", "int32": "int", "string": "string"}

    def __init__(self, module):
        super().__init__(module)
        if not (shutil.which("java") or os.environ.get("JAVA_HOME")):
            raise ImportError("there is no Java runtime (default-jre-headless)")
        from pyspark.sql import SparkSession
        os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
        build = SparkSession.builder.master("local[2]").appName("gridpq interop")
        settings = {"spark.ui.enabled": "false", "spark.sql.session.timeZone": "UTC", "spark.sql.shuffle.partitions": "2",
                    "spark.driver.bindAddress": "127.0.0.1", "spark.driver.host": "127.0.0.1",
                    "spark.ui.showConsoleProgress": "false", "spark.log.level": "ERROR", "spark.sql.files.openCostInBytes": "0"}
        for key, value in settings.items():
            build = build.config(key, value)
        self.session, self.count = build.getOrCreate(), 0

    def close(self):
        self.session.stop()

    def sql(self, text):
        return self.session.sql(text).toArrow()

    def source(self, paths):
        self.count += 1
        self.session.read.parquet(*paths).createOrReplaceTempView(f"t{self.count}")
        return f"t{self.count}"

    def instant(self, text):
        return f"TIMESTAMP '{text}Z'"

    def local(self, text):
        return f"TIMESTAMP_NTZ '{text}'"

    def literal(self, column, value):
        text = super().literal(column, value)
        return text + "D" if isinstance(value, float) else text

    def types(self, path):
        return dict(self.session.read.parquet(path).dtypes)

    def table(self, path):
        return self.session.read.parquet(path).toArrow()

    def filtered(self, path, conditions, columns):
        frame = self.session.sql(f"SELECT {', '.join(columns)} FROM {self.source([path])} WHERE {self.where(conditions)}")
        query = frame._jdf.queryExecution()
        frame._jdf.collectToPython()  # this very plan, whose counters are looked at
        leaves = query.executedPlan().collectLeaves()
        rows = sum(leaves.apply(i).metrics().apply("numOutputRows").value() for i in range(leaves.size()))
        return frame.toArrow(), Scan(None, rows)

    def faults(self, sample):
        start = sample.local_us
        _, scan = self.filtered(sample.path, [("datetime_local", "<", start)], ["datetime_local"])
        return [("holds conditions on a time without a zone (datetime_local) against no statistics, and reads every page: a "
                 "condition on datetime_utc or delivery_date beside it spares them", scan.rows_read > 0)]

    def everything(self, folder, columns):
        read = self.session.read.option("mergeSchema", "true").option("recursiveFileLookup", "true")
        return read.parquet(os.path.join(folder, "pjm")).select(*columns).toArrow()
