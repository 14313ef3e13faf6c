package etllib

import (
	"encoding/base64"
	"encoding/hex"
	"errors"
	"html"
	"strings"

	"github.com/etlscript/etlscript/engine/record"
	"github.com/etlscript/etlscript/luabind/vm"
)

// encodingEntries are the functions that write bytes as other texts and read
// them back.
func encodingEntries() []Entry {
	change := func(name, doc, example string, run func(c call) int) Entry {
		return Entry{
			Name: name, Params: []Param{{Name: "text"}}, Pure: true, Kind: record.String, Gives: "string",
			Doc: doc, Example: example, run: run,
		}
	}
	return []Entry{
		change("base64.encode", "The bytes in base64, with padding.", `etl.base64.encode("hi?>") == "aGk/Pg=="`, encodeBase64(base64.StdEncoding)),
		change("base64.decode", "The bytes that a base64 text means. Padding is required; blanks and line breaks are errors.",
			`etl.base64.decode("aGk/Pg==") == "hi?>"`, decodeBase64(base64.StdEncoding.Strict())),
		change("base64url.encode", "The bytes in the base64 of URLs and tokens, without padding.",
			`etl.base64url.encode("hi?>") == "aGk_Pg"`, encodeBase64(base64.RawURLEncoding)),
		change("base64url.decode", "The bytes that such a text means; padding is an error.",
			`etl.base64url.decode("aGk_Pg") == "hi?>"`, decodeBase64(base64.RawURLEncoding.Strict())),
		change("hex.encode", "The bytes in hexadecimal digits, in lower case.", `etl.hex.encode("hi") == "6869"`, encodeHex),
		change("hex.decode", "The bytes that hexadecimal digits mean, in upper or lower case.", `etl.hex.decode("6869") == "hi"`, decodeHex),
		change("html.escape", "The text with `<`, `>`, `&` and both quotes as entities.", `etl.html.escape("a<b") == "a&lt;b"`,
			func(c call) int { return c.expand(html.EscapeString, 5) }),
		change("html.unescape", "The text with all entities of HTML as the characters that they mean; what is no entity stays.",
			`etl.html.unescape("caf&eacute; &amp; bar") == "café & bar"`, func(c call) int { return c.expand(html.UnescapeString, 1) }),
	}
}

// expand gives what a function makes of the first argument. It makes at most
// so many bytes of each.
func (c call) expand(change func(string) string, most int) int {
	text := c.text(0)
	if len(text) > vm.MaxText/most {
		vm.CheckSize(c.L, len(text)*most)
	}
	return c.giveText(change(text))
}

func encodeBase64(e *base64.Encoding) func(call) int {
	return func(c call) int {
		text := c.text(0)
		vm.CheckSize(c.L, e.EncodedLen(len(text)))
		return c.giveText(e.EncodeToString([]byte(text)))
	}
}

func decodeBase64(e *base64.Encoding) func(call) int {
	return func(c call) int {
		text := c.text(0)
		if i := strings.IndexAny(text, "\r\n"); i >= 0 { // Go's decoder skips them
			c.fail("base64.decode", "a line break at byte %d", i+1)
		}
		out, err := e.DecodeString(text)
		if at := base64.CorruptInputError(0); errors.As(err, &at) {
			c.fail("base64.decode", "the text is no base64 from byte %d on", int64(at)+1)
		}
		return c.giveText(string(out))
	}
}

func encodeHex(c call) int {
	text := c.text(0)
	vm.CheckSize(c.L, 2*len(text))
	return c.giveText(hex.EncodeToString([]byte(text)))
}

func decodeHex(c call) int {
	text := c.text(0)
	out, err := hex.DecodeString(text)
	if at := hex.InvalidByteError(0); errors.As(err, &at) {
		c.fail("hex.decode", "%q is no hexadecimal digit", string(rune(at)))
	} else if err != nil {
		c.fail("hex.decode", "an odd number of digits")
	}
	return c.giveText(string(out))
}
