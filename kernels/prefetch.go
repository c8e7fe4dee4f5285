package kernels

// Prefetch asks for bytes that will be read soon. It reads nothing itself. Processors do so on their own where memory is
// gone through without a break, but not where much is computed in between.
func Prefetch(b []byte) { active.prefetch(b) }
