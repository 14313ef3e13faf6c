local etl = require "etl"
local a = etl.job { name = "a" }
return etl.job { name = "b" }
