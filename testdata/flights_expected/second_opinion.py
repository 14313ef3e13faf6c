"""Recomputes every expected figure with DuckDB and compares it with the files.

From the top folder: pip install duckdb, make flights, then
python3 testdata/flights_expected/second_opinion.py

The queries are written apart from compute.sql, in DuckDB's own idiom.
"""
import csv
import pathlib
import sys

import duckdb

here = pathlib.Path(__file__).parent
data = here.parent / "flights"
db = duckdb.connect()
for table in ("flights", "airlines", "airports", "planes", "weather"):
    db.execute(
        f"create table {table} as select row_number() over () as row_id, * from "
        f"read_csv('{data / table}.csv', nullstr='NA', header=true, sample_size=-1)"
    )

QUERIES = {
    "late_by_carrier": """
        select carrier, name, count(*), max(arr_delay) from flights left join airlines using (carrier)
        where arr_delay > 60 group by all order by 3 desc, 1""",
    "by_carrier": """
        select carrier, count(*), count(dep_delay), sum(dep_delay)::bigint, avg(dep_delay)::double,
          min(arr_delay), max(arr_delay), sum(distance)::bigint
        from flights group by 1 order by 1""",
    "spread_by_carrier": """
        select carrier, count(arr_delay), sum(arr_delay)::bigint, sum(arr_delay * arr_delay)::bigint,
          median(arr_delay)::double, var_samp(arr_delay)
        from flights group by 1 order by 1""",
    "by_month": """
        select month, count(*), count(*) filter (dep_delay is null),
          count(*) filter (arr_delay > 60), sum(distance)::bigint
        from flights group by 1 order by 1""",
    "month_by_origin": """
        pivot (select month, origin from flights) on origin using count(*) group by month order by month""",
    "top_destinations": """
        select dest, name, count(*) from flights left join airports on dest = faa
        group by all order by 3 desc, 1 limit 10""",
    "dests_without_airport": """
        select dest, count(*) from flights anti join airports on dest = faa
        group by 1 order by 2 desc, 1""",
    "planes_unmatched_by_carrier": """
        select carrier, count(*), count(tailnum) from flights anti join planes using (tailnum)
        group by 1 order by 2 desc, 1""",
}

FIGURES = {
    "summary": {
        "flights": "select count(*) from flights",
        "late_flights": "select count(*) from flights where arr_delay > 60",
        "late_delay_sum": "select sum(arr_delay) from flights where arr_delay > 60",
        "late_delay_max": "select max(arr_delay) from flights",
        "no_dep_delay": "select count(*) filter (dep_delay is null) from flights",
        "no_arr_delay": "select count(*) filter (arr_delay is null) from flights",
        "no_tailnum": "select count(*) filter (tailnum is null) from flights",
        "distinct_tailnums": "select count(*) from (select distinct tailnum from flights where tailnum is not null)",
        "distinct_dests": "select count(*) from (select distinct dest from flights)",
        "distinct_routes": "select count(distinct origin || dest) from flights",
        "dep_delay_sum": "select sum(dep_delay) from flights",
        "arr_delay_sum": "select sum(arr_delay) from flights",
        "distance_sum": "select sum(distance) from flights",
        "planes_matched": "select count(*) from flights semi join planes using (tailnum)",
        "planes_unmatched": "select count(*) from flights anti join planes using (tailnum)",
        "planes_unmatched_with_tailnum":
            "select count(tailnum) from flights anti join planes using (tailnum)",
        "planes_unmatched_distinct_tailnums":
            "select count(distinct tailnum) from flights anti join planes using (tailnum)",
        "planes_never_flown": "select count(*) from planes anti join flights using (tailnum)",
        "dests_not_in_airports":
            "select count(distinct dest) from flights anti join airports on dest = faa",
        "flights_to_dests_not_in_airports":
            "select count(*) from flights anti join airports on dest = faa",
    },
    "weather": {},
}
joined = "from flights f {} join weather w using (origin, year, month, day, hour)"
FIGURES["weather"] = {
    "weather_rows": "select count(*) from weather",
    "repeated_keys":
        "select count(*) from (from weather select 1 group by origin, year, month, day, hour having count(*) = 2)",
    "left_join_rows": "select count(*) " + joined.format("left"),
    "matched_flights": "select count(*) " + joined.format("semi"),
    "unmatched_flights": "select count(*) " + joined.format("anti"),
}
for word, test in (("rain", "precip > 0"), ("dry", "precip = 0")):
    source = joined.format("inner") + " where " + test
    FIGURES["weather"] |= {
        f"{word}_flights": "select count(*) " + source,
        f"{word}_dep_delay_count": "select count(dep_delay) " + source,
        f"{word}_dep_delay_sum": "select sum(dep_delay) " + source,
        f"{word}_dep_delay_mean": "select sum(dep_delay)::double / count(dep_delay) " + source,
    }


def text(value):
    return "" if value is None else repr(value) if isinstance(value, float) else str(value)


def same(name, want, got):
    if want == got:
        return True
    # DuckDB's variance is a running (Welford) one: equal to 1e-12, not to the bit.
    return name == "spread_by_carrier" and abs(float(want) - float(got)) <= 1e-12 * abs(float(want))


bad = compared = 0
answers = {name: db.execute(query).fetchall() for name, query in QUERIES.items()}
for name, figures in FIGURES.items():
    answers[name] = [(f, db.execute(query).fetchone()[0]) for f, query in figures.items()]
names = {path.stem for path in here.glob("*.csv")}
if names != set(answers):
    sys.exit(f"not compared: {names ^ set(answers)}")
for name, rows in answers.items():
    want = list(csv.reader((here / f"{name}.csv").open(newline="")))[1:]
    if len(want) != len(rows):
        sys.exit(f"{name}: {len(want)} rows expected, DuckDB has {len(rows)}")
    for w, g in zip(want, rows):
        for a, b in zip(w, map(text, g), strict=True):
            compared += 1
            if not same(name, a, b):
                bad += 1
                print(f"{name}: file has {a}, DuckDB {b} in {w}")
print(f"{compared} values in {len(answers)} files compared, {bad} different")
sys.exit(bad > 0)
