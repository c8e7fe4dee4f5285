// Package engine opens a GGUF file as a model, runs it, and lets you look at and change every op on the way.
//
//	m, err := engine.Open("tinyllama.gguf")
//	s := m.NewSession(engine.Options{})
//	s.On("blk.0.attn_norm", func(op *nn.Op) error { … })    // read or edit
//	s.Replace("kind:rms_norm", func(op *nn.Op) error { … }) // own computation
//	g, err := s.Generate(ctx, "Once upon a time", engine.Greedy(40))
//
// [Default] opens a small trained model that is embedded, for whoever has no file at hand.
//
// A [Model] is read-only and shared; a [Session] owns a KV cache, hooks and threads, and is used by one goroutine at a
// time. What runs is in package nn (ops, hooks, numerics), the families are in arch, text in token, sampling in sample.
// The package does no arithmetic and reads no bytes itself.
package engine
