package plugins

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
)

func (d *dialect) expression(e ast.Expr) {
	switch e := e.(type) {
	case *ast.Ident:
		d.identifier(e)
	case *ast.BasicLit:
		if e.Kind == token.IMAG {
			d.refuse(e, "an imaginary literal", "write complex(0, 1)")
		}
	case *ast.FuncType:
		d.signature(e)
	case *ast.FuncLit:
		d.captures(e)
	case *ast.InterfaceType:
		d.refuse(e, "an interface", "use the type itself, or a func: values of a plugin's types do not survive one")
	case *ast.ChanType:
		d.refuse(e, "a channel", "use a slice: a plugin has no goroutines")
	case *ast.TypeAssertExpr:
		if e.Type != nil {
			d.refuse(e, "a type assertion", "keep values of one type: the interpreter takes types of a plugin for others")
		}
	case *ast.StructType:
		d.embedded(e)
	case *ast.SelectorExpr:
		d.selector(e)
	case *ast.CallExpr:
		d.call(e)
	case *ast.UnaryExpr:
		d.unary(e)
	case *ast.SliceExpr:
		if _, isArray := d.typeOf(e.X).Underlying().(*types.Array); isArray {
			d.address(e.X)
		}
	case *ast.BinaryExpr:
		d.quotient(e)
	case *ast.IndexListExpr:
		d.refuse(e, "a type argument", "write a function or type without type parameters")
	}
}

// identifier refuses builtins and any.
func (d *dialect) identifier(id *ast.Ident) {
	obj := d.info.Uses[id]
	if obj == nil || obj.Parent() != types.Universe {
		return
	}
	switch id.Name {
	case "min", "max":
		d.refuse(id, id.Name, "write an if, or api.Min and api.Max for a slice")
	case "clear":
		d.refuse(id, id.Name, "make a new map, or set the elements")
	case "recover", "close":
		d.refuse(id, id.Name, "leave it out: a panic becomes an error with file and line")
	case "print", "println":
		d.refuse(id, id.Name, "write fmt.Println")
	case "any", "comparable":
		d.refuse(id, id.Name, "use the type itself: values of a plugin's types do not survive an interface")
	}
}

// embedded refuses what cannot be embedded.
func (d *dialect) embedded(s *ast.StructType) {
	for _, f := range s.Fields.List {
		if len(f.Names) > 0 {
			continue
		}
		t := d.typeOf(f.Type)
		if p, ok := t.(*types.Pointer); ok {
			t = p.Elem()
		}
		named, ok := types.Unalias(t).(*types.Named)
		if !ok || !d.ours(named.Obj()) {
			d.refuse(f, "an embedded type of another package", "give the field a name")
		}
	}
}

func (d *dialect) selector(e *ast.SelectorExpr) {
	s := d.info.Selections[e]
	if s == nil {
		return
	}
	switch s.Kind() {
	case types.MethodExpr:
		d.refuse(e, "a method expression", "write a function that calls the method")
	case types.MethodVal:
		if call, ok := d.parent().(*ast.CallExpr); !ok || ast.Unparen(call.Fun) != e {
			d.refuse(e, "a method as a value", "write a function that calls it, as in func() { x.m() }: the receiver would be taken late")
			return
		}
		d.implicitAddress(e, s)
	}
}

func (d *dialect) call(c *ast.CallExpr) {
	if id, ok := ast.Unparen(c.Fun).(*ast.Ident); ok && d.info.Types[c.Fun].IsBuiltin() {
		d.builtin(id.Name, c)
	}
	if c.Ellipsis.IsValid() && d.info.Types[c.Args[len(c.Args)-1]].IsNil() {
		d.refuse(c, "nil…", "leave the argument out")
	}
	if s, ok := d.typeOf(c.Fun).Underlying().(*types.Signature); ok {
		d.arguments(c, s)
	}
}

