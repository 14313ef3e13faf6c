package diag

import "testing"

func TestFingerprint(t *testing.T) {
	t.Parallel()
	dial := &Diagnostic{Code: "io.dial", Component: "read", Message: `dial tcp 10.0.0.1:5432: connection refused`}
	for _, c := range []struct {
		name  string
		other Diagnostic
		same  bool
	}{
		{"another address", Diagnostic{Code: "io.dial", Component: "read", Message: `dial tcp 10.0.0.2:5432: connection refused`}, true},
		{"another cause", Diagnostic{Code: "io.dial", Component: "read", Message: `dial tcp 10.0.0.1:5432: no route to host`}, false},
		{"another component", Diagnostic{Code: "io.dial", Component: "read@2", Message: dial.Message}, false},
		{"another code", Diagnostic{Code: "io.open", Component: "read", Message: dial.Message}, false},
	} {
		if same := c.other.Fingerprint() == dial.Fingerprint(); same != c.same {
			t.Errorf("%s: the same fingerprint: %v", c.name, same)
		}
	}
	quoted := Diagnostic{Message: `column "a\"b" of /tmp/x.csv, row 12: "z" is no int`}
	if got, want := quoted.Pattern(), `column … of … row … … is no int`; got != want {
		t.Errorf("pattern %q, want %q", got, want)
	}
}
