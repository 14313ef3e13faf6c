package csv

import (
	"bytes"
	stdcsv "encoding/csv"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/etlscript/etlscript/engine/op"
	"github.com/etlscript/etlscript/engine/record"
	"github.com/etlscript/etlscript/stdlib/readopt"
	"github.com/etlscript/etlscript/stdlib/rowread"
	"github.com/etlscript/etlscript/stdlib/textfile"
)

// The written differences to encoding/csv, which oracle translates:
//
//	a line without a character, in a text of one column   a row
//	CR LF within quotes                                    kept
//	whether a field was quoted                             known
//
// What read_csv does before and behind splitting (byte order mark, skip,
// footer, headers, NULL words) is tested elsewhere; a quote other than " and
// none at all are options that encoding/csv lacks.

// split is all rows of a text, up to the first that cannot be split.
type split struct {
	Rows    [][]string
	Refused bool
}

// oracle splits with encoding/csv.
func oracle(data []byte, comma, comment rune) split {
	r := stdcsv.NewReader(bytes.NewReader(data))
	r.Comma, r.Comment = comma, comment
	var out split
	rest := data
	for {
		row, err := r.Read()
		if err == io.EOF {
			out.blanks(rest, comment)
			return out
		}
		out.blanks(rest, comment)
		if err != nil {
			out.Refused = true
			return out
		}
		out.Rows = append(out.Rows, row)
		rest = data[r.InputOffset():]
	}
}

// blanks adds the lines without a character, up to the next row, where rows
// have one column.
func (s *split) blanks(rest []byte, comment rune) {
	if len(s.Rows) == 0 || len(s.Rows[0]) != 1 {
		return
	}
	for len(rest) > 0 {
		line, behind, _ := bytes.Cut(rest, []byte("\n"))
		first, _ := utf8.DecodeRune(line)
		isComment := comment != 0 && len(line) > 0 && first == comment
		if len(bytes.TrimSuffix(line, []byte("\r"))) > 0 && !isComment {
			return
		}
		if !isComment {
			s.Rows = append(s.Rows, []string{""})
		}
		rest = behind
	}
}

// ours splits with the scanner. Texts are normalised as encoding/csv does it.
func ours(src io.Reader, d dialect, chunk int) (split, error) {
	s := newScanner(src, d)
	s.chunk = chunk
	return collect(s)
}

// collect splits all that a scanner has.
func collect(s *scanner) (split, error) {
	var out split
	for {
		w, err := s.next(3)
		var r *rowread.Fault
		switch {
		case err == io.EOF:
			return out, nil
		case errors.As(err, &r):
			out.Refused = true
			return out, nil
		case err != nil:
			return out, err
		}
		for i := range w.rows {
			out.Rows = append(out.Rows, texts(w, i, s.dialect.quote))
		}
	}
}

func texts(w *window, i int, quote byte) []string {
	var row []string
	for _, span := range w.row(i) {
		text := string(w.block.Data[span.Start:span.End])
		if span.Flags&record.Escaped != 0 {
			text = strings.ReplaceAll(text, string([]byte{quote, quote}), string(quote))
		}
		if span.Flags&record.Quoted != 0 {
			text = strings.ReplaceAll(text, "\r\n", "\n")
		}
		row = append(row, text)
	}
	return row
}

