-- Shows what {{.Name}} does: etlscript run try_{{.Name}}.lua
local etl = require "etl"
local {{.Name}} = require "{{.Name}}"

local rows = etl.rows({ { id = 1, name = "  Ann " }, { id = 2, name = "   " }, { id = 3 } }, { types = { id = "int", name = "string" } })

{{.Name}}(rows, { column = "name" }):write_csv { path = "-" }

return etl.job { name = "try_{{.Name}}" }
