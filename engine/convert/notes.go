package convert

import (
	"fmt"

	"github.com/sonde-ml/sonde/internal/escape"
)

// notes collects what is worth a warning: the same about many tensors is one line.
type notes struct {
	texts   []string // in order
	tensors map[string][]string
}

func (n *notes) add(text, tensor string) {
	if n.tensors == nil {
		n.tensors = make(map[string][]string)
	}
	if n.tensors[text] == nil {
		n.texts = append(n.texts, text)
	}
	n.tensors[text] = append(n.tensors[text], tensor)
}

// lines returns one line for each text.
func (n *notes) lines() []string {
	lines := []string{}
	for _, text := range n.texts {
		names := n.tensors[text]
		who := "tensor " + escape.Quote(names[0])
		if len(names) > 1 {
			who = fmt.Sprintf("%d tensors, such as %s", len(names), escape.Quote(names[0]))
		}
		lines = append(lines, who+": "+text)
	}
	return lines
}
