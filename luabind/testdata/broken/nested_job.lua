local etl = require "etl"
return { etl.job { name = "a", build = function() etl.job { name = "b" } end } }
