//go:build !amd64 || purego

package kernels

import "github.com/sonde-ml/sonde/gguf"

// blocksAt returns the functions of a level.
func blocksAt(tier) *blockFuncs { return &genericBlocks }

func (s *Set) prefetchFloats([]float32, int, int, int) {}
func (s *Set) prefetchBytes([]byte, int, int, int)     {}

func (s *Set) unpackRows(gguf.Type, []float32, int, []byte, int, int, int) bool { return false }
