// Package readopt holds the options that the readers of text share: the types
// that a script fixes for columns, and the words that mean NULL. It may import
// engine/{component,diag,op,record}.
package readopt
