package trace

import (
	"encoding/binary"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/sonde-ml/sonde/internal/mmap"
)

// Entry is one tensor of a trace.
type Entry struct {
	Key     string  // unique: name, #occurrence, @batch
	Op      string  // kind of op: Sonde's, or ggml's in a trace with llama.cpp's names
	Aliases Aliases // names by which others know the value
	DType   string  // F32, I32, or another type of safetensors that cannot be compared
	Shape   []int   // outermost first
	data    []byte
	begin   int    // of data, in the data section
	name    string // of Sonde's op, "" where it has no such op
}

// Aliases are the foreign names of an op.
type Aliases struct {
	LlamaCpp        string `json:"llama.cpp,omitempty"`
	HF              string `json:"hf,omitempty"`
	TransformerLens string `json:"transformer_lens,omitempty"`
}

// Base returns the key without its batch: what is the same for all batches.
func (e *Entry) Base() string {
	base, _ := cutBatch(e.Key)
	return base
}

// Batch returns the number of the batch, from 0.
func (e *Entry) Batch() int {
	_, batch := cutBatch(e.Key)
	return batch
}

func cutBatch(key string) (base string, batch int) {
	i := strings.LastIndexByte(key, '@')
	if i < 0 {
		return key, 0
	}
	n, err := strconv.Atoi(key[i+1:])
	if err != nil {
		return key, 0
	}
	return key[:i], n
}

// Len returns the number of elements.
func (e *Entry) Len() int {
	n := 1
	for _, d := range e.Shape {
		n *= d
	}
	return n
}

// Values returns the numbers of the entry, ids converted. It is an error for other types than F32 and I32, and, as a
// [gguf.MapFaultError], if the file was cut short after it was opened.
func (e *Entry) Values() ([]float32, error) {
	if e.DType != "F32" && e.DType != "I32" {
		return nil, fmt.Errorf("tensor %q has type %s; F32 and I32 can be read", e.Key, e.DType)
	}
	v := make([]float32, e.Len())
	err := mmap.Guard(func() error { e.read(v); return nil })
	return v, err
}

func (e *Entry) read(v []float32) {
	for i := range v {
		bits := binary.LittleEndian.Uint32(e.data[4*i:])
		if e.DType == "F32" {
			v[i] = math.Float32frombits(bits)
		} else {
			v[i] = float32(int32(bits))
		}
	}
}
