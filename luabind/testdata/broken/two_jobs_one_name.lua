local etl = require "etl"
return {
  etl.job { name = "a", build = function() etl.rows({}):write_csv { path = "1.csv" } end },
  etl.job { name = "a", build = function() etl.rows({}):write_csv { path = "2.csv" } end },
}
