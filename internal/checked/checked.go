// Package checked does the arithmetic on numbers that come out of a file.
//
// Such a number is a uint64 that anybody may have written there: sums and products of it wrap, and a wrapped size
// passes every later comparison. The functions here say so instead, in their last result. A number leaves this
// package as an int only after it was compared with something real, such as the bytes that are left.
package checked

import "math/bits"

// Add returns a + b, and false when the sum does not fit.
func Add(a, b uint64) (uint64, bool) {
	sum, carry := bits.Add64(a, b, 0)
	return sum, carry == 0
}

// Mul returns a · b, and false when the product does not fit.
func Mul(a, b uint64) (uint64, bool) {
	high, low := bits.Mul64(a, b)
	return low, high == 0
}

// AlignUp returns the first multiple of alignment from n on, and false when it does not fit or when
// alignment is not a power of two.
func AlignUp(n, alignment uint64) (uint64, bool) {
	if bits.OnesCount64(alignment) != 1 {
		return 0, false
	}
	sum, ok := Add(n, alignment-1)
	return sum &^ (alignment - 1), ok
}

// Within reports whether the n bytes from offset on lie inside the first size bytes.
// It never forms offset + n, which may wrap.
func Within(offset, n, size uint64) bool {
	return offset <= size && n <= size-offset
}

// Sub returns a - b, and false when b is larger.
func Sub(a, b uint64) (uint64, bool) {
	diff, borrow := bits.Sub64(a, b, 0)
	return diff, borrow == 0
}

// Int returns n as an int, and false when n is more than limit.
func Int(n uint64, limit int) (int, bool) {
	if limit < 0 || n > uint64(limit) {
		return 0, false
	}
	return int(n), true
}
