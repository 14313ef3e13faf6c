local etl = require "etl"
local a, b = etl.rows({}), etl.rows({})
if a < b then print "?" end
