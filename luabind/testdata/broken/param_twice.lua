local etl = require "etl"
etl.param("n", { default = "a" })
etl.param("n", { default = "a" })
