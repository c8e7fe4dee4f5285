package atomicfile_test

import (
	"os"
	"path/filepath"
	"testing"

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
