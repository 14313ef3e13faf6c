local etl = require "etl"
etl.rows({}):select { "a", nil, "c" }
