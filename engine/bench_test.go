package engine_test

import (
	"context"
	"testing"

	"github.com/sonde-ml/sonde/engine"
	"github.com/sonde-ml/sonde/engine/nn"
	"github.com/sonde-ml/sonde/internal/fixtures"
)

// BenchmarkOpen opens files whose metadata have the same size and whose weights have not: the allocations are the same.
func BenchmarkOpen(b *testing.B) {
	for _, name := range []string{"llama.gguf", "llama-f16.gguf"} {
		b.Run(name, func(b *testing.B) {
			path := fixtures.Path(b, "models/"+name)
			b.ReportAllocs()
			for b.Loop() {
				m, err := engine.Open(path)
				if err != nil {
					b.Fatal(err)
				}
				m.Close()
			}
		})
	}
}

// BenchmarkFirstUse opens a file and encodes a word, which builds the tokenizer's tables. SONDE_BENCH_MODEL chooses the file.
func BenchmarkFirstUse(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := benchModel(b).Encode("Hello"); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkDecode is one token behind a context of 16, BenchmarkPrefill a prompt of 128 tokens.
func BenchmarkDecode(b *testing.B) {
	for _, n := range []*nn.Numerics{nn.Fast, nn.Exact} {
		b.Run(n.Name(), func(b *testing.B) {
			s := defaultModel(b).NewSession(engine.Options{Numerics: n})
			defer s.Close()
			prompt := prefix(16)
			if _, err := s.Next(context.Background(), prompt...); err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for b.Loop() {
				s.Truncate(16)
				if _, err := s.Next(context.Background(), 261); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkPrefill(b *testing.B) {
	for _, n := range []*nn.Numerics{nn.Fast, nn.Exact} {
		b.Run(n.Name(), func(b *testing.B) {
			s := defaultModel(b).NewSession(engine.Options{Numerics: n})
			defer s.Close()
			prompt := prefix(128)
			for b.Loop() {
				s.Reset()
				if _, err := s.Next(context.Background(), prompt...); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func prefix(n int) []int32 {
	ids := make([]int32, n)
	for i := range ids {
		ids[i] = int32(260 + i*7%250)
	}
	ids[0] = 1
	return ids
}
