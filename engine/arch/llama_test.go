package arch_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sonde-ml/sonde/engine/arch"
	"github.com/sonde-ml/sonde/engine/nn"
	"github.com/sonde-ml/sonde/gguf"
)

// draft is a llama file of one block that a test spoils before it is written. No two sizes are equal.
type draft struct {
	keys    map[string]gguf.Value
	tensors map[string][]int
	types   map[string]gguf.Type // F32 unless said
	order   []string
}

const (
	vocab, embd, ff      = 11, 8, 20
	heads, kvHeads, hdim = 4, 2, 2
)

func newDraft() *draft {
	d := &draft{tensors: map[string][]int{}, types: map[string]gguf.Type{}, keys: map[string]gguf.Value{
		"general.architecture":                   gguf.ValueOf("llama"),
		"llama.vocab_size":                       gguf.ValueOf(uint32(vocab)),
		"llama.context_length":                   gguf.ValueOf(uint32(64)),
		"llama.embedding_length":                 gguf.ValueOf(uint32(embd)),
		"llama.block_count":                      gguf.ValueOf(uint32(1)),
		"llama.feed_forward_length":              gguf.ValueOf(uint32(ff)),
		"llama.attention.head_count":             gguf.ValueOf(uint32(heads)),
		"llama.attention.head_count_kv":          gguf.ValueOf(uint32(kvHeads)),
		"llama.attention.layer_norm_rms_epsilon": gguf.ValueOf(float32(1e-5)),
	}}
	d.add("token_embd.weight", vocab, embd)
	d.add("output_norm.weight", embd)
	d.add("blk.0.attn_norm.weight", embd)
	d.add("blk.0.attn_q.weight", heads*hdim, embd)
	d.add("blk.0.attn_k.weight", kvHeads*hdim, embd)
	d.add("blk.0.attn_v.weight", kvHeads*hdim, embd)
	d.add("blk.0.attn_output.weight", embd, heads*hdim)
	d.add("blk.0.ffn_norm.weight", embd)
	d.add("blk.0.ffn_gate.weight", ff, embd)
	d.add("blk.0.ffn_up.weight", ff, embd)
	d.add("blk.0.ffn_down.weight", embd, ff)
	return d
}

func (d *draft) add(name string, shape ...int) {
	d.tensors[name] = shape
	d.order = append(d.order, name)
}

func (d *draft) remove(name string) { delete(d.tensors, name) }

// load writes the draft and opens it as a model.
func (d *draft) load(t *testing.T, extra ...arch.Family) (*arch.Model, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "draft.gguf")
	w := gguf.Create(context.Background(), path)
	defer w.Abort()
	for key, v := range d.keys {
		w.Set(key, v)
	}
	var data [][]byte
	r := rand.New(rand.NewPCG(4, 4))
	for _, name := range d.order {
		shape, ok := d.tensors[name]
		if !ok {
			continue
		}
		w.Declare(name, d.types[name], shape...)
		t := nn.NewTensor(shape...)
		for i := range t.Data {
			t.Data[i] = float32(r.NormFloat64())
		}
		data = append(data, nn.FromTensor(name, t).Bytes)
	}
	for _, b := range data {
		if _, err := w.Write(b); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Commit(); err != nil {
		t.Fatal(err)
	}
	f, err := gguf.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return arch.Load(f, extra...)
}

func TestASoundModelRuns(t *testing.T) {
	m, err := newDraft().load(t)
	if err != nil {
		t.Fatal(err)
	}
	if len(m.Warnings) > 0 {
		t.Errorf("warnings: %v", m.Warnings)
	}
	r := nn.NewRunner(m.Network.Forward, nn.Exact, nn.NewCache(8), nil, 1)
	defer r.Close()
	logits, err := r.Run(context.Background(), nn.Batch{Tokens: []int32{1, 10, 3}})
	if err != nil || logits.Shape[0] != 3 || logits.Shape[1] != vocab {
		t.Errorf("logits %v (%v), want [3 %d]", logits, err, vocab)
	}
	last := m.Points[len(m.Points)-1]
	if got := last.Weights[0]; got != "token_embd.weight" {
		t.Errorf("without output.weight the output uses %s, want token_embd.weight", got)
	}
	if got := nn.ShapeString(m.Points[2].Shape); got != "[tokens 4 2]" {
		t.Errorf("%s has shape %s, want [tokens 4 2]", m.Points[2].Name, got)
	}
}

