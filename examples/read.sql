-- DuckDB: from the folder that holds 'out', for instance build/demo:  duckdb < ../../examples/read.sql
-- One glob reads all datasets and years of a table: the columns are the same in every file.

-- Mean price of each hub by hour of the day, market clock.
SELECT settlement_location, delivery_hour, round(avg(lmp_total), 2) AS mean, count(*) AS hours
FROM 'out/pjm/da_energy_hourly/*.parquet'
WHERE settlement_location_type = 'HUB'
GROUP BY ALL ORDER BY ALL;

-- The two passes of the repeated hour in autumn are two instants: utc_offset_minutes tells them apart.
SELECT datetime_local, utc_offset_minutes, lmp_total
FROM 'out/pjm/da_energy_hourly/*.parquet'
WHERE settlement_location = 'WESTERN HUB' AND delivery_date = DATE '2024-11-03'
ORDER BY datetime_utc;

-- Which file a day came from.
SELECT delivery_date, source_file, count(*) AS rows
FROM 'out/pjm/da_energy_hourly/*.parquet'
GROUP BY ALL ORDER BY ALL;
