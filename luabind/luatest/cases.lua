--- Cases and what they expect, for tests that are written in Lua.
local report = require "luatest_report"
local test = {}

-- A value as messages show it.
local function show(value)
  if type(value) == "string" then return string.format("%q", value) end
  if type(value) ~= "table" then return tostring(value) end
  local parts, keys = {}, {}
  for k in pairs(value) do keys[#keys + 1] = k end
  table.sort(keys, function(a, b) return tostring(a) < tostring(b) end)
  for _, k in ipairs(keys) do parts[#parts + 1] = tostring(k) .. " = " .. show(value[k]) end
  return "{ " .. table.concat(parts, ", ") .. " }"
end

-- Whether two values are equal; tables are where their entries are.
local function same(a, b)
  if type(a) ~= "table" or type(b) ~= "table" then return a == b end
  for k, v in pairs(a) do
    if not same(v, b[k]) then return false end
  end
  for k in pairs(b) do
    if a[k] == nil then return false end
  end
  return true
end

--- case(name, fn): A test of its own; it passes when the function raises nothing.
function test.case(name, fn)
  local ok, problem = pcall(fn)
  report.case(name, ok and "" or tostring(problem))
end

--- equal(got, want): Raises when the values differ; tables are compared by their entries.
function test.equal(got, want)
  if not same(got, want) then error("got " .. show(got) .. ", want " .. show(want), 2) end
end

--- raises(part, fn, ...): Raises when the call does not, or with another message than one that holds the part.
function test.raises(part, fn, ...)
  local ok, problem = pcall(fn, ...)
  if ok then error("nothing was raised, but an error with " .. show(part) .. " was expected", 2) end
  if not tostring(problem):find(part, 1, true) then
    error("raised " .. show(tostring(problem)) .. ", want an error with " .. show(part), 2)
  end
end

return test
