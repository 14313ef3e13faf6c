local etl = require "etl"
local s = etl.read_csv { path = "a.csv" }
local t = etl.filter(s, function(row) return true end)
