// Package lines reads and writes text line by line: read_lines and write_lines, whose
// rows are lines, and read_fixed and write_fixed, whose columns stand at fixed places of
// a line.
//
// Reading goes source → rows (rowread): a scanner cuts the text into lines, a layout finds the
// fields of each, and a column decodes them on first use. Writing goes sink → an encoder
// of lines or of fields → rowfile.Writer. A value that no function assigned is written as
// its source text.
//
// The package may import engine/{component,diag,op,record}, stdlib/files,
// stdlib/readopt, stdlib/rowfile, stdlib/rowread, stdlib/textfile and golang.org/x/text.
package lines
