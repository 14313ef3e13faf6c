return function(attempt) return 2 ^ attempt end
