//go:build ignore

// Gen writes symbols_*.go, the symbols that plugin files may import, by what "yaegi extract" does. It differs from that
// command in that a package's symbols are returned by a function, so that a program which loads no plugin pays nothing.
//
//	go generate ./plugins
package main

import (
	"bytes"
	"fmt"
	"go/format"
	"log"
	"os"
	"path"
	"regexp"
	"strings"

	"github.com/traefik/yaegi/extract"
)

// packages are the imports of a plugin, each with the names that are taken and left out. Left out are interfaces, since
// a plugin cannot implement them; sequences, since it cannot range over them; what is deprecated; what reads input; the tables of unicode;
// and what only the loader calls.
var packages = []struct{ path, take, leaveOut string }{
	{"errors", "", ""},
	{"fmt", "", `[sS]can|State$|^(Formatter|FormatString|GoStringer|Stringer)$`},
	{"math", "", ""},
	{"math/bits", "", ""},
	{"math/cmplx", "", ""},
	{"sort", "", `^Interface$`},
	{"strconv", "", ""},
	{"strings", "", `Seq$|^(Lines|Title)$`},
	{"unicode", `^Is[A-Z]|^To(Lower|Title|Upper)$|^SimpleFold$|^Max(Rune|ASCII|Latin1)$|^ReplacementChar$`, `^IsOneOf$`},
	{"unicode/utf8", "", ""},
	{"github.com/sonde-ml/sonde/plugins/api", "", `^(Attach|Hook|When|BeforeOp|InPlaceOfOp|AfterOp|Family)$`},
}

func main() {
	log.SetFlags(0)
	for _, p := range packages {
		e := extract.Extractor{Dest: "plugins", Include: patterns(p.take), Exclude: patterns(p.leaveOut)}
		if err := write(&e, p.path); err != nil {
			log.Fatalf("%s: %v", p.path, err)
		}
	}
}

func patterns(p string) []string {
	if p == "" {
		return nil
	}
	return []string{p}
}

var (
	initHead = regexp.MustCompile(`func init\(\) \{\n\tSymbols\["[^"]*"\] = `)
	tags     = regexp.MustCompile(`(?m)^//( \+|go:)build .*\n`)
)

func write(e *extract.Extractor, importPath string) error {
	var b bytes.Buffer
	if _, err := e.Extract(importPath, "", &b); err != nil {
		return err
	}
	name := path.Base(importPath)
	src := tags.ReplaceAllString(b.String(), "")
	src = initHead.ReplaceAllString(src, fmt.Sprintf("func %sSymbols() map[string]reflect.Value {\n\treturn ", name))
	src = strings.Replace(src, "yaegi extract "+importPath, "go generate ./plugins", 1)
	formatted, err := format.Source([]byte(src))
	if err != nil {
		return err
	}
	return os.WriteFile("symbols_"+name+".go", formatted, 0o644)
}
