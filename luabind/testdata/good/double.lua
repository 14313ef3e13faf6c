return function(attempt) return attempt.number * 2 end
