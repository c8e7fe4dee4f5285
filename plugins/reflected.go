package plugins

import (
	"go/constant"
	"go/token"
	"go/types"
	"path"
	"reflect"
	"strings"
)

// reflected is a types.Importer that knows packages by their symbols alone. It lets go/types check a plugin where there
// is neither source nor export data: in an installed binary. It leaves out what a plugin cannot use: names of
// parameters, fields that are not exported, generic functions; and, since each costs time, what the file does not
// mention.
type reflected struct {
	mentioned map[string]bool           // identifiers of the file
	symbols   map[string]symbols        // of the packages that were imported
	packages  map[string]*types.Package // by path, also those that only types come from
	named     map[reflect.Type]*types.Named
}

func newReflected(mentioned map[string]bool) *reflected {
	return &reflected{mentioned, map[string]symbols{}, map[string]*types.Package{}, map[reflect.Type]*types.Named{}}
}

// Import returns the package at path, with what its symbols declare.
func (r *reflected) Import(path string) (*types.Package, error) {
	pkg := r.pkg(path)
	if pkg.Complete() {
		return pkg, nil
	}
	all := importable(path)
	if all == nil {
		return nil, ErrImport
	}
	r.symbols[path] = all
	for name, v := range all {
		if r.mentioned[name] {
			pkg.Scope().Insert(r.object(pkg, name, v))
		}
	}
	pkg.MarkComplete()
	return pkg, nil
}

func (r *reflected) pkg(p string) *types.Package {
	pkg := r.packages[p]
	if pkg == nil {
		pkg = types.NewPackage(p, path.Base(p))
		r.packages[p] = pkg
	}
	return pkg
}

// object turns a symbol as yaegi extract writes it into the thing that it stands for: a type is a nil pointer to it, a
// variable is addressable, an untyped constant is a constant.Value.
func (r *reflected) object(pkg *types.Package, name string, v reflect.Value) types.Object {
	t := v.Type()
	switch {
	case v.CanAddr():
		return types.NewVar(token.NoPos, pkg, name, r.typ(t))
	case t.Kind() == reflect.Func:
		return types.NewFunc(token.NoPos, pkg, name, r.signature(t, 0))
	case t.Kind() == reflect.Pointer && v.IsNil():
		return r.typeName(pkg, name, t.Elem())
	}
	if c, ok := v.Interface().(constant.Value); ok {
		return types.NewConst(token.NoPos, pkg, name, untyped(c), c)
	}
	return types.NewConst(token.NoPos, pkg, name, r.typ(t), constantOf(v))
}

func (r *reflected) typeName(pkg *types.Package, name string, t reflect.Type) types.Object {
	if t.PkgPath() == pkg.Path() && t.Name() == name {
		return r.typ(t).(*types.Named).Obj()
	}
	obj := types.NewTypeName(token.NoPos, pkg, name, nil)
	types.NewAlias(obj, r.typ(t))
	return obj
}

func untyped(c constant.Value) types.Type {
	switch c.Kind() {
	case constant.Bool:
		return types.Typ[types.UntypedBool]
	case constant.String:
		return types.Typ[types.UntypedString]
	case constant.Int:
		return types.Typ[types.UntypedInt]
	}
	return types.Typ[types.UntypedFloat]
}

func constantOf(v reflect.Value) constant.Value {
	switch {
	case v.CanInt():
		return constant.MakeInt64(v.Int())
	case v.CanUint():
		return constant.MakeUint64(v.Uint())
	case v.CanFloat():
		return constant.MakeFloat64(v.Float())
	case v.Kind() == reflect.Bool:
		return constant.MakeBool(v.Bool())
	}
	return constant.MakeString(v.String())
}

// needed reports whether a method may be asked for: by its name in the file, or by an interface.
func (r *reflected) needed(t reflect.Type, method string) bool {
	ours := strings.Contains(t.PkgPath(), ".") // the standard library's types meet interfaces such as io.Writer
	return !ours || r.mentioned[method] || method == "Error" || method == "String"
}
