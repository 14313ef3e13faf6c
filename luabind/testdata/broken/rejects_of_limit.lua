local etl = require "etl"
etl.rows({}):limit(3):rejects()
