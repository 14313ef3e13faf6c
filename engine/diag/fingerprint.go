package diag

import (
	"encoding/hex"
	"hash/fnv"
	"regexp"
)

// varying is the parts of messages that differ between problems of one pattern: quoted
// texts, words with digits (numbers, dates, ids, addresses), and paths.
var varying = regexp.MustCompile(`"(?:[^"\\]|\\.)*"|\S*[0-9/]\S*`)

// Pattern is the message without what differs from one problem of its kind to the next.
func (d *Diagnostic) Pattern() string { return varying.ReplaceAllString(d.Message, "…") }

// Fingerprint is a short text that problems of one pattern share: the same code, the same
// component, and the same words but for quoted texts, numbers and paths.
func (d *Diagnostic) Fingerprint() string {
	h := fnv.New64a()
	for _, part := range []string{string(d.Code), d.Component, d.Pattern()} {
		h.Write([]byte(part)) // never fails
		h.Write([]byte{0})
	}
	return hex.EncodeToString(h.Sum(nil))
}
