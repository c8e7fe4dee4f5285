//go:build !amd64 || purego

package kernels

// blocksAt returns the functions of a level.
func blocksAt(tier) *blockFuncs { return &genericBlocks }

func (s *Set) prefetchFloats([]float32, int, int, int) {}
func (s *Set) prefetchBytes([]byte, int, int, int)     {}
