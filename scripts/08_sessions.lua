-- Clicks become sessions: one begins when its user did nothing for half an hour. The clicks
-- come from a function, and functions that keep a state put them together.
-- Practice: Resource management
local etl = require "etl"

-- Three users click in a pattern of their own; no file is needed.
local clicks = etl.source(function(emit)
  for n = 0, 29 do
    local user = n % 3 + 1
    local minute = n * 2 + (n >= 15 and user * 20 or 0)
    emit { user = user, minute = minute, page = n % 4 == 0 and "home" or "item" .. n % 5 }
  end
end)

clicks:sort { "user", "minute" }
  :transform {
     init = function() return {} end,
     each = function(row, emit, s)
       if s.user ~= nil and (s.user ~= row.user or row.minute - s.last > 30) then
         emit { user = s.user, from = s.first, minutes = s.last - s.first, clicks = s.clicks }
         s.user = nil
       end
       if s.user == nil then s.user, s.first, s.clicks = row.user, row.minute, 0 end
       s.last, s.clicks = row.minute, s.clicks + 1
     end,
     flush = function(emit, s)
       if s.user ~= nil then emit { user = s.user, from = s.first, minutes = s.last - s.first, clicks = s.clicks } end
     end,
     returns = { user = "int", from = "int", minutes = "int", clicks = "int" },
   }
  :write_csv { path = "out/sessions.csv" }

clicks:aggregate { by = "page", clicks = etl.count(), users = etl.count_distinct "user" }
  :sort { "-clicks", "page" }
  :write_csv { path = "out/pages.csv" }

return etl.job { name = "sessions", limits = { memory = "64MiB" } }
