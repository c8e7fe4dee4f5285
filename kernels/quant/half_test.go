package quant

import (
	"math"
	"testing"
)

func TestF16RoundTrip(t *testing.T) {
	for h := range 1 << 16 {
		got, want := F32ToF16(F16ToF32(uint16(h))), uint16(h)
		if h&0x7fff > 0x7c00 {
			want = want&0x8000 | 0x7e00
		}
		if got != want {
			t.Errorf("F32ToF16(F16ToF32(%#x)) = %#x, want %#x", h, got, want)
		}
	}
}

// TestF16Midpoints rounds what lies between neighbours: to the even one where it lies in the middle.
func TestF16Midpoints(t *testing.T) {
	for h := range uint16(0x7bff) {
		low, high := float64(F16ToF32(h)), float64(F16ToF32(h+1))
		middle := float32((low + high) / 2)
		if got, want := F32ToF16(middle), h+h&1; got != want {
			t.Errorf("F32ToF16(%v) = %#x, want %#x", middle, got, want)
		}
		below, above := math.Nextafter32(middle, 0), math.Nextafter32(middle, 1e9)
		if got := F32ToF16(below); got != h {
			t.Errorf("F32ToF16(%v) = %#x, want %#x", below, got, h)
		}
		if got := F32ToF16(-above); got != h+1|0x8000 {
			t.Errorf("F32ToF16(%v) = %#x, want %#x", -above, got, h+1|0x8000)
		}
	}
}

func TestF32ToF16Limits(t *testing.T) {
	tests := []struct {
		v    float32
		want uint16
	}{
		{65504, 0x7bff},
		{math.Nextafter32(65520, 0), 0x7bff},
		{65520, 0x7c00},
		{-math.MaxFloat32, 0xfc00},
		{float32(math.Inf(1)), 0x7c00},
		{0x1p-24, 0x0001},
		{0x1p-25, 0x0000},
		{-0x1.000002p-25, 0x8001},
		{math.Nextafter32(0x1p-14, 0), 0x0400},
		{float32(math.Copysign(0, -1)), 0x8000},
		{math.Float32frombits(0x7f800001), 0x7e00},
		{math.Float32frombits(0xffc12345), 0xfe00},
	}
	for _, test := range tests {
		if got := F32ToF16(test.v); got != test.want {
			t.Errorf("F32ToF16(%v) = %#x, want %#x", test.v, got, test.want)
		}
	}
}

func TestBF16RoundTrip(t *testing.T) {
	for h := range 1 << 16 {
		got, want := F32ToBF16(BF16ToF32(uint16(h))), uint16(h)
		if h&0x7fff > 0x7f80 {
			want |= 1 << 6
		}
		if got != want {
			t.Errorf("F32ToBF16(BF16ToF32(%#x)) = %#x, want %#x", h, got, want)
		}
	}
}

func TestF32ToBF16Rounding(t *testing.T) {
	tests := []struct{ bits, want uint32 }{
		{0x3f808000, 0x3f80},
		{0x3f818000, 0x3f82},
		{0x3f808001, 0x3f81},
		{0xbf807fff, 0xbf80},
		{0x7f7fffff, 0x7f80},
		{0x7f800001, 0x7fc0},
	}
	for _, test := range tests {
		if got := F32ToBF16(math.Float32frombits(test.bits)); uint32(got) != test.want {
			t.Errorf("F32ToBF16(%#x) = %#x, want %#x", test.bits, got, test.want)
		}
	}
}
