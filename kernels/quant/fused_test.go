//go:build check

package quant

import (
	"bytes"
	"os"
	"os/exec"
	"regexp"
	"testing"
)

// TestNothingIsFused compiles the package for ports whose compiler fuses a*b + c where it may. An encoder that does so
// chooses other codes in some blocks. It takes a minute where the standard library was not compiled for them before.
func TestNothingIsFused(t *testing.T) {
	fused := regexp.MustCompile(`.*\bV?FN?M(ADD|SUB).*`)
	for _, port := range []string{"GOARCH=arm64", "GOARCH=ppc64le", "GOARCH=riscv64", "GOAMD64=v3"} {
		t.Run(port, func(t *testing.T) {
			cmd := exec.CommandContext(t.Context(), "go", "build", "-gcflags=-S", ".")
			cmd.Env = append(os.Environ(), port)
			out, err := cmd.CombinedOutput()
			if err != nil {
				t.Fatalf("%v: %s", err, out)
			}
			if found := fused.FindAll(out, 5); found != nil {
				t.Errorf("fused multiply-add:\n%s", bytes.Join(found, []byte("\n")))
			}
		})
	}
}
