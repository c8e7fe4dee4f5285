// Package rootless is a plugin that breaks a model: its RMSNorm divides by the mean square, and forgets the root.
//
//	sonde run --plugin examples/plugins/rootless/rootless.go --prompt "Once upon a time"
//
// It is what an engine with one wrong op looks like: compare finds the op, and rmsnorm beside it is the cure.
package rootless

import "github.com/sonde-ml/sonde/plugins/api"

// Register replaces all norms.
func Register(r *api.Registry) { r.Replace("kind:rms_norm", norm) }

// norm gives x/(mean(x²)+eps)·weight, where RMSNorm is x/√(mean(x²)+eps)·weight.
func norm(op *api.Op) error {
	weight, err := op.Weights[0].Decode()
	if err != nil {
		return err
	}
	for i := 0; i < op.In[0].Rows(); i++ {
		row, out := op.In[0].Row(i), op.Out.Row(i)
		mean := api.Dot(row, row) / float32(len(row))
		for j, v := range row {
			out[j] = v / (mean + float32(op.Eps)) * weight.Data[j]
		}
	}
	return nil
}
