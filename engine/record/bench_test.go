package record

import (
	"bytes"
	"testing"
)

func benchKinds() []Kind { return []Kind{Int, Float, String, Date, Timestamp} }

func benchValue(k Kind, row int) Value {
	switch k {
	case Int:
		return IntValue(int64(row * 37))
	case Float:
		return FloatValue(float64(row) + 0.25)
	case String:
		return StringValue("name")
	case Date:
		return TemporalValue(k, int64(15000+row))
	}
	return TemporalValue(k, 1359608767_000_000+int64(row)*microsPerHour)
}

func benchSchema() *Schema {
	var fields []Field
	for _, k := range benchKinds() {
		fields = append(fields, Field{Name: k.String(), Type: Of(k)})
	}
	return NewSchema(fields...)
}

// benchBatch is a batch as a CSV reader makes it: raw columns of one block.
func benchBatch() *Batch {
	schema := benchSchema()
	block := &Block{Columns: schema.Len()}
	for row := range BatchRows {
		for _, k := range benchKinds() {
			start := len(block.Data)
			block.Data = AppendValue(block.Data, benchValue(k, row))
			block.Spans = append(block.Spans, Span{Start: uint32(start), End: uint32(len(block.Data))})
		}
	}
	var columns []*Column
	for i, k := range benchKinds() {
		columns = append(columns, NewRawColumn(Of(k), NewRaw(block, i, 0, BatchRows, &fieldDecoder{Of(k)})))
	}
	return NewBatch(schema, BatchRows, columns, FromSource(&Source{Name: "a"}, 1))
}

func benchDecoded() *Batch {
	var columns []*Column
	for _, k := range benchKinds() {
		v := NewVector(k, BatchRows)
		for row := range BatchRows {
			v.Set(k, row, BatchRows, benchValue(k, row))
		}
		columns = append(columns, NewColumn(Of(k), BatchRows, v))
	}
	return NewBatch(benchSchema(), BatchRows, columns, FromSource(&Source{Name: "a"}, 1))
}

// eachForm runs a benchmark over raw and over decoded columns, and reports what
// a row of five columns costs.
func eachForm(b *testing.B, run func(b *testing.B, batch *Batch)) {
	b.Helper()
	for name, batch := range map[string]*Batch{"raw": benchBatch(), "decoded": benchDecoded()} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			run(b, batch)
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/BatchRows, "ns/row")
		})
	}
}

func BenchmarkSelect(b *testing.B) {
	var half []int32
	for i := int32(0); i < BatchRows; i += 2 {
		half = append(half, i)
	}
	eachForm(b, func(b *testing.B, batch *Batch) {
		for b.Loop() {
			batch.Select(half)
		}
	})
}

func BenchmarkAppendText(b *testing.B) {
	eachForm(b, func(b *testing.B, batch *Batch) {
		var line []byte
		for b.Loop() {
			for row := range batch.Len() {
				line = line[:0]
				for _, c := range batch.Columns {
					line = c.AppendText(line, row)
				}
			}
		}
	})
}

func BenchmarkAppendKey(b *testing.B) {
	batch := benchDecoded()
	b.ReportAllocs()
	var key []byte
	for b.Loop() {
		for row := range batch.Len() {
			key = key[:0]
			for _, c := range batch.Columns {
				key = c.vec.Load().AppendKey(key, c.Type.Kind, row)
			}
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/BatchRows, "ns/row")
}

func BenchmarkBuilder(b *testing.B) {
	eachForm(b, func(b *testing.B, batch *Batch) {
		builder := NewBuilder(batch.Schema, BatchRows)
		for b.Loop() {
			for row := range batch.Len() {
				if err := builder.AppendRow(batch, row); err != nil {
					b.Fatal(err)
				}
			}
			builder.Build()
		}
	})
}

func BenchmarkCodec(b *testing.B) {
	eachForm(b, func(b *testing.B, batch *Batch) {
		codec := NewCodec(batch.Schema)
		var file bytes.Buffer
		for b.Loop() {
			if err := codec.Write(&file, batch); err != nil {
				b.Fatal(err)
			}
			if _, err := codec.Read(&file); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	batch := benchBatch()
	for _, c := range batch.Columns {
		b.Run(c.Type.String(), func(b *testing.B) {
			b.ReportAllocs()
			v := NewVector(c.Type.Kind, c.Len())
			for b.Loop() {
				if err := c.raw.decoder.Decode(c.raw, v); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/BatchRows, "ns/value")
		})
	}
}

func BenchmarkCompare(b *testing.B) {
	batch := benchDecoded()
	for _, c := range batch.Columns {
		b.Run(c.Type.String(), func(b *testing.B) {
			v := c.vec.Load()
			for b.Loop() {
				for i := range BatchRows - 1 {
					v.Compare(c.Type.Kind, i, v, i+1)
				}
			}
		})
	}
}

// What is done for each value allocates nothing.
func TestHotPathsDoNotAllocate(t *testing.T) {
	raw, decoded := benchBatch(), benchDecoded()
	buffer := make([]byte, 0, 1000)
	paths := map[string]func(){
		"AppendText, raw":     func() { buffer = raw.Columns[0].AppendText(buffer[:0], 5) },
		"AppendText, decoded": func() { buffer = decoded.Columns[4].AppendText(buffer[:0], 5) },
		"AppendFloat":         func() { buffer = AppendFloat(buffer[:0], 1.0/3) },
		"AppendKey":           func() { buffer = decoded.Columns[2].vec.Load().AppendKey(buffer[:0], String, 5) },
		"IsNull":              func() { raw.Columns[1].IsNull(7) },
		"ParseInt":            func() { _, _ = ParseInt("-1234567") },
		"ParseInt, refused":   func() { _, _ = ParseInt("12x") },
		"ParseFloat":          func() { _, _ = ParseFloat("123.456") },
		"ParseTimestamp":      func() { _, _ = ParseTimestamp("2013-01-31T05:06:07.5+01:00", nil) },
	}
	for name, path := range paths {
		if n := testing.AllocsPerRun(100, path); n > 0 {
			t.Errorf("%s: %v allocations", name, n)
		}
	}
}
