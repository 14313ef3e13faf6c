-- params: day=tomorrow
local etl = require "etl"
local day = etl.param("day", { type = "date" })
