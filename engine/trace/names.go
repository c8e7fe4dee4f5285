package trace

import (
	"encoding/json"
	"fmt"

	"github.com/sonde-ml/sonde/engine/nn"
)

// nameOps finds for each entry the op of Sonde's whose value it is. In a trace with llama.cpp's names several nodes may
// belong to one op, the product and the sum with its bias: the last of them has its value.
func (t *Trace) nameOps() error {
	written := map[string]string{} // by node, in a trace that Sonde wrote under llama.cpp's names
	if text, ok := t.Meta["sonde"]; ok {
		if err := json.Unmarshal([]byte(text), &written); err != nil {
			return &Error{t.Name, "__metadata__.sonde", fmt.Sprintf("the JSON is broken: %v", err), "JSON as in the package's description"}
		}
	}
	owner := map[string]*Entry{} // of a name in a batch
	for _, e := range t.Entries {
		e.name = t.nameOf(e, written)
		if e.name == "" {
			continue
		}
		at := fmt.Sprintf("%s@%d", e.name, e.Batch())
		if earlier := owner[at]; earlier != nil {
			earlier.name = ""
		}
		owner[at] = e
	}
	return nil
}

func (t *Trace) nameOf(e *Entry, written map[string]string) string {
	if t.Names() == "sonde" {
		return e.Base()
	}
	if name, ok := written[e.Base()]; ok {
		return name
	}
	name, _ := nn.FromLlamaCpp(e.Base(), e.Op)
	return name
}

// opName returns Sonde's name of the op that e is, and e's key where there is none.
func (e *Entry) opName() string {
	if e.name != "" {
		return e.name
	}
	return e.Base()
}
