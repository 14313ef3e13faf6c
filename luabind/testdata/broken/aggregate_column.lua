local etl = require "etl"
etl.rows({}):aggregate { by = "a", n = "count", total = etl.sum "b" }
  :write_csv { path = "o.csv" }
return etl.job { name = "x" }
