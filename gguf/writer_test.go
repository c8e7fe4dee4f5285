package gguf

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"github.com/sonde-ml/sonde/internal/fixtures"
	"github.com/sonde-ml/sonde/internal/hostile"
)

// copyTo writes all of f again.
func copyTo(f *File, w *Writer) error {
	for _, kv := range f.Keys() {
		w.Set(kv.Key, kv.Value)
	}
	for _, t := range f.Tensors() {
		w.Declare(t.Name, t.Type, t.Shape...)
	}
	for _, t := range f.Tensors() {
		if _, err := w.Write(t.Bytes()); err != nil {
			return err
		}
	}
	return w.Commit()
}

func TestWriterReproducesFiles(t *testing.T) {
	paths := append(fixtures.Glob(t, "models/*.gguf"), fixtures.Glob(t, "vocabs/*.gguf")...)
	out := filepath.Join(t.TempDir(), "copy.gguf")
	for _, path := range paths {
		t.Run(filepath.Base(path), func(t *testing.T) {
			f, err := Open(path)
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			w := Create(context.Background(), out)
			defer w.Abort()
			if err := copyTo(f, w); err != nil {
				t.Fatal(err)
			}
			got, _ := os.ReadFile(out)
			want, _ := os.ReadFile(path)
			if !bytes.Equal(got, want) {
				t.Errorf("%d bytes, first difference at %d, want %d bytes", len(got), firstDifference(got, want), len(want))
			}
		})
	}
}

