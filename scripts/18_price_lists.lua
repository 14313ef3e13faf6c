-- Price lists of several years, whose columns are not quite the same, become one; each row knows
-- its file.
-- Practice: Error handling
local etl = require "etl"

local old = etl.read_csv { path = "../testdata/shop/prices_2023.csv", types = { price = "decimal(10,3)" }, file_column = "file" }
local new = etl.read_csv { path = "../testdata/shop/prices_2024.csv", types = { price = "decimal(10,3)" }, file_column = "file" }

local all = old:union(new, { fill = true })
  :fill_null { currency = "EUR" }
  :map(function(row) row.year = tonumber(row.file:match("(%d+)%.csv$")) end, { adds = { year = "int" } })
  :drop { "file" }
all:sort { "sku", "year" }:write_csv { path = "out/all.csv" }

-- The other way round, the columns stand in the order of the newer list.
new:merge(old, { fill = true }):select { "sku", "currency" }:rename { currency = "money" }:write_json { path = "out/merged.json" }

-- A change between the years, in per cent.
all:filter(function(row) return row.year == 2024 end)
  :join(all:filter(function(row) return row.year == 2023 end), { on = "sku", how = "left", suffix = "_before" })
  :map(function(row)
     if row.price_before ~= nil then
       row.change = etl.round(etl.float(row.price - row.price_before) / etl.float(row.price_before) * 100, 1)
     end
  end, { adds = { change = "float" } })
  :select { "sku", "price", "price_before", "change" }
  :write_csv { path = "out/changes.csv" }

return etl.job { name = "price_lists" }
