local etl = require "etl"
local first = etl.job { name = "a" }
return { first, etl.job { name = "b", build = function() end } }
