local etl = require "etl"
etl.rows({}):map(print)
