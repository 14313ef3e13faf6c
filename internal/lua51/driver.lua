-- Runs programs that come on the standard input, each as a line with its
-- length and its bytes, and answers each in the same form with what it emitted
-- and how it ended.
local out

local names = { ["\n"] = "\\n", ["\r"] = "\\r", ["\\"] = "\\\\", ['"'] = '\\"' }

local function quoted(s)
  return '"' .. s:gsub('[%c"\\\127-\255]', function(c)
    return names[c] or string.format("\\%03d", c:byte())
  end) .. '"'
end

local function numeral(x)
  if x ~= x then return "nan" end
  if x == 0 then return "0" end -- ours knows no negative zero
  if x == math.huge then return "inf" end
  if x == -math.huge then return "-inf" end
  return string.format("%.17g", x)
end

local ranks = { number = 1, string = 2, boolean = 3 }

-- Sorts keys by type and value; keys without an order come last.
local function before(a, b)
  local ra, rb = ranks[type(a)] or 4, ranks[type(b)] or 4
  if ra ~= rb or ra == 4 then return ra < rb end
  if ra == 3 then return not a and b end
  return a < b
end

local show

local function fields(t, depth)
  local keys, parts = {}, {}
  for k in next, t do keys[#keys + 1] = k end
  table.sort(keys, before)
  for i, k in ipairs(keys) do
    parts[i] = show(k, depth + 1) .. "=" .. show(rawget(t, k), depth + 1)
  end
  return "{" .. table.concat(parts, ",") .. "}"
end

function show(v, depth)
  local kind = type(v)
  if kind == "number" then return numeral(v) end
  if kind == "string" then return quoted(v) end
  if kind == "table" then
    return depth < 4 and fields(v, depth) or "{...}"
  end
  if kind == "nil" or kind == "boolean" then return tostring(v) end
  return kind
end

local function emit(...)
  local parts = {}
  for i = 1, select("#", ...) do parts[i] = show((select(i, ...)), 0) end
  out[#out + 1] = table.concat(parts, " ") .. "\n"
end

-- Cuts a number to ten digits, and to a size in which numbers print alike
-- everywhere. It is the argument itself for other types.
local function r(x)
  if type(x) ~= "number" then return x end
  local size = math.abs(x)
  if x ~= x or size >= 9e13 then return 1.25 end
  if size < 1e-3 then return 0 end
  return tonumber(string.format("%.10g", x))
end

local shared = {
  string = string, table = table, math = math, coroutine = coroutine, assert = assert, error = error,
  getmetatable = getmetatable, ipairs = ipairs, next = next, pairs = pairs, pcall = pcall, print = function() end,
  rawequal = rawequal, rawget = rawget, rawset = rawset, select = select, setmetatable = setmetatable,
  tonumber = tonumber, tostring = tostring, type = type, unpack = unpack, xpcall = xpcall, emit = emit, r = r,
}

-- Programs declare their globals in the main chunk, if at all. A name that is
-- unknown is a mistake of the program.
local strict = { __index = function(_, name) error('there is no variable "' .. name .. '" here', 2) end }

local function environment()
  local env = {}
  for k, v in pairs(shared) do env[k] = v end
  return setmetatable(env, strict)
end

local function run(text)
  out = {}
  local f, problem = loadstring(text, "=p")
  if not f then return "syntax: " .. problem end
  setfenv(f, environment())
  local ok, e = pcall(f)
  out[#out + 1] = ok and "ok" or "error " .. show(e, 0)
  return table.concat(out)
end

local write, read = io.write, io.read
while true do
  local size = read("*l")
  if not size then break end
  -- Reading nothing would wait for the byte behind it.
  local answer = run(size == "0" and "" or read(tonumber(size)))
  write(#answer, "\n", answer)
  io.flush()
end
