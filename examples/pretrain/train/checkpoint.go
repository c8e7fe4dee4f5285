package train

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"github.com/sonde-ml/sonde/examples/pretrain/model"
	"github.com/sonde-ml/sonde/gguf"
	"github.com/sonde-ml/sonde/kernels/quant"
)

// A checkpoint is a GGUF file, so that every tool for GGUF files can look into it: the weights under their names, the
// moments of Adam under the same names behind "m." and "v.", and the counters as metadata.
const (
	keyStep     = "pretrain.step"
	keyStory    = "pretrain.story"
	keySettings = "pretrain.settings"
)

// ErrOtherSettings is the kind of the error when a checkpoint belongs to another training.
var ErrOtherSettings = errors.New("checkpoint of another training")

// part is parameters with what their names in a checkpoint begin with.
type part struct {
	prefix string
	params *model.Params[float32]
}

func (t *Trainer) parts() []part {
	return []part{{"", t.Params}, {"m.", t.optimise.m}, {"v.", t.optimise.v}}
}

// fingerprint is everything that the weights depend on.
func (t *Trainer) fingerprint() string { return fmt.Sprintf("%+v", t.Settings) }

// Save writes a checkpoint, atomically.
func (t *Trainer) Save(ctx context.Context, path string) error {
	w := gguf.Create(ctx, path)
	defer w.Abort()
	w.Set("general.architecture", gguf.ValueOf("pretrain"))
	w.Set(keyStep, gguf.ValueOf(uint32(t.Taken)))
	w.Set(keyStory, gguf.ValueOf(t.stories.Reader.Number))
	w.Set(keySettings, gguf.ValueOf(t.fingerprint()))
	err := writeTensors(w, func(*model.Tensor[float32]) gguf.Type { return gguf.F32 }, t.parts()...)
	if err != nil {
		return err
	}
	return w.Commit()
}

// Resume goes on from a checkpoint; without one, from the beginning.
func (t *Trainer) Resume(path string) error {
	f, err := gguf.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer f.Close()
	if got, err := f.String(keySettings); err != nil || got != t.fingerprint() {
		return errors.Join(err, fmt.Errorf("%s: %w: seen settings %q, expected %q: remove it, or give the flags it was made with",
			path, ErrOtherSettings, got, t.fingerprint()))
	}
	step, err1 := f.Uint(keyStep)
	story, err2 := f.Uint(keyStory)
	t.Taken, t.stories.Reader.Number = int(step), story
	errs := []error{err1, err2}
	for _, p := range t.parts() {
		errs = append(errs, readTensors(f, p))
	}
	return errors.Join(errs...)
}

// writeTensors declares and writes parameters as the types that typeOf chooses.
func writeTensors(w *gguf.Writer, typeOf func(*model.Tensor[float32]) gguf.Type, parts ...part) error {
	for _, p := range parts {
		for i := range p.params.Tensors {
			x := &p.params.Tensors[i]
			w.Declare(p.prefix+x.Name, typeOf(x), x.Shape...)
		}
	}
	for _, p := range parts {
		for i := range p.params.Tensors {
			x := &p.params.Tensors[i]
			bytes, err := encode(typeOf(x), x.Data)
			if err != nil {
				return fmt.Errorf("%s%s: %w", p.prefix, x.Name, err)
			}
			if _, err := w.Write(bytes); err != nil {
				return err
			}
		}
	}
	return nil
}

func encode(t gguf.Type, x []float32) ([]byte, error) {
	n, ok := t.RowBytes(len(x))
	if !ok {
		return nil, fmt.Errorf("%d numbers are no whole blocks of %s", len(x), t)
	}
	bytes := make([]byte, n)
	return bytes, quant.Encode(t, bytes, x, nil)
}

// readTensors fills parameters from a file.
func readTensors(f *gguf.File, p part) error {
	var errs []error
	for i := range p.params.Tensors {
		x := &p.params.Tensors[i]
		t, ok := f.Tensor(p.prefix + x.Name)
		if !ok {
			errs = append(errs, fmt.Errorf("%s: no tensor %q: remove the file and begin again", f.Name, p.prefix+x.Name))
			continue
		}
		errs = append(errs, quant.Decode(t.Type, x.Data, t.Bytes()))
	}
	return errors.Join(errs...)
}
