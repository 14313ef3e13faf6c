package csv

import (
	"bytes"
	stdcsv "encoding/csv"
	"fmt"
	"io"
	"math/rand/v2"
	"strconv"
	"testing"

	"github.com/etlscript/etlscript/engine/op"
	"github.com/etlscript/etlscript/engine/record"
)

// orders makes rows with ints, floats, dates and text, of which some is quoted
// and holds line ends.
func orders(rows int) []byte {
	rnd := rand.New(rand.NewPCG(3, 4))
	buf := []byte("id,day,qty,price,country,customer,note\n")
	for i := range rows {
		buf = fmt.Appendf(buf, "%d,2024-%02d-%02d,%d,%.2f,%s,%s,", i+1, 1+i%12, 1+i%28, rnd.IntN(100), rnd.Float64()*1000,
			[]string{"DE", "FR", "US"}[i%3], []string{"Müller GmbH", "Smith", "Dupont et fils"}[i%3])
		switch {
		case i%100 == 0:
			buf = append(buf, "\"first\nsecond\""...)
		case i%10 == 0:
			buf = append(buf, "\"a, \"\"b\"\"\""...)
		case i%3 != 0:
			buf = append(buf, "some words"...)
		}
		buf = append(buf, '\n')
	}
	return buf
}

func BenchmarkIndex(b *testing.B) {
	text := orders(20_000)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		if rows := index(b, text); rows != 20_001 {
			b.Fatal(rows)
		}
	}
}

func index(t testing.TB, text []byte) (rows int) {
	s := newScanner(bytes.NewReader(text), dialect{delimiter: ",", quote: '"'})
	for {
		w, err := s.next(record.BatchRows)
		if err == io.EOF {
			return rows
		}
		if err != nil {
			t.Fatal(err)
		}
		rows += w.rows
	}
}

func BenchmarkIndexEncodingCSV(b *testing.B) {
	text := orders(20_000)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		r := stdcsv.NewReader(bytes.NewReader(text))
		r.ReuseRecord = true
		rows := 0
		for _, err := r.Read(); err == nil; _, err = r.Read() {
			rows++
		}
		if rows != 20_001 {
			b.Fatal(rows)
		}
	}
}

// typed opens a table over the text of orders, once resolved.
func typed(t testing.TB, text []byte) op.Table {
	t.Helper()
	r := reading{files: one(string(text)), options: opts()}
	r.write(t)
	s, problems := r.build()
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	got, err := s.Resolve(t.Context(), r.env)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// decode reads all rows and the values of the given columns.
func decode(t testing.TB, tab op.Table, columns ...string) (rows int) {
	r, err := tab.Open(t.Context(), op.ReadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	for {
		b, err := r.Read(t.Context())
		if err == io.EOF {
			return rows
		}
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range columns {
			if _, err := b.Column(name).Decode(); err != nil {
				t.Fatal(err)
			}
		}
		rows += b.Len()
	}
}

func BenchmarkRead(b *testing.B) {
	text := orders(20_000)
	tab := typed(b, text)
	for name, columns := range map[string][]string{
		"no column": nil, "int": {"id"}, "float": {"price"}, "date": {"day"}, "string": {"note"},
		"all": {"id", "day", "qty", "price", "country", "customer", "note"},
	} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				if rows := decode(b, tab, columns...); rows != 20_000 {
					b.Fatal(rows)
				}
			}
		})
	}
}

// BenchmarkReadEncodingCSV parses the numbers of all rows, as "all" does it.
func BenchmarkReadEncodingCSV(b *testing.B) {
	text := orders(20_000)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		r := stdcsv.NewReader(bytes.NewReader(text))
		r.ReuseRecord = true
		if _, err := r.Read(); err != nil {
			b.Fatal(err)
		}
		rows := 0
		for {
			row, err := r.Read()
			if err == io.EOF {
				break
			}
			if err != nil {
				b.Fatal(err)
			}
			for _, i := range []int{0, 2} {
				if _, err := strconv.ParseInt(row[i], 10, 64); err != nil {
					b.Fatal(err)
				}
			}
			if _, err := strconv.ParseFloat(row[3], 64); err != nil {
				b.Fatal(err)
			}
			if _, err := record.ParseDate(row[1]); err != nil {
				b.Fatal(err)
			}
			rows++
		}
		if rows != 20_000 {
			b.Fatal(rows)
		}
	}
}

// Reading allocates by chunk, batch and column, never by row.
func TestReadingAllocatesNothingByRow(t *testing.T) {
	tab := typed(t, orders(60_000))
	for _, columns := range [][]string{nil, {"id", "day", "qty", "price", "country"}} {
		allocs := testing.AllocsPerRun(3, func() { decode(t, tab, columns...) })
		if perRow := allocs / 60_000; perRow > 0.05 {
			t.Errorf("%d columns decoded: %.3f allocations a row", len(columns), perRow)
		}
	}
}
