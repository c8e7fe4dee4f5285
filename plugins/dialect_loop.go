package plugins

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
)

// declaration is what the rules about loops need to know of a variable.
type declaration struct {
	inLoop   bool // of the function that declares it
	fresh    bool // the interpreter makes a new variable each time the declaration is run
	rangeKey bool
}

// collectDeclarations visits all local variables.
func (d *dialect) collectDeclarations() {
	d.declared = map[types.Object]declaration{}
	ast.PreorderStack(d.file, nil, func(n ast.Node, stack []ast.Node) bool {
		switch n := n.(type) {
		case *ast.RangeStmt:
			d.declare(n.Key, append(slices.Clone(stack), n), false, true)
			d.declare(n.Value, append(slices.Clone(stack), n), false, false)
		case *ast.AssignStmt:
			if n.Tok == token.DEFINE {
				fresh := d.renews(n.Lhs, n.Rhs) && !isHeader(n, stack)
				for _, e := range n.Lhs {
					d.declare(e, stack, fresh, false)
				}
			}
		case *ast.ValueSpec:
			names := nameExprs(n.Names)
			for _, name := range names {
				d.declare(name, stack, d.renews(names, n.Values), false)
			}
		}
		return true
	})
}

func (d *dialect) declare(e ast.Expr, stack []ast.Node, fresh, rangeKey bool) {
	id, ok := e.(*ast.Ident)
	if !ok || d.info.Defs[id] == nil {
		return
	}
	d.declared[d.info.Defs[id]] = declaration{inLoop(stack), fresh, rangeKey}
}

// renews reports whether the interpreter makes new variables for names := values. It writes into those that it has
// where the value is the literal of an array, slice or map, and for v, ok := m[k].
func (d *dialect) renews(names, values []ast.Expr) bool {
	for _, v := range values {
		v = ast.Unparen(v)
		_, isIndex := v.(*ast.IndexExpr)
		_, isLit := v.(*ast.CompositeLit)
		if isIndex && len(names) > len(values) || isLit && !d.isStructLit(v) {
			return false
		}
	}
	return true
}

// isHeader reports whether s stands in the header of a for loop.
func isHeader(s ast.Stmt, stack []ast.Node) bool {
	loop, ok := stack[len(stack)-1].(*ast.ForStmt)
	return ok && loop.Init == s
}

// inLoop reports whether stack ends in a loop of its innermost function.
func inLoop(stack []ast.Node) bool {
	for _, n := range slices.Backward(stack) {
		switch n.(type) {
		case *ast.FuncDecl, *ast.FuncLit:
			return false
		case *ast.ForStmt, *ast.RangeStmt:
			return true
		}
	}
	return false
}

// captures checks the variables of a loop that a function literal in the loop uses: unless each iteration makes a new
// one, the interpreter shares one variable among all.
func (d *dialect) captures(f *ast.FuncLit) {
	told := map[types.Object]bool{}
	ast.Inspect(f.Body, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		if !ok {
			return true
		}
		obj := d.info.Uses[id]
		if d.shared(obj) && !told[obj] && !within(obj.Pos(), f) {
			told[obj] = true
			d.refuse(id, "a function over the variable "+id.Name+" of a loop", "copy it in the loop first, as in "+id.Name+" := "+id.Name+": all iterations would share it")
		}
		return true
	})
}

// address checks the operand of & and of the slicing of an array.
func (d *dialect) address(e ast.Expr) {
	if v := d.root(e); v != nil && d.shared(v) {
		d.refuse(e, "the address of the variable "+v.Name()+" of a loop", "copy it in the loop first, as in "+v.Name()+" := "+v.Name()+": all iterations would share it")
	}
}

// implicitAddress checks a call x.m() that takes the address of x.
func (d *dialect) implicitAddress(e *ast.SelectorExpr, s *types.Selection) {
	signature, ok := s.Obj().Type().(*types.Signature)
	if !ok || signature.Recv() == nil {
		return
	}
	_, wantsPointer := signature.Recv().Type().(*types.Pointer)
	_, isPointer := d.typeOf(e.X).Underlying().(*types.Pointer)
	if wantsPointer && !isPointer {
		d.address(e.X)
	}
}

// shared reports whether obj is a variable of a loop that the interpreter does not renew.
func (d *dialect) shared(obj types.Object) bool {
	decl, ok := d.declared[obj]
	return ok && decl.inLoop && !decl.fresh
}

func within(pos token.Pos, n ast.Node) bool { return n.Pos() <= pos && pos < n.End() }

// root returns the variable that holds e: x for x, x.f and x[i] of an array.
func (d *dialect) root(e ast.Expr) types.Object {
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		return d.info.Uses[e]
	case *ast.SelectorExpr:
		if _, isPointer := d.typeOf(e.X).Underlying().(*types.Pointer); !isPointer && d.info.Selections[e] != nil {
			return d.root(e.X)
		}
	case *ast.IndexExpr:
		if _, isArray := d.typeOf(e.X).Underlying().(*types.Array); isArray {
			return d.root(e.X)
		}
	}
	return nil
}
