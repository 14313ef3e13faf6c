// Package record holds the data that flows through a run: types, schemas and
// batches of about 2048 rows.
//
// A Batch is a set of columns of equal length. A column is either decoded
// (typed values) or raw (the undecoded fields of a text source, decoded on
// first use and copied through as text where nobody reads them), or both: a
// value that no function assigned keeps its source text until a sink writes
// it.
//
// Ownership: a batch, its columns and everything they point at never change
// once the batch was handed on. Whoever wants a changed batch makes a new one
// that shares the columns it did not touch. Memory belongs to the garbage
// collector; who holds rows for long (sort, join, aggregate) copies them with a
// Builder, which clones text, so that no source block stays pinned.
//
// The package is a leaf: it imports nothing of ours.
package record
