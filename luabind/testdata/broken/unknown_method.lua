local etl = require "etl"
local s = etl.read_csv { path = "a.csv" }
  :filter(function(row) return true end)
  :mpa(function(row) end)
return etl.job { name = "x" }
