local etl = require "etl"
etl.read_csv { path = "orders.csv" }:write_csv { path = "out.csv" }
return etl.job {
  name = "x",
  on_failure = 5,
  cleanup = "rm -r tmp",
  on_succes = function() end,
  retry = { max = 1, when = true, backoff = "1s", on = { "netwrk" } },
}
