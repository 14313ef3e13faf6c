// Package csv reads and writes CSV: the components read_csv and write_csv.
//
// Reading goes source → table → rows. A source is the checked options; Resolve
// has a scout look at every file for names and types and gives a table, which
// rowread reads; the rows of a file are cut by a scanner, which makes an index of
// fields (record.Block) that columns decode on first use. Rows are split as encoding/csv splits them; the
// differences are written in ReadSpec's documentation and held by a fuzz test.
//
// Writing goes sink → encoder → rowfile.Writer. A value that no function
// assigned is written as its source text.
//
// The package may import engine/{component,diag,jsonvalue,op,record},
// stdlib/files, stdlib/readopt, stdlib/rowfile, stdlib/rowread, stdlib/textfile and
// golang.org/x/text.
package csv
