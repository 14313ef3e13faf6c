-- Orders of more than five euros, and all of customer b, summed up by customer.
-- An amount that is no number becomes NULL; what was filtered out is kept.
local etl = require "etl"

local orders = etl.read_csv {
  path     = "../testdata/orders.csv",
  types    = { order_id = "string", amount = "float" },
  on_error = "null",
}
local customers = etl.read_csv { path = "../testdata/customers.csv" }

local function wanted(row)
  return row.cust == "b" or (row.amount ~= nil and row.amount > 5)
end

orders
  :filter(wanted)
  :join(customers, { on = "cust" })
  :aggregate { by = "name", n = etl.count(), total = etl.sum "amount" }
  :write_json { path = "out/by_customer.json" }

orders
  :filter(function(row) return not wanted(row) end)
  :write_csv { path = "out/rest.csv" }

return etl.job { name = "orders_by_customer" }
