-- Delays and distances of each carrier, and how many flights each month had.
local etl = require "etl"

local flights = etl.read_csv { path = "../testdata/flights/flights.csv", null = { "NA" } }

flights
  :aggregate {
     by              = "carrier",
     flights         = etl.count(),
     dep_delay_count = etl.count "dep_delay",
     dep_delay_sum   = etl.sum "dep_delay",
     dep_delay_mean  = etl.mean "dep_delay",
     arr_delay_min   = etl.min "arr_delay",
     arr_delay_max   = etl.max "arr_delay",
     distance_sum    = etl.sum "distance",
  }
  :sort { "carrier" }
  :write_csv { path = "out/by_carrier.csv" }

flights
  :aggregate {
     by           = "month",
     flights      = etl.count(),
     no_dep_delay = etl.sum(function(row) return row.dep_delay == nil and 1 or 0 end),
     late_flights = etl.sum(function(row) return row.arr_delay ~= nil and row.arr_delay > 60 and 1 or 0 end),
     distance_sum = etl.sum "distance",
  }
  :sort { "month" }
  :write_csv { path = "out/by_month.csv" }

return etl.job { name = "carriers" }
