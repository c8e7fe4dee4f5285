package token

import (
	"strings"
	"testing"

	"github.com/sonde-ml/sonde/gguf"
	"github.com/sonde-ml/sonde/internal/fixtures"
)

func openBytes(b []byte) (*gguf.File, error) { return gguf.OpenBytes("fuzzed.gguf", b) }

// To open a vocabulary of 32,000 tokens, and to build its tables.
func BenchmarkNew(b *testing.B) {
	f, err := gguf.Open(fixtures.Path(b, vocabPath("llama-spm")))
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	for _, bb := range []struct {
		name string
		use  func(*Vocab) error
	}{
		{"open", func(*Vocab) error { return nil }},
		{"first use", (*Vocab).Check},
	} {
		b.Run(bb.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				v, err := New(f)
				if err != nil {
					b.Fatal(err)
				}
				if err := bb.use(v); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkEncode(b *testing.B) {
	v, err := vocabOf(b, tinyEntries())
	if path := fixtures.Dir(); path != "" {
		v, err = New(openPath(b, fixtures.Path(b, vocabPath("llama-spm"))))
	}
	if err != nil {
		b.Fatal(err)
	}
	const mib = 1 << 20
	sentence := "The river was low, and the stones on its bed shone like coins; nobody knew whose. "
	for _, bb := range []struct{ name, text string }{
		{"sentence", sentence},
		{"prose 64 KiB", repeat(sentence, mib/16)},
		{"prose 1 MiB", repeat(sentence, mib)},
		{"one word 64 KiB", repeat("lower", mib/16)},
		{"one word 1 MiB", repeat("lower", mib)},
		{"Chinese 1 MiB", repeat("河水很低，河床上的石头像硬币一样闪闪发光。", mib)},
		{"one letter 1 MiB", repeat("a", mib)},
		{"random 1 MiB", mixed(mib, 3)},
	} {
		b.Run(bb.name, func(b *testing.B) {
			b.SetBytes(int64(len(bb.text)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := v.Encode(bb.text, bare); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func repeat(s string, n int) string { return strings.Repeat(s, n/len(s)+1)[:n] }

func BenchmarkStream(b *testing.B) {
	v := tiny(b)
	ids, err := v.Encode(mixed(1<<12, 5), bare)
	if err != nil {
		b.Fatal(err)
	}
	s := v.Stream()
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if _, err := s.Next(ids[i%len(ids)]); err != nil {
			b.Fatal(err)
		}
	}
}
