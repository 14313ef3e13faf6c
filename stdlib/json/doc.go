// Package json reads and writes JSON: the components read_json and write_json.
//
// Reading goes source → table → rows, as in stdlib/csv. A source is the
// checked options; Resolve has a scout look at every file for keys and types
// and gives a table, which rowread reads; the text of one row after the other
// comes from a splitter, and a parser finds its values, which columns decode on
// first use. The grammar is that of
// engine/jsonvalue.
//
// Writing goes sink → encoder → rowfile.Writer.
//
// The package may import engine/{component,diag,jsonvalue,op,record},
// stdlib/files, stdlib/rawcheck, stdlib/readopt, stdlib/rowfile, stdlib/rowread and
// stdlib/textfile.
package json
