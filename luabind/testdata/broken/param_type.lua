local etl = require "etl"
etl.param("n", { type = "decimal(10,2)" })
