--- Values that run along the rows. Each function makes one for :map(...), which puts a
--- value into the column as; its type is declared: :map(running.sum("qty", { as = "total" }),
--- { adds = { total = "float" } }). Options: as, and by, the column of a key; each key then has
--- values of its own. NULLs in the column are passed over. Rows are taken in order, by one worker.
local running = {}

local alone = {} -- the key of all rows where there is no by, and of NULL

local function key(row, options)
  if options.by == nil or row[options.by] == nil then return alone end
  return row[options.by]
end

local function checked(name, column, options)
  if type(column) ~= "string" or type(options) ~= "table" or type(options.as) ~= "string" then
    error("running." .. name .. ' takes a column and options: running.' .. name .. '("qty", { as = "total", by = "id" })', 3)
  end
end

-- A function for map that keeps a state for each key. step(state, value) returns the value
-- of as; the state is a table.
local function along(name, column, options, step)
  checked(name, column, options)
  local states = {}
  return function(row)
    local k = key(row, options)
    local state = states[k]
    if state == nil then
      state = {}
      states[k] = state
    end
    row[options.as] = step(state, row[column])
  end
end

--- lag(column, options) → function: The value of the row before; n rows before with the option n.
function running.lag(column, options)
  local n = options and options.n or 1
  return along("lag", column, options, function(state, value)
    local at = (state.rows or 0) % n
    local before = state[at]
    state[at], state.rows = value, (state.rows or 0) + 1
    return before
  end)
end

--- delta(column, options) → function: The value less the last one that was not NULL; NULL for the first.
function running.delta(column, options)
  return along("delta", column, options, function(state, value)
    if value == nil then return nil end
    local before = state.value
    state.value = value
    if before == nil then return nil end
    return value - before
  end)
end

--- sum(column, options) → function: The sum so far.
function running.sum(column, options)
  return along("sum", column, options, function(state, value)
    if value ~= nil then state.sum = state.sum == nil and value or state.sum + value end
    return state.sum
  end)
end

--- count(column, options) → function: How many values came so far.
function running.count(column, options)
  return along("count", column, options, function(state, value)
    state.n = (state.n or 0) + (value ~= nil and 1 or 0)
    return state.n
  end)
end

--- max(column, options) → function: The greatest value so far.
function running.max(column, options)
  return along("max", column, options, function(state, value)
    if value ~= nil and (state.value == nil or value > state.value) then state.value = value end
    return state.value
  end)
end

--- min(column, options) → function: The least value so far.
function running.min(column, options)
  return along("min", column, options, function(state, value)
    if value ~= nil and (state.value == nil or value < state.value) then state.value = value end
    return state.value
  end)
end

--- mean(column, options) → function: The mean of the last n values that were not NULL; of all so far without the option n.
function running.mean(column, options)
  local n = options and options.n
  return along("mean", column, options, function(state, value)
    if value ~= nil then
      state.count = (state.count or 0) + 1
      if n == nil then
        state.sum = (state.sum or 0) + value
      else
        state[state.count % n] = value
      end
    end
    if state.count == nil then return nil end
    if n == nil then return state.sum / state.count end
    local sum, held = 0, math.min(state.count, n)
    for i = 0, n - 1 do sum = sum + (state[i] or 0) end
    return sum / held
  end)
end

--- session(column, options) → function: The number of the session, from 1: a value that is more than the option gap above the last one begins another.
function running.session(column, options)
  if options == nil or options.gap == nil then
    error('running.session needs the option gap: running.session("second", { as = "session", by = "user", gap = 1800 })', 2)
  end
  return along("session", column, options, function(state, value)
    if value == nil then return state.number end
    if state.last == nil or value - state.last > options.gap then state.number = (state.number or 0) + 1 end
    state.last = value
    return state.number
  end)
end

return running
