local etl = require "etl"
local s = etl.rows({}):map(function(row) row.a = 1 end, { on_error = "null" })
s:rejects():write_csv { path = "bad.csv" }
return etl.job { name = "x" }
