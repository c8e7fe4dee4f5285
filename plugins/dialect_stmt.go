package plugins

import (
	"go/ast"
	"go/token"
	"go/types"
)

func (d *dialect) statement(s ast.Stmt) {
	switch s := s.(type) {
	case *ast.GoStmt:
		d.refuse(s, "go", "call the function: a panic in a goroutine would end the program")
	case *ast.DeferStmt:
		d.refuse(s, "defer", "call the function at the end: its arguments would be taken late, and a recover keep old results")
	case *ast.SendStmt, *ast.SelectStmt, *ast.CommClause:
		d.refuse(s, "a channel", "use a slice: a plugin has no goroutines")
	case *ast.BranchStmt:
		if s.Tok == token.GOTO {
			d.refuse(s, "goto", "write a loop")
		}
	case *ast.LabeledStmt:
		d.label(s)
	case *ast.TypeSwitchStmt:
		d.refuse(s, "a type switch", "keep values of one type: the interpreter takes types of a plugin for others")
	case *ast.SwitchStmt:
		d.switchStmt(s)
	case *ast.CaseClause:
		d.caseClause(s)
	case *ast.RangeStmt:
		d.rangeStmt(s)
	case *ast.AssignStmt:
		d.assign(s)
	case *ast.IncDecStmt:
		d.assignTo(s.X)
	}
}

func (d *dialect) label(s *ast.LabeledStmt) {
	if _, inCase := d.parent().(*ast.CaseClause); inCase {
		d.refuse(s, "a label inside a switch", "move the loop to a function")
	}
}

func (d *dialect) switchStmt(s *ast.SwitchStmt) {
	if s.Tag != nil {
		switch t := d.typeOf(s.Tag).Underlying().(type) {
		case *types.Interface:
			d.refuse(s.Tag, "a switch over an interface", "compare with if and ==")
		case *types.Basic:
			if t.Info()&(types.IsFloat|types.IsComplex) != 0 {
				d.refuse(s.Tag, "a switch over a float", "compare with if and ==: the cases would be rounded to integers")
			}
		}
	}
	for i, clause := range s.Body.List {
		isDefault := clause.(*ast.CaseClause).List == nil
		if isDefault && i < len(s.Body.List)-1 && contains(s.Body, isFallthrough) {
			d.refuse(clause, "a default before other cases, with fallthrough,", "write default last")
		}
	}
}

func isFallthrough(n ast.Node) bool {
	b, ok := n.(*ast.BranchStmt)
	return ok && b.Tok == token.FALLTHROUGH
}

func (d *dialect) caseClause(c *ast.CaseClause) {
	for _, e := range c.List {
		if len(c.List) > 1 && contains(e, d.isCall) {
			d.refuse(e, "a call in a case with several values", "call it before the switch: the calls would run in another order")
		}
	}
}

// isCall reports whether n calls a function that is no conversion or builtin.
func (d *dialect) isCall(n ast.Node) bool {
	call, ok := n.(*ast.CallExpr)
	if !ok {
		return false
	}
	t := d.info.Types[call.Fun]
	return t.IsValue()
}

func (d *dialect) rangeStmt(s *ast.RangeStmt) {
	switch t := d.typeOf(s.X).Underlying().(type) {
	case *types.Basic:
		switch {
		case t.Info()&types.IsInteger != 0:
			d.refuse(s.X, "range over an integer", "write for i := 0; i < n; i++")
		case t.Info()&types.IsString != 0:
			d.refuse(s.X, "range over a string", "range over []rune(s) or []byte(s): the index would count runes")
		}
	case *types.Signature:
		d.refuse(s.X, "range over a function", "call it with a function, or range over a slice")
	case *types.Pointer:
		d.refuse(s.X, "range over a pointer to an array", "range over a slice of it: p[:]")
	case *types.Chan:
		d.refuse(s.X, "a channel", "use a slice: a plugin has no goroutines")
	}
	if s.Tok == token.ASSIGN {
		d.refuse(s, "range with =", "write := and assign in the body: the variables would keep their values")
	}
}

func (d *dialect) assign(s *ast.AssignStmt) {
	if len(s.Rhs) == 1 && len(s.Lhs) > 1 {
		d.commaOK(s, s.Lhs, s.Rhs[0])
	}
	if len(s.Rhs) > 1 {
		d.parallel(s, s.Rhs, s.Tok == token.ASSIGN)
	}
	if s.Tok == token.DEFINE {
		return
	}
	for _, e := range s.Lhs {
		d.assignTo(e)
	}
	if len(s.Lhs) == 1 && d.variable(s.Lhs[0]) != nil && d.isStructLit(s.Rhs[0]) {
		d.refuse(s, "= with a struct literal", "assign the fields, or make a new variable first, as in t := T{…}; x = t: pointers to x and functions that use it would keep the old one")
	}
}

func (d *dialect) isStructLit(e ast.Expr) bool {
	lit, ok := ast.Unparen(e).(*ast.CompositeLit)
	if !ok {
		return false
	}
	_, ok = d.typeOf(lit).Underlying().(*types.Struct)
	return ok
}

// commaOK checks v, ok := m[k] and v, ok := x.(T), which leave v as it was where there is nothing.
func (d *dialect) commaOK(n ast.Node, left []ast.Expr, right ast.Expr) {
	if _, ok := ast.Unparen(right).(*ast.IndexExpr); !ok || isBlank(left[0]) {
		return
	}
	d.refuse(n, "v, ok := m[k]", "write v := m[k] and _, ok := m[k]: v would keep its old value where there is no entry")
}

func isBlank(e ast.Expr) bool {
	id, ok := e.(*ast.Ident)
	return ok && id.Name == "_"
}

// parallel checks a, b = x, y.
func (d *dialect) parallel(n ast.Node, right []ast.Expr, assigned bool) {
	for _, e := range right {
		e = ast.Unparen(e)
		_, literal := e.(*ast.CompositeLit)
		if literal || assigned && (d.isCall(e) || d.info.Types[e].IsNil() || d.isBuiltinCall(e)) {
			d.refuse(n, "a parallel assignment with a call, a literal of a type or nil", "assign one after the other: the other variables would not be set")
			return
		}
	}
}

func (d *dialect) isBuiltinCall(e ast.Expr) bool {
	call, ok := e.(*ast.CallExpr)
	return ok && d.info.Types[call.Fun].IsBuiltin()
}

// assignTo checks the left side of an assignment.
func (d *dialect) assignTo(e ast.Expr) {
	if v := d.variable(e); v != nil && d.declared[v].rangeKey {
		d.refuse(e, "an assignment to the index of a range loop", "copy it, as in j := i: the loop itself would jump")
	}
	d.importedVariable(e)
}

// importedVariable refuses to change, or take the address of, variables of other packages.
func (d *dialect) importedVariable(e ast.Expr) {
	s, ok := ast.Unparen(e).(*ast.SelectorExpr)
	if !ok {
		return
	}
	if v, ok := d.info.Uses[s.Sel].(*types.Var); ok && !v.IsField() && v.Pkg() != d.pkg {
		d.refuse(e, "to change a variable of another package", "keep a variable of your own")
	}
}
