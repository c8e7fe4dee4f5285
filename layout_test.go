package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/sonde-ml/sonde"

// picture is the drawing of the imports in the README: packages in rows, and the arrows beside a row.
type picture struct {
	rows   map[string]int
	arrows map[string][]string
}

// helpers is the row of packages that all others may import.
const helpers = 1000

// row returns where a package stands: the root is "main", and examples and helpers are drawn as a whole.
func (p picture) row(pkg string) (int, bool) {
	switch {
	case pkg == "":
		pkg = "main"
	case pkg == "examples", strings.HasPrefix(pkg, "examples/"):
		pkg = "examples/…"
	case strings.HasPrefix(pkg, "internal/") && pkg != "internal/cli":
		return helpers, true
	}
	row, ok := p.rows[pkg]
	return row, ok
}

// allows reports whether the picture lets from import to.
func (p picture) allows(from, to string) error {
	a, ok := p.row(from)
	if !ok {
		return fmt.Errorf("%s is not in the picture", from)
	}
	b, ok := p.row(to)
	if !ok {
		return fmt.Errorf("%s, which %s imports, is not in the picture", to, from)
	}
	if a < b || a == helpers && b == helpers {
		return nil
	}
	for _, drawn := range p.arrows[from] {
		if drawn == to {
			return nil
		}
	}
	return fmt.Errorf("%s (row %d) imports %s (row %d): no arrow is drawn", from, a, to, b)
}

// parsePicture reads lines such as "7  kernels -> kernels/quant, kernels/cpu   kernels/quant -> kernels/cpu".
func parsePicture(readme string) picture {
	p := picture{map[string]int{}, map[string][]string{}}
	wide := regexp.MustCompile(` {3,}`)
	for _, line := range regexp.MustCompile(`(?m)^(\d)  (\S.*)$`).FindAllStringSubmatch(readme, -1) {
		row, _ := strconv.Atoi(line[1])
		for _, entry := range wide.Split(line[2], -1) {
			pkg, to, _ := strings.Cut(entry, " -> ")
			p.rows[pkg] = row
			if to == "" {
				continue
			}
			for arrow := range strings.SplitSeq(to, ", ") {
				p.arrows[pkg] = append(p.arrows[pkg], arrow)
				p.rows[arrow] = row // it stands beside
			}
		}
	}
	return p
}

// TestImportsPointDownwards compares what go list says with the picture in the README.
func TestImportsPointDownwards(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	p := parsePicture(string(readme))
	if len(p.rows) < 10 {
		t.Fatalf("the README draws %d packages, want the whole house", len(p.rows))
	}
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports", "./...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	for d := json.NewDecoder(strings.NewReader(string(out))); d.More(); {
		var pkg struct {
			ImportPath string
			Imports    []string
		}
		if err := d.Decode(&pkg); err != nil {
			t.Fatal(err)
		}
		from := local(pkg.ImportPath)
		if _, ok := p.row(from); !ok {
			t.Errorf("%s is not in the picture of the README", pkg.ImportPath)
		}
		for _, to := range pkg.Imports {
			if !strings.HasPrefix(to, module+"/") {
				continue
			}
			if err := p.allows(from, local(to)); err != nil {
				t.Error(err)
			}
		}
	}
}

func local(path string) string { return strings.TrimPrefix(strings.TrimPrefix(path, module), "/") }

func TestPictureRefusesWhatIsNotDrawn(t *testing.T) {
	p := parsePicture("0  main   examples/…\n1  a -> b   b\n2  c\n")
	for _, c := range []struct {
		from, to string
		ok       bool
	}{
		{"", "a", true}, {"a", "c", true}, {"a", "b", true}, {"examples/x", "c", true}, {"c", "internal/x", true},
		{"b", "a", false}, {"c", "a", false}, {"a", "nowhere", false}, {"internal/x", "c", false}, {"nowhere", "a", false},
	} {
		if err := p.allows(c.from, c.to); (err == nil) != c.ok {
			t.Errorf("%q imports %q: %v, want ok %v", c.from, c.to, err, c.ok)
		}
	}
}
