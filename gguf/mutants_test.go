package gguf

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime/metrics"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/sonde-ml/sonde/internal/fixtures"
)

const (
	mutantHeap = 64 << 20 // bytes of memory that a process may use that opens mutants, all told
	mutantTime = 50 * time.Millisecond
)

// seeds are the valid files that mutants are made from.
func seeds(t testing.TB) []anatomy {
	files := [][]byte{small()}
	if fixtures.Dir() != "" {
		for _, path := range fixtures.Glob(t, "malformed/seed-*.gguf") {
			b, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			files = append(files, b)
		}
	}
	var list []anatomy
	for _, b := range files {
		a, err := dissect(b)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, a)
	}
	return list
}

// checkMutant opens mutant n and writes it again if it is a valid file. Other work on the machine
// may hold it up, so slowness counts only if it repeats.
func checkMutant(seeds []anatomy, n uint64) error {
	var took time.Duration
	for range 5 {
		start := time.Now()
		if err := useMutant(seeds[n%uint64(len(seeds))].mutant(n)); err != nil {
			return err
		}
		if took = time.Since(start); took < mutantTime {
			return nil
		}
	}
	return fmt.Errorf("took %v, want less than %v", took, mutantTime)
}

func useMutant(b []byte) error {
	f, err := exercise("mutant", b)
	if err != nil || f == nil {
		return err
	}
	return checkRewrite(f)
}

// checkRewrite writes f in memory, opens what was written and compares the contents.
func checkRewrite(f *File) error {
	b, err := rewrite(f)
	if err != nil {
		return fmt.Errorf("an accepted file cannot be written: %w", err)
	}
	again, err := OpenBytes("again", b)
	if err != nil {
		return fmt.Errorf("what was written cannot be read: %w", err)
	}
	return sameContents(again, f)
}

func rewrite(f *File) ([]byte, error) {
	var tensors []*Tensor
	for _, t := range f.Tensors() {
		tensors = append(tensors, &Tensor{Name: t.Name, Type: t.Type, Shape: t.Shape})
	}
	p, err := planFile("again", f.Keys(), tensors)
	b := p.header
	for _, t := range f.Tensors() {
		b = append(b, t.Bytes()...)
		b = append(b, make([]byte, padding(uint64(len(t.Bytes())), p.alignment))...)
	}
	return b, err
}

func TestMutants(t *testing.T) {
	seeds := seeds(t)
	for n := range uint64(3000) {
		if err := checkMutant(seeds, n); err != nil {
			t.Errorf("mutant %d: %v", n, err)
		}
	}
}

// The soak runs in child processes, so that the death of one is found and named. SONDE_MUTANTS says how many mutants,
// SONDE_MUTANTS_FROM tells a child where to begin.
const (
	soakVariable  = "SONDE_MUTANTS"
	childVariable = "SONDE_MUTANTS_FROM"
	perChild      = 10_000
)

func TestMutantSoak(t *testing.T) {
	if from := os.Getenv(childVariable); from != "" {
		soakChild(t, from)
		return
	}
	total, _ := strconv.ParseUint(os.Getenv(soakVariable), 10, 64)
	if total == 0 {
		t.Skipf("set %s to the number of mutants", soakVariable)
	}
	for n := uint64(0); n < total; {
		last, err := runSoakChild(t, n)
		if err == nil {
			n += perChild
			continue
		}
		t.Errorf("mutant %d: %v", last, err)
		n = last + 1
	}
}

// runSoakChild starts a child at mutant n and returns the last mutant that it began.
func runSoakChild(t *testing.T, n uint64) (last uint64, err error) {
	cmd := exec.Command(os.Args[0], "-test.run=^TestMutantSoak$", "-test.count=1")
	cmd.Env = append(os.Environ(), fmt.Sprintf("%s=%d", childVariable, n))
	out, err := cmd.CombinedOutput()
	for lines := bufio.NewScanner(bytes.NewReader(out)); lines.Scan(); {
		if number, ok := strings.CutPrefix(lines.Text(), "mutant "); ok {
			last, _ = strconv.ParseUint(number, 10, 64)
		}
	}
	if err != nil {
		err = fmt.Errorf("%w\n%s", err, tail(out, 2000))
	}
	return last, err
}

func tail(b []byte, n int) []byte { return b[max(0, len(b)-n):] }

func soakChild(t *testing.T, from string) {
	limitAddressSpace(t)
	seeds := seeds(t)
	first, _ := strconv.ParseUint(from, 10, 64)
	out := bufio.NewWriterSize(os.Stdout, 0)
	for n := first; n < first+perChild; n++ {
		fmt.Fprintf(out, "mutant %d\n", n)
		out.Flush()
		if err := checkMutant(seeds, n); err != nil {
			t.Fatal(err)
		}
		if used := memoryUsed(); used > mutantHeap {
			t.Fatalf("the process uses %d bytes, want at most %d", used, mutantHeap)
		}
	}
}

func memoryUsed() uint64 {
	sample := []metrics.Sample{{Name: "/memory/classes/total:bytes"}, {Name: "/memory/classes/heap/released:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64() - sample[1].Value.Uint64()
}

// FuzzOpen wants of any bytes that they are refused with a reason, or can be read to the end and written again.
func FuzzOpen(f *testing.F) {
	for _, a := range seeds(f) {
		f.Add(a.file)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		file, err := exercise("fuzz", b)
		if err == nil && file != nil {
			err = checkRewrite(file)
		}
		if err != nil {
			t.Error(err)
		}
	})
}

func TestEveryTruncationIsRefused(t *testing.T) {
	for _, a := range seeds(t) {
		f, err := OpenBytes("seed", a.file)
		if err != nil {
			t.Fatal(err)
		}
		end := len(a.file)
		if n := len(f.Tensors()); n > 0 {
			last := f.Tensors()[n-1]
			end = int(last.Offset + last.Size())
		}
		for n := 0; n < end; n += cutStep(f, n) {
			checkCut(t, a.file, n)
		}
		checkCut(t, a.file, end-1)
		if _, err := OpenBytes("whole", a.file[:end]); err != nil {
			t.Errorf("without the last padding: %v", err)
		}
	}
}

// cutStep is 1 in the header. In tensor data one cut is much like the next, and all are tried only with the soak.
func cutStep(f *File, n int) int {
	if int64(n) < f.DataOffset || os.Getenv(soakVariable) != "" {
		return 1
	}
	return 7
}

func checkCut(t *testing.T, file []byte, n int) {
	_, err := OpenBytes("cut", file[:n])
	if !errors.Is(err, ErrTruncated) && !errors.Is(err, ErrBadAlignment) {
		t.Errorf("the first %d bytes of %d: %v, want %v", n, len(file), err, ErrTruncated)
	}
}
