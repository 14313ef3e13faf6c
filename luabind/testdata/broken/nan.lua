local etl = require "etl"
etl.rows({ { a = 1, b = 0/0 } })
