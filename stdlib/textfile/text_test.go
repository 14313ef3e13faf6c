package textfile

import (
	"strings"
	"testing"
)

// What is no text is found also where reads cut the replacement character.
func TestDecodedInSmallPieces(t *testing.T) {
	t.Parallel()
	for size := 1; size < 5; size++ {
		d := &decoded{r: strings.NewReader("aä€\nb\ufffdc"), file: "in.csv", charset: "x"}
		var text []byte
		var err error
		for p := make([]byte, size); err == nil; {
			var n int
			n, err = d.Read(p)
			text = append(text, p[:n]...)
		}
		if got := err.Error(); got != "in.csv:2: line 2 of in.csv holds bytes that are no text in x" {
			t.Errorf("size %d: %s", size, got)
		}
		if !strings.HasPrefix(string(text), "aä€\n") {
			t.Errorf("size %d: read %q", size, text)
		}
	}
}
