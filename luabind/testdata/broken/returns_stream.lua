local etl = require "etl"
return etl.rows({})
