package gguf

import (
	"bytes"
	"math/rand/v2"
	"testing"

	"github.com/sonde-ml/sonde/internal/fixtures"
)

func TestBigEndianFileHasTheSameValues(t *testing.T) {
	little, err := Open(fixtures.Path(t, "malformed/seed-f32.gguf"))
	if err != nil {
		t.Fatal(err)
	}
	defer little.Close()
	big, err := Open(fixtures.Path(t, "malformed/C08-big-endian.gguf"))
	if err != nil {
		t.Fatal(err)
	}
	defer big.Close()
	if !big.BigEndian || little.BigEndian {
		t.Errorf("BigEndian is %v and %v, want true and false", big.BigEndian, little.BigEndian)
	}
	compareContents(t, big, little)
}

// numbersAt lists for each type the bytes of a block that a number of several bytes begins at, as the
// layouts in the documentation of the types have them.
func TestSwapBytesTurnsNumbersOnly(t *testing.T) {
	for _, tt := range []struct {
		typ  Type
		want []byte // of a block whose bytes count from 0
	}{
		{F32, []byte{3, 2, 1, 0}},
		{F64, []byte{7, 6, 5, 4, 3, 2, 1, 0}},
		{BF16, []byte{1, 0}},
		{I8, []byte{0}},
		{MXFP4, count(0, 17)},
		{NVFP4, count(0, 36)},
		{Q8_0, append([]byte{1, 0}, count(2, 34)...)},
		{Q4_1, append([]byte{1, 0, 3, 2}, count(4, 20)...)},
		{Q5_0, append([]byte{1, 0, 5, 4, 3, 2}, count(6, 22)...)},
		{Q6_K, append(count(0, 208), 209, 208)},
		{Q4_K, append([]byte{1, 0, 3, 2}, count(4, 144)...)},
		{TQ1_0, append(count(0, 52), 53, 52)},
		{IQ1_M, append(count(0, 48), 49, 48, 51, 50, 53, 52, 55, 54)},
	} {
		got := count(0, tt.typ.BlockBytes())
		swapBytes(tt.typ, got)
		if !bytes.Equal(got, tt.want) {
			t.Errorf("%v: % d, want % d", tt.typ, got, tt.want)
		}
	}
}

// count returns the bytes from a up to b.
func count(a, b int) []byte {
	var list []byte
	for i := a; i < b; i++ {
		list = append(list, byte(i))
	}
	return list
}

func TestSwapBytesTwiceChangesNothing(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for typ := range Type(len(types)) {
		if !typ.Valid() {
			continue
		}
		want := make([]byte, 3*typ.BlockBytes())
		for i := range want {
			want[i] = byte(random.Uint32())
		}
		got := bytes.Clone(want)
		swapBytes(typ, got)
		if len(multiByte[typ]) > 0 && bytes.Equal(got, want) {
			t.Errorf("%v: nothing was swapped", typ)
		}
		swapBytes(typ, got)
		if !bytes.Equal(got, want) {
			t.Errorf("%v: swapped twice, the blocks differ", typ)
		}
	}
}

// TestNumbersLieInsideTheirBlock finds rows of the table that overlap or go on into the next block.
func TestNumbersLieInsideTheirBlock(t *testing.T) {
	for typ, list := range multiByte {
		owned := make([]bool, typ.BlockBytes())
		for _, n := range list {
			for i := range n.count {
				for k := range n.width {
					at := n.at + i*n.step + k
					if at >= len(owned) || owned[at] {
						t.Fatalf("%v: byte %d is outside the block of %d, or in two numbers", typ, at, len(owned))
					}
					owned[at] = true
				}
			}
		}
	}
}
