// Package jsonvalue translates between JSON texts and record.Value.
//
// It is strict: a name twice in an object, text that is no UTF-8, half a
// surrogate pair and nesting beyond MaxDepth are errors, and no number loses a
// digit. It may import engine/record; the grammar is that of jsontext.
package jsonvalue
