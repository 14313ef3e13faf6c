package jobinfo

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// failing are runs that failed in several ways.
func failing() []Record {
	refused := func(n int, message string) Attempt {
		return Attempt{Number: n, State: Retrying, Started: hours(n), Ended: hours(n), Cause: message, Class: "network", Code: "network.refused", Print: "p1"}
	}
	bad := Attempt{Number: 1, State: Failed, Started: hours(1), Ended: hours(1), Cause: "row 7", Class: "data", Code: "data.type", Print: "p2"}
	return []Record{
		{Meta: Meta{Run: "5", Job: "orders"}, Snapshot: Snapshot{State: Completed, Attempts: []Attempt{
			refused(3, "no route to 10.0.0.3"), refused(4, "no route to 10.0.0.4"), {Number: 3, State: Completed, Ended: hours(5)},
		}}},
		{Meta: Meta{Run: "4", Job: "orders"}, Snapshot: Snapshot{
			State: Failed, Finished: hours(1), Cause: "row 7", Class: "data", Code: "data.type", Print: "p2", Attempts: []Attempt{bad},
		}},
		{Meta: Meta{Run: "3", Job: "flights"}, Snapshot: Snapshot{State: Retrying, Attempts: []Attempt{refused(2, "no route to 10.0.0.2")}}},
		// It failed while it waited for its next attempt, and before its first one.
		{Meta: Meta{Run: "2", Job: "flights"}, Snapshot: Snapshot{
			State: Failed, Finished: hours(6), Cause: "an hour is over", Class: "timeout", Code: "run.timeout", Attempts: []Attempt{refused(5, "no route")},
		}},
		{Meta: Meta{Run: "1", Job: "b"}, Snapshot: Snapshot{State: Failed, Finished: hours(7), Cause: "late", Class: "timeout", Code: "run.timeout"}},
		{Meta: Meta{Run: "0", Job: "b"}, Snapshot: Snapshot{State: Cancelled, Attempts: []Attempt{{
			Number: 1, State: Cancelled, Ended: hours(1), Cause: "cancelled", Class: "cancelled", Code: "run.cancelled", Print: "p3",
		}}}},
	}
}

func TestPatterns(t *testing.T) {
	t.Parallel()
	want := []Pattern{
		{
			Print: "p1", Class: "network", Code: "network.refused", Example: "no route", Count: 4, Rate: 4.0 / 9, Jobs: []string{"flights", "orders"},
			Runs: []string{"5", "3", "2"}, First: hours(2), Last: hours(5),
		},
		{
			Class: "timeout", Code: "run.timeout", Example: "late", Count: 2, Rate: 2.0 / 9, Jobs: []string{"b", "flights"},
			Runs: []string{"2", "1"}, First: hours(6), Last: hours(7),
		},
		{
			Print: "p2", Class: "data", Code: "data.type", Example: "row 7", Count: 1, Rate: 1.0 / 9, Jobs: []string{"orders"},
			Runs: []string{"4"}, First: hours(1), Last: hours(1),
		},
	}
	if diff := cmp.Diff(want, Patterns(failing())); diff != "" {
		t.Errorf("patterns (-want +got):\n%s", diff)
	}
	rates := []Rate{{"network", 4, 4.0 / 9}, {"timeout", 2, 2.0 / 9}, {"data", 1, 1.0 / 9}}
	if diff := cmp.Diff(rates, Rates(failing())); diff != "" {
		t.Errorf("rates (-want +got):\n%s", diff)
	}
	if p, r := Patterns(nil), Rates(nil); p != nil || r != nil {
		t.Errorf("without runs there are %v, %v", p, r)
	}
}
