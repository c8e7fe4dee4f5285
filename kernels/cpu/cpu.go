// Package cpu says which instruction level this processor has and which one the kernels run at. It selects code, and
// runs none itself.
//
//	level, err := cpu.Active() // avx512-vnni, or what SONDE_CPU names
//
// A level is a set of instructions that are used together, not a model of processor. What it does not do: read caches,
// clocks or the number of cores.
package cpu

import (
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"

	"github.com/klauspost/cpuid/v2"
)

// Level is a set of instructions that kernels are written for.
type Level string

// The levels, each holding the ones before it.
const (
	Generic    Level = "generic"     // what the Go compiler makes
	AVX2       Level = "avx2"        // 256-bit registers, fused multiply-add, F16C, BMI
	AVX512     Level = "avx512"      // 512-bit registers: F, BW, DQ, VL
	AVX512VNNI Level = "avx512-vnni" // and dot products of bytes
)

// Variable is the variable of the environment that forces a level.
const Variable = "SONDE_CPU"

// All returns the levels, the lowest first.
func All() []Level { return []Level{Generic, AVX2, AVX512, AVX512VNNI} }

// Best returns the highest level that this program has code for and that the processor, and the system on it, support.
func Best() Level {
	for _, l := range slices.Backward(All()) {
		if check(l) == nil {
			return l
		}
	}
	return Generic
}

// Active returns the level that kernels run at: the one that SONDE_CPU named when it was first asked for, else the best.
// The error, an [*Error] beside the best level, says that SONDE_CPU names none, or one that cannot be used.
func Active() (Level, error) { return active() }

var active = sync.OnceValues(func() (Level, error) { return choose(os.Getenv(Variable)) })

// choose returns the level of that name, and the best one without a name.
func choose(name string) (Level, error) {
	if name == "" {
		return Best(), nil
	}
	if err := check(Level(name)); err != nil {
		err.From = Variable
		return Best(), err
	}
	return Level(name), nil
}

// Check returns nil if kernels can run at that level here, else an [*Error].
func Check(l Level) error {
	if err := check(l); err != nil {
		return err
	}
	return nil
}

func check(l Level) *Error {
	if !slices.Contains(All(), l) {
		return &Error{Level: l, Kind: ErrUnknown}
	}
	if l == Generic {
		return nil
	}
	if noCode != "" {
		return &Error{Level: l, Kind: ErrNoCode, Reason: noCode}
	}
	if missing := missing(l); len(missing) > 0 {
		return &Error{Level: l, Kind: ErrUnsupported, Reason: fmt.Sprintf("%s lacks %s", Name(), strings.Join(missing, ", "))}
	}
	return nil
}

// features has what each level needs beyond the one before it.
var features = map[Level][]cpuid.FeatureID{
	AVX2:       {cpuid.AVX2, cpuid.FMA3, cpuid.F16C, cpuid.BMI1, cpuid.BMI2},
	AVX512:     {cpuid.AVX512F, cpuid.AVX512BW, cpuid.AVX512DQ, cpuid.AVX512VL},
	AVX512VNNI: {cpuid.AVX512VNNI},
}

// HasBytes reports whether the processor also looks bytes up in tables, and counts their bits: a few kernels at the level
// [AVX512VNNI] use that.
func HasBytes() bool {
	return cpuid.CPU.Supports(cpuid.AVX512VBMI, cpuid.AVX512BITALG, cpuid.GFNI)
}

// FetchesNear reports whether the processor brings what is read once faster into its first cache than into its second:
// AMD's Zen 5 that computes 512 bits at a time, as measured. It says nothing of what a level needs.
func FetchesNear() bool {
	model := cpuid.CPU.Model
	return cpuid.CPU.VendorID == cpuid.AMD && cpuid.CPU.Family == 0x1a && (model <= 0x1f || 0x40 <= model && model <= 0x4f)
}

// missing returns the names of what the processor lacks for a level.
func missing(l Level) (names []string) {
	for _, lower := range All() {
		for _, f := range features[lower] {
			if !cpuid.CPU.Supports(f) {
				names = append(names, f.String())
			}
		}
		if lower == l {
			break
		}
	}
	return names
}

// Name returns the processor's name for itself, or the architecture where it has none.
func Name() string {
	if name := cpuid.CPU.BrandName; name != "" {
		return name
	}
	return runtime.GOARCH
}
