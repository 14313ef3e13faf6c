-- params: dya=2024-01-01
local etl = require "etl"
local day = etl.param("day", { type = "date", default = "2024-01-01" })
return etl.job { name = "x" }
