local etl = require "etl"
etl.read_csv { path = "a.csv" }:read_csv { path = "b.csv" }
