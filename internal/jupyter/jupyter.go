// Package jupyter starts Jupyter on the notebooks of a checkout of Sonde, with the kernel "Sonde (Go)".
//
// The kernel is found through the environment, so that nothing is installed into the user's Jupyter and nothing of his
// is changed: all state lies under the checkout's ignored .sonde folder. [Command] gives what a person sees, a server
// and a browser; [Execute] and [HTML] run and render a notebook without one:
//
//	root, err := jupyter.FindCheckout(".")
//	if err != nil {
//		return err
//	}
//	err = jupyter.Execute(ctx, root, "notebooks/01-tour.ipynb", "out")
//
// It does not install anything: that is for notebooks/jupyter/setup.sh, which "make lab" runs.
package jupyter

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"golang.org/x/mod/modfile"
)

const (
	modulePath    = "github.com/sonde-ml/sonde"
	modelVariable = "SONDE_MODEL"
)

var (
	// ErrNoCheckout says that a folder is not in a checkout of Sonde.
	ErrNoCheckout = errors.New("not in a checkout of Sonde")
	// ErrNotSetUp says that Jupyter or the kernel is missing.
	ErrNotSetUp = errors.New("the notebooks are not set up")
)

// FindCheckout returns the checkout of Sonde that contains dir. The error wraps [ErrNoCheckout].
func FindCheckout(dir string) (root string, err error) {
	start, err := filepath.Abs(dir)
	if err != nil {
		return "", fmt.Errorf("find a checkout of Sonde from %q: %w", dir, err)
	}
	for root = start; !isCheckout(root); root = filepath.Dir(root) {
		if root == filepath.Dir(root) {
			return "", fmt.Errorf("%w: notebooks import the source beside them, and %q is in no folder that has it; "+
				`get one with "git clone https://%s", then run "make lab" in it`, ErrNoCheckout, start, modulePath)
		}
	}
	return root, nil
}

func isCheckout(dir string) bool {
	mod, err := os.ReadFile(filepath.Join(dir, "go.mod"))
	return err == nil && modfile.ModulePath(mod) == modulePath
}

// Environment returns what the environment needs so that Jupyter finds the kernel of the checkout at root and keeps
// its files there, as KEY=VALUE; and SONDE_MODEL, if it is set, as cells need it, which run in the notebook's folder.
func Environment(root string) []string {
	state := filepath.Join(root, ".sonde")
	env := []string{
		"JUPYTER_PATH=" + filepath.Join(root, "notebooks", "jupyter"),
		"JUPYTER_DATA_DIR=" + filepath.Join(state, "jupyter"),
		"JUPYTER_CONFIG_DIR=" + filepath.Join(state, "jupyter-config"),
		"JUPYTER_RUNTIME_DIR=" + filepath.Join(state, "run"),
		"IPYTHONDIR=" + filepath.Join(state, "ipython"),
	}
	if model, err := filepath.Abs(os.Getenv(modelVariable)); err == nil && os.Getenv(modelVariable) != "" {
		env = append(env, modelVariable+"="+model)
	}
	return env
}

// Command returns the command line that opens Jupyter on the notebooks of the checkout at root, and what it needs in
// its environment. It listens on this machine only and asks for a token. Whoever can open it runs programs as the user.
// If the error wraps [ErrNotSetUp], they are what they will be after the set-up.
func Command(root string) (argv, env []string, err error) {
	program, err := find(root)
	argv = []string{program, "notebook", "--ip=127.0.0.1", "--MultiKernelManager.default_kernel_name=sonde"}
	if os.Geteuid() == 0 {
		argv = append(argv, "--allow-root") // Jupyter refuses root otherwise; where root is the user, as in containers
	}
	return append(argv, filepath.Join(root, "notebooks")), Environment(root), err
}

// find returns the path of Jupyter, or its name and an error where Jupyter or the kernel of the checkout at root is
// missing.
func find(root string) (string, error) {
	const name = "jupyter"
	const remedy = `run "make lab" there once, which sets up and opens them`
	program, err := exec.LookPath(name)
	if err != nil {
		return name, fmt.Errorf("%w: Jupyter is not installed, for the checkout %q: %s", ErrNotSetUp, root, remedy)
	}
	for _, tool := range []string{"gonb", "goimports"} {
		if _, err := exec.LookPath(filepath.Join(root, ".sonde", "bin", tool)); err != nil {
			return program, fmt.Errorf("%w: the kernel's %s is not built in the checkout %q: %s", ErrNotSetUp, tool, root, remedy)
		}
	}
	return program, nil
}
