// Package cpu says which instruction levels this processor has. It selects code, and runs none itself.
package cpu

import (
	"runtime"

	"github.com/klauspost/cpuid/v2"
)

// Level is a set of instructions that kernels are written for.
type Level string

// The levels, each holding the ones before it.
const (
	Generic    Level = "generic"     // what the Go compiler makes
	AVX2       Level = "avx2"        // 256-bit integers, and fused multiply-add
	AVX512     Level = "avx512"      // 512-bit registers: F, BW, DQ, VL
	AVX512VNNI Level = "avx512-vnni" // 512-bit registers and dot products of bytes
)

// Best returns the highest level that this processor, and the system on it, support.
func Best() Level {
	c := &cpuid.CPU
	switch {
	case runtime.GOARCH != "amd64" || !c.Supports(cpuid.AVX2, cpuid.FMA3, cpuid.F16C):
		return Generic
	case !c.Supports(cpuid.AVX512F, cpuid.AVX512BW, cpuid.AVX512DQ, cpuid.AVX512VL):
		return AVX2
	case !c.Supports(cpuid.AVX512VNNI):
		return AVX512
	}
	return AVX512VNNI
}

// Name returns the processor's name for itself, or the architecture where it has none.
func Name() string {
	if name := cpuid.CPU.BrandName; name != "" {
		return name
	}
	return runtime.GOARCH
}
