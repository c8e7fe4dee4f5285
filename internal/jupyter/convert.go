package jupyter

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

const (
	// cellTimeout is how long a cell may run: what nobody waits for.
	cellTimeout = 5 * time.Minute
	// patience is how long Jupyter may take to shut down its kernels when it is interrupted.
	patience = 10 * time.Second
)

// Execute runs all cells of a notebook in a new kernel and writes the result, under the same name, into the folder out.
// A cell that fails leaves an output of type "error" in the result; the others run all the same. An error is returned
// where Jupyter itself fails. When ctx is done, Jupyter and the kernel are shut down.
func Execute(ctx context.Context, root, notebook, out string) error {
	if _, err := os.Stat(notebook); err != nil {
		return err
	}
	// Jupyter and the kernel talk by sockets in a folder instead of ports: no network is needed, not even this machine's.
	sockets, err := os.MkdirTemp("", "sonde-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(sockets)
	return convert(ctx, root, "--to", "notebook", "--execute", "--allow-errors",
		fmt.Sprintf("--ExecutePreprocessor.timeout=%.0f", cellTimeout.Seconds()),
		"--KernelManager.transport=ipc", "--KernelManager.ip="+filepath.Join(sockets, "kernel"),
		"--output-dir", out, notebook)
}

// HTML renders a notebook as a page, with its outputs as they are, under the same name into the folder out.
func HTML(ctx context.Context, root, notebook, out string) error {
	return convert(ctx, root, "--to", "html", "--output-dir", out, notebook)
}

func convert(ctx context.Context, root string, args ...string) error {
	program, err := find(root)
	if err != nil {
		return err
	}
	var log strings.Builder
	cmd := exec.CommandContext(ctx, program, append([]string{"nbconvert", "--log-level=WARN"}, args...)...)
	cmd.Env = append(os.Environ(), append(Environment(root), "SONDE_RAW=true")...)
	cmd.Stdout, cmd.Stderr = &log, &log
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = patience
	err = cmd.Run()
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if err != nil {
		return fmt.Errorf("jupyter nbconvert %s: %w\n%s", strings.Join(args, " "), err, tail(log.String()))
	}
	return nil
}

// tail returns the last lines of what Jupyter said, where a Python program says why it failed.
func tail(log string) string {
	const most = 12
	lines := strings.Split(strings.TrimSpace(log), "\n")
	return strings.Join(lines[max(0, len(lines)-most):], "\n")
}
