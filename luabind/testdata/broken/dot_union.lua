local etl = require "etl"
local a, b, c = etl.rows({}), etl.rows({}), etl.rows({})
local t = a.union(b, c)
