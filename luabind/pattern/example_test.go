package pattern_test

import (
	"fmt"

	"github.com/etlscript/etlscript/luabind/pattern"
)

func ExamplePattern_Find() {
	p, err := pattern.Compile("(%d+)-(%d+)()")
	if err != nil {
		fmt.Println(err)
		return
	}
	var m pattern.Match
	found, err := p.Find("from 10-20 on", 0, &m, nil)
	fmt.Println(found, err, m.Start, m.End)
	for i := range m.Captures() {
		fmt.Println(m.Capture(i + 1))
	}
	// Output:
	// true <nil> 5 10
	// 10 0 false
	// 20 0 false
	//  11 true
}

func ExampleScan() {
	p, err := pattern.Compile("(%w+)=(%w+)")
	if err != nil {
		fmt.Println(err)
		return
	}
	swap := pattern.Replacement("%2=%1")
	if err := swap.Check(p); err != nil {
		fmt.Println(err)
		return
	}
	subject, at := "a=1, b=2!", 0
	var m pattern.Match
	var out []byte
	for scan := p.Scan(subject, &m); ; {
		found, err := scan.Next(nil)
		if !found {
			fmt.Println(string(append(out, subject[at:]...)), err)
			return
		}
		out = swap.Append(append(out, subject[at:m.Start]...), &m)
		at = m.End
	}
	// Output: 1=a, 2=b! <nil>
}
