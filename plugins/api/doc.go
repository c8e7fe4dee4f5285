// Package api is what a plugin file imports: the registry that it adds to, the types that its functions see, and
// arithmetic on slices that runs at full speed.
//
// A plugin is one Go file of a named package with a function Register:
//
//	package quiet
//
//	import "github.com/sonde-ml/sonde/plugins/api"
//
//	// Register halves what the feed-forward part of every block adds to the stream.
//	func Register(r *api.Registry) {
//		r.On("blk.*.ffn_down", func(op *api.Op) error {
//			api.Scale(0.5, op.Out.Data)
//			return nil
//		})
//	}
//
// Package plugins interprets such a file, so that an edit takes effect at the next run with no build. The same file
// compiles as ordinary Go too: a program may import it, call Register and [Registry.Attach], and gets the same bits.
//
// The unit of data is a slice of float32: a row of a tensor, outermost dimension first. Interpreted code costs about
// 70 ns per step of a loop, so loops over rows belong into the plugin and loops over numbers into the functions
// here: [Dot], [Axpy], [RMSNorm], [Softmax] … They check every length that they are given and panic with a
// [LengthError], which the run reports with the plugin's file and line.
//
// What it does not do: load files (package plugins), choose where a hook runs (package nn). It knows no interpreter.
package api
