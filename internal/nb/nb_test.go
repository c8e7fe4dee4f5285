package main

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/sonde-ml/sonde/internal/notebook"
)

func TestUsage(t *testing.T) {
	for _, args := range [][]string{nil, {"run"}, {"run", "out"}, {"renew"}, {"open", "a.ipynb"}} {
		if err := dispatch(t.Context(), args); !errors.Is(err, errUsage) {
			t.Errorf("nb %q: %v, want the usage", args, err)
		}
	}
}

func TestEveryNotebookIsTried(t *testing.T) {
	var tried []string
	bad := errors.New("bad")
	err := each([]string{"a", "b", "c"}, func(path string) error {
		tried = append(tried, path)
		if path == "a" {
			return bad
		}
		return nil
	})
	if len(tried) != 3 || !errors.Is(err, bad) {
		t.Errorf("tried %q, error %v, want all three and %v", tried, err, bad)
	}
}

// A notebook that somebody edited and did not run again fails here: "make notebooks" runs it.
func TestCommittedNotebooksAreAsMakeNotebooksLeavesThem(t *testing.T) {
	paths, err := filepath.Glob("../../notebooks/*.ipynb")
	if err != nil || len(paths) == 0 {
		t.Fatalf("found no notebooks: %v", err)
	}
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := problems(filepath.Base(path), data); err != nil {
			t.Error(err)
		}
		clean, err := notebook.Clean(data, notebook.Places{})
		if err != nil || !bytes.Equal(clean, data) {
			t.Errorf("%s was saved by hand (%v): run make notebooks", filepath.Base(path), err)
		}
	}
}
