// Command readhook watches the residual stream while a model runs: the rms of each block's output.
//
//	go run ./examples/readhook "Once upon a time"
package main

import (
	"context"
	"fmt"
	"log"
	"os"

	"github.com/sonde-ml/sonde/engine"
	"github.com/sonde-ml/sonde/engine/nn"
)

func main() {
	log.SetFlags(0)
	if len(os.Args) != 2 {
		log.Fatal("usage: readhook PROMPT")
	}
	m, err := engine.Default()
	if err != nil {
		log.Fatal(err)
	}
	defer m.Close()
	s := m.NewSession(engine.Options{})
	defer s.Close()

	// The hook runs after each op that it is on. A selector that matches nothing would be an error.
	if _, err := s.On("blk.*.ffn_resid", func(op *nn.Op) error {
		fmt.Printf("%-16s %s rms %.4f\n", op.Name, op.Out, op.Out.RMS())
		return nil
	}); err != nil {
		log.Fatal(err)
	}
	g, err := s.Generate(context.Background(), os.Args[1], engine.Greedy(1))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("next: %q\n", g.Text)
}
