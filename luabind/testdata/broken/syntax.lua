local etl = require "etl"
local s = etl.rows({ { a = 1 )
