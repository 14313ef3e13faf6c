local billing = require "billing"
print(billing.rates)
