package plugins

import (
	"go/ast"
	"go/constant"

	"github.com/sonde-ml/sonde/plugins/api"
)

// registrations are the places of the functions of hooks, by the call that adds them. Go keeps no position of a
// function value, so an error that a hook returns is reported at the function that the call names.
type registrations struct{ byCall map[string][]place }

// registrations lists where the functions of the file's hooks stand, by the call that adds them.
func (s *source) registrations() *registrations {
	r := &registrations{byCall: map[string][]place{}}
	ast.Inspect(s.file, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok || len(call.Args) != 2 {
			return true
		}
		method, ok := call.Fun.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		name, selector := api.When(method.Sel.Name), s.info.Types[call.Args[0]].Value
		if (name == api.BeforeOp || name == api.InPlaceOfOp || name == api.AfterOp) && selector != nil && selector.Kind() == constant.String {
			h := api.Hook{When: name, Selector: constant.StringVal(selector)}
			at := s.fset.PositionFor(s.definition(call.Args[1]).Pos(), false)
			r.byCall[h.String()] = append(r.byCall[h.String()], place{at.Line, at.Column})
		}
		return true
	})
	return r
}

// definition returns the function that e names, or e itself.
func (s *source) definition(e ast.Expr) ast.Node {
	id, ok := e.(*ast.Ident)
	if !ok {
		return e
	}
	for _, d := range s.file.Decls {
		if f, ok := d.(*ast.FuncDecl); ok && s.info.Defs[f.Name] == s.info.Uses[id] {
			return f
		}
	}
	return e
}

// next returns where the function of h stands. Calls that look the same are taken in the order of the file.
func (r *registrations) next(h api.Hook) place {
	places := r.byCall[h.String()]
	if len(places) == 0 {
		return place{}
	}
	if len(places) > 1 {
		r.byCall[h.String()] = places[1:]
	}
	return places[0]
}
