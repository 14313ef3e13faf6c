package runview

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"
	"unicode"
)

// table begins columns that line up.
func table(w io.Writer) *tabwriter.Writer {
	return tabwriter.NewWriter(&trimmed{w: w}, 0, 0, 2, ' ', 0)
}

// trimmed leaves out the spaces at the ends of lines, which empty columns leave.
type trimmed struct {
	w      io.Writer
	spaces int // that were held back
}

// Write implements io.Writer.
func (t *trimmed) Write(text []byte) (int, error) {
	var out []byte
	for _, c := range text {
		switch c {
		case ' ':
			t.spaces++
			continue
		case '\n':
			t.spaces = 0
		}
		for ; t.spaces > 0; t.spaces-- {
			out = append(out, ' ')
		}
		out = append(out, c)
	}
	_, err := t.w.Write(out)
	return len(text), err
}

// when is a moment, in the zone of the one who reads.
func when(t, now time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(now.Location()).Format("2006-01-02 15:04:05")
}

// took is a time in about three digits.
func took(d time.Duration) string {
	switch {
	case d < time.Second:
		return d.Round(time.Millisecond).String()
	case d < time.Minute:
		return d.Round(100 * time.Millisecond).String()
	}
	return d.Round(time.Second).String()
}

// size is a number of bytes in about three digits.
func size(n int64) string {
	units := []string{"KiB", "MiB", "GiB", "TiB"}
	if n < 1024 {
		return fmt.Sprintf("%d B", n)
	}
	x, unit := float64(n), ""
	for _, unit = range units {
		if x /= 1024; x < 1024 {
			break
		}
	}
	return fmt.Sprintf("%.1f %s", x, unit)
}

// rows counts rows.
func rows(n int64) string {
	if n == 1 {
		return "1 row"
	}
	return fmt.Sprintf("%d rows", n)
}

// line is a text on one line, without anything that moves the cursor of a terminal.
func line(text string) string {
	text = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, text)
	return strings.Join(strings.Fields(text), " ")
}

// short is a line of at most so many characters.
func short(text string, most int) string {
	r := []rune(line(text))
	if len(r) <= most {
		return string(r)
	}
	return string(r[:most-1]) + "…"
}

// percent is a share of one.
func percent(share float64) string { return fmt.Sprintf("%.0f%%", 100*share) }
