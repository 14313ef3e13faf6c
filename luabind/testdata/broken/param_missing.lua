local etl = require "etl"
local day = etl.param("day", { type = "date", doc = "the day to load" })
return etl.job { name = "x" }
