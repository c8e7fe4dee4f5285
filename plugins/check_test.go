package plugins_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/sonde-ml/sonde/plugins"
)

// TestRefusedByName covers the forms that fail loudly, crash or only need a word; those that are silently wrong are in
// testdata/refused.txtar.
func TestRefusedByName(t *testing.T) {
	for _, c := range []struct{ source, want string }{
		{"func f() { go f() }", "3:12: go is not"},
		{"func f() { L: goto L }", "goto is not"},
		{"func f() { select {} }", "a channel is not"},
		{"func f(c chan int) { c <- 1 }", "a channel is not"},
		{"func f(c chan int) int { return <-c }", "a channel is not"},
		{"func f(c chan int) { for range c { } }", "a channel is not"},
		{"func f() { recover() }", "recover is not"},
		{"func f(a int) int { return min(a, 2) }", "min is not"},
		{"func f(a int) int { return max(a, 2) }", "max is not"},
		{"func f(m map[int]int) { clear(m) }", "clear is not"},
		{"func f() { println(1) }", "println is not"},
		{"func f() { for range 5 { } }", "range over an integer is not"},
		{"func f(n int) int { s := 0; for i := range n { s += i }; return s }", "range over an integer is not"},
		{"func f(seq func(func(int) bool)) { for range seq { } }", "range over a function is not"},
		{"func f[T int | float32](x T) T { return x }", "a type parameter is not"},
		{"type pair[A, B any] struct { a A; b B }", "a type parameter is not"},
		{"type vec[T any] = []T", "a type parameter is not"},
		{"type t struct { n int }\nfunc (x t) get() int { return x.n }\nvar f = t.get", "5:9: a method expression is not"},
		{"type t struct { fmt.Stringer }", "an embedded type of another package is not"},
		{"type a struct { b *b }\ntype b struct { a a }", "a type that contains b, which contains it, is not"},
		{"type tree []tree", "a type that contains itself is not"},
		{"type e struct { n int }\nfunc (x *e) Error() string { return fmt.Sprint(x.n) }", "a method Error is not"},
		{"func init() { }", "func init is not"},
		{"func f() { for i := 0; i < 3; i++ { defer f() } }", "defer is not"},
		{"import \"os\"\nvar _ = os.Args", "a plugin cannot import \"os\": it may import errors, fmt, math, math/bits, math/cmplx, sort, strconv, strings, unicode, unicode/utf8, github.com/sonde-ml/sonde/plugins/api"},
		{"import \"unsafe\"\nvar _ unsafe.Pointer", "a plugin cannot import \"unsafe\""},
		{"import . \"math\"\nvar _ = Pi", "import . is not"},
		{"import \"strings\"\nfunc f(s string) { for range strings.Lines(s) { } }", "undefined: strings.Lines"},
		{"import \"strconv\"\nfunc f() { strconv.ErrRange = nil }", "to change a variable of another package is not"},
		{"import \"strconv\"\nvar p = &strconv.ErrRange", "to change a variable of another package is not"},
		{"func f() { fmt.Scanln() }", "undefined: fmt.Scanln"},
		{"//go:build ignore", "the directive //go:build is not"},
		{"//line other.go:1", "the directive //line is not"},
		{"func f() { for i := 0; i < 2; i++ { p := &[2]int{i, i}; fmt.Println(p[0]) } }", "& of a literal of an array, slice or map is not"},
	} {
		imports, rest := "import \"fmt\"\nvar _ = fmt.Sprint\n", c.source
		if strings.HasPrefix(rest, "import") {
			var line string
			line, rest, _ = strings.Cut(rest, "\n")
			imports = line + "; " + imports
		}
		source := "package p; import \"" + apiPath + "\"; " + imports + rest + "\nfunc Register(r *api.Registry) {}\n"
		err := plugins.CheckSource("p.go", []byte(source))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s\ngot %v, want %q", c.source, err, c.want)
		}
	}
}

func TestRefusedFiles(t *testing.T) {
	register := "; import \"" + apiPath + "\"\nfunc Register(r *api.Registry) {}\n"
	for _, c := range []struct {
		name, source string
		kind         error
		want         string
	}{
		{"empty", "", plugins.ErrSyntax, "p.go:1:1: expected 'package'"},
		{"main", "package main" + register, plugins.ErrDialect, "1:9: package main is not for plugins"},
		{"name of an import", "package math" + register, plugins.ErrDialect, "package math is not"},
		{"name of a type", "package string" + register, plugins.ErrDialect, "package string is not"},
		{"no Register", "package p\n", plugins.ErrTypes, "no function Register: add func Register(r *api.Registry)"},
		{"another Register", "package p\nfunc Register(n int) {}\n", plugins.ErrTypes, "2:6: the function Register is a func(n int), want func(r *api.Registry)"},
		{"Register with a result", "package p; import \"" + apiPath + "\"\nfunc Register(r *api.Registry) error { return nil }\n", plugins.ErrTypes, "want func(r *api.Registry)"},
		{"a method Register", "package p\ntype t int\nfunc (t) Register() {}\n", plugins.ErrTypes, "no function Register"},
		{"too long", "package p" + register + strings.Repeat("// long\n", plugins.MaxSize/8), plugins.ErrTooBig, "more than 1048576 bytes"},
		{"too deep", "package p" + register + "var x = " + strings.Repeat("(", 300) + "1" + strings.Repeat(")", 300), plugins.ErrTooBig, "nested more than 200 deep"},
		{"far too deep", "package p" + register + "var x = " + strings.Repeat("- ", 200000) + "1", plugins.ErrSyntax, "exceeded max nesting depth"},
		{"binary", "\x7fELF\x02\x01\x01\x00\x00", plugins.ErrSyntax, "illegal character"},
	} {
		err := plugins.CheckSource("p.go", []byte(c.source))
		var placed *plugins.Error
		if !errors.Is(err, c.kind) || !errors.As(err, &placed) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %.200v, want a %v with %q", c.name, err, c.kind, c.want)
		}
	}
}

// All that is wrong is told at once, each with what to write instead.
func ExampleCheckSource() {
	err := plugins.CheckSource("fix.go", []byte(`package fix

import (
	"os"

	"github.com/sonde-ml/sonde/plugins/api"
)

func Register(r *api.Registry) {
	for i := range 3 {
		r.On("kind:rms_norm", func(op *api.Op) error {
			op.Eps = i
			return nil
		})
	}
}
`))
	fmt.Println(err)
	// Output:
	// fix.go:4:2: a plugin cannot import "os": it may import errors, fmt, math, math/bits, math/cmplx, sort, strconv, strings, unicode, unicode/utf8, github.com/sonde-ml/sonde/plugins/api
	// fix.go:10:17: range over an integer is not for plugins: write for i := 0; i < n; i++
	// fix.go:12:13: cannot use i (variable of type int) as float32 value in assignment
	// fix.go:12:13: a function over the variable i of a loop is not for plugins: copy it in the loop first, as in i := i: all iterations would share it
}
