-- Back-offs are scripts of their own, which many jobs share: scripts/backoff has three. These two
-- jobs wait for the same file.
-- Practice: Retry strategies
local etl = require "etl"

local function waits_for(name, script)
  local input = "out/" .. name .. ".txt"
  return etl.job {
    name  = name,
    build = function()
      etl.read_lines { path = input }:write_lines { path = "out/" .. name .. "_seen.txt" }
    end,
    retry = { max = 4, backoff = etl.script(script) },
    on_retry = function(run)
      if run.attempt == 3 then run:write(input, "here after " .. run.attempt .. " attempts\n") end
    end,
  }
end

return {
  waits_for("fibonacci", "backoff/fibonacci.lua"),
  waits_for("decorrelated", "backoff/decorrelated.lua"),
}
