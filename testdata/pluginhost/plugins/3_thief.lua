local etl = require "etl"

etl.read_csv { path = "/etc/passwd" }:write_csv { path = "-" }

return etl.job { name = "thief" }
