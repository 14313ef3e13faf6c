-- Readings of meters become consumption: values that run along the rows of each meter.
-- Practice: Resource management
local etl = require "etl"
local running = require "etl.running"

local readings = etl.read_csv { path = "../testdata/shop/meter.csv", types = { at = "timestamp", reading = "float" } }

readings
  :fill_down { "note", by = { "meter" } }
  :map(running.delta("reading", { as = "used", by = "meter" }), { adds = { used = "float" } })
  :map(running.sum("used", { as = "total", by = "meter" }), { adds = { total = "float" } })
  :map(running.lag("reading", { as = "before", by = "meter" }), { adds = { before = "float" } })
  :map(running.mean("used", { as = "usual", by = "meter", n = 2 }), { adds = { usual = "float" } })
  :sort { "meter", "at" }
  :write_csv { path = "out/consumption.csv" }

return etl.job { name = "running_totals" }
