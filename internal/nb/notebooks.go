package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/sonde-ml/sonde/internal/atomicfile"
	"github.com/sonde-ml/sonde/internal/jupyter"
	"github.com/sonde-ml/sonde/internal/notebook"
)

// runInto runs the notebook at path into the folder out, keeps the result whatever it is, then checks it.
func runInto(ctx context.Context, root, out, path string) error {
	started := time.Now()
	data, err := execute(ctx, root, path)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(out, 0o777); err != nil {
		return err
	}
	result := filepath.Join(out, filepath.Base(path))
	if err := atomicfile.Write(result, data); err != nil {
		return err
	}
	if err := jupyter.HTML(ctx, root, result, out); err != nil {
		return err
	}
	page := strings.TrimSuffix(result, ".ipynb") + ".html"
	fmt.Printf("%s: run in %.1f s: %s, %s\n", path, time.Since(started).Seconds(), result, page)
	return problems(path, data)
}

// renew runs the notebook at path and replaces it, unless the result has a problem.
func renew(ctx context.Context, root, path string) error {
	data, err := execute(ctx, root, path)
	if err != nil {
		return err
	}
	if err := problems(path, data); err != nil {
		return fmt.Errorf("%w\n%s was left as it is", err, path)
	}
	fmt.Printf("%s: renewed\n", path)
	return atomicfile.Write(path, data)
}

// execute runs the notebook at path and returns the cleaned result. The notebook itself is only read.
func execute(ctx context.Context, root, path string) ([]byte, error) {
	tmp, err := os.MkdirTemp("", "sonde-notebook-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(tmp)
	if err := jupyter.Execute(ctx, root, path, tmp); err != nil {
		return nil, err
	}
	data, err := os.ReadFile(filepath.Join(tmp, filepath.Base(path)))
	if err != nil {
		return nil, err
	}
	home, _ := os.UserHomeDir() // without one, nothing of it is in the notebook
	return notebook.Clean(data, notebook.Places{Root: root, Home: home})
}

func problems(path string, data []byte) error {
	if err := notebook.Check(path, data); err != nil {
		return fmt.Errorf("%w:\n%w", errProblems, err)
	}
	return nil
}
