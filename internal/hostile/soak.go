package hostile

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"runtime/metrics"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/sonde-ml/sonde/internal/fixtures"
)

// What looking at a mutant may take: bytes of memory, all told, of the process that does so, and time.
const (
	mostMemory = 64 << 20
	mostTime   = 50 * time.Millisecond
)

// SoakVariable in the environment says how many mutants a soak looks at. Another tells a child where to begin.
const (
	SoakVariable  = "SONDE_MUTANTS"
	childVariable = "SONDE_MUTANTS_FROM"
	perChild      = 10_000
)

// Seeds returns the valid files of the hostile corpus as seeds; the test is skipped where they are missing.
func Seeds(tb testing.TB) []*Seed {
	tb.Helper()
	var list []*Seed
	for _, path := range fixtures.Glob(tb, "malformed/seed-*.gguf") {
		b, err := os.ReadFile(path)
		if err != nil {
			tb.Fatal(err)
		}
		list = append(list, NewSeed(b))
	}
	return list
}

// Check gives mutant n to use. Other work on the machine may hold it up, so slowness counts only if it repeats.
func Check(seeds []*Seed, n uint64, use func(file []byte) error) error {
	var took time.Duration
	for range 5 {
		start := time.Now()
		if err := use(seeds[n%uint64(len(seeds))].Mutant(n)); err != nil {
			return err
		}
		if took = time.Since(start); took < mostTime {
			return nil
		}
	}
	return fmt.Errorf("took %v, want less than %v", took, mostTime)
}

// Soak gives as many mutants to use as [SoakVariable] says, in processes of their own with little address space, so that
// the death of one is found and named. It must be all that a test does.
func Soak(t *testing.T, seeds []*Seed, use func(file []byte) error) {
	t.Helper()
	if from := os.Getenv(childVariable); from != "" {
		LimitAddressSpace(t)
		soakChild(t, seeds, from, use)
		return
	}
	total, _ := strconv.ParseUint(os.Getenv(SoakVariable), 10, 64)
	if total == 0 {
		t.Skipf("set %s to the number of mutants", SoakVariable)
	}
	for n := uint64(0); n < total; {
		last, err := runChild(t, n)
		if err == nil {
			n += perChild
			continue
		}
		t.Errorf("mutant %d: %v", last, err)
		n = last + 1
	}
}

// runChild starts a child at mutant n and returns the last mutant that it began.
func runChild(t *testing.T, n uint64) (last uint64, err error) {
	cmd := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$", "-test.count=1")
	cmd.Env = append(os.Environ(), fmt.Sprintf("%s=%d", childVariable, n))
	out, err := cmd.CombinedOutput()
	for lines := bufio.NewScanner(bytes.NewReader(out)); lines.Scan(); {
		if number, ok := strings.CutPrefix(lines.Text(), "mutant "); ok {
			last, _ = strconv.ParseUint(number, 10, 64)
		}
	}
	if err != nil {
		err = fmt.Errorf("%w\n%s", err, out[max(0, len(out)-2000):])
	}
	return last, err
}

func soakChild(t *testing.T, seeds []*Seed, from string, use func(file []byte) error) {
	first, _ := strconv.ParseUint(from, 10, 64)
	for n := first; n < first+perChild; n++ {
		fmt.Printf("mutant %d\n", n)
		if err := Check(seeds, n, use); err != nil {
			t.Fatal(err)
		}
		if used := memoryUsed(); used > mostMemory {
			t.Fatalf("the process uses %d bytes, want at most %d", used, mostMemory)
		}
	}
}

// Allocated counts all bytes that the process ever allocated: more than its heap can have been at any moment.
func Allocated() int64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.TotalAlloc)
}

func memoryUsed() uint64 {
	sample := []metrics.Sample{{Name: "/memory/classes/total:bytes"}, {Name: "/memory/classes/heap/released:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64() - sample[1].Value.Uint64()
}
