local etl = require "etl"
local s = etl:read_csv { path = "a.csv" }
