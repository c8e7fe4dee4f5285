package gguf

import (
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/sonde-ml/sonde/internal/fixtures"
	"github.com/sonde-ml/sonde/internal/hostile"
)

const limitsVariable = "SONDE_LIMITS_CHILD"

// TestHostileFilesStayWithinLimits opens every file of the corpus in a process with 2 GiB of address space.
func TestHostileFilesStayWithinLimits(t *testing.T) {
	if os.Getenv(limitsVariable) != "" {
		limitsChild(t)
		return
	}
	cmd := exec.Command(os.Args[0], "-test.run=^TestHostileFilesStayWithinLimits$", "-test.count=1")
	cmd.Env = append(os.Environ(), limitsVariable+"=1")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out[max(0, len(out)-4000):])
	}
}

func limitsChild(t *testing.T) {
	hostile.LimitAddressSpace(t)
	for _, c := range fixtures.MalformedCases(t) {
		path := c.Path(t)
		size := int64(0)
		if st, err := os.Stat(path); err == nil {
			size = st.Size()
		}
		start, before := hostile.ProcessorTime(), hostile.Allocated()
		if f, err := Examine(path); err == nil {
			defer f.Close()
			if f, err := Open(path); err == nil {
				defer f.Close()
			}
		}
		if took := hostile.ProcessorTime() - start; took > time.Second {
			t.Errorf("%s: took %v, want at most 1s", c.ID, took)
		}
		if used, most := hostile.Allocated()-before, int64(16<<20)+4*size; used > most {
			t.Errorf("%s: allocated %d bytes, want at most %d", c.ID, used, most)
		}
	}
}
