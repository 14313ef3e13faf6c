-- Orders go different ways: a function names the stream of each. What it does not know goes to
-- a stream for people to look at, so that nothing gets lost.
-- Practice: Error handling, Recovery strategies
local etl = require "etl"

local orders = etl.rows({
  { id = 1, kind = "online", qty = 3 }, { id = 2, kind = "shop", qty = 40 }, { id = 3, kind = "phone", qty = 2 },
  { id = 4, qty = 12 }, { id = 5, kind = "online", qty = 0 }, { id = 6, kind = "fax", qty = 1 },
})

local ways = orders:split(function(row)
  if row.qty == 0 then return nil end -- nothing was ordered
  return row.kind or "unknown"
end, { name = "ways", rest = "others" })

ways.online:write_csv { path = "out/online.csv" }
ways.shop:write_csv { path = "out/shop.csv" }
ways.others:write_json { path = "out/others.ndjson" }
ways:dropped():write_csv { path = "out/empty.csv" }

return etl.job { name = "routing" }
