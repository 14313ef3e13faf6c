local etl = require "etl"
local d = require "../secrets"
