package plugins

import (
	"fmt"
	"io"
	"maps"
	"path"
	"reflect"
	"slices"
	"strings"

	"github.com/traefik/yaegi/interp"
)

//go:generate go run gen.go

// apiPath is the package that every plugin imports.
const apiPath = "github.com/sonde-ml/sonde/plugins/api"

// symbols are the exported names of a package, as yaegi extract writes them.
type symbols map[string]reflect.Value

// importable returns the symbols of the package at path, nil if a plugin may not import it.
func importable(path string) symbols {
	if f := library()[path]; f != nil {
		return f()
	}
	return nil
}

func library() map[string]func() map[string]reflect.Value {
	return map[string]func() map[string]reflect.Value{
		"errors":       errorsSymbols,
		"fmt":          fmtSymbols,
		"math":         mathSymbols,
		"math/bits":    bitsSymbols,
		"math/cmplx":   cmplxSymbols,
		"sort":         sortSymbols,
		"strconv":      strconvSymbols,
		"strings":      stringsSymbols,
		"unicode":      unicodeSymbols,
		"unicode/utf8": utf8Symbols,
		apiPath:        apiSymbols,
	}
}

// importPaths lists what a plugin may import, the standard library first.
func importPaths() string {
	paths := slices.Sorted(maps.Keys(library()))
	slices.SortStableFunc(paths, func(a, b string) int { return strings.Count(a, ".") - strings.Count(b, ".") })
	return strings.Join(paths, ", ")
}

// exports returns the symbols of packages, by path, as yaegi wants them. What a plugin prints goes to out.
func exports(packages map[string]symbols, out io.Writer) interp.Exports {
	e := interp.Exports{}
	for p, s := range packages {
		if p == "fmt" {
			s = printingTo(out, s)
		}
		// Two slashes mean the same path to yaegi, but keep it from knowing fmt: it would then
		// add what reads from standard input, and compile sources of its own.
		e[p+"//"+path.Base(p)] = s
	}
	return e
}

// printingTo puts functions that write to out in place of those that write to standard output.
func printingTo(out io.Writer, s symbols) symbols {
	s = maps.Clone(s)
	s["Print"] = reflect.ValueOf(func(a ...any) (int, error) { return fmt.Fprint(out, a...) })
	s["Printf"] = reflect.ValueOf(func(format string, a ...any) (int, error) { return fmt.Fprintf(out, format, a...) })
	s["Println"] = reflect.ValueOf(func(a ...any) (int, error) { return fmt.Fprintln(out, a...) })
	return s
}
