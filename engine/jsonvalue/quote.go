package jsonvalue

import "unicode/utf8"

// AppendString appends a JSON string. Only quotes, backslashes and control
// characters are escaped. The error is ErrUTF8; what was appended then has
// U+FFFD in place of each byte that is no UTF-8.
func AppendString(dst []byte, s string) ([]byte, error) {
	var invalid error
	dst = append(dst, '"')
	start := 0 // of what was not copied yet
	for i := 0; i < len(s); {
		c := s[i]
		if c >= ' ' && c < utf8.RuneSelf && c != '"' && c != '\\' {
			i++
			continue
		}
		if c < utf8.RuneSelf {
			dst = appendEscape(append(dst, s[start:i]...), c)
			i++
			start = i
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && size == 1 {
			invalid = ErrUTF8
			dst = append(append(dst, s[start:i]...), string(utf8.RuneError)...)
			start = i + 1
		}
		i += size
	}
	return append(append(dst, s[start:]...), '"'), invalid
}

// appendEscape appends the escape of a quote, backslash or control character.
func appendEscape(dst []byte, c byte) []byte {
	const hex = "0123456789abcdef"
	switch c {
	case '"', '\\':
		return append(dst, '\\', c)
	case '\n':
		return append(dst, '\\', 'n')
	case '\r':
		return append(dst, '\\', 'r')
	case '\t':
		return append(dst, '\\', 't')
	case '\b':
		return append(dst, '\\', 'b')
	case '\f':
		return append(dst, '\\', 'f')
	}
	return append(dst, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
}
