-- Two jobs in one file that share rules from a module. A job that is repeated on failure has its
-- policy beside it.
-- Practice: Retry strategies, Concurrency control, Timeout configuration, Resource limits
local etl = require "etl"
local rules = require "lib.rules"

local function prices() return etl.read_csv { path = "../testdata/shop/prices_2024.csv" } end

local classes = etl.job {
  name = "classes",
  timeout = "30s",
  retry = { max = 3, backoff = etl.backoff.exponential { base = "100ms", max = "5s", jitter = true } },
  limits = { cpu = 1, memory = "64MiB" },
  build = function()
    prices()
      :map(function(row) row.class = rules.class(row.price) end)
      :write_csv { path = "out/classes.csv" }
  end,
}

local teas = etl.job {
  name = "teas",
  timeout = "30s",
  build = function()
    prices()
      :filter(function(row) return rules.same(row.sku, "t1") end)
      :write_csv { path = "out/teas.csv" }
  end,
}

return { classes, teas }
