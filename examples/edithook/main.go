// Command edithook switches off one attention head while a model runs, and shows what that changes.
//
//	go run ./examples/edithook "Once upon a time"
package main

import (
	"context"
	"fmt"
	"log"
	"os"

	"github.com/sonde-ml/sonde/engine"
	"github.com/sonde-ml/sonde/engine/nn"
)

const layer, head = 0, 0

func main() {
	log.SetFlags(0)
	if len(os.Args) != 2 {
		log.Fatal("usage: edithook PROMPT")
	}
	m, err := engine.Default()
	if err != nil {
		log.Fatal(err)
	}
	defer m.Close()
	s := m.NewSession(engine.Options{})
	defer s.Close()
	fmt.Println("as it is:      ", next(s, os.Args[1]))

	// attn_mix is [tokens, heads, head_dim]: what each head found. Zeros are what a head finds that is not there.
	hook, err := s.On(fmt.Sprintf("blk.%d.attn_mix", layer), func(op *nn.Op) error {
		heads := op.Out.Shape[1]
		for token := range op.Out.Shape[0] {
			clear(op.Out.Row(token*heads + head))
		}
		return nil
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("without head %d: %s\n", head, next(s, os.Args[1]))

	hook.Remove()
	fmt.Println("as it was:     ", next(s, os.Args[1]))
}

func next(s *engine.Session, prompt string) string {
	s.Reset()
	g, err := s.Generate(context.Background(), prompt, engine.Greedy(20))
	if err != nil {
		log.Fatal(err)
	}
	return g.Text
}
