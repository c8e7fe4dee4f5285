package cpu_test

import (
	"runtime"
	"testing"

	"github.com/sonde-ml/sonde/kernels/cpu"
)

func TestBestIsALevelOfThisArchitecture(t *testing.T) {
	best := cpu.Best()
	switch best {
	case cpu.Generic, cpu.AVX2, cpu.AVX512, cpu.AVX512VNNI:
	default:
		t.Errorf("Best() = %q, which is no level", best)
	}
	if runtime.GOARCH != "amd64" && best != cpu.Generic {
		t.Errorf("Best() = %q on %s, want %q", best, runtime.GOARCH, cpu.Generic)
	}
	if cpu.Name() == "" {
		t.Error("the processor has no name")
	}
}
