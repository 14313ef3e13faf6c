-- How often does the shop fail, hour by hour? Lines of a log become rows; those that are no
-- entries are refused one by one, counted, and kept with the reason.
-- Practice: Error classification, Monitor error rates
local etl = require "etl"

local entries = etl.read_lines { path = "../testdata/shop/app.log", comment = "#" }
  :map(function(row)
     local at, level, part, text = row.line:match("^(%S+) (%u+) (%w+) (.*)$")
     if at == nil then etl.reject("this line is no entry", { column = "line" }) end
     local took = text:match("took (%d+) ms")
     return { at = etl.timestamp(at), level = level, part = part, text = text, ms = tonumber(took) }
  end, { returns = { at = "timestamp", level = "string", part = "string", text = "string", ms = "int" }, name = "entries" })

entries
  :map(function(row)
     row.hour = etl.format_date(row.at, "%H:00")
     row.failed = row.level == "ERROR" and 1 or 0
  end)
  :aggregate { by = "hour", entries = etl.count(), errors = etl.sum "failed", slowest = etl.max "ms", typical = etl.median "ms" }
  :map(function(row) row.error_rate = etl.round(row.errors / row.entries, 3) end)
  :write_csv { path = "out/by_hour.csv" }

entries:filter(function(row) return row.level == "ERROR" end)
  :select { "at", "part", "text" }
  :write_lines { path = "out/errors.txt", column = "text" }

entries:rejects():select { "_row", "_code", "_message", "line" }:write_csv { path = "out/refused.csv" }

return etl.job { name = "log_lines", limits = { rejects = "20%" } }
