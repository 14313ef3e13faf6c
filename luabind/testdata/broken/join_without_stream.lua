local etl = require "etl"
local s = etl.read_csv { path = "a.csv" }
s:join({ on = "k" }):write_csv { path = "o.csv" }
