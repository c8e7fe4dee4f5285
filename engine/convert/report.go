package convert

import "os"

// Report says what was written. Its JSON is that of sonde quantize and sonde synth.
type Report struct {
	File          string             `json:"file"`
	Bytes         int64              `json:"bytes"`
	BitsPerWeight float64            `json:"bits_per_weight"`
	Tensors       []Tensor           `json:"tensors"` // in the order of the file
	Types         map[string]TypeSum `json:"types"`
	Warnings      []string           `json:"warnings"`
}

// Tensor is a tensor that was written.
type Tensor struct {
	Name  string `json:"name"`
	From  string `json:"from,omitempty"` // type of the tensor that it was made from
	Type  string `json:"type"`
	Shape []int  `json:"shape"`
	Bytes int64  `json:"bytes"`
}

// TypeSum sums up the tensors of one type.
type TypeSum struct {
	Tensors int   `json:"tensors"`
	Weights int64 `json:"weights"`
	Bytes   int64 `json:"bytes"`
}

func newReport(p *product, warnings []string) (*Report, error) {
	st, err := os.Stat(p.path)
	if err != nil {
		return nil, err
	}
	r := &Report{File: p.path, Bytes: st.Size(), Tensors: []Tensor{}, Types: make(map[string]TypeSum), Warnings: warnings}
	var all TypeSum
	for _, t := range p.tensors {
		name, weights := t.to.String(), t.Elements()
		bytes, _ := t.to.RowBytes(weights) // it was written
		r.Tensors = append(r.Tensors, Tensor{Name: t.Name, From: t.from, Type: name, Shape: t.Shape, Bytes: int64(bytes)})
		r.Types[name] = r.Types[name].plus(weights, bytes)
		all = all.plus(weights, bytes)
	}
	r.BitsPerWeight = 8 * float64(all.Bytes) / float64(max(1, all.Weights))
	return r, nil
}

func (s TypeSum) plus(weights, bytes int) TypeSum {
	return TypeSum{s.Tensors + 1, s.Weights + int64(weights), s.Bytes + int64(bytes)}
}
