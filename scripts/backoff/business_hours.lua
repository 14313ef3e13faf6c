-- For a server that people look after: while they are there, try again soon; else wait until they
-- come, Monday to Friday from 8 to 18 o'clock (UTC). An error of the network never waits so long.
-- Use it with backoff = etl.script "backoff/business_hours.lua".
local OPENS, CLOSES = 8, 18
local SOON = 60 -- seconds

local function is_open(day, hour)
  local workday = day >= 2 and day <= 6 -- 1 is Sunday
  return workday and hour >= OPENS and hour < CLOSES
end

return function(attempt)
  local now = os.time()
  local t = os.date("!*t", now)
  if attempt.class == "network" or is_open(t.wday, t.hour) then
    return SOON
  end
  local at = now - t.min * 60 - t.sec
  repeat
    at = at + 3600
    t = os.date("!*t", at)
  until is_open(t.wday, t.hour)
  return at - now
end
