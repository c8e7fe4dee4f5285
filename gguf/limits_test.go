package gguf

import (
	"os"
	"os/exec"
	"runtime"
	"testing"
	"time"

	"github.com/sonde-ml/sonde/internal/fixtures"
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
		t.Errorf("%v\n%s", err, tail(out, 4000))
	}
}

func limitsChild(t *testing.T) {
	limitAddressSpace(t)
	for _, c := range fixtures.MalformedCases(t) {
		path := c.Path(t)
		size := uint64(0)
		if st, err := os.Stat(path); err == nil {
			size = uint64(st.Size())
		}
		start, before := time.Now(), allocated()
		if f, err := Examine(path); err == nil {
			defer f.Close()
			if f, err := Open(path); err == nil {
				defer f.Close()
			}
		}
		if took := time.Since(start); took > time.Second {
			t.Errorf("%s: took %v, want at most 1s", c.ID, took)
		}
		if used, most := allocated()-before, 16<<20+4*size; used > most {
			t.Errorf("%s: allocated %d bytes, want at most %d", c.ID, used, most)
		}
	}
}

// allocated counts all bytes that were ever allocated: more than the heap can have been at any moment.
func allocated() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.TotalAlloc
}
