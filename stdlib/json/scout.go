package json

import (
	"bytes"
	"errors"
	"io"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/op"
	"github.com/etlscript/etlscript/engine/record"
	"github.com/etlscript/etlscript/stdlib/files"
)

const (
	// strides is the number of pieces that are sampled from the rest of the
	// files, strideSize their size.
	strides    = 16
	strideSize = 64 << 10
	// leastSample is the number of rows that each of many files gives at least.
	leastSample = 100
)

// scout looks at all files, to learn the columns of a table and their types.
type scout struct {
	table    *table
	files    int
	parser   parser
	fixed    bool // the script names the columns
	names    []string
	index    map[string]int
	evidence []*evidence      // by column of names
	rows     int              // that could be read
	failed   *diag.Diagnostic // the first that could not
}

func newScout(t *table, files int) *scout {
	s := &scout{table: t, files: files, index: map[string]int{}}
	for _, name := range op.Names(t.source.Columns) {
		s.add(name)
	}
	s.fixed = len(s.names) > 0
	return s
}

// add adds a column.
func (s *scout) add(name string) int {
	i := len(s.names)
	s.names, s.evidence = append(s.names, name), append(s.evidence, &evidence{})
	s.index[name] = i
	return i
}

// visit looks at one file.
func (s *scout) visit(f files.File) (err error) {
	src := s.table.source
	s.table.inputs = append(s.table.inputs, f)
	t, err := src.open(f, s.table.env, &s.table.stdin)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, t.Close()) }()
	return s.sample(t, f)
}

// sample takes the first rows, and pieces of the rest. Where the rest cannot be
// reached it takes more of the first rows, but does not wait for more of
// standard input.
func (s *scout) sample(t *text, f files.File) error {
	rows := int(s.table.source.Sample)
	reachable := t.input.Random() && !t.array
	if !reachable && !f.Stdin {
		rows *= 2
	}
	rows = max(rows/s.files, min(rows, leastSample))
	for i := range rows {
		r, err := t.next(true)
		var torn *fault
		switch {
		case errors.As(err, &torn) && torn.code == "json.empty" && s.mayBeEmpty():
			return nil
		case errors.As(err, &torn):
			s.note(f, i, torn)
			return nil
		case err == io.EOF:
			return nil
		case err != nil:
			return err
		}
		if torn := s.take(r); torn != nil {
			s.note(f, i, torn)
		}
	}
	if reachable {
		return s.strides(t)
	}
	return nil
}

// mayBeEmpty reports whether a file without a character is zero rows: the
// script must say what the columns are.
func (s *scout) mayBeEmpty() bool { return s.table.source.namesColumns() }

// note keeps the first fault, for the case that no row could be read.
func (s *scout) note(f files.File, before int, x *fault) {
	if s.failed == nil {
		s.failed = x.diagnose(f.Name, int64(before)+1)
	}
}

// take takes the keys and values of a row.
func (s *scout) take(r row) *fault {
	src := s.table.source
	torn := s.parser.parse(r, func(m member) *fault {
		i, known := s.index[string(m.name)]
		if !known && s.fixed {
			return nil
		}
		if !known {
			i = s.add(string(m.name))
		}
		if m.isNull() || src.Types.Find(s.names[i]) != nil || s.isWord(i, m) {
			return nil
		}
		s.evidence[i].add(m.kind, m.text)
		return nil
	})
	if torn == nil {
		s.rows++
	}
	return torn
}

// isWord reports whether a value is a string that means NULL.
func (s *scout) isWord(i int, m member) bool {
	if m.kind != jsontext.KindString {
		return false
	}
	c := column{words: s.table.source.Null.Of(s.names[i]), whole: true}
	return len(c.words) > 0 && c.isWord(record.RawField{Bytes: m.text})
}

// strides samples pieces of a plain file of lines, spread evenly to its end.
func (s *scout) strides(t *text) error {
	size, _ := t.input.Size()
	n := int64(max(1, strides/s.files))
	buf := make([]byte, strideSize)
	for i := range n {
		from := max(0, size-strideSize) * (i + 1) / n
		read, err := t.input.ReadAt(buf, from)
		if err != nil && err != io.EOF {
			return err
		}
		s.piece(buf[:read])
	}
	return nil
}

// piece takes the whole lines of a piece of a file, which begins and may end in
// the midst of one.
func (s *scout) piece(piece []byte) {
	lines := bytes.Split(piece, newline)
	for i := 1; i < len(lines)-1; i++ {
		if !isBlank(lines[i]) {
			_ = s.take(row{text: lines[i]}) // the reader finds what is wrong
		}
	}
}

// settle settles the columns once all files were visited.
func (s *scout) settle() diag.List {
	src := s.table.source
	for _, p := range src.Types {
		if _, known := s.index[p.Name.Text]; !known && !s.fixed {
			s.add(p.Name.Text)
		}
	}
	switch {
	case s.rows == 0 && s.failed != nil && len(s.names) == 0:
		return diag.List{s.failed}
	case s.rows == 0 && len(s.names) == 0 && src.Format == lines:
		return diag.List{diag.Errorf("json.empty", src.Path[0].Pos, "%q has no rows, so that its columns are not known", src.Path[0].Text).
			WithHint(`name the columns, so that an empty file is zero rows: columns = { "id", "name" }`)}
	}
	return src.checkNames(s.names)
}
