local etl = require "etl"
local shared = etl.rows({})
return {
  etl.job { name = "a", build = function() shared:write_csv { path = "1.csv" } end },
  etl.job { name = "b", build = function() end },
}