func TestWriterCopiesWhatTheCorpusAccepts(t *testing.T) {
	for _, c := range fixtures.MalformedCases(t) {
		if c.Want == "refuse" || c.Stage == "split" {
			continue
		}
		t.Run(c.ID, func(t *testing.T) {
			f, err := Open(c.Path(t))
			if err != nil {
				t.Skip("not a container") // a later stage warns of it
			}
			defer f.Close()
			if err := checkRewrite(f); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestWriterRefusesWhatTheReaderRefuses(t *testing.T) {
	name := strings.Repeat("n", 64)
	for _, tt := range []struct {
		name  string
		build func(*Writer)
		want  []error
	}{
		{"no key", func(w *Writer) { w.Set("", ValueOf(true)) }, []error{ErrBadKey}},
		{"NUL in a key", func(w *Writer) { w.Set("a\x00b", ValueOf(true)) }, []error{ErrBadKey}},
		{"key not UTF-8", func(w *Writer) { w.Set("a\xff", ValueOf(true)) }, []error{ErrNotUTF8}},
		{"alignment 4", func(w *Writer) { w.Set("general.alignment", ValueOf(uint32(4))) }, []error{ErrBadAlignment}},
		{"alignment 48", func(w *Writer) { w.Set("general.alignment", ValueOf(uint32(48))); w.Declare("a", F32, 3) }, []error{ErrBadAlignment}},
		{"alignment as text", func(w *Writer) { w.Set("general.alignment", ValueOf("32")) }, []error{ErrWrongType}},
		{"long name", func(w *Writer) { w.Declare(name, F32, 1) }, []error{ErrNameTooLong}},
		{"name twice", func(w *Writer) { w.Declare("a", F32, 1); w.Declare("a", F16, 2) }, []error{ErrDuplicateTensor}},
		{"negative dimension", func(w *Writer) { w.Declare("a", F32, 2, -1) }, []error{ErrOverflow}},
		{"no weights", func(w *Writer) { w.Declare("a", F32, 0, 3) }, []error{ErrBadDims}},
		{"five dimensions", func(w *Writer) { w.Declare("a", F32, 1, 1, 1, 1, 1) }, []error{ErrBadDims}},
		{"broken row", func(w *Writer) { w.Declare("a", Q4_K, 8, 32) }, []error{ErrBadRow}},
		{"removed type", func(w *Writer) { w.Declare("a", 4, 32) }, []error{ErrRemovedType}},
		{"unknown type", func(w *Writer) { w.Declare("a", 99, 32) }, []error{ErrUnknownType}},
		{"too many weights", func(w *Writer) { w.Declare("a", F32, 1<<30, 1<<30, 16) }, []error{ErrOverflow}},
		{"too many bytes", func(w *Writer) { w.Declare("a", F64, 1<<30, 1<<30) }, []error{ErrOverflow}},
		{"too many bytes together", func(w *Writer) { w.Declare("a", I8, 1<<20, 1<<21, 1<<21); w.Declare("b", I8, 1<<20, 1<<21, 1<<21) }, []error{ErrOverflow}},
		{"nested too deep", func(w *Writer) { w.Set("a", nested(9)) }, []error{ErrNesting}},
		{"several", func(w *Writer) { w.Set("", ValueOf(true)); w.Declare("a", Q4_K, 8); w.Declare("b", 99, 8) }, []error{ErrBadKey, ErrBadRow, ErrUnknownType}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			w := Create(t.Context(), filepath.Join(dir, "m.gguf"))
			defer w.Abort()
			tt.build(w)
			_, err := w.Write([]byte{1})
			for _, want := range tt.want {
				if !errors.Is(err, want) {
					t.Errorf("Write: %v, want %v", err, want)
				}
			}
			if err := w.Commit(); err == nil {
				t.Error("Commit succeeds after an error")
			}
			if err != nil && strings.Contains(err.Error(), ", at byte") {
				t.Errorf("%q speaks of places in a file that does not exist", err)
			}
			if left, _ := os.ReadDir(dir); len(left) > 0 {
				t.Errorf("%v was left behind", left)
			}
		})
	}
}

func nested(depth int) Value {
	v := ArrayOf([]uint8{1, 2})
	for range depth - 1 {
		v = ArrayOfArrays(v)
	}
	return v
}

func TestWriterWritesEveryMetadataType(t *testing.T) {
	f := written(t, func(w *Writer) {
		w.Set("x.u8", ValueOf(uint8(1)))
		w.Set("x.i8", ValueOf(int8(-2)))
		w.Set("x.u16", ValueOf(uint16(3)))
		w.Set("x.i16", ValueOf(int16(-4)))
		w.Set("x.u32", ValueOf(uint32(5)))
		w.Set("x.i32", ValueOf(int32(-6)))
		w.Set("x.u64", ValueOf(uint64(7)))
		w.Set("x.i64", ValueOf(int64(-8)))
		w.Set("x.f32", ValueOf(float32(0.5)))
		w.Set("x.f64", ValueOf(0.25))
		w.Set("x.bool", ValueOf(true))
		w.Set("x.string", ValueOf("text"))
		w.Set("x.deep", nested(8))
		w.Set("x.mixed", ArrayOfArrays(ValueOf(uint16(9)), ArrayOf([]string{"a"})))
	})
	want := map[string]any{
		"x.u8": uint64(1), "x.i8": int64(-2), "x.u16": uint64(3), "x.i16": int64(-4), "x.u32": uint64(5), "x.i32": int64(-6),
		"x.u64": uint64(7), "x.i64": int64(-8), "x.f32": float32(0.5), "x.f64": 0.25, "x.bool": true, "x.string": "text",
		"x.deep":  []any{[]any{[]any{[]any{[]any{[]any{[]any{[]any{uint64(1), uint64(2)}}}}}}}},
		"x.mixed": []any{[]any{uint64(9)}, []any{"a"}},
	}
	for _, kv := range f.Keys() {
		got := kv.Value.Any(-1)
		if !reflect.DeepEqual(got, want[kv.Key]) {
			t.Errorf("%s is %v, want %v", kv.Key, got, want[kv.Key])
		}
		if name := strings.TrimPrefix(kv.Key, "x."); kv.Value.Type() != TypeArray && kv.Value.Type().String() != name {
			t.Errorf("%s is of type %v", kv.Key, kv.Value.Type())
		}
	}
}

func TestSetReplacesAndLeavesSplitsOut(t *testing.T) {
	f := written(t, func(w *Writer) {
		w.Set("a", ValueOf("old"))
		w.Set("split.count", ValueOf(uint16(9)))
		w.Set("b", ValueOf(true))
		w.Set("a", ValueOf(uint32(7)))
	})
	if len(f.Keys()) != 2 || f.Keys()[0].Key != "a" || f.Keys()[0].Value.Any(0) != uint64(7) {
		t.Errorf("the keys are %v, want a = 7 and b", f.Keys())
	}
}

func TestAlignmentOfAFileThatIsWritten(t *testing.T) {
	f := written(t, func(w *Writer) {
		w.Set("general.alignment", ValueOf(uint32(128)))
		w.Declare("a", F32, 3)
		w.Declare("b", I8, 5)
	})
	a, b := f.Tensors()[0], f.Tensors()[1]
	if a.Offset%128 != 0 || b.Offset != a.Offset+128 || f.Size != b.Offset+128 || f.Alignment != 128 {
		t.Errorf("tensors at %d and %d of %d bytes, alignment %d", a.Offset, b.Offset, f.Size, f.Alignment)
	}
}

func TestWriterWantsExactlyTheData(t *testing.T) {
	path := filepath.Join(t.TempDir(), "m.gguf")
	begin := func() *Writer {
		w := Create(t.Context(), path)
		t.Cleanup(func() { w.Abort() })
		w.Declare("first", F32, 2)
		w.Declare("second", F32, 1)
		return w
	}
	w := begin()
	w.Write(make([]byte, 3))
	if _, err := w.Write(make([]byte, 6)); !errors.Is(err, ErrWrongSize) || !strings.Contains(err.Error(), `"first"`) {
		t.Errorf("writing across tensors: %v, want %v", err, ErrWrongSize)
	}
	w = begin()
	w.Write(make([]byte, 8))
	w.Write(make([]byte, 3))
	if err := w.Commit(); !errors.Is(err, ErrWrongSize) || !strings.Contains(err.Error(), `"second"`) {
		t.Errorf("committing too early: %v, want %v", err, ErrWrongSize)
	}
	w = begin()
	w.Write(make([]byte, 8))
	w.Write(make([]byte, 4))
	if _, err := w.Write(nil); err != nil {
		t.Errorf("writing nothing: %v", err)
	}
	if _, err := w.Write([]byte{1}); !errors.Is(err, ErrWrongSize) {
		t.Errorf("writing too much: %v, want %v", err, ErrWrongSize)
	}
	if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a file that was never committed is there: %v", err)
	}
}

func TestOldFileStaysUntilCommit(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "m.gguf")
	writeFile(t, path, small())
	old, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer old.Close()
	w := Create(t.Context(), path)
	w.Declare("new", F32, 2)
	w.Write([]byte("12345678"))
	if again, err := Open(path); err != nil || len(again.Tensors()) != 3 {
		t.Errorf("before Commit: %v, want the old file", err)
	} else {
		again.Close()
	}
	if err := w.Commit(); err != nil {
		t.Fatal(err)
	}
	if err := w.Abort(); err != nil {
		t.Errorf("Abort after Commit: %v", err)
	}
	if err := w.Commit(); !errors.Is(err, ErrUnwritable) {
		t.Errorf("Commit twice: %v, want %v", err, ErrUnwritable)
	}
	again, err := Open(path)
	if err != nil || len(again.Tensors()) != 1 || string(again.Tensors()[0].Bytes()) != "12345678" {
		t.Errorf("after Commit: %v", err)
	}
	again.Close()
	if len(old.Tensors()[1].Bytes()) != 34 || old.Tensors()[0].Bytes()[0] != 3 {
		t.Error("the map of the old file has changed")
	}
	if left, _ := os.ReadDir(dir); len(left) != 1 {
		t.Errorf("%v was left behind", left)
	}
}

func TestAbortLeavesNothing(t *testing.T) {
	dir := t.TempDir()
	w := Create(t.Context(), filepath.Join(dir, "m.gguf"))
	w.Declare("a", F32, 2)
	w.Write(make([]byte, 4))
	if err := w.Abort(); err != nil {
		t.Error(err)
	}
	if _, err := w.Write(make([]byte, 4)); !errors.Is(err, ErrUnwritable) {
		t.Errorf("Write after Abort: %v, want %v", err, ErrUnwritable)
	}
	if left, _ := os.ReadDir(dir); len(left) > 0 {
		t.Errorf("%v was left behind", left)
	}
}

func TestCancelledWriterStops(t *testing.T) {
	dir := t.TempDir()
	ctx, cancel := context.WithCancel(t.Context())
	w := Create(ctx, filepath.Join(dir, "m.gguf"))
	w.Declare("a", F32, 2)
	if _, err := w.Write(make([]byte, 4)); err != nil {
		t.Fatal(err)
	}
	cancel()
	if _, err := w.Write(make([]byte, 4)); !errors.Is(err, context.Canceled) {
		t.Errorf("Write after cancelling: %v, want %v", err, context.Canceled)
	}
	if err := w.Commit(); !errors.Is(err, context.Canceled) {
		t.Errorf("Commit after cancelling: %v, want %v", err, context.Canceled)
	}
	w.Abort()
	if left, _ := os.ReadDir(dir); len(left) > 0 {
		t.Errorf("%v was left behind", left)
	}
}

func TestWriterSaysWhereItCannotWrite(t *testing.T) {
	dir := t.TempDir()
	for name, path := range map[string]string{"folder": dir, "missing folder": filepath.Join(dir, "no", "m.gguf")} {
		w := Create(t.Context(), path)
		if err := w.Commit(); !errors.Is(err, ErrUnwritable) || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: %v, want %v", name, err, ErrUnwritable)
		}
		w.Abort()
	}
	if _, known := freeSpace(dir); !known || strconv.IntSize < 64 {
		t.Skip("free space is not known here, or is more than a file can have")
	}
	w := Create(t.Context(), filepath.Join(dir, "m.gguf"))
	defer w.Abort()
	w.Declare("huge", F32, 1<<29, 1<<30)
	if _, err := w.Write([]byte{1}); !errors.Is(err, ErrUnwritable) || !strings.Contains(err.Error(), "free space") {
		t.Errorf("a file of 2^61 bytes: %v, want %v", err, ErrUnwritable)
	}
}

