local etl = require "etl"
etl.rows({}):aggregate { by = "a", n = etl.count(), total = etl.sum(12) }
