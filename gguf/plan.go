package gguf

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/sonde-ml/sonde/internal/checked"
)

// plan is one file that is to be written.
type plan struct {
	path      string
	header    []byte // all bytes before the data section
	alignment uint64
	tensors   []*Tensor // with their sizes and offsets
	size      uint64    // of the whole file
}

// plan lays out the file, or those of a split.
func (w *Writer) plan() ([]plan, error) {
	p, err := planFile(w.path, w.keys, w.tensors)
	if err != nil {
		return nil, err
	}
	if p.size <= w.most || len(w.tensors) < 2 {
		return []plan{p}, nil
	}
	return w.planSplit(w.groups(p))
}

// splitKeysRoom is more than the keys of a split add to a header.
const splitKeysRoom = 256

// groups distributes the tensors of p, the plan of one file for all.
func (w *Writer) groups(p plan) [][]*Tensor {
	var groups [][]*Tensor
	first, size := 0, uint64(len(p.header)) // that of the first file counts all entries: a little too much
	for i, t := range w.tensors {
		grown := sum(size, t.bytes, uint64(t.entrySize()), p.alignment)
		if grown > w.most && i > first {
			groups = append(groups, w.tensors[first:i])
			first, grown = i, sum(splitKeysRoom, t.bytes, uint64(t.entrySize()), p.alignment)
		}
		size = grown
	}
	return append(groups, w.tensors[first:])
}

// sum adds sizes; where the sum does not fit it is as large as possible.
func sum(sizes ...uint64) uint64 {
	total := uint64(0)
	for _, n := range sizes {
		var ok bool
		if total, ok = checked.Add(total, n); !ok {
			return math.MaxUint64
		}
	}
	return total
}

func (w *Writer) planSplit(groups [][]*Tensor) ([]plan, error) {
	if len(groups) > math.MaxUint16 {
		return nil, &Error{File: w.path, Kind: ErrBadSplit, Offset: -1, Field: "parts", Seen: fmt.Sprint(len(groups)), Expected: fmt.Sprintf("at most %d", math.MaxUint16), Advice: "choose a larger size"}
	}
	var plans []plan
	prefix := strings.TrimSuffix(w.path, ".gguf")
	for i, tensors := range groups {
		p, err := planFile(SplitName(prefix, i+1, len(groups)), w.splitKeys(i, len(groups)), tensors)
		if err != nil {
			return nil, err
		}
		plans = append(plans, p)
	}
	return plans, nil
}

// splitKeys returns the metadata of part i, from 0, of n: the first has all.
func (w *Writer) splitKeys(i, n int) []KV {
	var keys []KV
	for _, kv := range w.keys {
		if i == 0 || kv.Key == alignmentKey {
			keys = append(keys, kv)
		}
	}
	return append(keys,
		KV{Key: splitNo, Value: ValueOf(uint16(i))},
		KV{Key: splitCount, Value: ValueOf(uint16(n))},
		KV{Key: splitTensors, Value: ValueOf(int32(len(w.tensors)))})
}

// planFile lays out one file and has the reader check it.
func planFile(path string, keys []KV, tensors []*Tensor) (plan, error) {
	p := plan{path: path, alignment: alignmentOf(keys), tensors: tensors}
	end := p.place()
	p.header = appendHeader(keys, tensors)
	if len(tensors) > 0 { // llama.cpp does not pad before an empty data section
		p.header = append(p.header, make([]byte, padding(uint64(len(p.header)), p.alignment))...)
	}
	p.size = sum(uint64(len(p.header)), end)
	return p, checkHeader(path, p.header)
}

// alignmentOf finds the alignment in the metadata. An impossible one is the reader's to refuse.
func alignmentOf(keys []KV) uint64 {
	i := slices.IndexFunc(keys, func(kv KV) bool { return kv.Key == alignmentKey })
	if i < 0 {
		return defaultAlignment
	}
	n, _ := keys[i].Value.Uint()
	if _, ok := checked.AlignUp(0, n); !ok {
		return defaultAlignment
	}
	return n
}

// place gives the tensors their sizes and offsets, and returns where the last one ends. A size that is impossible
// is the reader's to refuse.
func (p *plan) place() (end uint64) {
	for _, t := range p.tensors {
		t.rel = end
		t.bytes, _ = t.dataSize()
		next, _ := checked.Add(end, t.bytes)
		end, _ = checked.AlignUp(next, p.alignment)
	}
	return end
}

// dataSize computes the number of bytes of the data from the type and the shape.
func (t *Tensor) dataSize() (size uint64, ok bool) {
	row, ok := t.Type.RowBytes(t.RowLen())
	size = uint64(row)
	for _, d := range t.Shape[:max(len(t.Shape)-1, 0)] {
		var fits bool
		size, fits = checked.Mul(size, uint64(d))
		ok = ok && fits
	}
	return size, ok
}

// padding is the number of zeros behind n bytes.
func padding(n, alignment uint64) uint64 {
	end, _ := checked.AlignUp(n, alignment)
	pad, _ := checked.Sub(end, n)
	return pad
}

// entrySize is the number of bytes of t's entry in the tensor list.
func (t *Tensor) entrySize() int { return t.offsetAt() + 8 - t.at }

func appendHeader(keys []KV, tensors []*Tensor) []byte {
	b := []byte(magic)
	b = binary.LittleEndian.AppendUint32(b, newestRead)
	b = binary.LittleEndian.AppendUint64(b, uint64(len(tensors)))
	b = binary.LittleEndian.AppendUint64(b, uint64(len(keys)))
	for _, kv := range keys {
		b = appendText(b, kv.Key)
		b = binary.LittleEndian.AppendUint32(b, uint32(kv.Value.typ))
		b = appendPayload(b, kv.Value)
	}
	for _, t := range tensors {
		b = appendEntry(b, t)
	}
	return b
}

func appendEntry(b []byte, t *Tensor) []byte {
	b = appendText(b, t.Name)
	b = binary.LittleEndian.AppendUint32(b, uint32(len(t.Shape)))
	for _, d := range slices.Backward(t.Shape) {
		b = binary.LittleEndian.AppendUint64(b, uint64(d))
	}
	b = binary.LittleEndian.AppendUint32(b, uint32(t.Type))
	return binary.LittleEndian.AppendUint64(b, t.rel)
}

// checkHeader has the reader look at a header that was made for the file at path.
func checkHeader(path string, header []byte) error {
	f := &File{Name: path, src: &source{bytes: header}, headerOnly: true}
	f.read()
	for _, problem := range f.problems.list {
		if e := (*Error)(nil); errors.As(problem, &e) {
			e.Offset = -1 // there is no such file
		}
	}
	return f.problems.join()
}
