package csv

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"strings"

	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/record"
	"github.com/etlscript/etlscript/stdlib/files"
	"github.com/etlscript/etlscript/stdlib/rowread"
	"github.com/etlscript/etlscript/stdlib/textfile"
)

const (
	// strides is the number of pieces that are sampled from the rest of the
	// files, strideSize their size, firstLines the number of lines in each
	// that are tried as the beginning of a row.
	strides    = 16
	strideSize = 64 << 10
	firstLines = 16
	// leastSample is the number of rows that each of many files gives at least.
	leastSample = 100
)

// scout looks at all files, to learn the columns of a table and their types.
type scout struct {
	table    *table
	files    int
	names    []string   // of the first file
	evidence []evidence // by column of names
}

// visit looks at one file.
func (s *scout) visit(f files.File) (err error) {
	src := s.table.source
	t, err := src.format.Open(f, s.table.env, &s.table.stdin)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, t.Close()) }()
	sc, names, err := src.begin(t, f)
	if err != nil {
		return err
	}
	if s.names == nil {
		s.names, s.evidence = names, make([]evidence, len(names))
	}
	in := input{file: f, header: names, places: make([]int, len(s.names))}
	for i, name := range s.names {
		in.places[i] = slices.Index(names, name)
	}
	if problem := s.compare(in); problem != nil {
		return problem
	}
	s.table.inputs = append(s.table.inputs, in)
	if !src.infers(s.names) {
		return nil
	}
	return s.sample(sc, t, in)
}

// infers reports whether some column's type is to be inferred.
func (s *source) infers(names []string) bool {
	return slices.ContainsFunc(names, func(n string) bool { return s.Types.Find(n) == nil })
}

// compare checks that a file has the columns of the first one.
func (s *scout) compare(in input) *diag.Diagnostic {
	lacks, adds := without(s.names, in.header), without(in.header, s.names)
	if len(lacks) == 0 && len(adds) == 0 {
		return nil
	}
	var what []string
	if len(lacks) > 0 {
		what = append(what, "lacks "+strings.Join(lacks, ", "))
	}
	if len(adds) > 0 {
		what = append(what, "adds "+strings.Join(adds, ", "))
	}
	first := s.table.inputs[0].file.Name
	return diag.Errorf("csv.columns", diag.Pos{File: in.file.Name, Line: 1}, "the columns of %s are not those of %s: it %s",
		in.file.Name, first, strings.Join(what, " and ")).
		WithHint("read the files apart and put them together with union and fill = true")
}

// without is the names that are not among others, quoted.
func without(names, others []string) []string {
	var out []string
	for _, n := range names {
		if !slices.Contains(others, n) {
			out = append(out, `"`+n+`"`)
		}
	}
	return out
}

// sample takes the values of the first rows, and of pieces of the rest. Where
// the rest cannot be reached it takes more of the first rows, but does not wait
// for more of standard input.
func (s *scout) sample(sc *scanner, t *textfile.Text, in input) error {
	rows := int(s.table.source.Sample)
	reachable := t.Plain && t.Input.Random()
	if !reachable && !in.file.Stdin {
		rows *= 2
	}
	rows = max(rows/s.files, min(rows, leastSample))
	for rows > 0 {
		w, err := sc.next(min(rows, record.BatchRows))
		var torn *rowread.Fault
		switch {
		case errors.As(err, &torn) && !torn.Final:
			sc.resume()
			rows--
			continue
		case err == io.EOF || errors.As(err, &torn):
			return nil
		case err != nil:
			return err
		}
		s.take(w, in, s.evidence)
		rows -= w.rows
	}
	if reachable {
		return s.strides(t, in, sc.columns)
	}
	return nil
}

// take adds the values of rows to what is known of the columns.
func (s *scout) take(w *window, in input, to []evidence) {
	src := s.table.source
	for c, place := range in.places {
		e := &to[c]
		if src.Types.Find(s.names[c]) != nil {
			continue
		}
		words := src.Null.Of(s.names[c])
		for i := range w.rows {
			span := w.block.Spans[i*w.block.Columns+place]
			text := w.block.Data[span.Start:span.End]
			if len(text) == 0 || span.Flags&record.Quoted == 0 && isWord(words, text) {
				continue
			}
			if span.Flags&record.Escaped != 0 {
				e.add(unescaped(string(text), src.Quote.Text))
			} else {
				e.add(string(text))
			}
		}
	}
}

// strides samples pieces of a plain file, spread evenly to its end.
func (s *scout) strides(t *textfile.Text, in input, columns int) error {
	size, _ := t.Input.Size()
	n := int64(max(1, strides/s.files))
	buf := make([]byte, strideSize)
	for i := range n {
		from := max(0, size-strideSize) * (i + 1) / n
		read, err := t.Input.ReadAt(buf, from)
		if err != nil && err != io.EOF {
			return err
		}
		s.piece(buf[:read], from+int64(read) >= size, in, columns)
	}
	return nil
}

// piece takes the rows of a piece of a file. A line end in it may stand within
// quotes, and nothing but the whole file can tell. So a line counts as the
// first row only if all behind it splits well, and the worst that a wrong guess
// can do is to make a type string.
func (s *scout) piece(piece []byte, atEnd bool, in input, columns int) {
	for range firstLines {
		n := bytes.IndexByte(piece, '\n')
		if n < 0 {
			return
		}
		piece = piece[n+1:]
		if found := s.stride(piece, atEnd, in, columns); found != nil {
			for i, e := range found {
				s.evidence[i].merge(e)
			}
			return
		}
	}
}

// stride is what the rows of a piece tell, nil if it does not split well.
func (s *scout) stride(piece []byte, atEnd bool, in input, columns int) []evidence {
	var src io.Reader = bytes.NewReader(piece)
	if !atEnd {
		src = io.MultiReader(src, cutOff{})
	}
	sc := newScanner(src, s.table.source.dialect)
	sc.columns = columns
	found := make([]evidence, len(s.evidence))
	for {
		w, err := sc.next(record.BatchRows)
		var torn *rowread.Fault
		switch {
		case errors.As(err, &torn):
			return nil
		case err != nil:
			return found
		}
		s.take(w, in, found)
	}
}

// cutOff ends a piece of a text in the midst of a row.
type cutOff struct{}

// Read implements io.Reader.
func (cutOff) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }
