-- params: pin=hunter2
local etl = require "etl"
local pin = etl.param("pin", { type = "int", secret = true })
etl.read_csv { path = "orders.csv" }:write_csv { path = "out.csv" }
return etl.job { name = "x" }
