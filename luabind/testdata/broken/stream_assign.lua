local etl = require "etl"
local a = etl.rows({})
a.name = "x"
