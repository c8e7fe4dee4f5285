package gguf

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"math"

	"github.com/sonde-ml/sonde/internal/atomicfile"
	"github.com/sonde-ml/sonde/internal/checked"
)

// When a file cannot be written as it was asked for.
var (
	ErrUnwritable = errors.New("cannot be written")
	ErrWrongSize  = errors.New("wrong amount of data")
)

// Writer writes a GGUF file of version 3, little-endian: first the metadata and the list of tensors, with [Writer.Set]
// and [Writer.Declare], then the data of all tensors in that order, with Write. The file appears under its name, whole,
// at Commit; until then a file that was there before stays, and Abort leaves it there.
//
// Memory is used for the metadata only. Whatever [Open] would refuse is refused, all problems at once, by the
// first Write, or by Commit if there is no data.
type Writer struct {
	ctx     context.Context
	path    string
	most    uint64 // bytes of a file of a split
	keys    []KV
	tensors []*Tensor

	plans  []plan             // of all files, once the first Write has begun them
	files  []*atomicfile.File // of the first plans, those that were begun
	out    *bufio.Writer      // into the last of files, through put
	todo   []*Tensor          // of the last of files: the one that is being written, and those behind it
	left   uint64             // bytes of the one that is being written
	failed error
}

// Option changes what a [Writer] writes.
type Option func(*Writer)

// SplitSize makes the writer distribute the tensors over files NAME-00001-of-0000N.gguf of at most n bytes each, if they do
// not fit into one. A tensor that is larger gets a file of its own.
func SplitSize(n int64) Option { return func(w *Writer) { w.most = uint64(max(n, 0)) } }

// Create begins to write a file at path. Cancelling ctx makes the next Write or Commit fail.
// Always defer Abort, which does nothing after Commit.
func Create(ctx context.Context, path string, options ...Option) *Writer {
	w := &Writer{ctx: ctx, path: path, most: math.MaxInt64}
	for _, o := range options {
		o(w)
	}
	return w
}

// Set gives key a value; if it has one already, in its place. The key general.alignment, an u32, also has
// its effect. The split.* keys are the writer's own business and left out.
func (w *Writer) Set(key string, v Value) {
	if key == splitNo || key == splitCount || key == splitTensors {
		return
	}
	for i := range w.keys {
		if w.keys[i].Key == key {
			w.keys[i].Value = v
			return
		}
	}
	w.keys = append(w.keys, KV{Key: key, Value: v})
}

// Declare announces a tensor; shape is outermost first.
func (w *Writer) Declare(name string, t Type, shape ...int) {
	w.tensors = append(w.tensors, &Tensor{Name: name, Type: t, Shape: shape})
}

// Write writes data of the first tensor that is not complete. It must not go on into the next one, so
// that too much or too little data for one tensor is noticed.
func (w *Writer) Write(p []byte) (int, error) {
	if err := w.ready(); err != nil {
		return 0, err
	}
	left, ok := checked.Sub(w.left, uint64(len(p)))
	if !ok {
		return 0, w.fail(w.tooMuch(len(p)))
	}
	n := 0
	err := Guard(func() (err error) { // p may be a tensor of a file that is being cut
		n, err = w.put(p)
		return err
	})
	if err != nil {
		return n, w.fail(w.unwritable(err))
	}
	if w.left = left; left == 0 && n > 0 {
		err = w.fail(w.complete())
	}
	return n, err
}

// ready begins the file if that has not happened, and reports why nothing can be written to it.
func (w *Writer) ready() error {
	if w.failed != nil {
		return w.failed
	}
	if err := w.ctx.Err(); err != nil {
		return w.fail(w.unwritable(err))
	}
	if w.plans == nil {
		return w.fail(w.begin())
	}
	return nil
}

// fail remembers an error, so that no later call can finish the file.
func (w *Writer) fail(err error) error {
	if err != nil {
		w.failed = err
	}
	return err
}

