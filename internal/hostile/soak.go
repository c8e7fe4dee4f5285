package hostile

import (
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

// mostMemory is what a process that looks at mutants may use, in bytes, all told.
const mostMemory = 64 << 20

// Use looks at a file, and says what is wrong with how that ends. It may take Most.
type Use struct {
	Look func(file []byte) error
	Most time.Duration
}

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

// Check looks at mutant n. Collecting garbage may hold it up, so slowness counts only if it repeats.
func (u Use) Check(seeds []*Seed, n uint64) error {
	var took time.Duration
	for range 5 {
		start := ProcessorTime()
		if err := u.Look(seeds[n%uint64(len(seeds))].Mutant(n)); err != nil {
			return err
		}
		if took = ProcessorTime() - start; took < u.Most {
			return nil
		}
	}
	return fmt.Errorf("took %v, want less than %v", took, u.Most)
}

// Soak looks at as many mutants as [SoakVariable] says, in processes of their own with little address space, so that
// the death of one is found and named. It must be all that a test does.
func (u Use) Soak(t *testing.T, seeds []*Seed) {
	t.Helper()
	if from := os.Getenv(childVariable); from != "" {
		LimitAddressSpace(t)
		u.soakChild(t, seeds, from)
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
	var other strings.Builder
	for line := range strings.Lines(string(out)) {
		if number, ok := strings.CutPrefix(line, "mutant "); ok {
			last, _ = strconv.ParseUint(strings.TrimSpace(number), 10, 64)
		} else {
			other.WriteString(line)
		}
	}
	if said := other.String(); err != nil {
		err = fmt.Errorf("%w\n%s", err, said[max(0, len(said)-2000):])
	}
	return last, err
}

func (u Use) soakChild(t *testing.T, seeds []*Seed, from string) {
	first, _ := strconv.ParseUint(from, 10, 64)
	for n := first; n < first+perChild; n++ {
		fmt.Printf("mutant %d\n", n)
		if err := u.Check(seeds, n); err != nil {
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
