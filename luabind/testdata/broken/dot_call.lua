local etl = require "etl"
local s = etl.read_csv { path = "a.csv" }
local t = s.filter(function(row) return true end)
