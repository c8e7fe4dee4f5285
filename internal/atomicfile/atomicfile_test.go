package atomicfile_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/sonde-ml/sonde/internal/atomicfile"
)

func TestCommitReplacesAndCloseForgets(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a.txt")
	if err := atomicfile.Write(path, []byte("old")); err != nil {
		t.Fatal(err)
	}
	f, err := atomicfile.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	f.Write([]byte("half"))
	f.Close()
	if got, _ := os.ReadFile(path); string(got) != "old" {
		t.Errorf("after an aborted write the file holds %q, want %q", got, "old")
	}
	if err := atomicfile.Write(path, []byte("new")); err != nil {
		t.Fatal(err)
	}
	if got, _ := os.ReadFile(path); string(got) != "new" {
		t.Errorf("after a write the file holds %q, want %q", got, "new")
	}
	if left, _ := os.ReadDir(dir); len(left) != 1 {
		t.Errorf("the folder holds %d files, want 1: temporary files were left", len(left))
	}
}

func TestCreateRefusesFolders(t *testing.T) {
	if _, err := atomicfile.Create(t.TempDir()); err == nil {
		t.Error("a folder was accepted as the file to write")
	}
	if _, err := atomicfile.Create(filepath.Join(t.TempDir(), "no", "such", "folder")); err == nil {
		t.Error("a missing folder was accepted")
	}
}

func TestCreateRemovesWhatTheDeadHaveLeft(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "m.gguf")
	now := time.Now()
	for _, tc := range []struct {
		name string
		age  time.Duration
		stay bool
	}{
		{".m.gguf8061937465028374651", 25 * time.Hour, false},
		{".m.gguf8061937465028374652", 23 * time.Hour, true},
		{".m.gguf20261231235959", 1000 * time.Hour, true}, // somebody's own
		{".m.gguf8061937465028374651.bak", 1000 * time.Hour, true},
		{".n.gguf8061937465028374651", 1000 * time.Hour, true},
		{"m.gguf8061937465028374651", 1000 * time.Hour, true},
	} {
		left := filepath.Join(dir, tc.name)
		if err := os.WriteFile(left, []byte("half"), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(left, time.Time{}, now.Add(-tc.age)); err != nil {
			t.Fatal(err)
		}
		if err := atomicfile.Write(path, []byte("new")); err != nil {
			t.Fatal(err)
		}
		if _, err := os.Stat(left); (err == nil) != tc.stay {
			t.Errorf("%s of %v ago: it stays: %t, want %t", tc.name, tc.age, err == nil, tc.stay)
		}
	}
}

// TestTemporaryFilesAreKnown looks at the names that files really have before they are committed. A hundredth of them is
// not known by its name, but not all of eight.
func TestTemporaryFilesAreKnown(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "m.gguf")
	for range 8 {
		f, err := atomicfile.Create(path)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		f.Write([]byte("half"))
	}
	list, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range list {
		if err := os.Chtimes(filepath.Join(dir, entry.Name()), time.Time{}, time.Now().Add(-25*time.Hour)); err != nil {
			t.Fatal(err)
		}
	}
	if err := atomicfile.Write(path, []byte("new")); err != nil {
		t.Fatal(err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 4 {
		t.Errorf("the folder has %v (%v), want no temporary files", left, err)
	}
}

func TestModeOfTheOldFileStays(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.txt")
	if err := os.WriteFile(path, nil, 0o640); err != nil {
		t.Fatal(err)
	}
	if err := atomicfile.Write(path, []byte("new")); err != nil {
		t.Fatal(err)
	}
	if st, err := os.Stat(path); err != nil || st.Mode().Perm() != 0o640 {
		t.Errorf("mode %v, %v, want that of the old file", st.Mode(), err)
	}
}
