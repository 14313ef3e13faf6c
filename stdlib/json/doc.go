// Package json reads and writes JSON: the components read_json and write_json.
//
// Reading goes source → table → reader, as in stdlib/csv. A source is the
// checked options; Resolve has a scout look at every file for keys and types
// and gives a table; the table's reader takes the text of one row after the
// other from a splitter, has a parser find its values, and hands on batches
// whose columns decode themselves on first use. The grammar is that of
// engine/jsonvalue.
//
// Writing goes sink → encoder → rowfile.Writer.
//
// The package may import engine/{component,diag,jsonvalue,op,record},
// stdlib/files, stdlib/readopt and stdlib/rowfile.
package json
