//go:build !amd64 || purego

package quant

import "github.com/sonde-ml/sonde/kernels/cpu"

// decodersAt returns the decoders of a level: none.
func decodersAt(cpu.Level) []vectorDecoder { return nil }
