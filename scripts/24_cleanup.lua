-- What a run needs beside its outputs is made by on_start and removed by cleanup, however the run
-- ends; the file _SUCCESS tells others that the outputs are whole, and what is in them.
-- Practice: Resource management, Monitoring
local etl = require "etl"

local region = etl.param("region", { default = "north", doc = "the region to load" })
etl.param("token", { secret = true, default = "none", doc = "shown nowhere" })

etl.source(function(emit)
  for i, name in ipairs { "north", "south", "north", "west" } do emit { order = i, region = name } end
end)
  :filter(function(row) return row.region == region end)
  :write_csv { path = "out/orders.csv" }

return etl.job {
  name     = "cleanup",
  on_start = function(run)
    run:remove("out/_SUCCESS")
    run:write("out/lock.txt", run.job)
  end,
  on_success = function(run)
    local facts = { region = run.params.region, token = run.params.token, read = run.rows.read, written = run.rows.written }
    run:write("out/_SUCCESS", etl.json.encode(facts) .. "\n")
  end,
  on_failure = function(run) run:append("out/failures.txt", run.failure.message .. "\n") end,
  cleanup    = function(run)
    if not run:remove("out/lock.txt") then run:log("there was no lock") end
  end,
}
