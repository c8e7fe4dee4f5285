package kernels

import "testing"

func TestByteMagnitudes(t *testing.T) {
	for b := range 256 {
		want := uint32(max(int8(b), -int8(b))) & 0xff // of -128 it is 128
		if got := byteMagnitudes(uint32(b) * 0x01000001); got != want*0x01000001 {
			t.Errorf("magnitudes of bytes %#x: got %#x, want %#x", b, got, want*0x01000001)
		}
	}
}
