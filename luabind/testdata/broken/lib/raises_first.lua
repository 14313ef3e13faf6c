local ok = pcall(require, "lib.raises")
return require "lib.raises"
