local etl = require "etl"
local t = {}
t.t = t
etl.rows(t)