// begin checks what is to be written and begins the first file.
func (w *Writer) begin() (err error) {
	err = Guard(func() (err error) { // arrays may lie in a file that is being cut
		w.plans, err = w.plan()
		return err
	})
	if err != nil {
		return err
	}
	if err := checkSpace(w.path, w.plans); err != nil {
		return err
	}
	w.out = bufio.NewWriterSize(nil, hugePage)
	return w.nextFile()
}

// nextFile begins the next file with its header.
func (w *Writer) nextFile() error {
	p := &w.plans[len(w.files)]
	f, err := atomicfile.Create(p.path)
	if err != nil {
		return w.unwritable(err)
	}
	w.files = append(w.files, f)
	w.out.Reset(f)
	w.todo = p.tensors
	if len(w.todo) > 0 {
		w.left = w.todo[0].bytes
	}
	_, err = w.put(p.header)
	p.header = nil
	return w.unwritable(err)
}

// complete goes on behind a tensor that is complete.
func (w *Writer) complete() error {
	p := w.plans[len(w.files)-1]
	if _, err := w.put(make([]byte, padding(w.todo[0].bytes, p.alignment))); err != nil {
		return w.unwritable(err)
	}
	if w.todo = w.todo[1:]; len(w.todo) > 0 {
		w.left = w.todo[0].bytes
		return nil
	}
	if len(w.files) == len(w.plans) {
		return nil
	}
	if err := w.out.Flush(); err != nil {
		return w.unwritable(err)
	}
	return w.nextFile()
}

// hugePage is what the operating systems of most machines map at once, where the file in memory lies in such pieces. On
// Linux it does when it was written in such pieces, and whoever opens the file next reads it faster.
const hugePage = 2 << 20

// put writes in pieces of hugePage only, each at a multiple of it.
func (w *Writer) put(p []byte) (n int, err error) {
	for n < len(p) {
		if w.out.Available() == 0 {
			if err := w.out.Flush(); err != nil {
				return n, err
			}
		}
		k, err := w.out.Write(p[n:min(n+w.out.Available(), len(p))])
		n += k
		if err != nil {
			return n, err
		}
	}
	return n, nil
}

func (w *Writer) tooMuch(n int) error {
	e := &Error{File: w.path, Kind: ErrWrongSize, Offset: -1, Field: "data", Seen: fmt.Sprintf("of %d bytes", n), Expected: "no more, since all tensors are complete"}
	if len(w.todo) > 0 {
		e.Tensor, e.Expected = w.todo[0].Name, fmt.Sprintf("at most %d, which complete it", w.left)
	}
	return e
}

func (w *Writer) unwritable(err error) error {
	if err == nil {
		return nil
	}
	return &Error{File: w.path, Kind: ErrUnwritable, Offset: -1, Err: err}
}

// Commit puts the files in their places, if all data was written.
func (w *Writer) Commit() error {
	if err := w.ready(); err != nil {
		return err
	}
	if len(w.todo) > 0 {
		t := w.todo[0]
		return w.fail(&Error{File: w.path, Kind: ErrWrongSize, Tensor: t.Name, Offset: -1, Field: "data", Seen: fmt.Sprintf("lacks %d bytes", w.left), Expected: fmt.Sprintf("%d in all", t.bytes)})
	}
	if err := w.out.Flush(); err != nil {
		return w.fail(w.unwritable(err))
	}
	// The first part last: whoever finds it finds the others.
	for i := len(w.files) - 1; i >= 0; i-- {
		if err := w.files[i].Commit(); err != nil {
			return w.fail(w.unwritable(err))
		}
	}
	w.failed = &Error{File: w.path, Kind: ErrUnwritable, Offset: -1, Seen: "it is finished"}
	return nil
}

// Abort throws away what was written. After Commit it does nothing.
func (w *Writer) Abort() error {
	if w.failed == nil {
		w.failed = &Error{File: w.path, Kind: ErrUnwritable, Offset: -1, Seen: "it was aborted"}
	}
	var errs []error
	for _, f := range w.files {
		errs = append(errs, f.Close())
	}
	w.files = nil
	return errors.Join(errs...)
}
