local etl = require "etl"
local a, b = etl.rows({}), etl.rows({})
a:union { b }
