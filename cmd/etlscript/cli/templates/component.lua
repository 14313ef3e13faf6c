-- {{.Name}}: a component of your own. It takes a stream and gives a stream, and is made of
-- others. Jobs in this folder use it:
--
--   local {{.Name}} = require "{{.Name}}"
--   {{.Name}}(orders, { column = "customer" })

--- Trims a text column, and makes NULL of what is empty then.
-- options.column: the column
local function {{.Name}}(stream, options)
  local column = assert(options and options.column, "{{.Name}} needs the option column")
  return stream:map(function(row)
    local text = row[column]
    if text ~= nil then
      text = (text:gsub("^%s+", ""):gsub("%s+$", ""))
      row[column] = text ~= "" and text or nil
    end
  end)
end

return {{.Name}}
