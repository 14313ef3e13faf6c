package textfile

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/ianaindex"
	"golang.org/x/text/encoding/unicode"

	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/stdlib/rowfile"
)

// Mark is the byte order mark at the start of a text, in UTF-8.
const Mark = "\ufeff"

// Charset finds a character encoding by its name, for reading and writing:
// nil for UTF-8, which texts are in already. Names are those of the IANA, in
// any case; byte order marks are the caller's affair.
func Charset(name string) (encoding.Encoding, error) {
	switch strings.ToLower(name) {
	case "utf-8", "utf8":
		return nil, nil
	case "utf-16le", "utf16le":
		return unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), nil
	case "utf-16be", "utf16be":
		return unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM), nil
	case "utf-16", "utf16":
		return nil, fmt.Errorf("%q does not tell the order of the bytes; write utf-16le or utf-16be", name)
	case "latin1", "latin-1":
		return charmap.ISO8859_1, nil
	}
	if e, err := ianaindex.IANA.Encoding(name); err == nil && e != nil {
		return e, nil
	}
	return nil, fmt.Errorf("%q is no encoding that is known; %s", name, diag.DidYouMean(strings.ToLower(name), charsetNames()))
}

// charsetNames are the usual encodings, for suggestions.
func charsetNames() []string {
	return []string{
		"utf-8", "utf-16le", "utf-16be", "latin1", "windows-1252", "iso-8859-1", "iso-8859-2", "iso-8859-15", "windows-1250", "windows-1251",
		"macintosh", "ibm437", "ibm850", "shift_jis", "euc-jp", "euc-kr", "gb18030", "gbk", "big5", "koi8-r",
	}
}

// Encoder translates texts that are written. The zero Encoder writes UTF-8.
type Encoder struct {
	charset *encoding.Encoder
	name    string
}

// NewEncoder makes an encoder for texts that are written one by one. charset is nil for
// UTF-8.
func NewEncoder(charset encoding.Encoding, name string) Encoder {
	if charset == nil {
		return Encoder{}
	}
	return Encoder{charset: charset.NewEncoder(), name: name}
}

// Translates reports whether texts change.
func (e *Encoder) Translates() bool { return e.charset != nil }

// Append appends a text in UTF-8 to dst in the encoding.
func (e *Encoder) Append(dst, text []byte) ([]byte, *rowfile.Refusal) {
	if e.charset == nil {
		return append(dst, text...), nil
	}
	if !utf8.Valid(text) {
		return dst, &rowfile.Refusal{
			Code: "text.encoding", Message: "it is no UTF-8, and so cannot be translated to " + e.name,
			Hint: "name the source's encoding where it is read",
		}
	}
	encoded, err := e.charset.Bytes(text)
	if err != nil {
		return dst, &rowfile.Refusal{
			Code: "text.encoding", Message: "it holds a character that " + e.name + " lacks",
			Hint: `choose encoding = "utf-8", or on_error = "reject"`,
		}
	}
	return append(dst, encoded...), nil
}

// Joins reports whether texts that were encoded one by one can be joined: not in
// encodings whose bytes mean different things behind an escape sequence.
func Joins(charset encoding.Encoding) bool {
	first, err := charset.NewEncoder().String("日")
	if err != nil {
		return true // it has no escape sequences
	}
	second, _ := charset.NewEncoder().String("a") // every encoding has it
	back, err := charset.NewDecoder().String(first + second)
	return err == nil && back == "日a"
}

// Encodes reports whether an encoding has all characters of a text.
func Encodes(charset encoding.Encoding, s string) bool {
	_, err := charset.NewEncoder().String(s)
	return err == nil
}
