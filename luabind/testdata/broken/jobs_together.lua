local etl = require "etl"
local function copy(from, to)
  return function() etl.read_csv { path = from }:write_csv { path = to } end
end
return {
  etl.job { name = "extract", after = { "report" }, build = copy("in.csv", "raw.csv") },
  etl.job { name = "load", after = "extract", fallback = { job = "lode" }, build = copy("raw.csv", "table.csv") },
  etl.job { name = "report", after = { "load", "extrat" }, build = copy("table.csv", "report.csv") },
}
