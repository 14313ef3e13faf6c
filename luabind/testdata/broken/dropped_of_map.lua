local etl = require "etl"
etl.rows({}):map(function(row) row.a = 1 end):dropped():write_csv { path = "o.csv" }
return etl.job { name = "x" }
