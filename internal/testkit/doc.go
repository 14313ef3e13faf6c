// Package testkit holds what the tests of several packages share. Its own tests
// keep the architecture: arch_test.go the import rules, globals_test.go the
// ban on init functions and on state in package variables.
//
// Only tests import it; it imports nothing of ours.
package testkit
