local etl = require "etl"
local orders = etl.read_csv { path = "orders.csv" }
local worker = coroutine.create(function() end)
local function tell() return tostring(worker) end
orders:write_csv { path = "out.csv" }
return etl.job {
  name = "x",
  on_failure = function(run) run:log(tostring(orders)) end,
  retry = { max = 1, backoff = function(attempt) return #tell() end },
  cleanup = function() string.trim = nil end,
}
