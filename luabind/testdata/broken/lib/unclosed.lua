local function f(x)
  return x +
end
return f
