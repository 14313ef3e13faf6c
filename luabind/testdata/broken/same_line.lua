local etl = require "etl"
local f = function(row) return true end
etl.rows({}):filter(f, { name = "a" }):filter(f, { nme = "b" }):write_csv { path = "o.csv" }
return etl.job { name = "x" }
