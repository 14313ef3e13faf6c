-- Orders with lists and objects inside become flat tables, and a document again. Numbers keep
-- their digits, also beyond what a float can hold.
-- Practice: Idempotent jobs
local etl = require "etl"

local orders = etl.read_json {
  path = "../testdata/shop/orders.ndjson",
  types = {
    id = "int", at = "timestamp", customer = "struct{id: int, city: string}",
    lines = "list(struct{sku: string, qty: int, price: decimal(12,3)})", tags = "map(string)",
  },
}

local lines = orders:explode("lines", { as = "line", index = "nr" })
  :project { order = "id", nr = "nr", sku = "line.sku", qty = "line.qty", price = "line.price" }
lines:map(function(row) row.amount = row.price * row.qty end)
  :write_csv { path = "out/lines.csv" }

orders:drop { "lines", "tags" }:flatten { "customer" }:write_csv { path = "out/orders.csv" }
orders:project { id = "id", tag = "tags" }:explode("tag", { as = { "name", "value" } }):write_csv { path = "out/tags.csv" }

lines:aggregate { by = "sku", qty = etl.sum "qty", orders = etl.count_distinct "order" }
  :rename { sku = "sku.code", qty = "sku.sold", orders = "sku.orders" }
  :unflatten()
  :write_json { path = "out/skus.json" }

return etl.job { name = "nested_orders" }
