package audit

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sonde-ml/sonde/internal/fixtures"
)

func TestInspectModel(t *testing.T) {
	for _, test := range []struct {
		model string
		rope  string
		kv    string
	}{
		{"llama", `{"base":10000,"dimensions":16,"scaling":"","factor":0,"original_context":0,"factors":false}`,
			`{"numbers_per_token":192,"context":512,"f32":393216,"f16":196608}`}, // 3 layers · 2 heads · (16 + 16)
		{"llama-yarn", `{"base":10000,"dimensions":16,"scaling":"yarn","factor":4,"original_context":256,"factors":false}`,
			`{"numbers_per_token":64,"context":1024,"f32":262144,"f16":131072}`},
		{"llama-ropescale", `{"base":500000,"dimensions":16,"scaling":"linear","factor":4,"original_context":0,"factors":true}`,
			`{"numbers_per_token":64,"context":2048,"f32":524288,"f16":262144}`},
		{"gpt2", `null`, `{"numbers_per_token":192,"context":40,"f32":30720,"f16":15360}`},
		{"deepseek2", `{"base":11000,"dimensions":8,"scaling":"yarn","factor":10,"original_context":64,"factors":false}`, `null`}, // keeps latents
	} {
		t.Run(test.model, func(t *testing.T) {
			r, err := Inspect(fixtures.Path(t, "models/"+test.model+".gguf"))
			if err != nil {
				t.Fatal(err)
			}
			rope, _ := json.Marshal(r.Model.Rope)
			kv, _ := json.Marshal(r.Model.KVCache)
			if string(rope) != test.rope || string(kv) != test.kv {
				t.Errorf("got %s and %s, want %s and %s", rope, kv, test.rope, test.kv)
			}
		})
	}
}

func TestKVCacheAt(t *testing.T) {
	c := &KVCache{PerToken: 320}
	if got := c.At(1000); *got != (KVCache{320, 1000, 1280000, 640000}) {
		t.Errorf("got %+v, want 1280000 and 640000 bytes", got)
	}
	for _, context := range []int64{-1, 1 << 62} {
		if got := c.At(context); got != nil {
			t.Errorf("a context of %d: got %+v, want none", context, got)
		}
	}
	if n, ok := kvNumbers([]int64{1 << 40, 1 << 62}, 1<<40, 1<<40); ok {
		t.Errorf("got %d numbers, want none", n)
	}
}

// TestInspectHeader cuts the seeds of the hostile corpus behind their tensor lists.
func TestInspectHeader(t *testing.T) {
	for _, path := range fixtures.Glob(t, "malformed/seed-*.gguf") {
		t.Run(filepath.Base(path), func(t *testing.T) {
			whole, err := Inspect(path)
			if err != nil {
				t.Fatal(err)
			}
			b, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			cut := filepath.Join(t.TempDir(), "cut.gguf")
			if err := os.WriteFile(cut, b[:whole.DataOffset], 0o600); err != nil {
				t.Fatal(err)
			}
			r, err := InspectHeader(cut)
			if err != nil {
				t.Fatal(err)
			}
			if len(r.Tensors) != len(whole.Tensors) || r.BitsPerWeight != whole.BitsPerWeight || len(r.Warnings) != len(whole.Warnings) {
				t.Errorf("got %d tensors, %v bits per weight, warnings %v, want those of the whole file: %d, %v, %v",
					len(r.Tensors), r.BitsPerWeight, r.Warnings, len(whole.Tensors), whole.BitsPerWeight, whole.Warnings)
			}
			if _, err := Inspect(cut); len(whole.Tensors) > 0 && err == nil {
				t.Errorf("without its data the file is taken for whole")
			}
		})
	}
}

func TestInspectSplit(t *testing.T) {
	r, err := Inspect(fixtures.Path(t, "malformed/S01-00001-of-00002.gguf"))
	if err != nil {
		t.Fatal(err)
	}
	got, _ := json.Marshal(r.Split)
	if want := `{"part":1,"count":2,"files":[{"file":"S01-00001-of-00002.gguf","bytes":2656},{"file":"S01-00002-of-00002.gguf","bytes":1952}]}`; string(got) != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if len(r.Warnings) > 0 {
		t.Errorf("got %v, want no warning: the parts fit together", r.Warnings)
	}
	r, err = Inspect(fixtures.Path(t, "malformed/S08-00001-of-00002.gguf"))
	if err != nil || !strings.Contains(strings.Join(r.Warnings, "\n"), "wrong shape") {
		t.Errorf("parts of different models: got %v, %v, want a warning of a wrong shape", r.Warnings, err)
	}
}
