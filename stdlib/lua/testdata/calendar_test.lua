local etl = require "etl"
local test = require "luatest.cases"
local calendar = require "etl.calendar"

local function d(text) return etl.date(text) end

test.case("nothing gives nothing", function()
  for _, name in ipairs { "is_weekend", "quarter", "month_start", "month_end", "week" } do
    test.equal(calendar[name](nil), nil)
  end
  test.equal(calendar.add_months(nil, 1), nil)
  test.equal(calendar.age(nil, d("2024-01-01")), nil)
end)

test.case("leap years", function()
  test.equal(calendar.is_leap(2000), true)
  test.equal(calendar.is_leap(1900), false)
  test.equal(calendar.days_in_month(2024, 2), 29)
  test.equal(calendar.days_in_month(2023, 2), 28)
  test.equal(calendar.days_in_month(2023, 11), 30)
end)

test.case("months", function()
  test.equal(calendar.month_start(d("2024-02-17")), d("2024-02-01"))
  test.equal(calendar.month_end(d("2024-02-17")), d("2024-02-29"))
  test.equal(calendar.add_months(d("2024-01-31"), 1), d("2024-02-29"))
  test.equal(calendar.add_months(d("2024-01-31"), -2), d("2023-11-30"))
  test.equal(calendar.add_months(d("2024-12-15"), 25), d("2027-01-15"))
  test.equal(calendar.quarter(d("2024-03-31")), 1)
  test.equal(calendar.quarter(d("2024-10-01")), 4)
end)

test.case("weeks of ISO 8601", function()
  local function week(text)
    local w, y = calendar.week(d(text))
    return y .. "-" .. w
  end
  test.equal(week("2021-01-03"), "2020-53")
  test.equal(week("2021-01-04"), "2021-1")
  test.equal(week("2018-12-31"), "2019-1")
  test.equal(week("2016-01-01"), "2015-53")
  test.equal(week("2024-12-29"), "2024-52")
  test.equal(calendar.is_weekend(d("2024-12-29")), true)
  test.equal(calendar.is_weekend(d("2024-12-30")), false)
end)

test.case("ages", function()
  test.equal(calendar.age(d("1815-12-10"), d("1852-11-27")), 36)
  test.equal(calendar.age(d("1815-12-10"), d("1852-12-10")), 37)
end)

test.case("other dates and times", function()
  test.equal(calendar.quarter(etl.timestamp("2024-06-30T23:59:59Z")), 2)
  test.equal(calendar.month_end(etl.datetime("2024-06-30T23:59:59")), d("2024-06-30"))
end)
