local etl = require "etl"
local test = require "luatest.cases"
local clean = require "etl.clean"

test.case("nothing gives nothing", function()
  for _, f in pairs(clean) do
    test.equal(f(nil, ","), nil)
    test.equal(f(" \t ", "."), nil)
  end
end)

test.case("spaces and names", function()
  test.equal(clean.spaces("  a   b\tc "), "a b c")
  test.equal(clean.name("  anna-maria   o'NEIL  élan"), "Anna-Maria O'Neil Élan")
end)

test.case("numbers", function()
  test.equal(clean.number("1,234.5"), 1234.5)
  test.equal(clean.number("1.234,5", ","), 1234.5)
  test.equal(clean.number("1 234 567"), 1234567)
  test.equal(clean.number("1'000"), 1000)
  test.equal(clean.number("(12)"), -12)
  test.equal(clean.number("12.5-"), -12.5)
  test.equal(clean.number("+7"), 7)
  test.equal(clean.number(7), 7)
  test.raises("clean.number: 1.2.3 is no number", clean.number, "1.2.3")
  test.raises("is no number", clean.number, "12a")
  test.raises("is no number", clean.number, "-")
  test.raises("is no number", clean.number, "0x10")
end)

test.case("decimals keep their digits", function()
  test.equal(tostring(clean.decimal("12.345.678.901.234.567,89", ",")), "12345678901234567.89")
  test.equal(tostring(clean.decimal(".5")), "0.5")
  test.equal(tostring(clean.decimal("5.")), "5")
end)

test.case("addresses", function()
  test.equal(clean.email(" Ada@Example.ORG "), "ada@example.org")
  test.equal(clean.email("ada@example"), nil)
  test.equal(clean.email("a b@example.org"), nil)
  test.equal(clean.email("a@b@example.org"), nil)
end)

test.case("telephone numbers", function()
  test.equal(clean.phone("+49 (0)30 / 1234-5", "49"), "+493012345")
  test.equal(clean.phone("030 12345", "49"), "+493012345")
  test.equal(clean.phone("0044 20 7946 0000", "49"), "+442079460000")
  test.equal(clean.phone("12", "4"), nil)
end)

test.case("slugs", function()
  test.equal(clean.slug("  Über uns & mehr! "), "uber-uns-mehr")
  test.equal(clean.slug("!!!"), nil)
end)

test.case("words for nothing", function()
  test.equal(clean.words(" N/A ", { "n/a", "none" }), nil)
  test.equal(clean.words(" Nora ", { "n/a", "none" }), "Nora")
end)
