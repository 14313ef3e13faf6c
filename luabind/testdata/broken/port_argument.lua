local etl = require "etl"
etl.rows({}):filter(function(row) return true end):rejects { name = "bad" }
