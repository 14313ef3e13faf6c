-- A file of a payroll, whose columns stand at fixed places, becomes another one of that kind
-- and a CSV file. What cannot be read is set aside, and the rest goes on.
-- Practice: Error handling, Recovery strategies
local etl = require "etl"

local columns = {
  { "id", width = 5, type = "int", pad = "0" },
  { "name", width = 15 },
  { "born", width = 10, type = "date", format = "%d.%m.%Y" },
  { "pay", width = 10, type = "decimal(10,2)" },
  { "currency", width = 3 },
}
local staff = etl.read_fixed { path = "../testdata/shop/payroll.txt", columns = columns, skip = 1, footer = 1 }

staff:rejects():select { "_line", "_column", "_value", "_message" }:write_csv { path = "out/refused.csv" }

local raised = staff:map(function(row) row.pay = etl.round(row.pay * etl.decimal("1.03"), 2) end)
raised:write_fixed { path = "out/payroll.txt", columns = columns, line_end = "\r\n" }
raised:drop { "currency" }:write_csv { path = "out/payroll.csv", delimiter = ";" }

return etl.job { name = "payroll" }
