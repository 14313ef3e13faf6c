local etl = require "etl"
local n = etl.param("n", { type = "int", default = "many" })
