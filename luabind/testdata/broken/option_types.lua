local etl = require "etl"
local s = etl.read_csv { path = 12, types = { qty = "itn", price = 3 } }
s:limit("ten"):write_csv { path = "out.csv", ["if_exists"] = true }
return etl.job { name = "x", timeout = "10 minutes", limits = { memory = "lots", cpu = 1.5 } }
