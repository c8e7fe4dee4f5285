package plugins

import (
	"go/token"
	"go/types"
	"reflect"
)

// typ returns what go/types calls t.
func (r *reflected) typ(t reflect.Type) types.Type {
	if t.Name() == "" {
		return r.literal(t)
	}
	if t.PkgPath() == "" {
		return types.Universe.Lookup(t.Name()).Type()
	}
	if n := r.named[t]; n != nil {
		return n
	}
	n := types.NewNamed(types.NewTypeName(token.NoPos, r.pkg(t.PkgPath()), t.Name(), nil), nil, nil)
	r.named[t] = n
	n.SetUnderlying(r.literal(t))
	r.addMethods(n, t)
	return n
}

// literal returns the type that t is made of, under its name if it has one.
func (r *reflected) literal(t reflect.Type) types.Type {
	switch t.Kind() {
	case reflect.Pointer:
		return types.NewPointer(r.typ(t.Elem()))
	case reflect.Slice:
		return types.NewSlice(r.typ(t.Elem()))
	case reflect.Array:
		return types.NewArray(r.typ(t.Elem()), int64(t.Len()))
	case reflect.Map:
		return types.NewMap(r.typ(t.Key()), r.typ(t.Elem()))
	case reflect.Chan:
		return types.NewChan(types.SendRecv, r.typ(t.Elem()))
	case reflect.Func:
		return r.signature(t, 0)
	case reflect.Struct:
		return r.structure(t)
	case reflect.Interface:
		return r.iface(t)
	case reflect.UnsafePointer:
		return types.Typ[types.UnsafePointer]
	}
	return types.Universe.Lookup(t.Kind().String()).Type()
}

func (r *reflected) structure(t reflect.Type) types.Type {
	var fields []*types.Var
	var tags []string
	for i := range t.NumField() {
		if f := t.Field(i); f.IsExported() {
			fields = append(fields, types.NewField(token.NoPos, r.pkg(t.PkgPath()), f.Name, r.typ(f.Type), f.Anonymous))
			tags = append(tags, string(f.Tag))
		}
	}
	return types.NewStruct(fields, tags)
}

func (r *reflected) iface(t reflect.Type) types.Type {
	var methods []*types.Func
	for i := range t.NumMethod() {
		m := t.Method(i)
		methods = append(methods, types.NewFunc(token.NoPos, r.pkg(t.PkgPath()), m.Name, r.signature(m.Type, 0)))
	}
	return types.NewInterfaceType(methods, nil).Complete()
}

// addMethods declares the methods of *t, each with the receiver that it needs.
func (r *reflected) addMethods(n *types.Named, t reflect.Type) {
	if t.Kind() == reflect.Interface {
		return
	}
	pointer := reflect.PointerTo(t)
	for i := range pointer.NumMethod() {
		m := pointer.Method(i)
		if !r.needed(t, m.Name) {
			continue
		}
		var receiver types.Type = n
		if _, byValue := t.MethodByName(m.Name); !byValue {
			receiver = types.NewPointer(n)
		}
		s := r.signature(m.Type, 1)
		s = types.NewSignatureType(types.NewVar(token.NoPos, n.Obj().Pkg(), "", receiver), nil, nil, s.Params(), s.Results(), s.Variadic())
		n.AddMethod(types.NewFunc(token.NoPos, n.Obj().Pkg(), m.Name, s))
	}
}

// signature returns the type of a function; its first parameters, such as the receiver, can be skipped.
func (r *reflected) signature(t reflect.Type, skip int) *types.Signature {
	var params, results []*types.Var
	for i := skip; i < t.NumIn(); i++ {
		params = append(params, types.NewParam(token.NoPos, nil, "", r.typ(t.In(i))))
	}
	for i := range t.NumOut() {
		results = append(results, types.NewParam(token.NoPos, nil, "", r.typ(t.Out(i))))
	}
	return types.NewSignatureType(nil, nil, nil, types.NewTuple(params...), types.NewTuple(results...), t.IsVariadic())
}
