package engine_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/sonde-ml/sonde/engine"
	"github.com/sonde-ml/sonde/engine/nn"
	"github.com/sonde-ml/sonde/engine/trace"
)

// BenchmarkCapture says how much longer a prefill of 128 tokens takes when somebody watches: with the moments of every op,
// and with every output written to a file, without and with the wait for the disk. They take turns with a prefill that
// nobody watches, and the best times are compared. SONDE_BENCH_MODEL chooses the model: the embedded one is too small to tell.
func BenchmarkCapture(b *testing.B) {
	m := benchModel(b)
	plain, watched := m.NewSession(engine.Options{}), m.NewSession(engine.Options{})
	defer plain.Close()
	defer watched.Close()
	if _, err := watched.On("*", func(op *nn.Op) error { op.Moments(); return nil }); err != nil {
		b.Fatal(err)
	}
	prefill(b, plain)
	prefill(b, watched)
	best := [4]time.Duration{1 << 62, 1 << 62, 1 << 62, 1 << 62}
	for b.Loop() {
		recorded, committed := capture(b, m)
		for i, took := range [...]time.Duration{prefill(b, plain), prefill(b, watched), recorded, committed} {
			best[i] = min(best[i], took)
		}
	}
	for i, unit := range [...]string{"moments-%", "trace-%", "trace+fsync-%"} {
		b.ReportMetric(100*(best[i+1].Seconds()/best[0].Seconds()-1), unit)
	}
}

// benchModel opens the model that SONDE_BENCH_MODEL names, else the embedded one.
func benchModel(b *testing.B) *engine.Model {
	path := os.Getenv("SONDE_BENCH_MODEL")
	if path == "" {
		return defaultModel(b)
	}
	m, err := engine.Open(path)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { m.Close() })
	return m
}

// prefill runs 128 tokens from an empty context.
func prefill(b *testing.B, s *engine.Session) time.Duration {
	s.Reset()
	start := time.Now()
	if _, err := s.Forward(context.Background(), prefix(128)...); err != nil {
		b.Fatal(err)
	}
	return time.Since(start)
}

// capture traces a prefill, in a session whose memory is warm.
func capture(b *testing.B, m *engine.Model) (recorded, committed time.Duration) {
	s := m.NewSession(engine.Options{})
	defer s.Close()
	prefill(b, s)
	w, err := trace.Create(filepath.Join(b.TempDir(), "trace.safetensors"), trace.Info{}, m.Points())
	if err != nil {
		b.Fatal(err)
	}
	defer w.Close()
	if err := s.Record(w); err != nil {
		b.Fatal(err)
	}
	start := time.Now()
	prefill(b, s)
	recorded = time.Since(start)
	if err := w.Commit(); err != nil {
		b.Fatal(err)
	}
	return recorded, time.Since(start)
}