// TestWriterUsesLittleMemory writes more than it may allocate.
func TestWriterUsesLittleMemory(t *testing.T) {
	const size = 64 << 20
	w := Create(t.Context(), filepath.Join(t.TempDir(), "m.gguf"))
	defer w.Abort()
	w.Declare("a", I8, size/1024, 1024)
	chunk := bytes.Repeat([]byte("0123456789abcdef"), 4096)
	before := hostile.Allocated()
	for range size / len(chunk) {
		if _, err := w.Write(chunk); err != nil {
			t.Fatal(err)
		}
	}
	if used := hostile.Allocated() - before; used > 4<<20 {
		t.Errorf("%d bytes were allocated to write %d", used, size)
	}
}

func firstDifference(a, b []byte) int {
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return i
		}
	}
	return min(len(a), len(b))
}

// TestWriterWritesAlignedPieces wants nothing but pieces of hugePage, however the data comes.
func TestWriterWritesAlignedPieces(t *testing.T) {
	var sizes pieceSizes
	w := &Writer{out: bufio.NewWriterSize(&sizes, hugePage)}
	total := 0
	for _, n := range []int{0, 1, hugePage, 3*hugePage - 1, 5, hugePage / 2, hugePage/2 - 5, 2 * hugePage, 7} {
		if k, err := w.put(make([]byte, n)); k != n || err != nil {
			t.Fatalf("put of %d bytes: got %d and %v", n, k, err)
		}
		total += n
	}
	if err := w.out.Flush(); err != nil {
		t.Fatal(err)
	}
	for i, n := range sizes {
		if total -= n; n != hugePage && i+1 < len(sizes) {
			t.Errorf("piece %d of %d has %d bytes", i, len(sizes), n)
		}
	}
	if total != 0 {
		t.Errorf("%d bytes are missing", total)
	}
}

// pieceSizes is a writer that notes how much it gets at a time.
type pieceSizes []int

func (s *pieceSizes) Write(p []byte) (int, error) {
	*s = append(*s, len(p))
	return len(p), nil
}
