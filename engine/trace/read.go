package trace

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/sonde-ml/sonde/gguf"
	"github.com/sonde-ml/sonde/internal/checked"
	"github.com/sonde-ml/sonde/internal/escape"
	"github.com/sonde-ml/sonde/internal/mmap"
)

// Trace is an opened trace file. Its tensors lie in the map until they are asked for.
type Trace struct {
	Name    string            // path of the file
	Meta    map[string]string // the file's __metadata__
	Entries []*Entry          // in execution order
	Batches []Batch
	byKey   map[string]*Entry
	data    *mmap.Data
	dataAt  int64 // where the data section begins, in bytes from the start of the file
}

// Batch is what one pass of the run computed.
type Batch struct {
	Tokens    []int32
	Positions []int32
}

// ErrFormat is the kind of all errors about the content of a file.
var ErrFormat = errors.New("not a trace")

// Error says what is wrong with a trace file.
type Error struct {
	File string
	Key  string // the tensor, "" for the file as a whole
	Seen string
	Want string
}

func (e *Error) Error() string {
	where := escape.Text(e.File)
	if e.Key != "" {
		where += fmt.Sprintf(": tensor %s", escape.Quote(e.Key))
	}
	return fmt.Sprintf("%s: %s, want %s", where, e.Seen, e.Want)
}

func (e *Error) Unwrap() error { return ErrFormat }

// Open maps the trace at path and checks its header. Close it after use.
func Open(path string) (*Trace, error) {
	data, err := mmap.Open(path)
	if err != nil {
		return nil, fmt.Errorf("open trace: %w", err)
	}
	t := newTrace(path)
	t.data = data
	size := int64(len(data.Bytes))
	data.Watch(func(offset int64) error {
		return &gguf.MapFaultError{File: path, Tensor: t.keyAt(offset), Offset: offset, Opened: size, Size: data.SizeNow()}
	})
	if err := mmap.Guard(func() error { return t.parse(data.Bytes) }); err != nil {
		return nil, errors.Join(err, data.Close())
	}
	return t, nil
}

func newTrace(name string) *Trace { return &Trace{Name: name, byKey: map[string]*Entry{}} }

// keyAt names the tensor whose data has the byte at that offset of the file, "" for the header.
func (t *Trace) keyAt(offset int64) string {
	for _, e := range t.Entries {
		if begin := t.dataAt + int64(e.begin); offset >= begin && offset < begin+int64(len(e.data)) {
			return e.Key
		}
	}
	return ""
}

// Close takes the map away. What Values returned stays.
func (t *Trace) Close() error { return t.data.Close() }

// Entry returns the tensor with that key.
func (t *Trace) Entry(key string) (*Entry, bool) {
	e, ok := t.byKey[key]
	return e, ok
}

// Names reports whose names the keys are: "sonde" or "llama.cpp".
func (t *Trace) Names() string {
	if t.Meta["names"] == "sonde" {
		return "sonde"
	}
	return "llama.cpp"
}

func (t *Trace) parse(b []byte) error {
	if len(b) < 8 {
		return &Error{t.Name, "", fmt.Sprintf("the file has %d bytes", len(b)), "at least 8, the length of the header"}
	}
	said := binary.LittleEndian.Uint64(b)
	n, ok := checked.Int(said, len(b)-8)
	if !ok {
		return &Error{t.Name, "", fmt.Sprintf("the header is said to have %d bytes", said), fmt.Sprintf("at most %d, what is left of the file", len(b)-8)}
	}
	header, data := b[8:8+n], b[8+n:]
	t.dataAt = int64(8 + n)
	if err := t.parseHeader(header, data); err != nil {
		return err
	}
	return t.parseMeta()
}

// headerEntry is one tensor in the header of a safetensors file.
type headerEntry struct {
	DType   string    `json:"dtype"`
	Shape   []uint64  `json:"shape"`
	Offsets [2]uint64 `json:"data_offsets"`
}

func (t *Trace) parseHeader(header, data []byte) error {
	d := json.NewDecoder(bytes.NewReader(header))
	if tok, err := d.Token(); err != nil || tok != json.Delim('{') {
		return &Error{t.Name, "", "the header is no JSON object", "safetensors"}
	}
	var problems []error
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return &Error{t.Name, "", fmt.Sprintf("the header is broken: %v", err), "JSON"}
		}
		if key == "__metadata__" {
			err = d.Decode(&t.Meta)
		} else {
			var h headerEntry
			if err = d.Decode(&h); err == nil {
				problems = append(problems, t.addEntry(key.(string), h, data))
			}
		}
		if err != nil {
			return &Error{t.Name, key.(string), fmt.Sprintf("the header is broken: %v", err), "JSON of a safetensors file"}
		}
	}
	problems = append(problems, t.overlaps()...)
	return errors.Join(problems...)
}

var dtypeBytes = map[string]uint64{
	"F64": 8, "F32": 4, "F16": 2, "BF16": 2, "I64": 8, "I32": 4, "I16": 2, "I8": 1,
	"U64": 8, "U32": 4, "U16": 2, "U8": 1, "BOOL": 1,
}

func (t *Trace) addEntry(key string, h headerEntry, data []byte) error {
	size, ok := dtypeBytes[h.DType]
	if !ok {
		return &Error{t.Name, key, fmt.Sprintf("type %q", h.DType), "a type of safetensors"}
	}
	if t.byKey[key] != nil {
		return &Error{t.Name, key, "the key stands twice", "each once"}
	}
	e := &Entry{Key: key, DType: h.DType}
	for _, d := range h.Shape {
		n, okDim := checked.Int(d, len(data)) // also where another dimension is 0
		bytes, okSize := checked.Mul(size, d)
		if !okDim || !okSize || bytes > uint64(len(data)) {
			return &Error{t.Name, key, fmt.Sprintf("shape %d needs more bytes than there are", h.Shape), fmt.Sprintf("at most %d bytes", len(data))}
		}
		size = bytes
		e.Shape = append(e.Shape, n)
	}
	begin, okBegin := checked.Int(h.Offsets[0], len(data))
	end, okEnd := checked.Int(h.Offsets[1], len(data))
	if !okBegin || !okEnd || begin > end {
		return &Error{t.Name, key, fmt.Sprintf("data from %d to %d", h.Offsets[0], h.Offsets[1]), fmt.Sprintf("inside of the %d bytes of data: the file is cut short", len(data))}
	}
	if uint64(end-begin) != size {
		return &Error{t.Name, key, fmt.Sprintf("%d bytes of data", end-begin), fmt.Sprintf("%d for %s %d", size, h.DType, h.Shape)}
	}
	e.begin, e.data = begin, data[begin:end:end]
	t.byKey[key] = e
	t.Entries = append(t.Entries, e)
	return nil
}

// overlaps reports tensors that share bytes.
func (t *Trace) overlaps() []error {
	sorted := slices.Clone(t.Entries)
	slices.SortStableFunc(sorted, func(a, b *Entry) int { return cmp.Compare(a.begin, b.begin) })
	var problems []error
	for i := 1; i < len(sorted); i++ {
		before, e := sorted[i-1], sorted[i]
		if end := before.begin + len(before.data); e.begin < end && len(e.data) > 0 {
			problems = append(problems, &Error{t.Name, e.Key, fmt.Sprintf("data from %d", e.begin),
				fmt.Sprintf("from %d, where %s ends", end, escape.Quote(before.Key))})
		}
	}
	return problems
}
