local etl = require "etl"
etl.read_csv = nil
