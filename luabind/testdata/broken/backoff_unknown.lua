local etl = require "etl"
return etl.job { name = "x", retry = { backoff = etl.backoff.exponental { } } }
