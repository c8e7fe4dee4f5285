package convert_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/sonde-ml/sonde/engine/convert"
	"github.com/sonde-ml/sonde/gguf"
	"github.com/sonde-ml/sonde/internal/hostile"
)

func TestCancelledLeavesNothing(t *testing.T) {
	in := writeModel(t, map[string][]int{"token_embd.weight": {4000, 512}, "output.weight": {4000, 512}})
	dir := t.TempDir()
	ctx, cancel := context.WithCancel(context.Background())
	_, err := convert.Quantize(ctx, open(t, in), filepath.Join(dir, "m.gguf"), convert.QuantizeOptions{Type: "q4_k", Progress: func(done, total int64) {
		if 0 < done && done < total {
			cancel()
		}
	}})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want cancelled", err)
	}
	if list, err := os.ReadDir(dir); err != nil || len(list) > 0 {
		t.Errorf("the folder has %v, want nothing", list)
	}
	for _, stack := range hostile.Goroutines("github.com/sonde-ml/sonde/engine/convert") {
		t.Errorf("a goroutine is left:\n%s", stack)
	}
}

func TestOntoItself(t *testing.T) {
	path := filepath.Join(t.TempDir(), "m.gguf")
	if err := os.WriteFile(path, readFile(t, writeModel(t, map[string][]int{"blk.0.attn_q.weight": {300, 512}})), 0o600); err != nil {
		t.Fatal(err)
	}
	want := weights(t, path, "blk.0.attn_q.weight")
	quantizeTo(t, path, path, convert.QuantizeOptions{Type: "q8_0"})
	if got := nmse(want, weights(t, path, "blk.0.attn_q.weight")); !(got < 1e-4) {
		t.Errorf("NMSE %g", got)
	}
}

// TestMemoryIsBounded quantises 32 MB and looks at the heap on the way.
func TestMemoryIsBounded(t *testing.T) {
	in := writeModel(t, map[string][]int{"token_embd.weight": {8192, 1024}})
	f := open(t, in)
	var most, last, total int64
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	before := int64(m.HeapAlloc)
	_, err := convert.Quantize(context.Background(), f, filepath.Join(t.TempDir(), "m.gguf"), convert.QuantizeOptions{
		Type: "q4_0", Threads: 2, Progress: func(done, all int64) {
			runtime.ReadMemStats(&m)
			most, last, total = max(most, int64(m.HeapAlloc)-before), done, all
		}})
	if err != nil {
		t.Fatal(err)
	}
	if last != 8192*1024 || total != 8192*1024 {
		t.Errorf("progress ended at %d of %d weights, want all of %d", last, total, 8192*1024)
	}
	if most > 16<<20 {
		t.Errorf("%d more bytes of heap for 32 MB of weights, want less than 16 MiB", most)
	}
}

func TestSplitsBecomeOneFile(t *testing.T) {
	dir := t.TempDir()
	w := gguf.Create(context.Background(), filepath.Join(dir, "m.gguf"), gguf.SplitSize(3000))
	w.Set("general.architecture", gguf.ValueOf("llama"))
	x := positive(2*256, 5)
	for _, name := range []string{"a.weight", "b.weight"} {
		w.Declare(name, gguf.F32, 2, 256)
	}
	for range 2 {
		if _, err := w.Write(f32Bytes(x)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Commit(); err != nil {
		t.Fatal(err)
	}
	in := gguf.SplitName(filepath.Join(dir, "m"), 1, 2)
	path := filepath.Join(t.TempDir(), "q.gguf")
	r := quantizeTo(t, in, path, convert.QuantizeOptions{Type: "q8_0"})
	if _, ok := open(t, path).Lookup("split.count"); ok || len(r.Tensors) != 2 {
		t.Errorf("got %d tensors and split.count: %t, want 2 and none", len(r.Tensors), ok)
	}
}

func TestQuantizeRefusesBrokenFiles(t *testing.T) {
	b := readFile(t, writeModel(t, map[string][]int{"blk.0.attn_q.weight": {300, 512}}))
	path := filepath.Join(t.TempDir(), "cut.gguf")
	if err := os.WriteFile(path, b[:len(b)/2], 0o600); err != nil {
		t.Fatal(err)
	}
	f, _ := gguf.Examine(path)
	defer f.Close()
	if _, err := convert.Quantize(context.Background(), f, path+"2", convert.QuantizeOptions{Type: "q8_0"}); !errors.Is(err, gguf.ErrOutOfBounds) {
		t.Errorf("got %v, want that data is missing", err)
	}
}
