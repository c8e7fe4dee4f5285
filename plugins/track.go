package plugins

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"strconv"
)

// tracker is the name of a variable that every statement of an instrumented file sets to its line. The interpreter says
// of a panic only in which function it was; this costs a fifth more per step of a loop, and tells the line.
type tracker string

// track instruments the file, after it was checked, and returns the name of the variable.
func (s *source) track() tracker {
	name := "SondeLine"
	for known := identifiers(s.file); known[name] || known[tracker(name).address()]; {
		name += "_"
	}
	t := tracker(name)
	for _, d := range s.file.Decls {
		s.trackIn(d, t)
	}
	added, err := parser.ParseFile(s.fset, s.path, "package p\nvar "+name+" int\nfunc "+t.address()+"() *int { return &"+name+" }", parser.SkipObjectResolution)
	if err == nil {
		s.file.Decls = append(s.file.Decls, added.Decls...)
	}
	return t
}

// address is the name of the function that returns where the variable is.
func (t tracker) address() string { return string(t) + "At" }

// trackIn instruments the functions in n, but those that take a pass: sessions run them at the same time, and would
// race for the variable.
func (s *source) trackIn(n ast.Node, t tracker) {
	ast.Inspect(n, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncDecl:
			return !s.takesPass(n.Type)
		case *ast.FuncLit:
			return !s.takesPass(n.Type)
		case *ast.BlockStmt:
			n.List = s.tracked(n.List, t)
		case *ast.CaseClause:
			n.Body = s.tracked(n.Body, t)
		}
		return true
	})
}

func (s *source) takesPass(f *ast.FuncType) bool {
	for _, p := range f.Params.List {
		if types.TypeString(s.info.TypeOf(p.Type), func(*types.Package) string { return "" }) == "*Pass" {
			return true
		}
	}
	return false
}

func (s *source) tracked(list []ast.Stmt, t tracker) []ast.Stmt {
	var out []ast.Stmt
	for _, stmt := range list {
		switch stmt.(type) {
		case *ast.CaseClause:
			return list // the body of a switch
		case *ast.BlockStmt, *ast.BranchStmt, *ast.EmptyStmt:
		default:
			line := strconv.Itoa(s.fset.PositionFor(stmt.Pos(), false).Line)
			out = append(out, &ast.AssignStmt{
				Lhs: []ast.Expr{&ast.Ident{NamePos: stmt.Pos(), Name: string(t)}}, TokPos: stmt.Pos(), Tok: token.ASSIGN,
				Rhs: []ast.Expr{&ast.BasicLit{ValuePos: stmt.Pos(), Kind: token.INT, Value: line}},
			})
		}
		out = append(out, stmt)
	}
	return out
}
