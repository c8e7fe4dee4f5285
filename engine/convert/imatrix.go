package convert

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"os"

	"github.com/sonde-ml/sonde/gguf"
)

// ErrBadImatrix is the kind of what is wrong with an importance matrix, beside the kinds of a broken GGUF file. The
// errors are [gguf.Error]s.
var ErrBadImatrix = errors.New("bad importance matrix")

// Imatrix is an importance matrix: how much the error in a column of a weight matters, since it is multiplied by large
// or small activations. llama-imatrix makes them by running a model over a text.
type Imatrix struct {
	File     string
	Datasets []string // the texts that it was made from, as far as the file says
	Chunks   int      // pieces of text

	// Entries has, under the name of a tensor, the mean square of the activations that meet each column. The experts
	// of one tensor have an entry [experts, columns].
	Entries map[string][]float32
}

// ReadImatrix reads an importance matrix in either of llama.cpp's forms: GGUF, or the older binary one.
func ReadImatrix(path string) (*Imatrix, error) {
	st, err := os.Stat(path)
	if err != nil {
		return nil, &gguf.Error{File: path, Kind: gguf.ErrUnreadable, Offset: -1, Err: errors.Unwrap(err)}
	}
	if !st.Mode().IsRegular() {
		return nil, &gguf.Error{File: path, Kind: gguf.ErrNotRegular, Offset: -1, Seen: st.Mode().Type().String()}
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, &gguf.Error{File: path, Kind: gguf.ErrUnreadable, Offset: -1, Err: errors.Unwrap(err)}
	}
	defer f.Close()
	var magic [4]byte
	if _, err := io.ReadFull(f, magic[:]); err == nil && bytes.Equal(magic[:], []byte("GGUF")) {
		return readGGUFImatrix(path)
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return nil, &gguf.Error{File: path, Kind: gguf.ErrUnreadable, Offset: -1, Err: err}
	}
	return readOldImatrix(path, f, st.Size())
}

// add keeps the entry of a tensor, if its numbers can be means of squares.
func (m *Imatrix) add(tensor string, values []float32) error {
	if _, twice := m.Entries[tensor]; twice {
		return m.bad(tensor, "entries", "two", "one")
	}
	for i, v := range values {
		if !(v >= 0) || math.IsInf(float64(v), 0) {
			return m.bad(tensor, fmt.Sprintf("value %d", i), fmt.Sprint(v), "a mean of squares, at least 0 and finite")
		}
	}
	m.Entries[tensor] = values
	return nil
}

func (m *Imatrix) bad(tensor, field, seen, expected string) *gguf.Error {
	return &gguf.Error{
		File: m.File, Kind: ErrBadImatrix, Tensor: tensor, Field: field, Seen: seen, Expected: expected, Offset: -1,
	}
}

// entry returns the importance of the columns of t, for each of its matrices. It is nil where there is none; an entry of
// another size is an error.
func (m *Imatrix) entry(t *gguf.Tensor) ([]float32, error) {
	if m == nil {
		return nil, nil
	}
	values, ok := m.Entries[t.Name]
	if want := t.RowLen() * matrices(t.Shape); ok && len(values) != want {
		err := m.bad(t.Name, "values", fmt.Sprint(len(values)),
			fmt.Sprintf("%d, as many as the tensor of shape %v has columns", want, t.Shape))
		err.Advice = "take the matrix of this model"
		return nil, err
	}
	return values, nil
}

// matrices returns the number of matrices that are stacked in a tensor, such as experts.
func matrices(shape []int) int {
	if len(shape) < 3 {
		return 1
	}
	return shape[len(shape)-3]
}
