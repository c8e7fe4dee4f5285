//go:build unix

package jupyter

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

func TestExecuteRunsJupyterInTheCheckoutsEnvironment(t *testing.T) {
	install(t, `echo "$JUPYTER_PATH $SONDE_RAW $*" > "$SEEN"`)
	seen := filepath.Join(t.TempDir(), "seen")
	t.Setenv("SEEN", seen)
	t.Setenv("JUPYTER_PATH", "/elsewhere")
	root := checkout(t, true)
	book := filepath.Join(root, "n.ipynb")
	write(t, book, "{}")
	if err := Execute(t.Context(), root, book, "out"); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(seen)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{filepath.Join(root, "notebooks", "jupyter") + " true nbconvert ", "--execute", "--allow-errors", "timeout=300", "--output-dir out " + book} {
		if !strings.Contains(string(got), want) {
			t.Errorf("Jupyter got %q, want %q in it", got, want)
		}
	}
}

func TestWhatJupyterSaysIsInTheError(t *testing.T) {
	install(t, `echo "kernel died" >&2; exit 3`)
	err := HTML(t.Context(), checkout(t, true), "n.ipynb", "out")
	if err == nil || !strings.Contains(err.Error(), "exit status 3") || !strings.Contains(err.Error(), "kernel died") {
		t.Errorf("HTML = %v, want the status and what was said", err)
	}
}

func TestInterruptedExecutionLetsJupyterEnd(t *testing.T) {
	install(t, `sleep 60 & child=$!
trap 'kill $child; echo ended > "$SEEN"; exit 1' INT
echo started > "$STARTED"
wait`)
	dir := t.TempDir()
	started, seen := filepath.Join(dir, "started"), filepath.Join(dir, "seen")
	t.Setenv("STARTED", started)
	t.Setenv("SEEN", seen)
	if err := syscall.Mkfifo(started, 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancelCause(t.Context())
	stop := errors.New("Ctrl-C")
	go func() {
		_, _ = os.ReadFile(started) // returns when it has started
		cancel(stop)
	}()
	root := checkout(t, true)
	book := filepath.Join(root, "n.ipynb")
	write(t, book, "{}")
	if err := Execute(ctx, root, book, "out"); !errors.Is(err, stop) {
		t.Errorf("Execute = %v, want %v", err, stop)
	}
	if _, err := os.Stat(seen); err != nil {
		t.Errorf("Jupyter was not interrupted but killed: %v", err)
	}
}

func TestMergeReplaces(t *testing.T) {
	got := merge([]string{"A=1", "B=2", "AB=3"}, []string{"B=4", "C=5"})
	if got, want := strings.Join(got, " "), "A=1 AB=3 B=4 C=5"; got != want {
		t.Errorf("merge = %s, want %s", got, want)
	}
}