// throughReader splits with read_csv as a whole: no header, strings only, no NULL
// words. It tells also whether the comparison makes sense: the number of columns
// is known, no byte order mark is taken off, and no line without a character
// stands before the first row, where encoding/csv skips it and a file without a
// header has a row.
func throughReader(t testing.TB, data []byte, comma, comment rune, want split) (split, bool) {
	if len(want.Rows) == 0 || bytes.HasPrefix(data, []byte(textfile.Mark)) || bytes.HasPrefix(data, []byte("\xff\xfe")) ||
		bytes.HasPrefix(data, []byte("\xfe\xff")) {
		return split{}, false
	}
	o := readOptions{
		Path: []op.Name{{Text: "-"}}, Delimiter: op.Name{Text: string(comma)}, Quote: op.Name{Text: `"`},
		Header: headerNo, Options: textfile.Defaults(), Sample: 1, OnError: op.Fail,
	}
	if comment != 0 {
		o.Comment.Text = string(comment)
	}
	for i := range want.Rows[0] {
		name := op.Name{Text: fmt.Sprint("c", i)}
		o.Columns = append(o.Columns, name)
		o.Types = append(o.Types, readopt.Pin{Name: name, Type: record.Of(record.String)})
	}
	operator, problems := buildRead(&o)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	s := operator.(*op.Scan).Source.(*source)
	s.chunk = 16
	table, err := s.Resolve(t.Context(), op.Env{Stdin: bytes.NewReader(data)})
	if err != nil {
		t.Fatal(err)
	}
	r, err := table.Open(t.Context(), op.ReadOptions{BatchRows: 3})
	if err != nil {
		t.Fatal(err)
	}
	return readAll(t, r), true
}

func readAll(t testing.TB, r op.Reader) split {
	var out split
	for {
		b, err := r.Read(t.Context())
		if err != nil {
			out.Refused = err != io.EOF
			return out
		}
		for i := range b.Len() {
			row := make([]string, len(b.Columns))
			for c, column := range b.Columns {
				v, err := column.Decode()
				if err != nil || v.IsNull(i) {
					t.Fatalf("row %d, column %d: NULL or error %v", i, c, err)
				}
				row[c] = v.Strings[i]
				if column.Raw().Field(i).Flags&record.Quoted != 0 {
					row[c] = strings.ReplaceAll(row[c], "\r\n", "\n")
				}
			}
			out.Rows = append(out.Rows, row)
		}
	}
}

// agree compares the scanner with encoding/csv for one text.
func agree(t testing.TB, data []byte, comma, comment rune, chunk int) {
	t.Helper()
	d := dialect{delimiter: string(comma), quote: '"'}
	if comment != 0 {
		d.comment = string(comment)
	}
	got, err := ours(bytes.NewReader(data), d, chunk)
	if err != nil {
		t.Fatalf("%q: %v", data, err)
	}
	want := oracle(data, comma, comment)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatalf("%q with delimiter %q, comment %q, chunk %d (-encoding/csv +ours):\n%s", data, comma, comment, chunk, diff)
	}
	startsBlank := len(data) > 0 && (data[0] == '\n' || data[0] == '\r' || comment != 0 && bytes.HasPrefix(data, []byte(string(comment))))
	if chunk < chunkSize/64 || startsBlank && len(want.Rows) > 0 && len(want.Rows[0]) == 1 {
		return
	}
	if got, ok := throughReader(t, data, comma, comment, want); ok && !cmp.Equal(want, got) {
		t.Fatalf("%q with delimiter %q, comment %q (-encoding/csv +read_csv):\n%s", data, comma, comment, cmp.Diff(want, got))
	}
}

func chunks() []int { return []int{1, 2, 3, 7, 64, chunkSize} }

func nastyTexts() []string {
	return []string{
		"", "\n", "\r\n", "\r", "a", "a\n", "a\r\n", "a\r", "a\r\r", "a\r\r\n", "a,b\r", "\n\na,b\n\n1,2\n\n",
		"a\n\nb\n", "a\n\n", "a\n\r", "a\n\r\n", "a\n\"\"\n", "a\n\"x\ny\"\n\nz",
		"a,b\n1,2,3\n", "a,b\n1\n", "a,b\n\"x\r\ny\",2\n", "\"a\"\"b\",c\n", "\"a\"\r\n", "\"a\"\r", "\"a\"\r\r\n", "\"a\"b\n",
		"a\"b\n", "\"a", "\"a\n", "\"a\"\"", "\"\"\"\"", "\"\"", "\"\"\"", ",", ",,\n,,", "\"a\",\n", "a,\"\"\r\n", "\xff,\xfe\n",
		"#x\na\n", "a\n#\n", "#", "#\"\na,b\n", "a,b\n#,\n1,2", " \"a\"\n", "\"a\" \n", "\ufeffa,b\n", "a;b\n", "aéb\n\"x\"éy\n", "\"x\"\xc3\n", "x\x00y,\x00\n",
		"a,b,c,d,e,f,g,h,i,j\n1,2,3,4,5,6,7,8,9,10\n", "-,-,-\n,-,\n", strings.Repeat("abcdefgh,", 40) + "\n",
	}
}

