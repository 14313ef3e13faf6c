local etl = require "etl"
local a, b = etl.rows({}), etl.rows({})
a:join(b, a, { on = "k" })
