package jobinfo

import (
	"strings"
	"time"
)

// Kind says what an event is about.
type Kind string

// The kinds of events.
const (
	KindState     Kind = "state"     // the run changes its state
	KindStep      Kind = "step"      // the run enters a step of its life, named by Step
	KindComponent Kind = "component" // a component changes its state
	KindHook      Kind = "hook"      // a hook was called; Cause is what went wrong with it
	KindPerson    Kind = "person"    // somebody did something about the run: Action, By, Cause
	KindFallback  Kind = "fallback"  // another run takes over: Other; "" that none could, for the Cause
)

// Step is a step of a run's life.
type Step string

// The steps, in their order. An attempt goes through preparation, execution and completion.
const (
	Creation    Step = "creation"
	Validation  Step = "validation"
	Preparation Step = "preparation"
	Execution   Step = "execution"
	Completion  Step = "completion"
	Cleanup     Step = "cleanup"
)

// Action is what a person did about a run.
type Action string

// The actions.
const (
	ActCancel   Action = "cancel"   // stop it
	ActRetry    Action = "retry"    // try it again, as the same run
	ActFresh    Action = "fresh"    // run the job again, as another run
	ActSkip     Action = "skip"     // let it count as completed
	ActFallback Action = "fallback" // run its fallback job
	ActAbandon  Action = "abandon"  // leave it failed for good
)

// Event is something that happened to a run. Its fields mean what its Kind says; those
// without a meaning there are empty.
type Event struct {
	Time      time.Time `json:"time"`
	Run       string    `json:"run"`
	Job       string    `json:"job"`
	Attempt   int       `json:"attempt,omitempty"` // from 1; 0 before the first
	Kind      Kind      `json:"kind"`
	State     State     `json:"state,omitempty"`
	Step      Step      `json:"step,omitempty"`
	Component string    `json:"component,omitempty"`
	Hook      string    `json:"hook,omitempty"`
	Action    Action    `json:"action,omitempty"`
	By        string    `json:"by,omitempty"`    // who, where it was a person
	Other     string    `json:"other,omitempty"` // another run
	Cause     string    `json:"cause,omitempty"`
	// Class, Code and Print tell of the error behind a state FAILED or RETRYING: its
	// class, its stable code, and its fingerprint, which errors of one pattern share.
	Class string `json:"class,omitempty"`
	Code  string `json:"code,omitempty"`
	Print string `json:"print,omitempty"`
	// NeedsPerson says that a run which FAILED waits for somebody to decide about it.
	NeedsPerson bool `json:"needs_person,omitempty"`
}

// clean replaces the bytes that are no text: messages may quote data, and what is shown
// must not differ from what JSON can record.
func (e *Event) clean() {
	for _, s := range []*string{&e.Run, &e.Job, &e.Component, &e.Hook, &e.By, &e.Other, &e.Cause, &e.Class, &e.Code, &e.Print} {
		*s = strings.ToValidUTF8(*s, "\uFFFD")
	}
}
