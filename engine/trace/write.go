package trace

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/sonde-ml/sonde/engine/nn"
	"github.com/sonde-ml/sonde/internal/atomicfile"
)

// headerRoom is what is left in front of the data for the header, which is known at the end only: enough for
// about 200 ops. A longer header costs one copy of the file. With its length it aligns the data to 64 bytes.
const headerRoom = 64<<10 - 8

// Info says what a trace is of.
type Info struct {
	Model    string // file name of the model
	Prompt   string
	Numerics string
	Context  int
	KVCache  string
	Names    string // "sonde" or "llama.cpp": which names the keys are
}

// Writer writes a trace while a model runs: Batch before each pass, Record for each op, and Commit. The file appears,
// whole, at Commit; until then it has a temporary name beside it. Close it in any case: a goroutine writes behind.
type Writer struct {
	info    Info
	path    string
	points  map[string]nn.Point
	file    *atomicfile.File
	out     *behind
	offset  uint64
	batches [][]int32
	start   []int32 // position of the first token of each batch
	entries []written
}

type written struct {
	key    string
	op     string
	base   string
	header headerEntry
}

// Create begins a trace at path of a model with these points.
func Create(path string, info Info, points []nn.Point) (*Writer, error) {
	file, err := atomicfile.Create(path)
	if err != nil {
		return nil, err
	}
	w := &Writer{info: info, path: path, file: file, out: newBehind(file.File, 8+headerRoom), points: map[string]nn.Point{}}
	for _, p := range points {
		w.points[p.Name] = p
	}
	if info.Names == "llama.cpp" {
		return w, nil
	}
	w.info.Names = "sonde"
	return w, nil
}

// Batch says that the ops that come now are those of a pass over these tokens, the first at position start.
func (w *Writer) Batch(tokens []int32, start int) {
	w.batches = append(w.batches, slices.Clone(tokens))
	w.start = append(w.start, int32(start))
}

// Record writes the output of op. Its signature is that of a hook.
func (w *Writer) Record(op *nn.Op) error {
	p, known := w.points[op.Name]
	if w.info.Names == "llama.cpp" && (!known || p.Aliases.LlamaCpp == "") {
		return nil // llama.cpp has no such node
	}
	e := written{base: op.Name, op: string(op.Kind)}
	t := op.Out
	if w.info.Names == "llama.cpp" {
		e.base, e.op = p.Aliases.LlamaCpp, p.Aliases.LlamaCppOp
		t = toLlamaCpp(op)
	}
	e.key = e.base
	if n := len(w.batches); n > 1 {
		e.key = fmt.Sprintf("%s@%d", e.base, n-1)
	}
	return w.write(e, t)
}

func (w *Writer) write(e written, t *nn.Tensor) error {
	e.header = headerEntry{DType: "F32", Offsets: [2]uint64{w.offset, w.offset + 4*uint64(t.Len())}}
	if t.IDs != nil {
		e.header.DType = "I32"
	}
	for _, d := range t.Shape {
		e.header.Shape = append(e.header.Shape, uint64(d))
	}
	w.offset = e.header.Offsets[1]
	w.entries = append(w.entries, e)
	w.out.floats(t.Data)
	w.out.ids(t.IDs)
	if err := w.out.problem(); err != nil {
		return fmt.Errorf("write trace %s: %w", w.path, err)
	}
	return nil
}

// Commit writes the header in front of the data and puts the file in its place.
func (w *Writer) Commit() error {
	defer w.Close()
	header, err := w.header()
	if err != nil {
		return err
	}
	if err := w.out.end(); err != nil {
		return fmt.Errorf("write trace %s: %w", w.path, err)
	}
	if n := len(header); n <= headerRoom {
		return w.commitInPlace(header)
	}
	return w.commitCopy(header)
}

// commitInPlace puts the header into the room that was left for it; spaces behind the JSON belong to it.
func (w *Writer) commitInPlace(header []byte) error {
	header = append(header, bytes.Repeat([]byte{' '}, headerRoom-len(header))...)
	if _, err := w.file.WriteAt(withLength(header), 0); err != nil {
		return fmt.Errorf("write trace %s: %w", w.path, err)
	}
	return w.file.Commit()
}

// commitCopy writes another file for a header that is longer than the room.
func (w *Writer) commitCopy(header []byte) error {
	f, err := atomicfile.Create(w.path)
	if err != nil {
		return err
	}
	defer f.Close()
	for len(header)%64 != headerRoom%64 {
		header = append(header, ' ')
	}
	if _, err := f.Write(withLength(header)); err != nil {
		return fmt.Errorf("write trace %s: %w", w.path, err)
	}
	if _, err := w.file.Seek(8+headerRoom, io.SeekStart); err != nil {
		return err
	}
	if _, err := io.Copy(f, w.file); err != nil {
		return fmt.Errorf("write trace %s: %w", w.path, err)
	}
	return f.Commit()
}

func withLength(header []byte) []byte {
	return append(binary.LittleEndian.AppendUint64(nil, uint64(len(header))), header...)
}

// Close throws the trace away, unless it was committed.
func (w *Writer) Close() error {
	_ = w.out.end() // what failed was reported by Record or Commit, or nobody wants it
	return w.file.Close()
}

// header returns the JSON that stands before the data.
func (w *Writer) header() ([]byte, error) {
	tensors := make(map[string]any, len(w.entries)+1)
	for _, e := range w.entries {
		if tensors[e.key] != nil {
			return nil, fmt.Errorf("trace %s: op %s ran twice in one batch", w.path, e.key)
		}
		tensors[e.key] = e.header
	}
	meta, err := w.metadata()
	if err != nil {
		return nil, err
	}
	tensors["__metadata__"] = meta
	return json.Marshal(tensors)
}

func (w *Writer) metadata() (map[string]string, error) {
	var order []string
	ops, aliases, names := map[string]string{}, map[string]Aliases{}, map[string]string{}
	for _, e := range w.entries {
		order = append(order, e.key)
		ops[e.key] = e.op
	}
	for _, p := range w.points {
		a := Aliases{p.Aliases.LlamaCpp, p.Aliases.HF, p.Aliases.TransformerLens}
		aliases[p.Name] = a
		names[p.Aliases.LlamaCpp] = p.Name
	}
	meta := map[string]string{
		"model": w.info.Model, "prompt": w.info.Prompt, "numerics": w.info.Numerics, "kv": w.info.KVCache,
		"n_ctx": fmt.Sprint(w.info.Context), "flash_attn": "0", "names": w.info.Names,
	}
	var errs []error
	put := func(key string, v any) {
		text, err := json.Marshal(v)
		meta[key] = string(text)
		errs = append(errs, err)
	}
	put("order", order)
	put("ops", ops)
	put("batches", w.batches)
	put("tokens", slices.Concat(w.batches...))
	put("positions", w.positions())
	if w.info.Names == "sonde" {
		put("aliases", aliases)
	} else {
		put("sonde", names)
	}
	return meta, errors.Join(errs...)
}

func (w *Writer) positions() []int32 {
	var all []int32
	for i, b := range w.batches {
		for j := range b {
			all = append(all, w.start[i]+int32(j))
		}
	}
	return all
}
