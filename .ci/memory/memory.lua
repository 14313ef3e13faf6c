-- The job of `make memory`: read, filter, map, write over a file far larger
-- than the memory that it may use. main.go copies it beside orders.csv.
local etl = require "etl"

etl.read_csv { path = "orders.csv" }
  :filter(function(row) return row.qty >= 50 end)
  :map(function(row)
    row.total = row.qty * row.cents
    if row.region == "north" then row.note = "cold: " .. row.note end
  end)
  :write_csv { path = "big.csv" }

return etl.job { name = "memory" }
