-- Computes the expected figures of the flights data with SQLite, without any
-- code of this repository. From the top folder, after `make flights`:
--
--   sqlite3 -bail :memory: '.read testdata/flights_expected/compute.sql'
--
-- Everything is imported as text; "NA" becomes NULL and numbers become
-- numbers in the views below. Means are written with as many digits as it
-- takes to read back the same double.

create table flights_text (
  year text, month text, day text, dep_time text, sched_dep_time text,
  dep_delay text, arr_time text, sched_arr_time text, arr_delay text,
  carrier text, flight text, tailnum text, origin text, dest text,
  air_time text, distance text, hour text, minute text, time_hour text);
create table airlines_text (carrier text, name text);
create table airports_text (
  faa text, name text, lat text, lon text, alt text, tz text, dst text,
  tzone text);
create table planes_text (
  tailnum text, year text, type text, manufacturer text, model text,
  engines text, seats text, speed text, engine text);
create table weather_text (
  origin text, year text, month text, day text, hour text, temp text,
  dewp text, humid text, wind_dir text, wind_speed text, wind_gust text,
  precip text, pressure text, visib text, time_hour text);

.mode csv
.import --skip 1 testdata/flights/flights.csv flights_text
.import --skip 1 testdata/flights/airlines.csv airlines_text
.import --skip 1 testdata/flights/airports.csv airports_text
.import --skip 1 testdata/flights/planes.csv planes_text
.import --skip 1 testdata/flights/weather.csv weather_text

create table flights as select
  cast(year as integer) as year,
  cast(month as integer) as month,
  cast(day as integer) as day,
  cast(hour as integer) as hour,
  cast(nullif(dep_delay, 'NA') as integer) as dep_delay,
  cast(nullif(arr_delay, 'NA') as integer) as arr_delay,
  cast(nullif(air_time, 'NA') as integer) as air_time,
  cast(distance as integer) as distance,
  carrier,
  cast(flight as integer) as flight,
  nullif(tailnum, 'NA') as tailnum,
  origin,
  dest,
  time_hour
from flights_text;
create table airlines as select carrier, name from airlines_text;
create table airports as select faa, name from airports_text;
create table planes as select
  tailnum,
  cast(nullif(year, 'NA') as integer) as year,
  manufacturer,
  cast(seats as integer) as seats
from planes_text;
create index planes_tailnum on planes (tailnum);
create table weather as select
  origin,
  cast(year as integer) as year,
  cast(month as integer) as month,
  cast(day as integer) as day,
  cast(hour as integer) as hour,
  cast(precip as real) as precip
from weather_text;
create index weather_key on weather (origin, year, month, day, hour);

-- Names hold neither commas nor quotes, so plain lists are valid CSV.
.mode list
.separator "," "\n"
.nullvalue ""
.headers on

.output testdata/flights_expected/summary.csv
select 'flights' as figure, count(*) as value from flights
union all select 'late_flights', count(*) from flights where arr_delay > 60
union all select 'late_delay_sum', sum(arr_delay) from flights where arr_delay > 60
union all select 'late_delay_max', max(arr_delay) from flights
union all select 'no_dep_delay', count(*) from flights where dep_delay is null
union all select 'no_arr_delay', count(*) from flights where arr_delay is null
union all select 'no_tailnum', count(*) from flights where tailnum is null
union all select 'distinct_tailnums', count(distinct tailnum) from flights
union all select 'distinct_dests', count(distinct dest) from flights
union all select 'distinct_routes', count(*) from (select distinct origin, dest from flights)
union all select 'dep_delay_sum', sum(dep_delay) from flights
union all select 'arr_delay_sum', sum(arr_delay) from flights
union all select 'distance_sum', sum(distance) from flights
union all select 'planes_matched', count(*) from flights where tailnum in (select tailnum from planes)
union all select 'planes_unmatched', count(*) from flights f
  where not exists (select 1 from planes p where p.tailnum = f.tailnum)
union all select 'planes_unmatched_with_tailnum', count(*) from flights f
  where tailnum is not null and not exists (select 1 from planes p where p.tailnum = f.tailnum)
union all select 'planes_unmatched_distinct_tailnums', count(distinct tailnum) from flights f
  where not exists (select 1 from planes p where p.tailnum = f.tailnum)
union all select 'planes_never_flown', count(*) from planes
  where tailnum not in (select tailnum from flights where tailnum is not null)
union all select 'dests_not_in_airports', count(distinct dest) from flights
  where dest not in (select faa from airports)
union all select 'flights_to_dests_not_in_airports', count(*) from flights
  where dest not in (select faa from airports);

.output testdata/flights_expected/late_by_carrier.csv
select f.carrier, a.name, count(*) as flights, max(f.arr_delay) as worst
from flights f left join airlines a on a.carrier = f.carrier
where f.arr_delay > 60
group by f.carrier, a.name
order by flights desc, f.carrier;

