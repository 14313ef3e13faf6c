local etl = require "etl"
local ok = pcall(require, "lib.unclosed")
local again = require "lib.raises_first"
