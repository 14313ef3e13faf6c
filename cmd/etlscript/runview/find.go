// Package runview shows runs: the commands runs, status, logs, cancel and metrics are made of
// it. It knows runs by jobinfo alone, and nothing of engines. Each view is a struct, whose
// JSON is what --json prints, with a method that writes it for people.
package runview

import (
	"errors"
	"fmt"
	"strings"

	"github.com/etlscript/etlscript/jobinfo"
)

// Last stands for the newest run.
const Last = "last"

// Find is the run that a word names: its id, the beginning or the end of its id where no
// other run has it, or Last. A damaged run is no error; Record.Fault says what is wrong.
func Find(a jobinfo.Archive, word string) (jobinfo.Record, error) {
	if word != Last {
		r, err := a.Load(word)
		if err == nil || r.Fault != nil {
			return r, nil
		}
		if !errors.Is(err, jobinfo.ErrNoRun) {
			return r, err
		}
	}
	all, err := a.List(jobinfo.Filter{})
	if err != nil {
		return jobinfo.Record{}, err
	}
	run, err := choose(all, word)
	if err != nil {
		return jobinfo.Record{}, err
	}
	r, err := a.Load(run)
	if r.Fault != nil {
		err = nil
	}
	return r, err
}

// choose is the id of the run that a word names.
func choose(all []jobinfo.Record, word string) (string, error) {
	if len(all) == 0 {
		return "", errors.New("there are no runs yet; --runs says in which folder they are")
	}
	if word == Last {
		return all[0].Run, nil
	}
	var found []jobinfo.Record
	for _, r := range all {
		if named(r.Run, word) {
			found = append(found, r)
		}
	}
	switch len(found) {
	case 0:
		return "", fmt.Errorf("there is no run %q; the newest are %s", word, names(all))
	case 1:
		return found[0].Run, nil
	}
	return "", fmt.Errorf("%q names %d runs; write more of the id: %s", word, len(found), names(found))
}

// named reports whether an id begins or ends with a word, in capitals or not.
func named(run, word string) bool {
	run, word = strings.ToUpper(run), strings.ToUpper(word)
	return word != "" && (strings.HasPrefix(run, word) || strings.HasSuffix(run, word))
}

// names are the ids of some runs, with their jobs.
func names(list []jobinfo.Record) string {
	const most = 5
	var out []string
	for _, r := range list[:min(most, len(list))] {
		out = append(out, fmt.Sprintf("%s (%s)", r.Run, r.Job))
	}
	if len(list) > most {
		out = append(out, fmt.Sprintf("and %d more", len(list)-most))
	}
	return strings.Join(out, ", ")
}
