local test = require "luatest.cases"
local running = require "etl.running"

-- What a function puts into the column "out", for each of the values; false is nil.
local function values(fn, list, keys)
  local out = {}
  for i, v in ipairs(list) do
    local row = { x = v or nil, k = keys and keys[i] }
    fn(row)
    out[i] = row.out == nil and "-" or row.out
  end
  return out
end

test.case("lag and delta", function()
  test.equal(values(running.lag("x", { as = "out" }), { 1, 2, false, 4 }), { "-", 1, 2, "-" })
  test.equal(values(running.lag("x", { as = "out", n = 2 }), { 1, 2, 3, 4 }), { "-", "-", 1, 2 })
  test.equal(values(running.delta("x", { as = "out" }), { 1, 3, false, 4 }), { "-", 2, "-", 1 })
end)

test.case("sums, counts and extremes", function()
  test.equal(values(running.sum("x", { as = "out" }), { false, 1, 2, false, 4 }), { "-", 1, 3, 3, 7 })
  test.equal(values(running.count("x", { as = "out" }), { false, 1, 2 }), { 0, 1, 2 })
  test.equal(values(running.max("x", { as = "out" }), { 2, 1, 5, false }), { 2, 2, 5, 5 })
  test.equal(values(running.min("x", { as = "out" }), { 2, 1, 5, false }), { 2, 1, 1, 1 })
end)

test.case("means", function()
  test.equal(values(running.mean("x", { as = "out" }), { 1, 2, false, 6 }), { 1, 1.5, 1.5, 3 })
  test.equal(values(running.mean("x", { as = "out", n = 2 }), { 1, 2, 6, false, 8 }), { 1, 1.5, 4, 4, 7 })
end)

test.case("keys have values of their own", function()
  test.equal(values(running.sum("x", { as = "out", by = "k" }), { 1, 2, 3, 4 }, { "a", "b", "a", false }), { 1, 2, 4, 4 })
end)

test.case("sessions", function()
  test.equal(values(running.session("x", { as = "out", gap = 10 }), { 1, 5, 15, 26, false, 27 }), { 1, 1, 1, 2, 2, 2 })
end)

test.case("what is wrong in the call", function()
  test.raises('running.sum takes a column and options', running.sum, "x")
  test.raises('running.lag takes a column and options', running.lag, "x", {})
  test.raises("running.session needs the option gap", running.session, "x", { as = "out" })
end)
