package quant

import (
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/sonde-ml/sonde/gguf"
)

// eachType runs f as a subtest for every type that a file can hold.
func eachType(t *testing.T, f func(t *testing.T, typ gguf.Type)) {
	t.Helper()
	for typ := range gguf.Type(1 << 8) {
		if typ.Valid() {
			t.Run(typ.String(), func(t *testing.T) { f(t, typ) })
		}
	}
}

func mustOf(tb testing.TB, t gguf.Type) *Format {
	tb.Helper()
	f, err := Of(t)
	if err != nil {
		tb.Fatal(err)
	}
	return f
}

// TestOf finds types without a row and rows at the wrong place.
func TestOf(t *testing.T) {
	eachType(t, func(t *testing.T, typ gguf.Type) {
		if f := mustOf(t, typ); f.Type != typ || f.decode == nil || f.encode == nil || f.fields == nil {
			t.Errorf("Of(%v) = %+v", typ, f)
		}
	})
}

// TestBlockSizes compares the sizes that the decoders go by with those that the file is read by.
func TestBlockSizes(t *testing.T) {
	sizes := map[gguf.Type]int{
		gguf.Q4_0: q4_0Bytes, gguf.Q4_1: q4_1Bytes, gguf.Q5_0: q5_0Bytes, gguf.Q5_1: q5_1Bytes, gguf.Q8_0: q8_0Bytes,
		gguf.Q8_1: q8_1Bytes, gguf.Q8_K: q8_KBytes, gguf.Q1_0: q1_0Bytes, gguf.Q2_0: q2_0Bytes, gguf.Q2_K: q2_KBytes,
		gguf.Q3_K: q3_KBytes, gguf.Q4_K: q4_KBytes, gguf.Q5_K: q5_KBytes, gguf.Q6_K: q6_KBytes, gguf.IQ1_S: iq1_sBytes,
		gguf.IQ1_M: iq1_mBytes, gguf.IQ2_XXS: iq2_xxsBytes, gguf.IQ2_XS: iq2_xsBytes, gguf.IQ2_S: iq2_sBytes,
		gguf.IQ3_XXS: iq3_xxsBytes, gguf.IQ3_S: iq3_sBytes, gguf.IQ4_NL: iq4_nlBytes, gguf.IQ4_XS: iq4_xsBytes,
		gguf.TQ1_0: tq1_0Bytes, gguf.TQ2_0: tq2_0Bytes, gguf.MXFP4: mxfp4Bytes, gguf.NVFP4: nvfp4Bytes,
	}
	for typ, got := range sizes {
		if want := typ.BlockBytes(); got != want {
			t.Errorf("block of %v = %d bytes, want %d", typ, got, want)
		}
	}
}

func TestOfRefuses(t *testing.T) {
	tests := []struct {
		typ  gguf.Type
		kind error
		says string
	}{
		{4, gguf.ErrRemovedType, "Q4_2"},
		{36, gguf.ErrRemovedType, "IQ4_NL_4_4"},
		{43, gguf.ErrUnknownType, "43"},
		{math.MaxUint32, gguf.ErrUnknownType, "4294967295"},
	}
	for _, test := range tests {
		_, err := Of(test.typ)
		var e *Error
		if !errors.As(err, &e) || !errors.Is(err, test.kind) || !strings.Contains(err.Error(), test.says) {
			t.Errorf("Of(%d) = %v, want %v about %s", uint32(test.typ), err, test.kind, test.says)
		}
	}
}

func TestErrors(t *testing.T) {
	numbers, bytes := make([]float32, 512), make([]byte, 288)
	f := mustOf(t, gguf.Q4_K)
	_, fieldsErr := f.Fields(bytes)
	tests := []struct {
		name string
		got  error
		kind error
		says string
	}{
		{"decode too few bytes", Decode(gguf.Q4_K, numbers, bytes[1:]), ErrSize, "512 numbers and 287 bytes"},
		{"decode half a block", Decode(gguf.Q4_K, numbers[:384], bytes[:216]), ErrSize, "144 bytes for every 256 numbers"},
		{"decode removed type", Decode(5, numbers, bytes), gguf.ErrRemovedType, "Q4_3"},
		{"encode too many bytes", Encode(gguf.Q4_K, bytes, numbers[:256], nil), ErrSize, "256 numbers and 288 bytes"},
		{"encode unknown type", Encode(99, bytes, numbers, nil), gguf.ErrUnknownType, "99"},
		{"encode without importance", Encode(gguf.IQ2_XS, bytes[:148], numbers, nil), ErrNeedsImatrix, "IQ2_XS"},
		{"encode broken rows", Encode(gguf.Q4_K, bytes, numbers, numbers[:384]), ErrSize, "384 columns for 512 numbers"},
		{"encode rows of no numbers", Encode(gguf.Q4_K, bytes, numbers, numbers[:0]), ErrSize, "0 columns"},
		{"encode rows longer than all", Encode(gguf.Q4_K, bytes[:144], numbers[:256], numbers), ErrSize, "512 columns for 256"},
		{"fields of two blocks", fieldsErr, ErrSize, "288 bytes"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if !errors.Is(test.got, test.kind) || !strings.Contains(test.got.Error(), test.says) {
				t.Errorf("error = %v, want %v about %q", test.got, test.kind, test.says)
			}
		})
	}
}

func TestDecodeNothing(t *testing.T) {
	eachType(t, func(t *testing.T, typ gguf.Type) {
		if err := Decode(typ, nil, nil); err != nil {
			t.Error(err)
		}
		if err := mustOf(t, typ).Encode(nil, nil, ones(256)); err != nil {
			t.Error(err)
		}
	})
}

func TestDecodeAllocatesNothing(t *testing.T) {
	eachType(t, func(t *testing.T, typ gguf.Type) {
		src, dst := randomBytes(256/typ.BlockWeights()*typ.BlockBytes()), make([]float32, 256)
		if n := testing.AllocsPerRun(10, func() { _ = Decode(typ, dst, src) }); n > 0 {
			t.Errorf("allocations = %v, want 0", n)
		}
	})
}

func TestImportanceString(t *testing.T) {
	for i, want := range []string{"ignored", "optional", "required", "Importance(3)"} {
		if got := Importance(i).String(); got != want {
			t.Errorf("Importance(%d) = %q, want %q", i, got, want)
		}
	}
}