func TestScannerAgreesWithEncodingCSV(t *testing.T) {
	t.Parallel()
	for _, text := range nastyTexts() {
		for _, chunk := range chunks() {
			agree(t, []byte(text), ',', 0, chunk)
			agree(t, []byte(text), ',', '#', chunk)
			agree(t, []byte(text), 'é', '€', chunk)
			agree(t, []byte(text), ';', 'a', chunk)
		}
	}
}

// nasty makes a random text of the pieces that matter.
func nasty(rnd *rand.Rand, buf []byte) []byte {
	pieces := []string{
		",", ",", ",", "\n", "\n", "\r\n", "\"", "\"\"", "\r", "#", "é", "\xc3", "x", "-", "12", "\x00", " ", "abcdefghi",
		",\"", "\",", "\"\n", "\n\"", "\"a\"", "\"b,c\"", "\"d\"\"e\"", "\"f\ng\"", ";", "\t", "\ufeff",
	}
	for range rnd.IntN(24) {
		buf = append(buf, pieces[rnd.IntN(len(pieces))]...)
	}
	return buf
}

// tidy makes a random text that is mostly well written.
func tidy(rnd *rand.Rand, buf []byte) []byte {
	fields := []string{"", "x", "12", "\"\"", "\"a,b\"", "\"q\"\"q\"", "\"l\r\nm\"", "é", "-", "long field here", "#", "\r"}
	ends := []string{"\n", "\n", "\n", "\r\n", "\n\n", "\n#c\n"}
	columns := 1 + rnd.IntN(4)
	for range rnd.IntN(8) {
		for c := range columns {
			if c > 0 {
				buf = append(buf, ',')
			}
			buf = append(buf, fields[rnd.IntN(len(fields))]...)
		}
		buf = append(buf, ends[rnd.IntN(len(ends))]...)
	}
	return buf
}

func TestScannerAgreesOnRandomTexts(t *testing.T) {
	t.Parallel()
	texts := 100_000
	if testing.Short() {
		texts = 5_000
	}
	rnd := rand.New(rand.NewPCG(1, 2))
	commas, comments, sizes := []rune{',', ',', ',', ';', 'é', '\t'}, []rune{0, 0, '#', '€'}, chunks()
	var buf []byte
	for i := range texts {
		if i%2 == 0 {
			buf = nasty(rnd, buf[:0])
		} else {
			buf = tidy(rnd, buf[:0])
		}
		comma, comment := commas[rnd.IntN(len(commas))], comments[rnd.IntN(len(comments))]
		agree(t, buf, comma, comment, chunkSize/64)
		agree(t, buf, comma, comment, sizes[rnd.IntN(len(sizes)-1)])
	}
}

func FuzzReadCSV(f *testing.F) {
	for _, text := range nastyTexts() {
		f.Add([]byte(text), byte(0), byte(0))
		f.Add([]byte(text), byte(3), byte(1))
	}
	f.Fuzz(func(t *testing.T, data []byte, comma, comment byte) {
		c, m := []rune{',', ';', '\t', 'é'}[comma%4], []rune{0, '#', '€'}[comment%3]
		agree(t, data, c, m, chunkSize)
		agree(t, data, c, m, 1)
		agree(t, data, c, m, 3)
	})
}

