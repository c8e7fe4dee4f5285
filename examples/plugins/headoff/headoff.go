// Package headoff is a plugin that switches off one attention head: what the head mixed becomes zero.
//
//	sonde run --plugin examples/plugins/headoff/headoff.go --prompt "Once upon a time"
package headoff

import (
	"fmt"

	"github.com/sonde-ml/sonde/plugins/api"
)

// The head to switch off.
const (
	block = 0
	head  = 1
)

// Register zeroes the head's part of attn_mix [tokens, heads, head_dim].
func Register(r *api.Registry) {
	r.On(fmt.Sprintf("blk.%d.attn_mix", block), func(op *api.Op) error {
		heads := op.Out.Shape[1]
		if head >= heads {
			return fmt.Errorf("there is no head %d, the model has %d", head, heads)
		}
		for t := 0; t < op.Out.Shape[0]; t++ {
			api.Fill(op.Out.Row(t*heads+head), 0)
		}
		return nil
	})
}
