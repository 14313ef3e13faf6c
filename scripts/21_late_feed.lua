-- A feed that is not there yet: the run is tried again after delays that a function of the script
-- gives, and hooks leave a trail. Here on_retry itself delivers the feed, in its second call, so
-- that the example needs nobody else.
-- Practice: Retry strategies, Error handling, Logging
local etl = require "etl"

etl.read_csv { path = "out/feed.csv", types = { amount = "int" } }
  :aggregate { by = "shop", amount = etl.sum "amount" }
  :sort { "shop" }
  :write_csv { path = "out/shops.csv" }

local function note(run, text)
  run:append("out/trail.txt", "attempt " .. run.attempt .. ": " .. text .. "\n")
end

return etl.job {
  name  = "late_feed",
  retry = {
    max     = 5,
    backoff = function(attempt) return math.min(0.01 * 2 ^ attempt.number, 60) end,
  },
  on_retry = function(run)
    note(run, run.failure.code .. ", again in " .. run.delay .. " s")
    if run.attempt == 2 then
      run:write("out/feed.csv", "shop,amount\nnorth,5\nsouth,7\nnorth,8\n")
    end
  end,
  on_success = function(run)
    note(run, run.rows.read .. " rows read")
    run:write("out/_SUCCESS", run.job .. "\n")
  end,
}
