package hostile

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	gotypes "go/types"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// CheckArithmetic keeps, in the package of the test that calls it, the rule that makes a reader safe: what a file says is
// an unsigned number of 32 or 64 bits, on which there is no arithmetic, and which is not made an int, but by package
// checked. Only Go's int, which is compared with real bytes before it exists, may be calculated with. trusted are the
// functions that may do so themselves, and why.
func CheckArithmetic(t *testing.T, trusted map[string]string) {
	t.Helper()
	fset := token.NewFileSet()
	info := &gotypes.Info{Types: map[ast.Expr]gotypes.TypeAndValue{}}
	files := parsePackage(t, fset)
	config := gotypes.Config{Importer: numbersOnly{fset}, Error: func(error) {}}
	config.Check("p", fset, files, info)
	found := 0
	for _, file := range files {
		for _, decl := range file.Decls {
			f, ok := decl.(*ast.FuncDecl)
			if !ok || trusted[f.Name.Name] != "" {
				continue
			}
			ast.Inspect(f, func(n ast.Node) bool {
				if what := uncheckedStep(info, n); what != "" {
					t.Errorf("%s: %s in %s: use package checked", fset.Position(n.Pos()), what, f.Name.Name)
				}
				found++
				return true
			})
		}
	}
	if found < 1000 {
		t.Errorf("only %d nodes were looked at", found)
	}
}

// numbersOnly imports what numbers come from, and leaves all other packages empty: to read them takes seconds.
// An expression that is not resolved because of that is no number of a file.
type numbersOnly struct{ fset *token.FileSet }

const binaryStub = `package binary
type ByteOrder interface { Uint16([]byte) uint16; Uint32([]byte) uint32; Uint64([]byte) uint64 }
type littleEndian struct { ByteOrder }
var LittleEndian, BigEndian littleEndian`

func (n numbersOnly) Import(path string) (*gotypes.Package, error) {
	config := gotypes.Config{Importer: n, Error: func(error) {}, IgnoreFuncBodies: true}
	name, source := path+".go", any("package "+filepath.Base(path))
	switch path {
	case "encoding/binary":
		source = binaryStub
	case "github.com/sonde-ml/sonde/internal/checked":
		name, source = filepath.Join(here(), "..", "checked", "checked.go"), nil
	}
	file, err := parser.ParseFile(n.fset, name, source, 0)
	if err != nil {
		return nil, err
	}
	return config.Check(path, n.fset, []*ast.File{file}, nil)
}

// here is the folder of this file.
func here() string {
	_, file, _, _ := runtime.Caller(0)
	return filepath.Dir(file)
}

func parsePackage(t *testing.T, fset *token.FileSet) []*ast.File {
	paths, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	var files []*ast.File
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") || strings.HasSuffix(path, "_other.go") {
			continue
		}
		file, err := parser.ParseFile(fset, path, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, file)
	}
	return files
}

// uncheckedStep names the arithmetic or conversion that n does on an unsigned number, "" if it does none.
func uncheckedStep(info *gotypes.Info, n ast.Node) string {
	arithmetic := []token.Token{token.ADD, token.SUB, token.MUL, token.QUO, token.REM, token.SHL,
		token.ADD_ASSIGN, token.SUB_ASSIGN, token.MUL_ASSIGN, token.QUO_ASSIGN, token.REM_ASSIGN, token.SHL_ASSIGN}
	switch n := n.(type) {
	case *ast.BinaryExpr:
		isConstant := info.Types[n].Value != nil
		if slices.Contains(arithmetic, n.Op) && !isConstant && (isFileNumber(info, n) || isFileNumber(info, n.X)) {
			return fmt.Sprintf("unsigned %v", n.Op)
		}
	case *ast.AssignStmt:
		if slices.Contains(arithmetic, n.Tok) && isFileNumber(info, n.Lhs[0]) {
			return fmt.Sprintf("unsigned %v", n.Tok)
		}
	case *ast.CallExpr:
		target := info.Types[n.Fun]
		if target.IsType() && len(n.Args) == 1 && isSigned(target.Type) && isFileNumber(info, n.Args[0]) {
			return fmt.Sprintf("conversion to %v", target.Type)
		}
	}
	return ""
}

func isFileNumber(info *gotypes.Info, e ast.Expr) bool {
	tv := info.Types[e]
	if tv.Value != nil || tv.Type == nil {
		return false
	}
	b, ok := tv.Type.Underlying().(*gotypes.Basic)
	return ok && (b.Kind() == gotypes.Uint32 || b.Kind() == gotypes.Uint64)
}

func isSigned(t gotypes.Type) bool {
	b, ok := t.Underlying().(*gotypes.Basic)
	return ok && b.Info()&gotypes.IsInteger != 0 && b.Info()&gotypes.IsUnsigned == 0
}
