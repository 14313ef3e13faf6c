-- Hourly weather at the airport of departure, joined by five keys.
local etl = require "etl"

local hour    = { "origin", "year", "month", "day", "hour" }
local flights = etl.read_csv { path = "../testdata/flights/flights.csv", null = { "NA" } }
local weather = etl.read_csv { path = "../testdata/flights/weather.csv", null = { "NA" } }
  :select { "origin", "year", "month", "day", "hour", "temp", "precip" }

local joined = flights:join(weather, { on = hour, how = "left" })

joined
  :filter(function(row) return row.precip ~= nil end)
  :map(function(row) row.rain = row.precip > 0 end)
  :aggregate {
     by             = "rain",
     flights        = etl.count(),
     with_dep_delay = etl.count "dep_delay",
     dep_delay_sum  = etl.sum "dep_delay",
     dep_delay_mean = etl.mean "dep_delay",
  }
  :sort { "-rain" }
  :write_csv { path = "out/delay_by_rain.csv" }

joined
  :aggregate { rows = etl.count(), with_weather = etl.count "precip" }
  :write_csv { path = "out/weather_rows.csv" }

return etl.job { name = "weather" }
