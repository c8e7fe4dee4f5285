package gguf

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/sonde-ml/sonde/internal/fixtures"
)

// BenchmarkOpen opens files: bytes per second are those of the metadata and the tensor list.
func BenchmarkOpen(b *testing.B) {
	for _, bb := range []struct {
		name string
		path func(*testing.B) string
	}{
		{"vocabulary of 32000", func(b *testing.B) string { return fixtures.Path(b, "vocabs/llama-spm.gguf") }},
		{"vocabulary of 128256", largeVocabulary},
		{"stories260K", func(b *testing.B) string { return fixtures.Path(b, "models/stories260K.gguf") }},
	} {
		b.Run(bb.name, func(b *testing.B) {
			path := bb.path(b)
			b.ReportAllocs()
			for b.Loop() {
				f, err := Open(path)
				if err != nil {
					b.Fatal(err)
				}
				b.SetBytes(f.DataOffset)
				f.Close()
			}
		})
	}
}

// BenchmarkStrings makes Go strings of a vocabulary.
func BenchmarkStrings(b *testing.B) {
	f, err := Open(largeVocabulary(b))
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	tokens, _ := f.Lookup("tokenizer.ggml.tokens")
	b.SetBytes(int64(len(tokens.raw)))
	b.ReportAllocs()
	for b.Loop() {
		if list, ok := tokens.StringSlice(); !ok || len(list) != tokens.Len() {
			b.Fatal("no strings")
		}
	}
}

// largeVocabulary writes a file with a vocabulary of the size of Llama 3's: 128256 tokens, 280147 merges.
func largeVocabulary(b *testing.B) string {
	const tokens, merges = 128256, 280147
	path := filepath.Join(b.TempDir(), "large.gguf")
	write(b, path, func(w *Writer) {
		w.Set("general.architecture", ValueOf("llama"))
		var names, pairs []string
		types := make([]int32, tokens)
		for i := range tokens {
			names = append(names, fmt.Sprintf("t%x", i*7))
			types[i] = int32(1 + i%3)
		}
		for i := range merges {
			pairs = append(pairs, fmt.Sprintf("%x %x", i, i*3%4096))
		}
		w.Set("tokenizer.ggml.tokens", ArrayOf(names))
		w.Set("tokenizer.ggml.token_type", ArrayOf(types))
		w.Set("tokenizer.ggml.merges", ArrayOf(pairs))
	})
	return path
}

func BenchmarkGuard(b *testing.B) {
	work := func() error { return nil }
	b.ReportAllocs()
	for b.Loop() {
		if err := Guard(work); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkWriter streams 64 MiB through a writer that is never committed.
func BenchmarkWriter(b *testing.B) {
	chunk := make([]byte, 1<<16)
	for i := range chunk {
		chunk[i] = byte(i * 31)
	}
	b.SetBytes(64 << 20)
	b.ReportAllocs()
	for b.Loop() {
		w := Create(b.Context(), filepath.Join(b.TempDir(), "m.gguf"))
		w.Declare("a", I8, 1024, 1<<16)
		for range 1024 {
			if _, err := w.Write(chunk); err != nil {
				b.Fatal(err)
			}
		}
		if err := w.Abort(); err != nil && !os.IsNotExist(err) {
			b.Fatal(err)
		}
	}
}
