local etl = require "etl"
local a = require "lib.unclosed"
