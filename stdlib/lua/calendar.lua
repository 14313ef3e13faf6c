--- Questions about dates. Each function takes a date, or a datetime or timestamp (in UTC),
--- and gives nil for nil.
local etl = require "etl"
local calendar = {}

-- A date of a value; nil for nil.
local function date(value)
  if value == nil then return nil end
  return etl.date(value)
end

local function made(year, month, day)
  return etl.date { year = year, month = month, day = day }
end

--- is_leap(year) → boolean: Whether the year has 366 days.
function calendar.is_leap(year)
  return year % 4 == 0 and (year % 100 ~= 0 or year % 400 == 0)
end

--- days_in_month(year, month) → number: How many days the month has.
function calendar.days_in_month(year, month)
  if month == 2 then return calendar.is_leap(year) and 29 or 28 end
  if month == 4 or month == 6 or month == 9 or month == 11 then return 30 end
  return 31
end

--- is_weekend(value) → boolean: Whether it is a Saturday or a Sunday.
function calendar.is_weekend(value)
  local d = date(value)
  if d == nil then return nil end
  return d.weekday >= 6
end

--- quarter(value) → number: The quarter of the year, 1 to 4.
function calendar.quarter(value)
  local d = date(value)
  if d == nil then return nil end
  return math.floor((d.month - 1) / 3) + 1
end

--- month_start(value) → date: The first day of the month.
function calendar.month_start(value)
  local d = date(value)
  if d == nil then return nil end
  return made(d.year, d.month, 1)
end

--- month_end(value) → date: The last day of the month.
function calendar.month_end(value)
  local d = date(value)
  if d == nil then return nil end
  return made(d.year, d.month, calendar.days_in_month(d.year, d.month))
end

--- add_months(value, n) → date: The same day n months later, or the last of that month if it is shorter.
function calendar.add_months(value, n)
  local d = date(value)
  if d == nil then return nil end
  local months = d.year * 12 + d.month - 1 + n
  local year, month = math.floor(months / 12), months % 12 + 1
  return made(year, month, math.min(d.day, calendar.days_in_month(year, month)))
end

--- week(value) → number, number: The week of ISO 8601, 1 to 53, and the year that it belongs to.
function calendar.week(value)
  local d = date(value)
  if d == nil then return nil end
  local week, year = math.floor((d.yday - d.weekday + 10) / 7), d.year
  local function weeks(y)
    local first = made(y, 1, 1).weekday
    return (first == 4 or first == 3 and calendar.is_leap(y)) and 53 or 52
  end
  if week < 1 then return weeks(year - 1), year - 1 end
  if week > weeks(year) then return 1, year + 1 end
  return week, year
end

--- age(born, on) → number: Whole years from one date to another.
function calendar.age(born, on)
  local from, to = date(born), date(on)
  if from == nil or to == nil then return nil end
  local years = to.year - from.year
  if to.month < from.month or to.month == from.month and to.day < from.day then years = years - 1 end
  return years
end

return calendar
