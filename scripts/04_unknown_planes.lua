-- Flights whose plane is not in the register, counted by carrier: without a
-- tail number (NULL matches nothing) or with one that nobody knows.
local etl = require "etl"

local flights = etl.read_csv { path = "../testdata/flights/flights.csv", null = { "NA" } }
local planes  = etl.read_csv { path = "../testdata/flights/planes.csv", null = { "NA" } }

flights
  :join(planes, { on = "tailnum", how = "anti" })
  :aggregate { by = "carrier", flights = etl.count(), with_tailnum = etl.count "tailnum" }
  :sort { "-flights", "carrier" }
  :write_csv { path = "out/planes_unmatched_by_carrier.csv" }

return etl.job { name = "unknown_planes" }
