// Package rmsnorm is a plugin that computes RMSNorm by its own code, and counts the rows that it sees.
//
//	sonde run --plugin examples/plugins/rmsnorm/rmsnorm.go --prompt "Once upon a time"
//
// It is the file to copy when an op is suspected: change one line, run again.
package rmsnorm

import (
	"fmt"
	"math"

	"github.com/sonde-ml/sonde/plugins/api"
)

// Register replaces all norms, and looks at the last one.
func Register(r *api.Registry) {
	rows := 0
	r.Replace("kind:rms_norm", func(op *api.Op) error {
		rows += op.In[0].Rows()
		return norm(op)
	})
	r.On("output_norm", func(op *api.Op) error {
		fmt.Printf("%s: rms %.4f, after %d rows of norms\n", op.Name, api.RMS(op.Out.Data), rows)
		return nil
	})
}

// norm divides each row x [embd] by √(mean(x²)+eps) and multiplies it by the weight (arXiv 1910.07467).
func norm(op *api.Op) error {
	weight, err := op.Weights[0].Decode()
	if err != nil {
		return err
	}
	x, y := op.In[0], op.Out
	if x.Width() != weight.Len() {
		return fmt.Errorf("rows have %d numbers, the weight has %d", x.Width(), weight.Len())
	}
	for i := 0; i < x.Rows(); i++ {
		row := x.Row(i)
		sum := float64(api.Dot(row, row)) // in float32: that is this file's choice
		scale := float32(1 / math.Sqrt(sum/float64(len(row))+float64(op.Eps)))
		out := y.Row(i)
		for j, v := range row {
			out[j] = v * scale * weight.Data[j]
		}
	}
	return nil
}
