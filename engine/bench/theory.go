package bench

import (
	"slices"

	"github.com/klauspost/cpuid/v2"

	"github.com/sonde-ml/sonde/kernels/cpu"
)

// Theory is what a processor of a known kind should do at most: ports × width × the clock that was measured. Threads that
// share a core can only reach half of it.
type Theory struct {
	Core      string  `json:"core"`
	Int8GMACs float64 `json:"int8_gmacs"`
	F32GFLOPs float64 `json:"f32_gflops"`
}

// core is a kind of processor.
type core struct {
	name   string
	vendor cpuid.Vendor
	family int
	models [][2]int // first and last
	perCycle
}

// perCycle is the multiply-adds that a core begins in a cycle, by level.
type perCycle map[cpu.Level]struct{ bytes, floats float64 }

// cores lists them by the numbers that CPUID gives them. Two units multiply in each. Without VNNI a product of bytes
// takes two multiplications and an addition, which has units of its own but in Intel's at 512 bits.
// Zen 5 was held against the measured loops. The others are unchecked: compare them with the makers' optimization guides
// before relying on them.
func cores() []core {
	narrow := perCycle{cpu.AVX2: {32, 16}}
	halves := perCycle{cpu.AVX2: {32, 16}, cpu.AVX512: {32, 16}, cpu.AVX512VNNI: {64, 16}} // 512 bits in two steps
	wide := perCycle{cpu.AVX2: {32, 16}, cpu.AVX512: {64, 32}, cpu.AVX512VNNI: {128, 32}}
	intel := perCycle{cpu.AVX2: {32, 16}, cpu.AVX512: {64 * 2. / 3, 32}, cpu.AVX512VNNI: {128, 32}}
	return []core{
		{"Zen 5", cpuid.AMD, 0x1a, [][2]int{{0x00, 0x1f}, {0x40, 0x4f}}, wide},
		{"Zen 4", cpuid.AMD, 0x19, [][2]int{{0x10, 0x1f}, {0x60, 0x7f}, {0xa0, 0xaf}}, halves},
		{"Zen 3", cpuid.AMD, 0x19, [][2]int{{0x00, 0x0f}, {0x20, 0x5f}}, narrow},
		{"Zen 2", cpuid.AMD, 0x17, [][2]int{{0x30, 0x9f}}, narrow},
		{"Skylake server or Cascade Lake", cpuid.Intel, 6, [][2]int{{85, 85}}, intel},
		{"Ice Lake server", cpuid.Intel, 6, [][2]int{{106, 106}, {108, 108}}, intel},
		{"Sapphire Rapids", cpuid.Intel, 6, [][2]int{{143, 143}}, intel},
		{"Emerald Rapids", cpuid.Intel, 6, [][2]int{{207, 207}}, intel},
	}
}

// theoryOf returns the theory for so many GHz, those of all threads added up; nil where nothing is known.
func theoryOf(level cpu.Level, ghz float64) *Theory {
	for _, c := range cores() {
		if rate := c.perCycle[level]; c.is(&cpuid.CPU) && rate.bytes > 0 && ghz > 0 {
			return &Theory{c.name, rate.bytes * ghz, 2 * rate.floats * ghz}
		}
	}
	return nil
}

func (c core) is(this *cpuid.CPUInfo) bool {
	return c.vendor == this.VendorID && c.family == this.Family &&
		slices.ContainsFunc(c.models, func(m [2]int) bool { return m[0] <= this.Model && this.Model <= m[1] })
}
