local etl = require "etl"
local s = etl.read_cvs { path = "a.csv" }
return etl.job { name = "x" }
