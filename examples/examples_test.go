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
	picture := filepath.Join(t.TempDir(), "q.png")
	for _, c := range []struct {
		args []string
		want string // in what it prints
	}{
		{[]string{"weights", "blk.0.attn_q.weight", picture}, "blk.0.attn_q.weight is drawn in"},
		{[]string{"readhook", "Once upon a time"}, "blk.4.ffn_resid  [9 128] rms "},
		{[]string{"edithook", "Once upon a time"}, "as it was:      , there was a girl named R"},
	} {
		t.Run(c.args[0], func(t *testing.T) { checkOutput(t, c.args, c.want) })
	}
	if b, err := os.ReadFile(picture); err != nil || !strings.HasPrefix(string(b), "\x89PNG") {
		t.Errorf("the picture was not drawn: %v", err)
	}
}

func TestLlamaCppRuns(t *testing.T) {
	model, theirs := fixtures.Path(t, "models/stories260K.gguf"), fixtures.Path(t, "traces/stories260K.safetensors")
	checkOutput(t, []string{"llamacpp", model, theirs}, "noise: the largest NMSE of 88 ops")
}

// checkOutput builds and runs a program of this folder with the embedded model.
func checkOutput(t *testing.T, args []string, want string) {
	t.Helper()
	binary := filepath.Join(t.TempDir(), args[0])
	if out, err := exec.Command("go", "build", "-o", binary, "./"+args[0]).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	cmd := exec.Command(binary, args[1:]...)
	cmd.Env = append(os.Environ(), "SONDE_MODEL=")
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), want) {
		t.Errorf("%v\n%s\nwant %q in it", err, out, want)
	}
}