func TestScannerOtherQuotes(t *testing.T) {
	t.Parallel()
	swap := strings.NewReplacer(`"`, "'", "'", `"`)
	for _, text := range nastyTexts() {
		want := oracle([]byte(text), ',', 0)
		got, err := ours(strings.NewReader(swap.Replace(text)), dialect{delimiter: ",", quote: '\''}, chunkSize)
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range got.Rows {
			for i := range row {
				row[i] = swap.Replace(row[i])
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q (-encoding/csv +ours):\n%s", text, diff)
		}
	}
}

func TestScannerWithoutQuotes(t *testing.T) {
	t.Parallel()
	got, err := ours(strings.NewReader("a,\"b\n\"\"x,\"\n"), dialect{delimiter: ","}, 2)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(split{Rows: [][]string{{"a", `"b`}, {`""x`, `"`}}}, got); diff != "" {
		t.Error(diff)
	}
}

// refusals reads all of a text, going on behind each refused row.
func refusals(t *testing.T, text string, chunk int) (rows []string, refused []string) {
	t.Helper()
	s := newScanner(strings.NewReader(text), dialect{delimiter: ",", quote: '"'})
	s.chunk, s.longest = chunk, 1000
	for {
		w, err := s.next(2)
		var r *rowread.Fault
		switch {
		case errors.As(err, &r):
			refused = append(refused, fmt.Sprintf("%s %d %d:%d %q final=%v", r.Code, r.Start, r.Line, r.Col, r.Raw, r.Final))
			if r.Final {
				return rows, refused
			}
			s.resume()
			continue
		case err == io.EOF:
			return rows, refused
		case err != nil:
			t.Fatal(err)
		}
		for i := range w.rows {
			rows = append(rows, fmt.Sprintf("%d %s", w.lineOf(int(w.row(i)[0].Start)), w.text(i)))
		}
	}
}

func TestScannerResumes(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		text          string
		rows, refused []string
	}{
		"ragged": {
			"a,b\n1\n\n2,\"x\ny\",3\r\n4,5\n",
			[]string{"1 a,b", "6 4,5"},
			[]string{`csv.fields 2 2:0 "1" final=false`, `csv.fields 4 4:0 "2,\"x\ny\",3" final=false`},
		},
		"bare quote": {
			"a,b\n1,x\"y,\r\n2,3\n",
			[]string{"1 a,b", "3 2,3"},
			[]string{`csv.quote 2 2:4 "1,x\"y," final=false`},
		},
		"stray quote in a later line": {
			"a,b\n1,\"x\n2,y\n3,\"z\"\n",
			[]string{"1 a,b", "3 2,y", `4 3,"z"`},
			[]string{`csv.quote 2 4:3 "1,\"x" final=false`},
		},
		"open quote": {
			"a,b\n1,\"x\n2,y\n", []string{"1 a,b", "3 2,y"}, []string{`csv.quote 2 2:3 "1,\"x" final=false`},
		},
		"open quote at the end": {
			"a,b\n1,\"x", []string{"1 a,b"}, []string{`csv.quote 2 2:3 "1,\"x" final=false`},
		},
		"open quote in one column": {
			"a\n\"x\ny\n", []string{"1 a"}, []string{`csv.quote 2 2:1 "\"x" final=true`},
		},
		"stray quote in one column": {
			"a\n\"x\"y\nz\n", []string{"1 a", "3 z"}, []string{`csv.quote 2 2:3 "\"x\"y" final=false`},
		},
		"row too long": {
			"a,b\n1,\"x\n" + strings.Repeat("2,y\n", 1000), append([]string{"1 a,b"}, numbered("2,y", 3, 1000)...),
			[]string{`csv.row_too_long 2 2:0 "1,\"x" final=false`},
		},
		"line too long": {
			"a,b\n" + strings.Repeat("x", 5000) + "\n",
			[]string{"1 a,b"},
			nil, // below: its text depends on the chunks
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, chunk := range []int{1, 3, 64, 256} {
				rows, refused := refusals(t, test.text, chunk)
				if diff := cmp.Diff(test.rows, rows); diff != "" {
					t.Errorf("chunk %d, rows:\n%s", chunk, diff)
				}
				if test.refused == nil {
					if len(refused) != 1 || !strings.HasSuffix(refused[0], "final=true") {
						t.Errorf("chunk %d: %v", chunk, refused)
					}
				} else if diff := cmp.Diff(test.refused, refused); diff != "" {
					t.Errorf("chunk %d, refused:\n%s", chunk, diff)
				}
			}
		})
	}
}

