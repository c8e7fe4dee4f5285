package plugins

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
)

// declaration is what the rules about loops need to know of a variable.
type declaration struct {
	function ast.Node   // that declares it
	loops    []ast.Node // of that function, around the declaration; outermost first
	fresh    bool       // the interpreter makes a new variable each time the declaration is run
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
				fresh := len(n.Lhs) == 1 && !d.isElementLit(n.Rhs[0]) && !isHeader(n, stack)
				for _, e := range n.Lhs {
					d.declare(e, stack, fresh, false)
				}
			}
		case *ast.ValueSpec:
			for _, name := range n.Names {
				fresh := len(n.Values) == 0 || len(n.Names) == 1 && !d.isElementLit(n.Values[0])
				d.declare(name, stack, fresh, false)
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
	function, loops := enclosing(stack)
	d.declared[d.info.Defs[id]] = declaration{function, loops, fresh, rangeKey}
}

// isElementLit tells literals of arrays, slices and maps, which the interpreter writes into the variable that it has.
func (d *dialect) isElementLit(e ast.Expr) bool {
	_, ok := ast.Unparen(e).(*ast.CompositeLit)
	return ok && !d.isStructLit(e)
}

// isHeader reports whether s stands in the header of a for loop.
func isHeader(s ast.Stmt, stack []ast.Node) bool {
	loop, ok := stack[len(stack)-1].(*ast.ForStmt)
	return ok && loop.Init == s
}

// enclosing returns the innermost function of stack, and its loops.
func enclosing(stack []ast.Node) (function ast.Node, loops []ast.Node) {
	for _, n := range stack {
		switch n.(type) {
		case *ast.FuncDecl, *ast.FuncLit:
			function, loops = n, nil
		case *ast.ForStmt, *ast.RangeStmt:
			loops = append(loops, n)
		}
	}
	return function, loops
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
	return ok && len(decl.loops) > 0 && !decl.fresh
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
