local etl = require "etl"
local b = etl.script "lib/settings.lua"
