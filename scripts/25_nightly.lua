-- Several jobs of one file: the report comes after the load, and where the load fails for good,
-- yesterday's rows stand in for today's.
-- Practice: Recovery strategies, Concurrency control
local etl = require "etl"

-- load is a job that fills the table from the file.
local function load(name, file, options)
  options.name  = name
  options.build = function()
    etl.read_csv { path = file, types = { sales = "int" } }:write_csv { path = "out/table.csv" }
  end
  return etl.job(options)
end

return {
  load("load_today", "out/today.csv", { -- which nobody delivers
    retry    = { max = 1, backoff = function() return 0 end },
    fallback = { job = "load_yesterday" },
    on_start = function(run) run:write("out/yesterday.csv", "shop,sales\nnorth,5\nsouth,7\n") end,
  }),
  load("load_yesterday", "out/yesterday.csv", { tags = { "fallback" } }),
  etl.job {
    name  = "report",
    after = { "load_today" },
    build = function()
      etl.read_csv { path = "out/table.csv", types = { sales = "int" } }
        :aggregate { sales = etl.sum "sales", shops = etl.count() }
        :write_json { path = "out/report.json" }
    end,
  },
}
