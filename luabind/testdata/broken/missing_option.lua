local etl = require "etl"
local s = etl.read_csv {}
s:filter():write_csv { path = "o.csv" }
return etl.job { }
