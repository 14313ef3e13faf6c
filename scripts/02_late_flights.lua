-- Flights from New York in 2013 that arrived more than an hour late.
-- The data comes with: make flights-data
local etl = require "etl"

local flights  = etl.read_csv { path = "../testdata/flights/flights.csv", null = { "NA", "" } }
local airlines = etl.read_csv { path = "../testdata/flights/airlines.csv" }

local late = flights
  :filter(function(row) return row.arr_delay ~= nil and row.arr_delay > 60 end)
  :map(function(row)
     row.hours_late = row.arr_delay / 60
     if row.origin == "JFK" then row.airport = "Kennedy" end
  end)
  :join(airlines, { on = "carrier", how = "left" })

late:write_csv { path = "out/late.csv" }
late:aggregate { by = { "carrier", "name" }, flights = etl.count(), worst = etl.max "arr_delay" }
    :sort { "-flights" }
    :write_json { path = "out/by_carrier.json" }

return etl.job {
  name     = "late_flights",
  strategy = "row",
  retry    = { max = 3, backoff = etl.backoff.exponential { base = "500ms", max = "30s", jitter = true } },
  timeout  = "10m",
  limits   = { memory = "512MiB", cpu = 2, rejects = "1%" },
  log      = { level = "info", console = true, file = true },
}
