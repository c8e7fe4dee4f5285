package plugins

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
	"github.com/traefik/yaegi/interp"
)

var compile = flag.Bool("compile", false, "compile the forms of testdata and compare with what is recorded there (a minute)")

// form is a program of testdata: what its function Run returns when it is compiled and when it is interpreted, and how
// the dialect calls it if it is refused.
type form struct {
	name, source                   string
	compiled, interpreted, refused string
	recorded                       bool // that the interpreter runs it
}

func forms(t testing.TB, file string) []form {
	t.Helper()
	archive, err := txtar.ParseFile(filepath.Join("testdata", file))
	if err != nil {
		t.Fatal(err)
	}
	var list []form
	for _, f := range archive.Files {
		list = append(list, parseForm(strings.TrimSuffix(f.Name, ".go"), string(f.Data)))
	}
	return list
}

func parseForm(name, source string) form {
	f := form{name: name, source: source}
	for line := range strings.Lines(source) {
		key, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), ": ")
		switch key {
		case "// compiled":
			f.compiled = value
		case "// interpreted":
			f.interpreted, f.recorded = value, true
		case "// refused":
			f.refused = value
		}
	}
	return f
}

// plugin returns the form as a plugin file, lines as they were.
func (f form) plugin() []byte {
	return []byte(strings.Replace(f.source, "package p\n", `package p; import "`+apiPath+`"`+"\n", 1) + "\nfunc Register(r *api.Registry) {}\n")
}

// interpret runs the form as it is, with no check.
func (f form) interpret(t *testing.T) string {
	t.Helper()
	i := newInterpreter(t)
	if _, err := i.Eval(f.source); err != nil {
		t.Fatal(err)
	}
	return result(t, i)
}

// interpretTracked runs the form with the statements that Load adds.
func (f form) interpretTracked(t *testing.T) string {
	t.Helper()
	i := newInterpreter(t)
	s, err := checkSource(i.FileSet(), f.name, f.plugin())
	if err != nil {
		t.Fatal(err)
	}
	s.track()
	program, err := i.CompileAST(s.file)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := i.Execute(program); err != nil {
		t.Fatal(err)
	}
	return result(t, i)
}

func newInterpreter(t *testing.T) *interp.Interpreter {
	t.Helper()
	i := interp.New(interp.Options{Stderr: &bytes.Buffer{}})
	all := map[string]symbols{}
	for path := range library() {
		all[path] = importable(path)
	}
	if err := i.Use(exports(all, &bytes.Buffer{})); err != nil {
		t.Fatal(err)
	}
	return i
}

func result(t *testing.T, i *interp.Interpreter) string {
	t.Helper()
	v, err := i.Eval("p.Run()")
	if err != nil {
		t.Fatal(err)
	}
	return v.String()
}

func TestRefusedForms(t *testing.T) {
	for _, f := range forms(t, "refused.txtar") {
		t.Run(f.name, func(t *testing.T) {
			err := CheckSource(f.name, f.plugin())
			if !errors.Is(err, ErrDialect) || !strings.Contains(err.Error(), ": "+f.refused+" is not for plugins: ") {
				t.Errorf("Check says %v, want it to refuse %s", err, f.refused)
			}
			if !f.recorded {
				return
			}
			if got := f.interpret(t); got != f.interpreted {
				t.Errorf("interpreted: got %q, recorded is %q; if that is right now, the rule can go", got, f.interpreted)
			}
			if f.interpreted == f.compiled {
				t.Error("the interpreter is right: the form belongs to accepted.txtar")
			}
		})
	}
}

func TestAcceptedForms(t *testing.T) {
	for _, f := range forms(t, "accepted.txtar") {
		t.Run(f.name, func(t *testing.T) {
			if got := f.interpret(t); got != f.compiled {
				t.Errorf("interpreted: got %q, want %q as compiled", got, f.compiled)
			}
			if got := f.interpretTracked(t); got != f.compiled {
				t.Errorf("interpreted as Load does: got %q, want %q", got, f.compiled)
			}
		})
	}
}

// TestCompiledForms holds what testdata records against the compiler of Go.
func TestCompiledForms(t *testing.T) {
	if !*compile {
		t.Skip("run with -args -compile")
	}
	all := slices.Concat(forms(t, "refused.txtar"), forms(t, "accepted.txtar"))
	dir := t.TempDir()
	write := func(name, content string) {
		path := filepath.Join(dir, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o777), os.WriteFile(path, []byte(content), 0o666)); err != nil {
			t.Fatal(err)
		}
	}
	var imports, calls strings.Builder
	for i, f := range all {
		write(fmt.Sprintf("f%d/p.go", i), f.source)
		fmt.Fprintf(&imports, "\tf%d \"forms/f%d\"\n", i, i)
		fmt.Fprintf(&calls, "\t\tf%d.Run,\n", i)
	}
	write("go.mod", "module forms\n\ngo 1.26\n")
	write("main.go", "package main\n\nimport (\n\t\"encoding/json\"\n\t\"os\"\n\n"+imports.String()+")\n\nfunc main() {\n\tvar results []string\n"+
		"\tfor _, run := range []func() string{\n"+calls.String()+"\t} {\n\t\tresults = append(results, run())\n\t}\n\tjson.NewEncoder(os.Stdout).Encode(results)\n}\n")
	cmd := exec.Command("go", "run", ".")
	cmd.Dir = dir
	out, err := cmd.Output()
	var results []string
	if err := errors.Join(err, json.Unmarshal(out, &results)); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for i, f := range all {
		if results[i] != f.compiled {
			t.Errorf("%s: compiled: got %q, recorded is %q", f.name, results[i], f.compiled)
		}
	}
}

func FuzzCheck(f *testing.F) {
	for _, file := range []string{"refused.txtar", "accepted.txtar"} {
		for _, form := range forms(f, file) {
			f.Add(form.plugin())
		}
	}
	examples, _ := filepath.Glob("../examples/plugins/*/*.go")
	for _, path := range examples {
		b, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		s, err := checkSource(token.NewFileSet(), "fuzz.go", src)
		if (s == nil) != (err != nil) {
			t.Fatalf("got %v and %v", s, err)
		}
		var placed *Error
		if err != nil && !errors.As(err, &placed) {
			t.Fatalf("%T is no *Error: %v", err, err)
		}
	})
}
