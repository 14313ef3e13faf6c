package job_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/etlscript/etlscript/engine/job"
)

// Each option that is carried out stands in an example of the page.
func TestReferenceShowsEveryOption(t *testing.T) {
	t.Parallel()
	page, err := job.Reference()
	if err != nil {
		t.Fatal(err)
	}
	var examples strings.Builder
	for _, block := range regexp.MustCompile("(?s)```lua\n(.*?)```").FindAllStringSubmatch(page, -1) {
		examples.WriteString(block[1])
	}
	later := map[string]bool{"params": true, "metrics": true, "schedule": true, "thresholds": true, "isolation": true}
	options, err := job.Options()
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range options {
		shown := regexp.MustCompile(`\b` + o.Name + `\s*= `).MatchString(examples.String())
		if shown == later[o.Name] {
			t.Errorf("option %s is shown in an example: %v", o.Name, shown)
		}
		if !strings.Contains(page, "| `"+o.Name+"` |") {
			t.Errorf("option %s is in no table", o.Name)
		}
	}
	if strings.Contains(page, "<no value>") || strings.Contains(page, "{{") {
		t.Error("the page has holes")
	}
}
