// Command weights draws the distribution of one tensor's weights as a PNG.
//
//	go run ./examples/weights blk.0.attn_q.weight q.png
package main

import (
	"fmt"
	"log"
	"os"

	"github.com/sonde-ml/sonde/engine"
	"github.com/sonde-ml/sonde/plotting"
)

func main() {
	log.SetFlags(0)
	if len(os.Args) != 3 {
		log.Fatal("usage: weights TENSOR FILE.png")
	}
	tensor, path := os.Args[1], os.Args[2]

	m, err := engine.Default() // the embedded model, or the one that SONDE_MODEL names
	if err != nil {
		log.Fatal(err)
	}
	defer m.Close()

	fig, err := plotting.Weights(m.File, tensor)
	if err != nil {
		log.Fatal(err)
	}
	if err := fig.Save(path); err != nil { // a name that ends in .svg gives an SVG
		log.Fatal(err)
	}
	fmt.Println(tensor, "is drawn in", path)
}
