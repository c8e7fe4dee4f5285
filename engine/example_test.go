package engine_test

import (
	"context"
	"fmt"
	"log"

	"github.com/sonde-ml/sonde/engine"
	"github.com/sonde-ml/sonde/engine/nn"
)

// The model that comes with Sonde needs no file.
func ExampleDefault() {
	m, err := engine.Default()
	if err != nil {
		log.Fatal(err)
	}
	defer m.Close()
	s := m.NewSession(engine.Options{})
	defer s.Close()

	// Look at one op while it runs.
	if _, err := s.On("blk.4.ffn_resid", func(op *nn.Op) error {
		if op.Pos[0] == 0 {
			fmt.Println(op.Name, op.Out)
		}
		return nil
	}); err != nil {
		log.Fatal(err)
	}
	const prompt = "There was a little girl"
	g, err := s.Generate(context.Background(), prompt, engine.Greedy(17))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(prompt + g.Text)
	// Output:
	// blk.4.ffn_resid [9 128]
	// There was a little girl whose name was Ella. One day, she was
}