// What the family does not know would change the result, so it is refused, by name.
func TestWhatIsNotKnownIsRefused(t *testing.T) {
	experts := func(d *draft) {
		d.keys["llama.expert_count"] = gguf.ValueOf(uint32(3))
		d.keys["llama.expert_used_count"] = gguf.ValueOf(uint32(2))
		d.add("blk.0.ffn_gate_inp.weight", 3, embd)
		d.add("blk.0.ffn_gate_exps.weight", 3, ff, embd)
		d.add("blk.0.ffn_up_exps.weight", 3, ff, embd)
		d.add("blk.0.ffn_down_exps.weight", 3, embd, ff)
		for _, name := range []string{"gate", "up", "down"} {
			d.remove("blk.0.ffn_" + name + ".weight")
		}
	}
	for _, c := range []struct {
		name  string
		spoil func(d *draft)
		kind  error // nil: it loads
		says  []string
	}{
		{"experts", experts, nil, nil},
		{"a gating function", func(d *draft) {
			experts(d)
			d.keys["llama.expert_gating_func"] = gguf.ValueOf(uint32(2))
		}, arch.ErrUnsupported, []string{"expert_gating_func", "2"}},
		{"a scale of expert weights", func(d *draft) {
			experts(d)
			d.keys["llama.expert_weights_scale"] = gguf.ValueOf(float32(2.5))
		}, arch.ErrUnsupported, []string{"expert_weights_scale", "2.5"}},
		{"a scaling type", func(d *draft) { d.keys["llama.rope.scaling.type"] = gguf.ValueOf("longrope") },
			arch.ErrUnsupported, []string{"rope.scaling.type", "longrope"}},
		{"a scale tensor", func(d *draft) { d.add("blk.0.attn_q.scale", 1) },
			arch.ErrUnsupported, []string{"blk.0.attn_q.scale"}},
		{"an input scale", func(d *draft) { d.add("blk.0.ffn_up.input_scale", 1) },
			arch.ErrUnsupported, []string{"blk.0.ffn_up.input_scale"}},
		{"values of another width", func(d *draft) { d.keys["llama.attention.value_length"] = gguf.ValueOf(uint32(3)) },
			arch.ErrUnsupported, []string{"attention.value_length", "3"}},
		{"blocks that differ", func(d *draft) {
			d.keys["llama.attention.head_count"] = gguf.ArrayOf([]int32{4, 2})
		}, arch.ErrLengthMismatch, []string{"head_count"}},
		{"a family", func(d *draft) { d.keys["general.architecture"] = gguf.ValueOf("mamba") },
			arch.ErrUnknownArchitecture, []string{"mamba", "llama"}},
		{"no tensors of it", func(d *draft) { d.remove("blk.0.ffn_up.weight"); d.remove("blk.0.attn_v.weight") },
			arch.ErrMissingTensor, []string{"blk.0.ffn_up.weight", "blk.0.attn_v.weight"}},
		{"integers for weights", func(d *draft) { d.types["blk.0.attn_k.weight"] = gguf.I32 },
			arch.ErrWrongTensorType, []string{"blk.0.attn_k.weight", "I32"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := newDraft()
			c.spoil(d)
			_, err := d.load(t)
			if c.kind == nil {
				if err != nil {
					t.Fatal(err)
				}
				return
			}
			if !errors.Is(err, c.kind) {
				t.Fatalf("error %v, want kind %v", err, c.kind)
			}
			for _, word := range c.says {
				if !strings.Contains(err.Error(), word) {
					t.Errorf("error %q does not mention %q", err, word)
				}
			}
		})
	}
}

// What changes nothing is warned of, once, and does not keep the model from running.
func TestWhatIsNotUsedIsWarnedOf(t *testing.T) {
	for _, c := range []struct {
		name  string
		spoil func(d *draft)
		kind  error
	}{
		{"a tensor", func(d *draft) { d.add("blk.0.attn_q_norm.weight", hdim) }, arch.ErrUnusedTensor},
		{"a key", func(d *draft) { d.keys["llama.attention.sliding_window"] = gguf.ValueOf(uint32(4096)) }, arch.ErrUnusedKey},
		{"an integer of another width", func(d *draft) { d.keys["llama.block_count"] = gguf.ValueOf(int16(1)) }, gguf.ErrIntWidth},
	} {
		d := newDraft()
		c.spoil(d)
		m, err := d.load(t)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if len(m.Warnings) != 1 || !errors.Is(m.Warnings[0], c.kind) {
			t.Errorf("%s: warnings %v, want one of kind %v", c.name, m.Warnings, c.kind)
		}
	}
}

func TestAllProblemsAreReportedTogether(t *testing.T) {
	d := newDraft()
	d.keys["llama.rope.freq_base"] = gguf.ValueOf(float32(0))
	d.keys["llama.attention.layer_norm_rms_epsilon"] = gguf.ValueOf(float32(-1))
	d.remove("output_norm.weight")
	d.tensors["blk.0.ffn_down.weight"] = []int{ff, embd}
	_, err := d.load(t)
	for _, word := range []string{"freq_base", "epsilon", "output_norm.weight", "blk.0.ffn_down.weight"} {
		if err == nil || !strings.Contains(err.Error(), word) {
			t.Errorf("%q is not reported: %v", word, err)
		}
	}
}

// A family from outside comes before Sonde's own of the same name.
func TestFamiliesFromOutside(t *testing.T) {
	built := false
	_, err := newDraft().load(t, arch.Family{Name: "llama", Build: func(l *arch.Loader) arch.Network {
		built = true
		return arch.Families()[0].Build(l)
	}})
	if err != nil || !built {
		t.Errorf("the family was used: %v (%v)", built, err)
	}
}
