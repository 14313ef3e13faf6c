-- One report a month, made in a loop: a job is a program that builds a graph. The year is a
-- parameter: etlscript run scripts/14_month_reports.lua --param year=2023
-- Practice: Concurrency control, Timeout configuration
local etl = require "etl"
local calendar = require "etl.calendar"

local year = etl.param("year", { type = "int", default = 2024, doc = "the year of the reports" })

local days = etl.source(function(emit)
  local day = etl.date { year = year, month = 1, day = 1 }
  for i = 0, 119 do
    local at = day + etl.interval("PT24H") * i
    emit { day = at, sales = i * 7 % 50 }
  end
end, { returns = { day = "date", sales = "int" } })

for month = 1, 3 do
  days:filter(function(row) return row.day.month == month end)
    :map(function(row)
       row.weekend = calendar.is_weekend(row.day)
       row.week = calendar.week(row.day)
    end, { adds = { weekend = "bool", week = "int" } })
    :aggregate { by = "weekend", days = etl.count(), sales = etl.sum "sales", best = etl.max "sales" }
    :sort { "weekend" }
    :write_csv { path = string.format("out/%d_%02d.csv", year, month) }
end

return etl.job { name = "month_reports", timeout = "1m", limits = { cpu = 2 } }
