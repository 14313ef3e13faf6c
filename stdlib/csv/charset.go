package csv

import (
	"fmt"
	"strings"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/ianaindex"
	"golang.org/x/text/encoding/unicode"

	"github.com/etlscript/etlscript/engine/diag"
)

// bom is the byte order mark at the start of a text, in UTF-8.
const bom = "\ufeff"

// charsetOf finds a character encoding by its name, for reading and writing:
// nil for UTF-8, which texts are in already. Names are those of the IANA, in
// any case; byte order marks are the caller's affair.
func charsetOf(name string) (encoding.Encoding, error) {
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
