package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

func TestFilesAreWhatTheGeneratorWrites(t *testing.T) {
	for _, u := range units {
		files, err := u.files()
		if err != nil {
			t.Fatalf("%s: %v", u.name, err)
		}
		for name, want := range files {
			got, err := os.ReadFile(filepath.Join("..", name))
			if err != nil {
				t.Error(err)
			} else if !bytes.Equal(got, want) {
				t.Errorf("%s is not what the generator writes: run go generate ./kernels", name)
			}
		}
	}
}
