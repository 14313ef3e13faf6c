// Package custom declares the components whose work is done by functions of the
// script: source, transform and sink. It knows these only as expr.Func, so that they may
// be written in any language that makes such functions.
//
// It may import engine/{component,diag,expr,op,record}.
package custom

import (
	"fmt"

	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/expr"
)

// alone refuses functions that share variables with those of other nodes: they run in
// a place of their own.
func alone(component string, functions ...expr.Func) diag.List {
	own := map[expr.Func]bool{}
	for _, f := range functions {
		if f != nil {
			own[f] = true
		}
	}
	for f := range own {
		if i := f.Info(); i.Members > len(own) {
			return diag.List{diag.Errorf("lua.group", i.Pos, "a function of the %s shares a variable with a function of another component, and one of them writes it", component).
				WithHint("%s", fmt.Sprintf("the functions of a %s run beside the others; give them variables of their own", component))}
		}
	}
	return nil
}
