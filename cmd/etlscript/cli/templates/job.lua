-- {{.Name}}: say here what the job is for.
--
--   etlscript check {{.Name}}.lua      finds mistakes without reading anything
--   etlscript run {{.Name}}.lua        runs it
--   etlscript repl {{.Name}}.lua       lets you look at the rows of every stream
local etl = require "etl"

local least = etl.param("least", { type = "float", default = 10, doc = "the smallest amount that is kept" })

local orders = etl.read_csv {
  path     = "testdata/{{.Name}}.csv",
  types    = { id = "int", day = "date", customer = "string", amount = "float" },
  on_error = "reject", -- rows with bad values go to the rejects, the others go on
}

orders
  :filter(function(row) return row.amount ~= nil and row.amount >= least end)
  :aggregate { by = "customer", orders = etl.count(), total = etl.sum "amount" }
  :sort { "-total" }
  :write_csv { path = "out/{{.Name}}.csv" }

return etl.job {
  name        = "{{.Name}}",
  description = "orders of at least the given amount, by customer",
  limits      = { rejects = "10%" },
}
