local etl = require "etl"
etl.rows({}):write_csv { path = "o.csv" }
etl.job { name = "lost" }
