//go:build unix

package kernels

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"syscall"
	"testing"
	"time"

	"github.com/sonde-ml/sonde/gguf"
	"github.com/sonde-ml/sonde/internal/hostile"
)

const (
	spinVariable = "SONDE_SPIN" // in the environment it makes the benchmark a program that is always busy
	spinning     = "spinning"   // which says so first
)

// BenchmarkPoolBesideOthers multiplies as decoding does, by as many threads as there are processors, alone and beside
// another process that is always busy, by turns of so many products that the pool can adapt. ratio is how much longer a
// product takes beside it; cpu-ratio how much more processor time it takes; and lost/taken what all processors together
// lose for a second of processor time that the other process gets: 1 is fair, and more means that the two are in each
// other's way. It means nothing on a machine that has something else to do.
func BenchmarkPoolBesideOthers(b *testing.B) {
	if os.Getenv(spinVariable) != "" {
		spin()
	}
	pool := NewPool(runtime.GOMAXPROCS(0))
	defer pool.Close()
	decode := decoding{NewMultiplier(pool), randomMatrix(b, gguf.Q4_K, 4096, 2048), randomRows(2048), make([]float32, 4096)}
	other := startSpinner(b)
	var alone, beside usage
	for b.Loop() {
		decode.turn(b, &alone)
		other.signal(b, syscall.SIGCONT)
		decode.turn(b, &beside)
		other.signal(b, syscall.SIGSTOP)
	}
	taken := other.end(b)
	b.ReportMetric(float64(alone.time.Nanoseconds())/float64(b.N)/turnProducts, "alone-ns/product")
	b.ReportMetric(float64(beside.time)/float64(alone.time), "ratio")
	b.ReportMetric(float64(beside.processor)/float64(alone.processor), "cpu-ratio")
	b.ReportMetric(float64(pool.Threads())*float64(beside.time-alone.time)/float64(taken), "lost/taken")
}

// turnProducts is the number of products of a turn, which lasts some tenths of a second.
const turnProducts = 2000

// usage is what turns took.
type usage struct{ time, processor time.Duration }

type decoding struct {
	*Multiplier
	w      Matrix
	x, dst []float32
}

// turn adds what a turn takes to u.
func (d *decoding) turn(b *testing.B, u *usage) {
	start, processor := time.Now(), hostile.ProcessorTime()
	for range turnProducts {
		d.SetInput(d.x, d.w.Cols)
		if err := d.Product(d.dst, d.w); err != nil {
			b.Fatal(err)
		}
	}
	u.time += time.Since(start)
	u.processor += hostile.ProcessorTime() - processor
}

// spin is busy until nobody holds the other end of its standard input.
func spin() {
	go func() {
		io.Copy(io.Discard, os.Stdin)
		os.Exit(0)
	}()
	fmt.Println(spinning)
	for n := 0; ; n++ {
		runtime.KeepAlive(n)
	}
}

// spinner is a process that is always busy, unless it is stopped.
type spinner struct {
	*exec.Cmd
	stdin io.Closer
}

// startSpinner starts the benchmark b as a spinner, and stops it.
func startSpinner(b *testing.B) spinner {
	b.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^$", "-test.bench=^"+b.Name()+"$")
	cmd.Env = append(os.Environ(), spinVariable+"=1", "GOMAXPROCS=1")
	stdin, err1 := cmd.StdinPipe()
	stdout, err2 := cmd.StdoutPipe()
	if err1 != nil || err2 != nil {
		b.Fatal(err1, err2)
	}
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	s := spinner{cmd, stdin}
	b.Cleanup(func() { cmd.Process.Kill() })
	for lines := bufio.NewScanner(stdout); lines.Scan() && lines.Text() != spinning; { // go test has a heading
	}
	s.signal(b, syscall.SIGSTOP)
	return s
}

func (s spinner) signal(b *testing.B, sig os.Signal) {
	b.Helper()
	if err := s.Process.Signal(sig); err != nil {
		b.Fatal(err)
	}
}

// end ends the process and returns the processor time that it had.
func (s spinner) end(b *testing.B) time.Duration {
	b.Helper()
	s.stdin.Close()
	s.signal(b, syscall.SIGKILL)
	s.Wait()
	return s.ProcessState.UserTime() + s.ProcessState.SystemTime()
}
