local etl = require "etl"
local a = require "lib.ring_a"
