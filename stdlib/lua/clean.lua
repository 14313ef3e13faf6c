--- Texts as people type them, made into values. Each function gives nil for nil, and nil
--- for a text without a character but blanks.
local etl = require "etl"
local clean = {}

-- The text without blanks around it; nil for none.
local function filled(text)
  if text == nil then return nil end
  local trimmed = etl.text.trim(tostring(text))
  if trimmed == "" then return nil end
  return trimmed
end

--- spaces(text) → string: The text without blanks around it, and one blank for several inside it.
function clean.spaces(text)
  text = filled(text)
  return text and (text:gsub("%s+", " "))
end

--- name(text) → string: The text with one blank between words, each beginning with a capital letter.
function clean.name(text)
  text = clean.spaces(text)
  if text == nil then return nil end
  return (text:gsub("[^ %-']+", function(word)
    return string.upper(etl.text.sub(word, 1, 1)) .. string.lower(etl.text.sub(word, 2))
  end))
end

-- The digits of a number with a decimal point, whatever marks stand in the text.
local function plain(text, mark)
  local group = mark == "," and "." or ","
  local whole = text:gsub("[%s'_]", ""):gsub("\194\160", ""):gsub("\226\128\175", "")
  whole = etl.text.replace(whole, group, "")
  if mark ~= "." then whole = etl.text.replace(whole, mark, ".") end
  whole = whole:gsub("^%((.*)%)$", "-%1"):gsub("^(.*)%-$", "-%1"):gsub("^%+", "")
  if not whole:find("^%-?%d*%.?%d*$") or not whole:find("%d") then
    error("clean.number: " .. text .. " is no number", 3)
  end
  return whole
end

--- number(text[, mark]) → number: The number that a text means, in which groups of digits may stand apart; mark is the decimal mark, "." by default. (12) and 12- are negative.
function clean.number(text, mark)
  text = filled(text)
  return text and tonumber(plain(text, mark or "."))
end

--- decimal(text[, mark]) → decimal: The same, exactly.
function clean.decimal(text, mark)
  text = filled(text)
  if text == nil then return nil end
  local digits = plain(text, mark or ".")
  digits = digits:gsub("^(%-?)%.", "%10."):gsub("%.$", "")
  return etl.decimal(digits)
end

--- email(text) → string: The address in small letters; nil if it is none: there must be one @, and a dot behind it.
function clean.email(text)
  text = filled(text)
  if text == nil then return nil end
  text = text:lower()
  if text:find("^[^@%s]+@[^@%s%.][^@%s]*%.[^@%s%.]+$") then return text end
  return nil
end

--- phone(text, country) → string: The number in international form, as in +49301234; country is the prefix of numbers that have none, as in "49". nil if fewer than five digits are left.
function clean.phone(text, country)
  text = filled(text)
  if text == nil then return nil end
  text = text:gsub("%(0%)", "")
  local digits = text:gsub("%D", "")
  if text:find("^%+") then
    digits = "+" .. digits
  elseif digits:find("^00") then
    digits = "+" .. digits:sub(3)
  else
    digits = "+" .. tostring(country) .. digits:gsub("^0", "")
  end
  if #digits < 6 then return nil end
  return digits
end

--- slug(text) → string: The text in small letters of the alphabet and digits, with - between words: for names in addresses.
function clean.slug(text)
  text = filled(text)
  if text == nil then return nil end
  text = etl.text.normalize(text, "NFKD"):gsub("[\128-\255]", ""):lower()
  text = text:gsub("[^%w]+", "-"):gsub("^%-+", ""):gsub("%-+$", "")
  if text == "" then return nil end
  return text
end

--- words(text, list) → string: The text, but nil where it is one of the words of the list, in any case: for the many ways to write that something is not there.
function clean.words(text, list)
  text = filled(text)
  if text == nil then return nil end
  local small = text:lower()
  for _, word in ipairs(list) do
    if small == word:lower() then return nil end
  end
  return text
end

return clean
