package gguf

import (
	"errors"
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"testing"
)

func TestSplitsThatDoNotSayWhatTheyAre(t *testing.T) {
	dir := t.TempDir()
	put := func(name string, count Value) string {
		path := filepath.Join(dir, name)
		p := appendHeader([]KV{{Key: splitNo, Value: ValueOf(uint16(0))}, {Key: splitCount, Value: count}}, nil)
		writeFile(t, path, p)
		return path
	}
	for _, tt := range []struct {
		path string
		want error
	}{
		{put("a-00001-of-00002.gguf", ValueOf("2")), ErrWrongType},
		{put("b-00000-of-00002.gguf", ValueOf(uint16(2))), ErrSplitName},
		{put("c-00003-of-00002.gguf", ValueOf(uint16(2))), ErrSplitName},
		{put("d-00001-of-00002.gguf", ValueOf(uint64(math.MaxUint64))), ErrBadSplit},
		{put("e-00001-of-00002.gguf", ValueOf(uint16(2))), ErrMissingPart},
		{put("f.gguf", ValueOf(uint32(7))), ErrSplitName},
	} {
		if f, err := Open(tt.path); f != nil || !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", filepath.Base(tt.path), err, tt.want)
		}
	}
}

func TestFolderThatCannotBeListedMayStillBeOpened(t *testing.T) {
	if present := partsBeside(filepath.Join(t.TempDir(), "none", "m"), 2); !present(2) {
		t.Error("a part is taken for missing without a look")
	}
}

func TestWriterSplits(t *testing.T) {
	for _, tt := range []struct {
		size  int64
		parts int
	}{
		{1 << 20, 1},
		{7000, 2},
		{3400, 5},
		{0, 6},
	} {
		t.Run(fmt.Sprint(tt.size), func(t *testing.T) {
			dir := t.TempDir()
			build := func(w *Writer) {
				w.Set("general.architecture", ValueOf("llama"))
				w.Set("general.alignment", ValueOf(uint32(64)))
				for i := range 6 {
					w.Declare(fmt.Sprintf("blk.%d.weight", i), F32, 2+i, 100)
				}
			}
			write(t, filepath.Join(dir, "m.gguf"), build, SplitSize(tt.size))
			paths, _ := filepath.Glob(filepath.Join(dir, "*.gguf"))
			if len(paths) != tt.parts {
				t.Fatalf("%q, want %d files", paths, tt.parts)
			}
			for _, path := range paths {
				checkPart(t, path, tt.size, tt.parts, written(t, build))
			}
		})
	}
}

// checkPart opens a split by the part at path and compares it with the same file in one piece.
func checkPart(t *testing.T, path string, size int64, parts int, want *File) {
	t.Helper()
	f, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if len(f.Parts()) != parts || len(f.Tensors()) != len(want.Tensors()) || len(f.Warnings()) > 0 {
		t.Errorf("%d parts, %d tensors, warnings %v", len(f.Parts()), len(f.Tensors()), f.Warnings())
	}
	if arch, err := f.String("general.architecture"); arch != "llama" {
		t.Errorf("the metadata of the first part is missing: %v", err)
	}
	for _, w := range want.Tensors() {
		if g, ok := f.Tensor(w.Name); !ok || string(g.Bytes()) != string(w.Bytes()) || !slices.Equal(g.Shape, w.Shape) {
			t.Errorf("tensor %s differs", w.Name)
		}
	}
	for _, part := range f.Parts() {
		if part.Size > size && len(part.Tensors()) > 1 {
			t.Errorf("%s has %d bytes and %d tensors, want at most %d bytes", part.Name, part.Size, len(part.Tensors()), size)
		}
		if part.Tensors()[0].Path() != part.Name {
			t.Errorf("a tensor of %s says that it is in %s", part.Name, part.Tensors()[0].Path())
		}
	}
}

func TestMorePartsThanASplitCanHave(t *testing.T) {
	w := Create(t.Context(), filepath.Join(t.TempDir(), "m.gguf"), SplitSize(1))
	defer w.Abort()
	for i := range 1 << 16 {
		w.Declare(fmt.Sprint(i), I8, 1)
	}
	if _, err := w.Write([]byte{1}); !errors.Is(err, ErrBadSplit) {
		t.Errorf("%v, want %v", err, ErrBadSplit)
	}
}
