local etl = require "etl"
local s = etl.read_csv {
  path = "a.csv",
  nul = { "NA" },
}
s:filter(function(row) return row.a end, { onerror = "reject" })
  :write_csv { path = "out.csv", if_exists = "replce" }
return etl.job { name = "x", stratgy = "row" }
