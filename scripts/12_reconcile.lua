-- Do the bank and our books agree? The result depends on nothing but the two files, so that the
-- job may run as often as it likes.
-- Practice: Idempotent jobs, Monitoring
local etl = require "etl"

local bank  = etl.read_csv { path = "../testdata/shop/bank.csv", types = { amount = "decimal(12,2)" } }
local books = etl.read_csv { path = "../testdata/shop/books.csv", types = { amount = "decimal(12,2)" } }

local both = bank:join(books, { on = "ref", how = "full", suffix = "_books" })
  :map(function(row)
     if row.amount == nil then row.verdict = "only in the books"
     elseif row.amount_books == nil then row.verdict = "only at the bank"
     elseif row.amount ~= row.amount_books then row.verdict = "differs by " .. tostring(row.amount - row.amount_books)
     elseif row.booked ~= row.posted then row.verdict = "another day"
     else row.verdict = "agrees" end
  end)

both:sort { "ref" }:write_csv { path = "out/all.csv" }
both:aggregate { by = "verdict", cases = etl.count(), sum = etl.sum "amount" }:sort { "verdict" }:write_csv { path = "out/verdicts.csv" }
bank:join(books, { on = "ref", how = "anti" }):write_csv { path = "out/missing.csv" }
bank:join(books, { on = "ref", how = "semi" }):aggregate { known = etl.count(), total = etl.sum "amount" }:write_json { path = "out/known.json" }

return etl.job { name = "reconcile" }
