local etl = require "etl"
etl.rows({}):write_csv { path = "o.csv" }
return etl.job {
  name = "x",
  retry = { max = 3, backoff = etl.backoff.exponential { base = "500 ms", jiter = true } },
}