func numbered(text string, first, n int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = fmt.Sprintf("%d %s", first+i, text)
	}
	return out
}

func TestScannerHandsOnRowsBeforeAnError(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	src := io.MultiReader(strings.NewReader("a,b\n1,2\n3,"), iotest.ErrReader(broken))
	got, err := ours(src, dialect{delimiter: ",", quote: '"'}, chunkSize)
	if !errors.Is(err, broken) {
		t.Errorf("got error %v, want %v", err, broken)
	}
	if diff := cmp.Diff([][]string{{"a", "b"}, {"1", "2"}}, got.Rows); diff != "" {
		t.Error(diff)
	}
}

func TestScannerWithoutProgress(t *testing.T) {
	t.Parallel()
	_, err := ours(idle{}, dialect{delimiter: ",", quote: '"'}, chunkSize)
	if !errors.Is(err, io.ErrNoProgress) {
		t.Errorf("got error %v, want %v", err, io.ErrNoProgress)
	}
}

// scribbler uses all of p as scratch space, as readers may.
type scribbler struct{ r io.Reader }

func (s scribbler) Read(p []byte) (int, error) {
	n, err := s.r.Read(p[:min(len(p), 3)])
	for i := range p[n:] {
		p[n+i] = "\n,\""[i%3]
	}
	return n, err
}

func TestScannerIgnoresScratch(t *testing.T) {
	t.Parallel()
	for _, text := range nastyTexts() {
		want := oracle([]byte(text), ',', 0)
		for _, chunk := range chunks() {
			s := newScanner(scribbler{strings.NewReader(text)}, dialect{delimiter: ",", quote: '"'})
			s.chunk, s.eager = chunk, true
			got, err := collect(s)
			if diff := cmp.Diff(want, got); diff != "" || err != nil {
				t.Errorf("%q, chunk %d: error %v (-encoding/csv +ours):\n%s", text, chunk, err, diff)
			}
		}
	}
}

type idle struct{}

func (idle) Read([]byte) (int, error) { return 0, nil }

func TestEagerScannerDoesNotWait(t *testing.T) {
	t.Parallel()
	r, w := io.Pipe()
	written := make(chan error)
	go func() { // the rest comes only when the row was taken
		_, err := io.WriteString(w, "a,b\n")
		written <- err
	}()
	s := newScanner(r, dialect{delimiter: ",", quote: '"'})
	s.eager = true
	got, err := s.next(10)
	if err != nil || got.rows != 1 {
		t.Errorf("got %d rows, error %v; want 1 row", got.rows, err)
	}
	if err := <-written; err != nil {
		t.Error(err)
	}
}

func TestBlocksNeverChange(t *testing.T) {
	t.Parallel()
	text := strings.Repeat("abc,\"d\ne\"\n", 500)
	s := newScanner(strings.NewReader(text), dialect{delimiter: ",", quote: '"'})
	s.chunk = 64
	var windows []*window
	var before []string
	for {
		w, err := s.next(10)
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		windows, before = append(windows, w), append(before, string(w.block.Data))
	}
	rows := 0
	for i, w := range windows {
		if string(w.block.Data) != before[i] {
			t.Fatalf("window %d changed", i)
		}
		rows += w.rows
	}
	if rows != 500 {
		t.Errorf("got %d rows, want 500", rows)
	}
}
