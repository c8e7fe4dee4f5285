// Package train makes a model learn stories: data, optimiser, checkpoints and the loop.
//
// The unit of data is a step: one batch of stories that were never seen before, one gradient, one update. A [Trainer]
// holds everything that the next step depends on, and a checkpoint everything of a Trainer, so that a run that was
// broken off and resumed ends with the same bytes as one that was not.
//
//	t := train.New(settings, stories)
//	for !t.Done() {
//		loss := t.Step()
//	}
//	err := t.Save(ctx, "checkpoint.gguf")
//
// It does not know how the model computes (package model) nor what stories are about (package corpus).
package train