create view carrier_figures as
select carrier,
  count(*) as flights,
  count(dep_delay) as dep_delay_count,
  sum(dep_delay) as dep_delay_sum,
  avg(dep_delay) as mean,
  min(arr_delay) as arr_delay_min,
  max(arr_delay) as arr_delay_max,
  sum(distance) as distance_sum
from flights group by carrier;

.output testdata/flights_expected/by_carrier.csv
select carrier, flights, dep_delay_count, dep_delay_sum,
  case
    when cast(printf('%!.15g', mean) as real) = mean then printf('%!.15g', mean)
    when cast(printf('%!.16g', mean) as real) = mean then printf('%!.16g', mean)
    else printf('%!.17g', mean)
  end as dep_delay_mean,
  arr_delay_min, arr_delay_max, distance_sum
from carrier_figures order by carrier;

-- Sample variance from exact integer sums; linear median.
create view carrier_spread as
with ranked as (
  select carrier, arr_delay,
    row_number() over (partition by carrier order by arr_delay) as rank,
    count(*) over (partition by carrier) as n
  from flights where arr_delay is not null
), middle as (
  select carrier, avg(arr_delay) as median
  from ranked where rank in ((n + 1) / 2, (n + 2) / 2) group by carrier
), sums as (
  select carrier, count(*) as n, sum(arr_delay) as s, sum(arr_delay * arr_delay) as q
  from flights where arr_delay is not null group by carrier
)
select carrier, n, s, q, median,
  cast(n * q - s * s as real) / cast(n * (n - 1) as real) as variance
from sums join middle using (carrier);

.output testdata/flights_expected/spread_by_carrier.csv
select carrier, n as arr_delay_count, s as arr_delay_sum, q as arr_delay_square_sum,
  median as arr_delay_median,
  case
    when cast(printf('%!.15g', variance) as real) = variance then printf('%!.15g', variance)
    when cast(printf('%!.16g', variance) as real) = variance then printf('%!.16g', variance)
    else printf('%!.17g', variance)
  end as arr_delay_var
from carrier_spread order by carrier;

.output testdata/flights_expected/by_month.csv
select month, count(*) as flights, count(*) - count(dep_delay) as no_dep_delay,
  sum(arr_delay > 60) as late_flights, sum(distance) as distance_sum
from flights group by month order by month;

.output testdata/flights_expected/month_by_origin.csv
select month, sum(origin = 'EWR') as EWR, sum(origin = 'JFK') as JFK, sum(origin = 'LGA') as LGA
from flights group by month order by month;

.output testdata/flights_expected/top_destinations.csv
select f.dest, a.name, count(*) as flights
from flights f left join airports a on a.faa = f.dest
group by f.dest order by flights desc, f.dest limit 10;

.output testdata/flights_expected/dests_without_airport.csv
select dest, count(*) as flights from flights
where dest not in (select faa from airports)
group by dest order by flights desc, dest;

.output testdata/flights_expected/planes_unmatched_by_carrier.csv
select carrier, count(*) as flights, count(tailnum) as with_tailnum
from flights f
where not exists (select 1 from planes p where p.tailnum = f.tailnum)
group by carrier order by flights desc, carrier;

create table flights_weather as
select f.rowid as flight_row, w.rowid as weather_row, f.dep_delay, w.precip
from flights f left join weather w
  on w.origin = f.origin and w.year = f.year and w.month = f.month
  and w.day = f.day and w.hour = f.hour;

create view rain as
select count(*) as flights, count(dep_delay) as n, sum(dep_delay) as s, avg(dep_delay) as mean
from flights_weather where precip > 0;
create view dry as
select count(*) as flights, count(dep_delay) as n, sum(dep_delay) as s, avg(dep_delay) as mean
from flights_weather where precip = 0;

.output testdata/flights_expected/weather.csv
select 'weather_rows' as figure, count(*) as value from weather
union all select 'repeated_keys', count(*) from (
  select 1 from weather group by origin, year, month, day, hour having count(*) > 1)
union all select 'left_join_rows', count(*) from flights_weather
union all select 'matched_flights', count(distinct flight_row) from flights_weather where weather_row is not null
union all select 'unmatched_flights', count(*) from flights_weather where weather_row is null
union all select 'rain_flights', flights from rain
union all select 'rain_dep_delay_count', n from rain
union all select 'rain_dep_delay_sum', s from rain
union all select 'rain_dep_delay_mean', case
    when cast(printf('%!.15g', mean) as real) = mean then printf('%!.15g', mean)
    when cast(printf('%!.16g', mean) as real) = mean then printf('%!.16g', mean)
    else printf('%!.17g', mean) end from rain
union all select 'dry_flights', flights from dry
union all select 'dry_dep_delay_count', n from dry
union all select 'dry_dep_delay_sum', s from dry
union all select 'dry_dep_delay_mean', case
    when cast(printf('%!.15g', mean) as real) = mean then printf('%!.15g', mean)
    when cast(printf('%!.16g', mean) as real) = mean then printf('%!.16g', mean)
    else printf('%!.17g', mean) end from dry;
.output stdout
