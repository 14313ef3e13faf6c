-- Keeps the late rows.
return function(stream)
  return stream:filter(function(row) return row.delay > 60 end, { on_eror = "reject" })
end
