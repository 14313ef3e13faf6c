// Package stdlib is the components that come with etlscript, one folder a
// family. Each is declared by a component.Spec; Register collects them.
package stdlib

import (
	"errors"
	"io/fs"

	"github.com/etlscript/etlscript/engine/component"
	"github.com/etlscript/etlscript/stdlib/checks"
	"github.com/etlscript/etlscript/stdlib/columns"
	"github.com/etlscript/etlscript/stdlib/csv"
	"github.com/etlscript/etlscript/stdlib/custom"
	"github.com/etlscript/etlscript/stdlib/group"
	"github.com/etlscript/etlscript/stdlib/json"
	"github.com/etlscript/etlscript/stdlib/lines"
	"github.com/etlscript/etlscript/stdlib/lua"
	"github.com/etlscript/etlscript/stdlib/nested"
	"github.com/etlscript/etlscript/stdlib/order"
	"github.com/etlscript/etlscript/stdlib/relate"
	"github.com/etlscript/etlscript/stdlib/rowfunc"
	"github.com/etlscript/etlscript/stdlib/rows"
	"github.com/etlscript/etlscript/stdlib/values"
)

//go:generate go run ../cmd/etlscript components --write ../docs/components

// Libraries are those in Lua, by the name that stands before their files in require.
func Libraries() map[string]fs.FS { return map[string]fs.FS{lua.Name: lua.Files} }

// Register adds all components of the standard library to a registry.
func Register(r *component.Registry) error {
	var errs []error
	for _, s := range []*component.Spec{
		csv.ReadSpec(), json.ReadSpec(), lines.ReadSpec(), lines.ReadFixedSpec(), rows.Spec(), custom.SourceSpec(),
		rowfunc.FilterSpec(), rowfunc.MapSpec(), rowfunc.FlatMapSpec(), rowfunc.SplitSpec(), custom.TransformSpec(), nested.ExplodeSpec(), nested.ProjectSpec(), nested.FlattenSpec(), nested.UnflattenSpec(),
		columns.SelectSpec(), columns.DropSpec(), columns.RenameSpec(),
		values.ConvertSpec(), values.FillNullSpec(), values.FillDownSpec(), values.RowNumberSpec(),
		relate.JoinSpec(), relate.UnionSpec(), relate.MergeSpec(),
		checks.ValidateSpec(), checks.AssertSpec(), checks.PeekSpec(),
		group.AggregateSpec(), order.SortSpec(), order.LimitSpec(), order.SkipSpec(), order.DistinctSpec(),
		csv.WriteSpec(), json.WriteSpec(), lines.WriteSpec(), lines.WriteFixedSpec(), custom.SinkSpec(),
	} {
		errs = append(errs, r.Register(s))
	}
	return errors.Join(errs...)
}
