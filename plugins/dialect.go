package plugins

import (
	"errors"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strconv"
	"strings"
)

// RefusedError is a form of Go that is not in the dialect.
type RefusedError struct {
	What    string // as in "goto"
	Instead string // what to write
}

func (e *RefusedError) Error() string { return e.What + " is not for plugins: " + e.Instead }

// dialect walks a checked file and reports what the interpreter would get wrong. Each rule was found by running the form
// both ways, see the tests. Types may be missing where the file does not compile.
type dialect struct {
	*source
	stack    []ast.Node // what encloses the node at hand, outermost first
	declared map[types.Object]declaration
}

func (s *source) checkDialect() {
	d := &dialect{source: s}
	d.collectDeclarations()
	d.checkPackage()
	d.checkInitOrder()
	d.checkTypeDeclarations()
	ast.PreorderStack(s.file, nil, func(n ast.Node, stack []ast.Node) bool {
		d.stack = stack
		d.node(n)
		return true
	})
}

func (d *dialect) refuse(n ast.Node, what, instead string) {
	d.report(n.Pos(), ErrDialect, &RefusedError{what, instead})
}

func (d *dialect) node(n ast.Node) {
	switch n := n.(type) {
	case ast.Stmt:
		d.statement(n)
	case ast.Expr:
		d.expression(n)
	case *ast.FuncDecl:
		d.function(n)
	case *ast.ValueSpec:
		d.values(n)
	case *ast.TypeSpec:
		d.typeParameters(n.TypeParams)
	}
}

// parent returns what directly encloses the node at hand, parentheses left out.
func (d *dialect) parent() ast.Node {
	for _, n := range slices.Backward(d.stack) {
		if _, ok := n.(*ast.ParenExpr); !ok {
			return n
		}
	}
	return nil
}

// checkImports refuses what is not on the list.
func (s *source) checkImports() {
	for _, spec := range s.file.Imports {
		path, _ := strconv.Unquote(spec.Path.Value)
		switch {
		case library()[path] == nil:
			s.report(spec.Pos(), ErrImport, fmt.Errorf("a plugin cannot import %q: it may import %s", path, importPaths()))
		case spec.Name != nil && (spec.Name.Name == "." || spec.Name.Name == "_"):
			s.report(spec.Pos(), ErrDialect, &RefusedError{"import " + spec.Name.Name, "import the package under a name"})
		}
	}
}

// checkPackage refuses names that mean something else to the interpreter, directives, and a file without a Register.
func (d *dialect) checkPackage() {
	name := d.file.Name
	switch {
	case name.Name == "main":
		d.refuse(name, "package main", "give the package a name of its own")
	case types.Universe.Lookup(name.Name) != nil || isLibrary(name.Name):
		d.refuse(name, "package "+name.Name, "take a name that Go and the imports of a plugin do not have")
	}
	for _, group := range d.file.Comments {
		for _, c := range group.List {
			if isDirective(c.Text) {
				d.refuse(c, "the directive "+strings.Fields(c.Text)[0], "leave it out: a plugin is one file that always counts")
			}
		}
	}
	d.checkRegister()
}

func (d *dialect) checkRegister() {
	obj := d.pkg.Scope().Lookup("Register")
	if obj == nil {
		d.report(d.file.Name.Pos(), ErrTypes, errors.New("the file has no function Register: add func Register(r *api.Registry)"))
		return
	}
	if s, ok := obj.Type().(*types.Signature); !ok || s.Recv() != nil || s.Results().Len() != 0 || s.Params().Len() != 1 ||
		types.TypeString(s.Params().At(0).Type(), nil) != "*"+apiPath+".Registry" {
		d.report(obj.Pos(), ErrTypes, fmt.Errorf("the function Register is a %s, want func(r *api.Registry)", obj.Type()))
	}
}

func isLibrary(name string) bool {
	for path := range library() {
		if path == name || strings.HasSuffix(path, "/"+name) {
			return true
		}
	}
	return false
}

// isDirective tells comments that are orders to Go's tools.
func isDirective(comment string) bool {
	for _, prefix := range []string{"//go:", "// +build", "//+build", "//line ", "/*line ", "//export "} {
		if strings.HasPrefix(comment, prefix) {
			return true
		}
	}
	return false
}

// typeOf returns the type of e, never nil.
func (d *dialect) typeOf(e ast.Expr) types.Type {
	if t := d.info.TypeOf(e); t != nil {
		return t
	}
	return types.Typ[types.Invalid]
}

// variable returns the variable that e names, nil if it is something else.
func (d *dialect) variable(e ast.Expr) *types.Var {
	id, ok := ast.Unparen(e).(*ast.Ident)
	if !ok {
		return nil
	}
	v, _ := d.info.ObjectOf(id).(*types.Var)
	return v
}

// ours reports whether a type was declared in the plugin.
func (d *dialect) ours(obj types.Object) bool { return obj.Pkg() == d.pkg && obj.Pos() != token.NoPos }