func (d *dialect) builtin(name string, c *ast.CallExpr) {
	for i, arg := range c.Args {
		switch {
		case name == "new" && !d.info.Types[arg].IsType():
			d.refuse(c, "new with a value", "write p := new(T) and *p = value")
		case name == "append" && i > 0 && d.info.Types[arg].IsNil():
			d.refuse(arg, "append of nil", "append a variable that is nil")
		}
	}
}

// arguments refuses values of the plugin's own types where a function of another package takes any value: they arrive as
// structs without name and methods.
func (d *dialect) arguments(c *ast.CallExpr, s *types.Signature) {
	if d.takesOwnTypes(c.Fun) {
		return
	}
	for i, arg := range c.Args {
		if i >= s.Params().Len() && !s.Variadic() {
			return // does not compile
		}
		want := s.Params().At(min(i, s.Params().Len()-1)).Type()
		if s.Variadic() && i >= s.Params().Len()-1 && !c.Ellipsis.IsValid() {
			want = want.(*types.Slice).Elem()
		}
		if types.IsInterface(want) && d.holdsOwn(d.typeOf(arg), nil) {
			d.refuse(arg, "a value of a plugin's type as an interface", "pass its fields, or numbers and texts made of them")
		}
	}
}

// takesOwnTypes names the functions that look at a value by reflection, as deep as its fields and elements.
func (d *dialect) takesOwnTypes(f ast.Expr) bool {
	s, ok := ast.Unparen(f).(*ast.SelectorExpr)
	if !ok {
		return false
	}
	obj := d.info.Uses[s.Sel]
	if obj == nil || obj.Pkg() == nil {
		return false
	}
	switch obj.Name() {
	case "Slice", "SliceStable", "SliceIsSorted":
		return obj.Pkg().Path() == "sort"
	case "Bind":
		return obj.Pkg() != d.pkg
	}
	return false
}

// holdsOwn reports whether t is, or is made of, a type that the plugin declares, or a struct without a name.
func (d *dialect) holdsOwn(t types.Type, seen []types.Type) bool {
	for _, s := range seen {
		if s == t {
			return false
		}
	}
	seen = append(seen, t)
	switch t := types.Unalias(t).(type) {
	case *types.Named:
		return d.ours(t.Obj())
	case *types.Struct:
		return true
	case *types.Map:
		return d.holdsOwn(t.Key(), seen) || d.holdsOwn(t.Elem(), seen)
	case interface{ Elem() types.Type }:
		return d.holdsOwn(t.Elem(), seen)
	}
	return false
}

func (d *dialect) unary(e *ast.UnaryExpr) {
	switch e.Op {
	case token.ARROW:
		d.refuse(e, "a channel", "use a slice: a plugin has no goroutines")
	case token.AND:
		if lit, ok := ast.Unparen(e.X).(*ast.CompositeLit); ok {
			if !d.isStructLit(lit) {
				d.refuse(e, "& of a literal of an array, slice or map", "use new, or a variable: the next one would be the same")
			}
			return
		}
		d.importedVariable(e.X)
		d.address(e.X)
	}
}

// quotient refuses constant divisions of integers with a remainder: as part of a float they would not be cut.
func (d *dialect) quotient(e *ast.BinaryExpr) {
	if e.Op != token.QUO {
		return
	}
	x, y := d.info.Types[e.X], d.info.Types[e.Y]
	if x.Value == nil || y.Value == nil || !isUntypedInt(x.Type) || !isUntypedInt(y.Type) {
		return
	}
	a, b := constant.ToInt(x.Value), constant.ToInt(y.Value)
	if a.Kind() != constant.Int || b.Kind() != constant.Int || constant.Sign(b) == 0 {
		return
	}
	if constant.Sign(constant.BinaryOp(a, token.REM, b)) != 0 {
		d.refuse(e, "a division of constant integers with a remainder", "write the quotient, or 1.0/2 if a fraction is meant")
	}
}

func isUntypedInt(t types.Type) bool {
	b, ok := t.(*types.Basic)
	return ok && (b.Kind() == types.UntypedInt || b.Kind() == types.UntypedRune)
}
