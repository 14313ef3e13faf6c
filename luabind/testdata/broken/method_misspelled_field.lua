local etl = require "etl"
local f = etl.rows({}).fliter
