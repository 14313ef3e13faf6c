local etl = require "etl"
etl.rows({}):limit(n)
