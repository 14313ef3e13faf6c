package record

import "fmt"

func ExampleDecimal() {
	price, _ := ParseDecimal("19.99")
	net, _ := price.Quo(DecimalFromInt(3))
	cents, _ := net.Round(2, HalfEven)
	fmt.Println(price, net, cents)
	fmt.Println(price.Fit(3, 1))
	// Output:
	// 19.99 6.6633333333333333333333333333333333333 6.66
	// it loses digits: 2 stand behind the point, the type has 1
}

func ExampleCoerce() {
	items := ListValue([]Value{
		MapValue([]Entry{{"price", FloatValue(19.99)}}),
		MapValue([]Entry{{"price", FloatValue(19.999)}}),
	})
	t, _ := ParseType("list(struct{price: decimal(5,2)})")
	_, err := Coerce(items, t)
	fmt.Println(err)
	// Output:
	// [2].price: the float 19.999 is no decimal(5,2): it loses digits: 3 stand behind the point, the type has 2
}
