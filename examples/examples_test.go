// Package examples_test runs the programs of this folder, so that they cannot rot.
package examples_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sonde-ml/sonde/internal/fixtures"
)

func TestProgramsRun(t *testing.T) {
	model := fixtures.Path(t, "models/stories260K.gguf")
	picture := filepath.Join(t.TempDir(), "q.png")
	for _, c := range []struct {
		args []string
		want string // in what it prints
	}{
		{[]string{"weights", "blk.0.attn_q.weight", picture}, "blk.0.attn_q.weight is drawn in"},
		{[]string{"readhook", "Once upon a time"}, "blk.4.ffn_resid  [5 64] rms "},
		{[]string{"edithook", "Once upon a time"}, "as it was:      , there was a little girl named Lily."},
		{[]string{"llamacpp", model, fixtures.Path(t, "traces/stories260K.safetensors")}, "noise: the largest NMSE of 88 ops"},
	} {
		t.Run(c.args[0], func(t *testing.T) {
			binary := filepath.Join(t.TempDir(), c.args[0])
			if out, err := exec.Command("go", "build", "-o", binary, "./"+c.args[0]).CombinedOutput(); err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			cmd := exec.Command(binary, c.args[1:]...)
			cmd.Env = append(os.Environ(), "SONDE_MODEL="+model)
			out, err := cmd.CombinedOutput()
			if err != nil || !strings.Contains(string(out), c.want) {
				t.Errorf("%v\n%s\nwant %q in it", err, out, c.want)
			}
		})
	}
	if b, err := os.ReadFile(picture); err != nil || !strings.HasPrefix(string(b), "\x89PNG") {
		t.Errorf("the picture was not drawn: %v", err)
	}
}
