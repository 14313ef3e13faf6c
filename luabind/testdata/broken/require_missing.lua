local etl = require "etl"
local d = require "lib.dats"
