# SPDX-License-Identifier: MIT
"""pandas: a few columns of a few locations, not the whole file.

    cd build/demo && python ../../examples/read_pandas.py
"""
import pandas as pd

prices = pd.read_parquet("out/pjm/da_energy_hourly/da_energy_hourly_2024.parquet",
                         columns=["datetime_utc", "datetime_local", "settlement_location", "lmp_total"],
                         filters=[("settlement_location_type", "==", "HUB")])
wide = prices.pivot(index="datetime_utc", columns="settlement_location", values="lmp_total")
print(wide.describe().round(2))

# Local days: the clock change gives one of 23 and one of 25 hours.
hours = prices[prices.settlement_location == "WESTERN HUB"].groupby(prices.datetime_local.dt.date).size()
print(hours[hours != 24])
