local etl = require "etl"
etl.read_csv { path = "a.csv", [true] = 1 }
