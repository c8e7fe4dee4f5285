package plugins

import (
	"cmp"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/token"
	"go/types"
	"io"
	"os"
	"slices"
	"strings"
)

// What a plugin file may be at most.
const (
	MaxSize    = 1 << 20 // bytes
	MaxNesting = 200     // of blocks and expressions
)

// source is a plugin file, parsed and checked.
type source struct {
	path    string
	fset    *token.FileSet
	file    *ast.File
	info    types.Info
	pkg     *types.Package
	symbols map[string]symbols // of its imports
	found   []error
}

// Check reports all that keeps the file at path from being a plugin: what the Go compiler would say, and the forms that
// the interpreter gets wrong, each with what to write instead. The error joins [Error] values in the order of the file.
func Check(path string) error {
	_, err := readSource(token.NewFileSet(), path)
	return err
}

// CheckSource is [Check] for a file that is not on disk; path is its name in errors.
func CheckSource(path string, src []byte) error {
	_, err := checkSource(token.NewFileSet(), path, src)
	return err
}

func readSource(fset *token.FileSet, path string) (*source, error) {
	if st, err := os.Stat(path); err == nil && !st.Mode().IsRegular() { // to open a pipe would block
		return nil, &Error{File: path, Err: errors.New("not a regular file: want a file of Go")}
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, &Error{File: path, Err: err}
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, MaxSize+1))
	if err != nil {
		return nil, &Error{File: path, Err: err}
	}
	return checkSource(fset, path, b)
}

func checkSource(fset *token.FileSet, path string, b []byte) (*source, error) {
	s := &source{path: path, fset: fset}
	if len(b) > MaxSize {
		return nil, &Error{File: path, Kind: ErrTooBig, Err: fmt.Errorf("the file has more than %d bytes: a plugin is one small file", MaxSize)}
	}
	if !s.parse(b) || !s.shallow() {
		return nil, errors.Join(s.found...)
	}
	s.checkImports()
	s.checkTypes()
	s.checkDialect()
	if len(s.found) > 0 {
		slices.SortStableFunc(s.found, byPlace)
		return nil, errors.Join(s.found...)
	}
	return s, nil
}

func (s *source) parse(b []byte) bool {
	file, err := parser.ParseFile(s.fset, s.path, b, parser.ParseComments|parser.AllErrors|parser.SkipObjectResolution)
	s.file = file
	var list scanner.ErrorList
	if errors.As(err, &list) {
		for _, e := range list {
			s.found = append(s.found, &Error{File: s.path, Line: e.Pos.Line, Col: e.Pos.Column, Kind: ErrSyntax, Err: errors.New(e.Msg)})
		}
	} else if err != nil {
		s.found = append(s.found, &Error{File: s.path, Kind: ErrSyntax, Err: err})
	}
	return len(s.found) == 0
}

// shallow refuses a file that is nested so deep that those who walk it would run out of stack.
func (s *source) shallow() bool {
	deepest, depth := ast.Node(nil), 0
	ast.Inspect(s.file, func(n ast.Node) bool {
		if n == nil {
			depth--
			return false
		}
		depth++
		if depth > MaxNesting && deepest == nil {
			deepest = n
		}
		if deepest != nil {
			depth-- // no call with nil will follow
		}
		return deepest == nil
	})
	if deepest != nil {
		s.report(deepest.Pos(), ErrTooBig, fmt.Errorf("code is nested more than %d deep: split it into functions", MaxNesting))
	}
	return deepest == nil
}

func (s *source) report(pos token.Pos, kind, err error) {
	at := s.fset.PositionFor(pos, false)
	s.found = append(s.found, &Error{File: s.path, Line: at.Line, Col: at.Column, Kind: kind, Err: err})
}

// checkTypes runs the type checker of Go on the file.
func (s *source) checkTypes() {
	importer := newReflected(identifiers(s.file))
	s.info = types.Info{
		Types: map[ast.Expr]types.TypeAndValue{}, Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{},
		Selections: map[*ast.SelectorExpr]*types.Selection{}, Instances: map[*ast.Ident]types.Instance{},
	}
	config := types.Config{Importer: importer, Error: func(err error) {
		if e, ok := err.(types.Error); ok && !strings.HasPrefix(e.Msg, "could not import") { // see checkImports
			s.report(e.Pos, ErrTypes, errors.New(e.Msg))
		}
	}}
	s.pkg, _ = config.Check(s.file.Name.Name, s.fset, []*ast.File{s.file}, &s.info)
	s.symbols = importer.symbols
}

func identifiers(file *ast.File) map[string]bool {
	names := map[string]bool{}
	ast.Inspect(file, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			names[id.Name] = true
		}
		return true
	})
	return names
}

func byPlace(a, b error) int {
	x, y := a.(*Error), b.(*Error)
	return cmp.Or(x.Line-y.Line, x.Col-y.Col)
}
