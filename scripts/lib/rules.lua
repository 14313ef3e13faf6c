-- Rules that several jobs share. A module returns a table of functions.
local rules = {}

-- The class of a price, as reports call it.
function rules.class(price)
  if price == nil then return "none" end
  if price < 1 then return "small" end
  return price < 10 and "medium" or "large"
end

-- Whether two codes mean the same thing.
function rules.same(a, b) return a:lower():gsub("%W", "") == b:lower():gsub("%W", "") end

return rules
