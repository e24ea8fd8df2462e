# SPDX-License-Identifier: MIT
"""Workbooks in the reference: by hand-written XML."""
import os
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from test_markets import MarketCase, packed, us  # noqa: E402

MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
TYPES = ('<Types><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
         "</Types>")
HEAD = ["Delivery Date", "Hour Ending", "Repeated Hour Flag", "Settlement Point", "Settlement Point Price"]


def book(*sheets):
    """Sheets of (name, rows of texts and numbers): the texts are shared."""
    shared = sorted({c for _, rows in sheets for row in rows for c in row if isinstance(c, str)})
    parts = {"[Content_Types].xml": TYPES, "xl/sharedStrings.xml": f"<sst {MAIN}>{''.join(f'<si><t>{s}</t></si>' for s in shared)}</sst>"}
    listed, related = "", f'<Relationship Id="s" Type="{REL}/sharedStrings" Target="sharedStrings.xml"/>'
    for n, (name, rows) in enumerate(sheets):
        cells = "".join("<row>" + "".join(f'<c t="s"><v>{shared.index(c)}</v></c>' if isinstance(c, str) else f"<c><v>{c}</v></c>" for c in row) +
                        "</row>" for row in rows)
        parts[f"xl/worksheets/s{n}.xml"] = f"<worksheet {MAIN}><sheetData>{cells}</sheetData></worksheet>"
        listed += f'<sheet name="{name}" sheetId="{n}" r:id="r{n}"/>'
        related += f'<Relationship Id="r{n}" Type="{REL}/worksheet" Target="worksheets/s{n}.xml"/>'
    parts["xl/workbook.xml"] = f'<workbook {MAIN} xmlns:r="{REL}"><sheets>{listed}</sheets></workbook>'
    parts["xl/_rels/workbook.xml.rels"] = f"<Relationships>{related}</Relationships>"
    return packed(parts)


class Sheets(MarketCase):
    def test_months_are_members(self):
        rows = [HEAD, ["11/03/2024", "02:00", "N", "HB_NORTH", 20.5], ["11/03/2024", "02:00", "Y", "HB_NORTH", -1]]
        result = self.convert({"y.zip": packed({"x/DAMLZHBSPP_2024.xlsx": book(("Nov", rows), ("Dec", []))})})
        self.assertEqual(self.states(result), {"y.zip!x/DAMLZHBSPP_2024.xlsx!Nov": "converted", "y.zip!x/DAMLZHBSPP_2024.xlsx!Dec": "left_out"})
        found = result.datasets["ercot/da_energy_hourly"]
        self.assertEqual([(r["datetime_utc"], r["lmp_total"], r["source_file"]) for r in found],
                         [(us("2024-11-03T06:00"), 20.5, "y.zip!DAMLZHBSPP_2024.xlsx!Nov"), (us("2024-11-03T07:00"), -1.0, "y.zip!DAMLZHBSPP_2024.xlsx!Nov")])

    def test_without_a_list_of_types_it_is_an_archive(self):
        whole = book(("Nov", [HEAD]))
        self.assertEqual(self.states(self.convert({"a.xlsx": whole.replace(b"[Content_Types].xml", b"[Content_Types].xmk")})),
                         {"a.xlsx![Content_Types].xmk": "unrecognised", "a.xlsx!xl/_rels/workbook.xml.rels": "unrecognised",
                          "a.xlsx!xl/sharedStrings.xml": "unrecognised", "a.xlsx!xl/workbook.xml": "unrecognised",
                          "a.xlsx!xl/worksheets/s0.xml": "unrecognised"})


if __name__ == "__main__":
    unittest.main()
