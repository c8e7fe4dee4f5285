package token

import (
	"encoding/base64"
	"encoding/json"
	"path/filepath"
	"testing"

	"github.com/sonde-ml/sonde/gguf"
	"github.com/sonde-ml/sonde/internal/fixtures"
)

// open opens a fixture, "vocabs/phi-3.gguf", for the length of the test.
func open(t testing.TB, name string) *gguf.File {
	t.Helper()
	return openPath(t, fixtures.Path(t, name))
}

func openPath(t testing.TB, path string) *gguf.File {
	t.Helper()
	f, err := gguf.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

func vocab(t testing.TB, name string) *Vocab {
	t.Helper()
	v, err := New(open(t, name))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// raw is text that may be no UTF-8: a JSON string, or {"b64": "…"}.
type raw string

func (r *raw) UnmarshalJSON(b []byte) error {
	var s string
	if json.Unmarshal(b, &s) == nil {
		*r = raw(s)
		return nil
	}
	var coded struct{ B64 []byte }
	err := json.Unmarshal(b, &coded)
	*r = raw(coded.B64)
	return err
}

// recorded is what llama.cpp makes of one text.
type recorded struct {
	Text, Detok, DetokSpecial string
	TextB64                   string `json:"text_b64"`
	DetokB64                  string `json:"detok_b64"`
	DetokSpecialB64           string `json:"detok_special_b64"`
	IDs                       []int32
	IDsSpecial                []int32 `json:"ids_special"`
	Pieces                    []raw
	Vocab                     string
	Override                  map[string]any
}

func (r *recorded) UnmarshalJSON(b []byte) error {
	type plain recorded
	var p struct {
		plain
		DetokSpecial string `json:"detok_special"`
	}
	if err := json.Unmarshal(b, &p); err != nil {
		return err
	}
	*r = recorded(p.plain)
	r.DetokSpecial = p.DetokSpecial
	for _, f := range []struct {
		coded string
		text  *string
	}{{r.TextB64, &r.Text}, {r.DetokB64, &r.Detok}, {r.DetokSpecialB64, &r.DetokSpecial}} {
		if f.coded == "" {
			continue
		}
		text, err := base64.StdEncoding.DecodeString(f.coded)
		if err != nil {
			return err
		}
		*f.text = string(text)
	}
	return nil
}

func vocabPath(name string) string { return filepath.Join("vocabs", name+".gguf") }
