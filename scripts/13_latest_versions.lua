-- Of several versions of a record the last one counts; and of a list, the rows from three to five.
-- Practice: Idempotent jobs
local etl = require "etl"

local versions = etl.rows({
  { id = 1, version = 1, name = "Ada" }, { id = 2, version = 1, name = "Bob" }, { id = 1, version = 2, name = "Ada L." },
  { id = 3, version = 1, name = "Cyd" }, { id = 2, version = 3, name = "Robert" }, { id = 2, version = 2, name = "Rob" },
})

versions:sort { "version" }:distinct { by = { "id" }, keep = "last" }:sort { "id" }:write_csv { path = "out/latest.csv" }
versions:sort { "id", "version" }:row_number { as = "nr", by = { "id" } }:write_csv { path = "out/numbered.csv" }
versions:sort { "name" }:skip(2):limit(3):write_csv { path = "out/three_to_five.csv" }
versions:select { "name" }:distinct():aggregate { names = etl.count() }:write_csv { path = "out/names.csv" }

return etl.job { name = "latest_versions" }
