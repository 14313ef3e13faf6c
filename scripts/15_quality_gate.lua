-- A gate before the data goes on: what may be refused is refused and counted, what must hold stops
-- the run before anything is written.
-- Practice: Monitoring, Monitor error rates, Resource limits
local etl = require "etl"

local meter = etl.read_csv { path = "../testdata/shop/meter.csv", types = { at = "timestamp", reading = "float" } }

local good = meter
  :validate({
     meter   = { nullable = false, pattern = "^m[0-9]+$" },
     reading = { nullable = false, min = 0, max = 1000 },
   }, { name = "readings", on_error = "reject" })

good:assert { unique = { "meter", "at" }, rows = { min = 5, max = 1000 }, columns = { at = { type = "timestamp", nullable = false } } }
  :peek { rows = 2 }
  :aggregate { by = "meter", readings = etl.count(), first = etl.first "reading", last = etl.last "reading", mean = etl.mean "reading", spread = etl.std "reading" }
  :map(function(row) row.mean, row.spread = etl.round(row.mean, 3), etl.round(row.spread, 3) end)
  :write_csv { path = "out/meters.csv" }

good:rejects():select { "meter", "at", "_message" }:write_csv { path = "out/refused.csv" }

return etl.job { name = "quality_gate", limits = { rejects = "20%", memory = "256MiB" } }
