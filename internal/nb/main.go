// Command nb runs notebooks without a browser and checks what comes out. The Makefile calls it:
//
//	nb run OUT NOTEBOOK…     into OUT, as .ipynb and .html; the notebooks stay as they are (make tour)
//	nb renew NOTEBOOK…       in place (make notebooks)
//
// It exits 1 if a notebook has a problem, 2 if it could not be run. Interrupted, it takes the kernels with it.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/sonde-ml/sonde/internal/jupyter"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	err := dispatch(ctx, os.Args[1:])
	if err == nil {
		return
	}
	fmt.Fprintln(os.Stderr, "nb:", err)
	if errors.Is(err, errProblems) {
		os.Exit(1)
	}
	os.Exit(2)
}

var (
	errUsage = errors.New("usage: nb run OUT NOTEBOOK… | nb renew NOTEBOOK…")
	// errProblems says that a notebook was run and has problems.
	errProblems = errors.New("the notebook has problems")
)

func dispatch(ctx context.Context, args []string) error {
	root, err := jupyter.FindCheckout(".")
	switch {
	case err != nil:
		return err
	case len(args) > 2 && args[0] == "run":
		return each(args[2:], func(path string) error { return runInto(ctx, root, args[1], path) })
	case len(args) > 1 && args[0] == "renew":
		return each(args[1:], func(path string) error { return renew(ctx, root, path) })
	}
	return errUsage
}

// each does all the work, then returns all the errors.
func each(notebooks []string, do func(path string) error) error {
	var all []error
	for _, path := range notebooks {
		all = append(all, do(path))
	}
	return errors.Join(all...)
}
