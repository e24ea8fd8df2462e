# SPDX-License-Identifier: MIT
"""What the converted files hold, so that a change of the writer or of the data cannot empty the test unseen."""
import compact

ENCODINGS = {0: "PLAIN", 8: "RLE_DICTIONARY", 9: "BYTE_STREAM_SPLIT"}
PRICES = ["lmp_total", "lmp_energy", "lmp_congestion", "lmp_loss", "market_clearing_price", "cleared_quantity_mw", "requirement_mw"]
ZSTD = 6
WORDS_BYTES = 0.95  # of what zstd's own search makes: a page whose low bytes were searched for is smaller (src/parquet/README.md)


class Coverage:
    def __init__(self, paths):
        self.paths = paths
        self.groups = {path: compact.row_groups(path) for path in paths}

    def chunks(self):
        for path in self.paths:
            for columns, _ in self.groups[path]:
                yield from columns.values()

    def encodings(self):
        return {ENCODINGS.get(page.encoding, page.encoding) for chunk in self.chunks() if chunk.name in PRICES
                for page in chunk.pages}

    def searched_pages(self):
        """Whether some PLAIN page of prices is smaller than zstd at level 1 makes it."""
        import pyarrow as pa
        fast, n = pa.Codec("zstd", 1), 0
        for chunk in self.chunks():
            if chunk.name in PRICES and chunk.codec == ZSTD and not chunk.has_dictionary:
                for page in chunk.pages:
                    if page.encoding == 0 and page.values > 5000:
                        raw = pa.Codec("zstd").decompress(page.stored, page.raw_bytes)
                        n += len(page.stored) < WORDS_BYTES * fast.compress(raw).size
        return n

    def problems(self, order, codec):
        found = []
        wanted = {"PLAIN", "RLE_DICTIONARY"} | ({"BYTE_STREAM_SPLIT"} if codec.startswith(("zstd", "gzip")) else set())
        if missing := wanted - self.encodings():
            found.append(f"no prices in {', '.join(sorted(missing))}")
        if codec == "zstd" and not self.searched_pages():
            found.append("no PLAIN page whose low bytes were searched for")
        largest = max(self.paths, key=lambda path: sum(next(iter(c.values())).values for c, _ in self.groups[path]))
        if order == "block" and len(self.groups[largest]) < 3:
            found.append(f"{len(self.groups[largest])} row groups in {largest}")
        few = [chunk.name for chunk in self.groups[largest][0][0].values() if len(chunk.pages) < 2]
        if few:
            found.append(f"one page only of {', '.join(few)}")
        for path in self.paths:
            for _, sorting in self.groups[path]:
                if bool(sorting) != (order != "block"):
                    found.append(f"{path}: sorting_columns {sorting} in order {order}")
        return found
