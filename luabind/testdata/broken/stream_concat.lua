local etl = require "etl"
local a = etl.rows({})
print("rows: " .. a)
