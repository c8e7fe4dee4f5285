package convert

import (
	"errors"
	"fmt"
	"strings"

	"github.com/sonde-ml/sonde/gguf"
	"github.com/sonde-ml/sonde/kernels/quant"
)

// The tensors of the GGUF form, for a weight NAME whose experts, if it has any, are apart: NAME.in_sum2 F32
// [experts, columns], the sums of squares of the activations, and NAME.counts F32 [experts, 1], of how many each is.
const (
	sumsSuffix   = ".in_sum2"
	countsSuffix = ".counts"
)

func readGGUFImatrix(path string) (m *Imatrix, err error) {
	f, err := gguf.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	err = gguf.Guard(func() error {
		m, err = imatrixOf(f)
		return err
	})
	if err != nil {
		return nil, err
	}
	return m, nil
}

func imatrixOf(f *gguf.File) (*Imatrix, error) {
	m := &Imatrix{File: f.Name, Entries: make(map[string][]float32)}
	datasets, err1 := f.Strings("imatrix.datasets")
	chunks, err2 := f.Uint("imatrix.chunk_count")
	m.Datasets, m.Chunks = datasets, int(min(chunks, 1<<31-1))
	errs := []error{present(err1), present(err2)}
	for _, t := range f.Tensors() {
		if name, ok := strings.CutSuffix(t.Name, sumsSuffix); ok {
			errs = append(errs, m.addSums(f, name, t))
		}
		if name, ok := strings.CutSuffix(t.Name, countsSuffix); ok {
			if _, ok := f.Tensor(name + sumsSuffix); !ok {
				errs = append(errs, m.bad(name, "sums", "missing", "a tensor "+name+sumsSuffix))
			}
		}
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	if len(m.Entries) == 0 {
		return nil, &gguf.Error{File: f.Name, Kind: ErrBadImatrix, Offset: -1, Field: "tensors", Seen: "without sums of squares",
			Expected: "NAME" + sumsSuffix + " and NAME" + countsSuffix, Advice: "it is another kind of GGUF file"}
	}
	return m, nil
}

// addSums makes an entry of sums of squares and the counts beside them.
func (m *Imatrix) addSums(f *gguf.File, name string, sums *gguf.Tensor) error {
	counts, ok := f.Tensor(name + countsSuffix)
	if !ok {
		return m.bad(name, "counts", "missing", "a tensor "+name+countsSuffix)
	}
	if sums.Type != gguf.F32 || counts.Type != gguf.F32 {
		return m.bad(name, "types", fmt.Sprintf("%s and %s", sums.Type, counts.Type), "F32")
	}
	if counts.Elements() != sums.Rows() || sums.Elements() == 0 {
		seen := fmt.Sprintf("%v and %v", sums.Shape, counts.Shape)
		return m.bad(name, "shapes", seen, "as many counts as there are rows of sums")
	}
	values, n := make([]float32, sums.Elements()), make([]float32, counts.Elements())
	err1 := quant.Decode(sums.Type, values, sums.Bytes())
	err2 := quant.Decode(counts.Type, n, counts.Bytes())
	if err := errors.Join(err1, err2); err != nil {
		return err
	}
	columns := sums.RowLen()
	for i, count := range n {
		mean(values[i*columns:][:columns], count)
	}
	return m.add(name, values)
}

// mean divides sums by a count. What was never used, such as an expert that no token was sent to, is as important as
// anything.
func mean(sums []float32, count float32) {
	for i := range sums {
		if count > 0 {
			sums[i] /= count
		} else {
			sums[i] = 1
		}
	}
}
