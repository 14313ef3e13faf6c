-- Answers what PUC Lua 5.1 does with a pattern. Each line of standard input is
-- subject, pattern, init, replacement and limit; texts are written as x and
-- hexadecimal digits. The answer is one line: the results of find, match,
-- gmatch, gsub with a text and gsub with a function.

io.stdout:setvbuf("line")

local function hex(text)
  return "x" .. (text:gsub(".", function(c) return ("%02x"):format(c:byte()) end))
end

local function text(digits)
  return (digits:sub(2):gsub("%x%x", function(d) return string.char(tonumber(d, 16)) end))
end

-- list writes values as n and a number, x and hexadecimal digits, or nil.
local function list(...)
  local out = {}
  for i = 1, select("#", ...) do
    local v = select(i, ...)
    out[i] = type(v) == "number" and "n" .. v or type(v) == "string" and hex(v) or "nil"
  end
  return table.concat(out, ",")
end

-- fault is a message without the place where Lua code was called.
local function fault(message)
  return "E:" .. message:gsub("^%S+:%d+: ", "")
end

local function answer(ok, ...)
  return ok and list(...) or fault(...)
end

local function lists(ok, out)
  return ok and table.concat(out, ";") or fault(out)
end

local function gmatch(s, p)
  local out = {}
  local next = s:gmatch(p)
  local function collect(...)
    if ... == nil then return false end
    out[#out + 1] = list(...)
    return true
  end
  while collect(next()) do end
  return out
end

local function gsub(s, p, limit)
  local out = {}
  s:gsub(p, function(...) out[#out + 1] = list(...) end, limit)
  return out
end

for line in io.lines() do
  local s, p, init, r, limit = line:match("^(x%x*) (x%x*) (%S+) (x%x*) (%S+)$")
  s, p, init, r, limit = text(s), text(p), tonumber(init), text(r), tonumber(limit)
  print(table.concat({
    answer(pcall(string.find, s, p, init)),
    answer(pcall(string.match, s, p, init)),
    lists(pcall(gmatch, s, p)),
    answer(pcall(string.gsub, s, p, r, limit)),
    lists(pcall(gsub, s, p, limit)),
  }, "\t"))
end
