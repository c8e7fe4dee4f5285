//go:build !amd64 || purego

package kernels

import "github.com/sonde-ml/sonde/kernels/cpu"

func loopsOf(cpu.Level) peakLoops { return genericLoops() }
