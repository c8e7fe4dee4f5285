package trace

import (
	"bytes"
	"encoding/binary"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
)

// Numbers in portions of all sizes, over several rounds of the buffers, come out in order.
func TestBehindWritesAllInOrder(t *testing.T) {
	file, err := os.Create(filepath.Join(t.TempDir(), "numbers"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	const at = 24
	b, r := newBehind(file, at), rand.New(rand.NewPCG(1, 2))
	want := make([]byte, at)
	for len(want) < (behindBuffers+2)*behindSize {
		x := make([]float32, r.IntN(behindSize/2))
		for i := range x {
			x[i] = r.Float32()
			want = binary.LittleEndian.AppendUint32(want, math.Float32bits(x[i]))
		}
		b.floats(x)
		b.ids([]int32{-1, int32(len(x))})
		want = binary.LittleEndian.AppendUint32(binary.LittleEndian.AppendUint32(want, math.MaxUint32), uint32(len(x)))
	}
	for range 2 {
		if err := b.end(); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(file.Name())
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("the file holds %d bytes, error %v, want the %d that were written", len(got), err, len(want))
	}
}

// A disk that fails neither blocks who writes nor is passed over.
func TestBehindReportsWhatFails(t *testing.T) {
	file, err := os.Create(filepath.Join(t.TempDir(), "numbers"))
	if err != nil {
		t.Fatal(err)
	}
	file.Close()
	b := newBehind(file, 0)
	for range 2 * behindBuffers {
		b.floats(make([]float32, behindSize/4))
	}
	if err := b.end(); err == nil {
		t.Error("writing to a closed file was no error")
	}
}
