-- A back-off that grows like the numbers of Fibonacci: 1, 1, 2, 3, 5, 8, ... units, slower than
-- doubling. Use it with backoff = etl.script "backoff/fibonacci.lua".
local UNIT = 0.01 -- seconds
local MOST = 300  -- seconds

return function(attempt)
  local delay, next = 1, 1
  for _ = 2, attempt.number do
    delay, next = next, delay + next
  end
  return math.min(delay * UNIT, MOST)
end
