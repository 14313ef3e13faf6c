local etl = require "etl"
local other = etl.rows({})
etl.rows({}):map(function(row) row.n = other end):write_csv { path = "o.csv" }
return etl.job { name = "x" }
