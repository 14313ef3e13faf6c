local etl = require "etl"

etl.read_csv { path = "data/sales.csv" }
  :filter(function(row) while true do end return true end)
  :write_csv { path = "-" }

return etl.job { name = "endless" }
