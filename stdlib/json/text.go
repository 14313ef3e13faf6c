package json

import "unicode/utf8"

// appendString appends s as a JSON string. Bytes that are no UTF-8 become
// U+FFFD if replace is true, else they end it, and valid is false.
func appendString(dst []byte, s string, replace bool) (_ []byte, valid bool) {
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
			if !replace {
				return dst, false
			}
			dst = append(append(dst, s[start:i]...), string(utf8.RuneError)...)
			start = i + 1
		}
		i += size
	}
	return append(append(dst, s[start:]...), '"'), true
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
