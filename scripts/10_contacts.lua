-- Contacts as people typed them become clean ones. Each refused row is kept with the column, the
-- value and the reason, for who mends the source.
-- Practice: Error handling, Logging
local etl = require "etl"
local clean = require "etl.clean"

local typed = etl.read_csv { path = "../testdata/shop/contacts.csv", types = { id = "int", phone = "string", balance = "string", joined = "string" } }

local contacts = typed
  :map(function(row)
     row.name, row.email, row.phone = clean.name(row.name), clean.email(row.email), clean.phone(clean.words(row.phone, { "n/a" }), "49")
     row.balance = tostring(clean.decimal(row.balance, ",") or "0")
  end, { name = "cleaned", on_error = "reject" })
  :convert({ balance = "decimal(12,2)", joined = { "date", format = "%d.%m.%Y" } }, { name = "converted", on_error = "reject" })
  :fill_null({ name = "(no name)" })

local valid = contacts:validate({ email = { nullable = false, unique = true } }, { name = "valid", on_error = "reject" })

valid:sort { "id" }:write_csv { path = "out/contacts.csv" }
valid:rejects():select { "id", "_column", "_value", "_code", "_message" }:write_csv { path = "out/doubtful.csv" }

etl.log.info("contacts: rows that cannot be cleaned are in the rejects of the run")

return etl.job { name = "contacts", limits = { rejects = 10 } }
