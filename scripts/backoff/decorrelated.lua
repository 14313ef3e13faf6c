-- Decorrelated jitter (Brooker, Exponential Backoff And Jitter, AWS Architecture Blog, 2015): each
-- delay lies at random between the base and three times the one before, so that jobs that failed
-- together do not come back together. Use it with backoff = etl.script "backoff/decorrelated.lua".
local BASE = 0.01 -- seconds
local MOST = 60   -- seconds

return function(attempt)
  local before = math.max(attempt.last, BASE)
  return math.min(MOST, BASE + math.random() * (before * 3 - BASE))
end
