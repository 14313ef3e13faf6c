local etl = require "etl"
local function path(p) return p .. ".csv" end
etl.read_csv { path = path(nil) }
