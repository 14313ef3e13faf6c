local etl = require "etl"
etl.read_csv { path = "orders.csv" }:write_csv { path = "out.csv" }
return etl.job { name = "x", on_start = print }
