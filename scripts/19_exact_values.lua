-- Money, large numbers and times, exactly: nothing becomes a float that is none.
-- Practice: Idempotent jobs
local etl = require "etl"

local values = etl.rows({
  { id = "9007199254740993", at = "2024-02-29T23:30:00", price = "19.99", qty = 3 },
  { id = "9223372036854775807", at = "2024-03-31T02:30:00", price = "0.10", qty = 3 },
}, { types = { id = "int", at = "datetime", price = "decimal(12,2)" } })

values
  :map(function(row)
     row.total = row.price * row.qty
     row.tax = etl.round(row.total * etl.decimal("0.19"), 2)
     row.day = etl.date(row.at)
     row.due = row.at + etl.interval("P30D")
     row.next_id = etl.int(row.id) - 1
     row.hash = etl.hash.sha256(tostring(row.id)):sub(1, 8)
  end, { adds = { total = "decimal(14,2)", tax = "decimal(14,2)", day = "date", due = "datetime", next_id = "int" } })
  :write_json { path = "out/values.ndjson" }

values:flat_map(function(row, emit)
  for n = 1, row.qty do emit { id = row.id, share = row.price, n = n } end
end, { returns = { id = "int", n = "int", share = "decimal(12,2)" } })
  :aggregate { by = "id", parts = etl.count(), sum = etl.sum "share" }
  :write_csv { path = "out/parts.csv" }

return etl.job { name = "exact_values" }
