package convert

import (
	"bytes"
	"context"
	"encoding/binary"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/sonde-ml/sonde/gguf"
)

// FuzzOldImatrix feeds any bytes to the reader of the older form: no panic, and what is accepted can be used.
func FuzzOldImatrix(f *testing.F) {
	number := binary.LittleEndian.AppendUint32
	seed := append(number(number(nil, 1), 5), "a.b.c"...)
	seed = number(number(number(seed, 2), 1), math.Float32bits(3))
	f.Add(seed)
	f.Add(append(number(number(seed, 9), 4), "wiki"...))
	f.Fuzz(func(t *testing.T, b []byte) {
		if m, err := readOldImatrix("fuzz", bytes.NewReader(b), int64(len(b))); err == nil {
			checkImatrix(t, m, len(b))
		}
	})
}

// FuzzGGUFImatrix does the same for the GGUF form.
func FuzzGGUFImatrix(f *testing.F) {
	path := filepath.Join(f.TempDir(), "imatrix.gguf")
	w := gguf.Create(context.Background(), path)
	w.Set("imatrix.datasets", gguf.ArrayOf([]string{"wiki"}))
	w.Set("imatrix.chunk_count", gguf.ValueOf(uint32(3)))
	w.Declare("a.weight"+sumsSuffix, gguf.F32, 2, 2)
	w.Declare("a.weight"+countsSuffix, gguf.F32, 2, 1)
	for _, n := range []int{16, 8} {
		if _, err := w.Write(bytes.Repeat([]byte{0, 0, 0x80, 0x40}, n/4)); err != nil {
			f.Fatal(err)
		}
	}
	if err := w.Commit(); err != nil {
		f.Fatal(err)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	f.Fuzz(func(t *testing.T, b []byte) {
		file, err := gguf.OpenBytes("fuzz", b)
		if err != nil {
			return
		}
		defer file.Close()
		if m, err := imatrixOf(file); err == nil {
			checkImatrix(t, m, len(b))
		}
	})
}

func checkImatrix(t *testing.T, m *Imatrix, size int) {
	t.Helper()
	for name, values := range m.Entries {
		if len(values) == 0 || 4*len(values) > size {
			t.Errorf("entry %q of %d values from %d bytes", name, len(values), size)
		}
		for _, v := range values {
			if !(v >= 0) || math.IsInf(float64(v), 0) {
				t.Errorf("entry %q has %g", name, v)
			}
		}
	}
}
