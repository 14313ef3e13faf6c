local etl = require "etl"
local s = etl.rows({}, { name = "in" })
s:filter(function(row) return true end, { name = "keep" })
 :filter(function(row) return true end, { name = "keep" }):write_csv { path = "o.csv" }
return etl.job { name = "x" }
