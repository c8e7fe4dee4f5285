package convert

import (
	"strings"

	"github.com/sonde-ml/sonde/gguf"
)

const (
	quantizationVersion = "general.quantization_version"
	fileTypeKey         = "general.file_type"
)

// metadata returns the input's, with what has changed behind it, as llama-quantize writes it. The keys of a split are left
// to the writer.
func (q *quantizer) metadata() []gguf.KV {
	var list []gguf.KV
	for _, kv := range q.in.Keys() {
		if kv.Key != quantizationVersion && kv.Key != fileTypeKey {
			list = append(list, kv)
		}
	}
	list = append(list, uint32KV(quantizationVersion, 2))
	if !q.recipe.copy {
		list = append(list, uint32KV(fileTypeKey, uint32(q.recipe.file)))
	} else if v, ok := q.in.Lookup(fileTypeKey); ok {
		list = append(list, gguf.KV{Key: fileTypeKey, Value: v})
	}
	if q.imatrix != nil {
		list = append(list, q.imatrix.metadata()...)
	}
	return list
}

// metadata says which importance matrix was used.
func (m *Imatrix) metadata() []gguf.KV {
	const longest = 127 // bytes, as in llama.cpp
	text := func(key, s string) gguf.KV {
		return gguf.KV{Key: key, Value: gguf.ValueOf(strings.ToValidUTF8(s[:min(len(s), longest)], ""))}
	}
	list := []gguf.KV{text("quantize.imatrix.file", m.File)}
	if len(m.Datasets) > 0 {
		list = append(list, text("quantize.imatrix.dataset", m.Datasets[0]))
	}
	list = append(list, uint32KV("quantize.imatrix.entries_count", uint32(len(m.Entries))))
	if m.Chunks > 0 {
		list = append(list, uint32KV("quantize.imatrix.chunks_count", uint32(m.Chunks)))
	}
	return list
}

func uint32KV(key string, v uint32) gguf.KV { return gguf.KV{Key: key, Value: gguf.ValueOf(v)} }
