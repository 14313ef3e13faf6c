local etl = require "etl"
local billing = require "billing"

etl.read_csv { path = "data/sales.csv", types = { amount = "float" } }
  :filter(function(row) return row.currency ~= "CHF" end)
  :map(function(row) row.euros = row.amount / billing.rate(row.currency) end)
  :write_csv { path = "-" }

return etl.job { name = "convert" }
