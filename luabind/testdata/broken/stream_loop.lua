local etl = require "etl"
local a = etl.rows({})
for row in a do print(row) end
