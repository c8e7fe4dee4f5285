// Command llamacpp runs what llama.cpp ran, and says which op first differs from it.
//
//	go run ./examples/llamacpp model.gguf trace-of-llama.cpp.safetensors
package main

import (
	"context"
	"fmt"
	"log"
	"os"
	"path/filepath"

	"github.com/sonde-ml/sonde/engine"
	"github.com/sonde-ml/sonde/engine/nn"
	"github.com/sonde-ml/sonde/engine/trace"
)

func main() {
	log.SetFlags(0)
	if len(os.Args) != 3 {
		log.Fatal("usage: llamacpp MODEL.gguf TRACE.safetensors")
	}
	c, err := compare(os.Args[1], os.Args[2])
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(c.Summary())
}

func compare(model, theirs string) (*trace.Comparison, error) {
	m, err := engine.Open(model)
	if err != nil {
		return nil, err
	}
	defer m.Close()
	ref, err := trace.Open(theirs)
	if err != nil {
		return nil, err
	}
	defer ref.Close()

	dir, err := os.MkdirTemp("", "sonde")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	ours := filepath.Join(dir, "ours.safetensors")
	opt := engine.TraceOptions{Session: engine.Options{Numerics: nn.Exact}}
	if err := m.Trace(context.Background(), ours, ref.Tokens(), opt); err != nil {
		return nil, err
	}
	got, err := trace.Open(ours)
	if err != nil {
		return nil, err
	}
	defer got.Close()
	return trace.Compare(ref, got, trace.DefaultTolerance)
}
