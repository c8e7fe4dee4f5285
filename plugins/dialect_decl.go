package plugins

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
)

func (d *dialect) function(f *ast.FuncDecl) {
	if f.Name.Name == "init" && f.Recv == nil {
		d.refuse(f.Name, "func init", "do it in Register")
	}
	if f.Recv != nil && f.Name.Name == "Error" {
		d.refuse(f.Name, "a method Error", "make errors with errors.New and fmt.Errorf: errors.As and errors.Is miss types of a plugin")
	}
}

// signature checks the type of a function, wherever it is written.
func (d *dialect) signature(f *ast.FuncType) {
	d.typeParameters(f.TypeParams)
	if f.Results != nil && len(f.Results.List) > 0 && len(f.Results.List[0].Names) > 0 {
		d.refuse(f.Results, "a named result", "declare a variable and return it: a named result begins with what the caller's variable held")
	}
}

func (d *dialect) typeParameters(list *ast.FieldList) {
	if list != nil {
		d.refuse(list, "a type parameter", "write the type out")
	}
}

// values checks a const or var declaration.
func (d *dialect) values(s *ast.ValueSpec) {
	if d.declares(token.CONST) {
		d.constants(s)
		return
	}
	if len(s.Values) == 1 && len(s.Names) > 1 {
		if len(d.stack) == 2 { // file, declaration
			d.refuse(s, "a variable of the package with the second result of a call", "assign it in Register")
		}
		d.commaOK(s, nameExprs(s.Names), s.Values[0])
	}
	if len(s.Values) > 1 {
		d.parallel(s, s.Values, false)
	}
}

func nameExprs(names []*ast.Ident) []ast.Expr {
	list := make([]ast.Expr, len(names))
	for i, n := range names {
		list[i] = n
	}
	return list
}

// declares reports whether the node at hand is in a declaration of that kind.
func (d *dialect) declares(tok token.Token) bool {
	decl, ok := d.parent().(*ast.GenDecl)
	return ok && decl.Tok == tok
}

func (d *dialect) constants(s *ast.ValueSpec) {
	if len(s.Names) > 1 {
		d.refuse(s, "a line that declares several constants", "declare one a line")
	}
	for _, v := range s.Values {
		if d.typeAndValue(v) == constant.Bool && contains(v, isBinary) {
			d.refuse(v, "a constant that compares", "declare a variable")
		}
		if contains(v, d.importedFloat) {
			d.refuse(v, "a constant made from one of another package", "declare a variable: the interpreter makes it float64, or 0")
		}
	}
}

func (d *dialect) typeAndValue(e ast.Expr) constant.Kind {
	if v := d.info.Types[e].Value; v != nil {
		return v.Kind()
	}
	return constant.Unknown
}

func isBinary(n ast.Node) bool {
	_, ok := n.(*ast.BinaryExpr)
	return ok
}

// importedFloat reports whether n is a constant of another package that is no integer or text.
func (d *dialect) importedFloat(n ast.Node) bool {
	id, ok := n.(*ast.Ident)
	if !ok {
		return false
	}
	c, ok := d.info.Uses[id].(*types.Const)
	return ok && c.Pkg() != nil && c.Pkg() != d.pkg && c.Val().Kind() == constant.Float
}

// contains reports whether root or something in it is as asked.
func contains(root ast.Node, is func(ast.Node) bool) bool {
	found := false
	ast.Inspect(root, func(n ast.Node) bool {
		found = found || n != nil && is(n)
		return !found
	})
	return found
}

// checkInitOrder refuses variables of the package that stand before those which they depend on: the interpreter
// initialises them as they stand.
func (d *dialect) checkInitOrder() {
	last := token.NoPos
	for _, init := range d.info.InitOrder {
		pos := init.Lhs[0].Pos()
		if pos < last {
			d.report(pos, ErrDialect, &RefusedError{"a variable that depends on a later one", "declare " + init.Lhs[0].Name() + " behind what it needs"})
		}
		last = max(last, pos)
	}
}

// checkTypeDeclarations refuses types that contain each other, or themselves in any way but as a field of their own.
func (d *dialect) checkTypeDeclarations() {
	for id, obj := range d.info.Defs {
		name, ok := obj.(*types.TypeName)
		if !ok || name.IsAlias() {
			continue
		}
		named, ok := name.Type().(*types.Named)
		if !ok {
			continue
		}
		_, isStruct := named.Underlying().(*types.Struct)
		if !isStruct && d.reaches(named.Underlying(), named, nil) {
			d.refuse(id, "a type that contains itself", "make it a struct with a field of that type")
		}
		if other := d.mutual(named); other != nil {
			d.refuse(id, "a type that contains "+other.Obj().Name()+", which contains it,", "merge them, or refer to one by an index")
		}
	}
}

// mutual returns another type of the plugin that named reaches and that reaches named.
func (d *dialect) mutual(named *types.Named) *types.Named {
	for _, obj := range d.info.Defs {
		name, ok := obj.(*types.TypeName)
		if !ok || name.IsAlias() || obj == named.Obj() {
			continue
		}
		other, ok := name.Type().(*types.Named)
		if ok && d.reaches(named.Underlying(), other, nil) && d.reaches(other.Underlying(), named, nil) {
			return other
		}
	}
	return nil
}

// reaches reports whether target is t or part of it, through types of the plugin.
func (d *dialect) reaches(t types.Type, target *types.Named, seen []*types.Named) bool {
	switch t := types.Unalias(t).(type) {
	case *types.Named:
		if t == target {
			return true
		}
		for _, s := range seen {
			if s == t {
				return false
			}
		}
		return d.ours(t.Obj()) && d.reaches(t.Underlying(), target, append(seen, t))
	case *types.Map:
		return d.reaches(t.Key(), target, seen) || d.reaches(t.Elem(), target, seen)
	case interface{ Elem() types.Type }: // pointer, slice, array, channel
		return d.reaches(t.Elem(), target, seen)
	case *types.Struct:
		for f := range t.Fields() {
			if d.reaches(f.Type(), target, seen) {
				return true
			}
		}
	case *types.Signature:
		return d.reaches(t.Params(), target, seen) || d.reaches(t.Results(), target, seen)
	case *types.Tuple:
		for v := range t.Variables() {
			if d.reaches(v.Type(), target, seen) {
				return true
			}
		}
	}
	return false
}
