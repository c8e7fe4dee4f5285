// Package streamrms is a plugin that works for any family: it prints how the residual stream grows, one line a pass.
//
//	sonde run --plugin examples/plugins/streamrms/streamrms.go --prompt "Once upon a time" --max-tokens 3
package streamrms

import (
	"fmt"
	"strings"

	"github.com/sonde-ml/sonde/plugins/api"
)

// Register hooks the stream where each block leaves it, and the norm behind the last block.
func Register(r *api.Registry) {
	var line strings.Builder
	r.On("blk.*.ffn_resid", func(op *api.Op) error {
		last := op.Out.Row(op.Out.Rows() - 1) // of the last token
		fmt.Fprintf(&line, " %d:%.3f", op.Layer, api.RMS(last))
		return nil
	})
	r.On("output_norm", func(op *api.Op) error {
		fmt.Println("rms by block" + line.String())
		line.Reset()
		return nil
	})
}
