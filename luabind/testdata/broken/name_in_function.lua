local etl = require "etl"
local h = { filter = function(f) return f end }
etl.rows({}):filter(function(row) return h.filter(row.a) end, { nme = "b" }):write_csv { path = "o.csv" }
return etl.job { name = "x" }
