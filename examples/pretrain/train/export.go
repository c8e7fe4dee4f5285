package train

import (
	"context"

	"github.com/sonde-ml/sonde/examples/pretrain/bpe"
	"github.com/sonde-ml/sonde/examples/pretrain/model"
	"github.com/sonde-ml/sonde/gguf"
)

// fileTypeF16 is general.file_type of a file whose matrices are F16.
const fileTypeF16 = 1

// Export writes the model as a GGUF file: matrices as F16, norms as F32, the embedding also being the output layer.
func Export(ctx context.Context, path string, c model.Config, p *model.Params[float32], v *bpe.Vocab) error {
	w := gguf.Create(ctx, path)
	defer w.Abort()
	describe(w)
	shape(w, c)
	v.Write(w)
	if err := writeTensors(w, exportType, part{"", p}); err != nil {
		return err
	}
	return w.Commit()
}

func exportType(t *model.Tensor[float32]) gguf.Type {
	if t.IsMatrix() {
		return gguf.F16
	}
	return gguf.F32
}

func describe(w *gguf.Writer) {
	set := func(key string, v gguf.Value) { w.Set("general."+key, v) }
	set("architecture", gguf.ValueOf("llama"))
	set("type", gguf.ValueOf("model"))
	set("name", gguf.ValueOf("Sonde Storyteller"))
	set("author", gguf.ValueOf("The Sonde authors"))
	set("license", gguf.ValueOf("MIT"))
	set("size_label", gguf.ValueOf("1M"))
	set("languages", gguf.ArrayOf([]string{"en"}))
	set("description", gguf.ValueOf("A small llama that tells short stories for children. Trained by examples/pretrain "+
		"of Sonde on stories from a grammar of its own; made for looking at, not for use."))
	set("file_type", gguf.ValueOf(uint32(fileTypeF16)))
}

func shape(w *gguf.Writer, c model.Config) {
	set := func(key string, n int) { w.Set("llama."+key, gguf.ValueOf(uint32(n))) }
	set("context_length", c.Context)
	set("embedding_length", c.Dim)
	set("block_count", c.Layers)
	set("feed_forward_length", c.FFN)
	set("attention.head_count", c.Heads)
	set("attention.head_count_kv", c.KVHeads)
	set("rope.dimension_count", c.HeadDim())
	set("vocab_size", c.Vocab)
	w.Set("llama.attention.layer_norm_rms_epsilon", gguf.ValueOf(float32(c.Eps)))
	w.Set("llama.rope.freq_base", gguf.ValueOf(float32(c.Base)))
}

// Rounded returns the weights as a file of Export holds them.
func Rounded(c model.Config, path string) (*model.Params[float32], error) {
	f, err := gguf.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	p := model.NewParams[float32](c)
	return p, readTensors(f, part{"", p})
}
