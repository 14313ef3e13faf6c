package json

import (
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/etlscript/etlscript/engine/op"
	"github.com/etlscript/etlscript/engine/record"
)

// benchText is rows as logs of flights have them.
func benchText(format layout) string {
	var b strings.Builder
	if format == array {
		b.WriteString("[\n")
	}
	for i := range 50_000 {
		if format == array && i > 0 {
			b.WriteString(",\n")
		}
		fmt.Fprintf(&b, `{"year":2013,"month":%d,"day":%d,"dep_time":%d,"dep_delay":%d.5,"carrier":"UA","flight":%d,"tailnum":"N%d","origin":"EWR","dest":"IAH","air_time":227,"time_hour":"2013-01-01 05:00:00"}`,
			i%12+1, i%28+1, i%2400, i%90, i%5000, i%10000)
		if format == lines {
			b.WriteByte('\n')
		}
	}
	if format == array {
		b.WriteString("]\n")
	}
	return b.String()
}

// BenchmarkRead reads rows and decodes all, two or none of their columns.
func BenchmarkRead(b *testing.B) {
	for _, format := range []layout{lines, array} {
		text := benchText(format)
		for _, used := range [][]string{nil, {"dep_delay", "carrier"}, {"year", "month", "day", "dep_time", "dep_delay", "carrier", "flight", "tailnum", "origin", "dest", "air_time", "time_hour"}} {
			b.Run(fmt.Sprintf("%s/%d", format, len(used)), func(b *testing.B) {
				b.SetBytes(int64(len(text)))
				for b.Loop() {
					readAll(b, text, format, used)
				}
			})
		}
	}
}

func readAll(b *testing.B, text string, format layout, used []string) {
	b.Helper()
	s := &source{readOptions: readOptions{Format: format, Path: []op.Name{{Text: "-"}}, Sample: 100, OnError: op.Fail}}
	table, err := s.Resolve(b.Context(), op.Env{Stdin: strings.NewReader(text)})
	if err != nil {
		b.Fatal(err)
	}
	r, err := table.Open(b.Context(), op.ReadOptions{Used: used})
	if err != nil {
		b.Fatal(err)
	}
	rows := 0
	for {
		batch, err := r.Read(b.Context())
		if err == io.EOF {
			break
		}
		if err != nil {
			b.Fatal(err)
		}
		rows += batch.Len()
		decode(b, batch, used)
	}
	if rows != 50_000 {
		b.Fatal(rows)
	}
}

func decode(b *testing.B, batch *record.Batch, used []string) {
	b.Helper()
	for _, name := range used {
		if _, err := batch.Column(name).Decode(); err != nil {
			b.Fatal(err)
		}
	}
}
