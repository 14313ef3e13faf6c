-- A feed that is still being written. Too few rows are an error of the data, which no other attempt
-- would mend; the predicate knows better. Any other error of the data ends the run at once.
-- Practice: Error classification, Retry strategies
local etl = require "etl"

local FEED = "out/growing.csv"

etl.read_csv { path = FEED, types = { id = "int" } }
  :assert { rows = { min = 3 }, unique = "id" }
  :write_json { path = "out/whole.json" }

return etl.job {
  name  = "growing_feed",
  retry = {
    max     = 5,
    backoff = etl.backoff.fixed { delay = "10ms" },
    when    = function(attempt) return attempt.code == "assert.rows" end,
  },
  -- These two stand for whoever writes the feed.
  on_start = function(run) run:write(FEED, "id,name\n1,Ann\n") end,
  on_retry = function(run) run:append(FEED, run.attempt + 1 .. ",Bob\n") end,
}
