//go:build !amd64 || purego

package kernels

import "github.com/sonde-ml/sonde/gguf"

func (s *Set) unpackRows(gguf.Type, []float32, int, []byte, int, int, int) bool { return false }
