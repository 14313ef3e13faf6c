-- A sink in Lua beside one that writes a file: it adds up what went out, and tells it only when all
-- was written; when the run fails, it tells that instead.
-- Practice: Logging, Monitoring
local etl = require "etl"

local audit = etl.sink {
  open   = function(columns) return { rows = 0, sum = etl.decimal("0"), columns = #columns } end,
  write  = function(row, s) s.rows, s.sum = s.rows + 1, s.sum + row.amount end,
  commit = function(s) etl.log.info("audit: " .. s.rows .. " rows of " .. s.columns .. " columns, " .. tostring(s.sum) .. " in all") end,
  abort  = function(s) etl.log.error("audit: given up after " .. s.rows .. " rows") end,
}

local bank = etl.read_csv { path = "../testdata/shop/bank.csv", types = { amount = "decimal(12,2)" } }
bank:sink(audit):write_csv { path = "out/bank.csv" }

return etl.job { name = "audit", log = { level = "info", console = true } }
