package quant

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/sonde-ml/sonde/gguf"
)

// TestPackageTable compares the table of the package's documentation with the code.
func TestPackageTable(t *testing.T) {
	data, err := os.ReadFile("doc.go")
	if err != nil {
		t.Fatal(err)
	}
	columns := regexp.MustCompile(` {2,}`)
	lines := map[string][]string{}
	for line := range strings.Lines(string(data)) {
		if row, ok := strings.CutPrefix(line, "//\t"); ok {
			cells := columns.Split(strings.TrimSpace(row), -1)
			lines[cells[0]] = cells
		}
	}
	eachType(t, func(t *testing.T, typ gguf.Type) {
		got := lines[typ.String()]
		if len(got) < 4 {
			t.Fatalf("line in the table = %q", got)
		}
		n, size := typ.BlockWeights(), typ.BlockBytes()
		if want := fmt.Sprint(8 * float64(size) / float64(n)); got[1] != want {
			t.Errorf("bits = %s, want %s", got[1], want)
		}
		if want := fmt.Sprintf("%d in %d", n, size); got[2] != want {
			t.Errorf("block = %s, want %s", got[2], want)
		}
		if got, want := got[len(got)-2], tableFields(t, typ); got != want {
			t.Errorf("fields = %s, want %s", got, want)
		}
	})
}

// tableFields writes the fields of a type as the table has them.
func tableFields(t *testing.T, typ gguf.Type) string {
	fields, err := mustOf(t, typ).Fields(randomBytes(typ.BlockBytes()))
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for i, f := range fields {
		last := i+1 == len(fields)
		b.WriteString(f.Name)
		switch {
		case !last && fields[i+1].Offset == f.Offset:
			b.WriteString("+")
		case !last:
			fmt.Fprintf(&b, " %d, ", f.Bytes)
		default:
			fmt.Fprintf(&b, " %d", f.Bytes)
		}
	}
	return b.String()
}
