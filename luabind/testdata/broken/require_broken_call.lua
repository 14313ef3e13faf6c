local etl = require "etl"
local late = require "lib.late"
late(etl.rows({})):write_csv { path = "o.csv" }
return etl.job { name = "x" }
