// Package sample chooses the next token: it takes the logits of one position and returns an id.
//
// The chain is llama.cpp's default one without its penalties: top-k, top-p, min-p, temperature, then a draw. Each step
// only removes candidates or scales their logits, so with the same logits and the same seed the ids are llama.cpp's,
// too: sums are float32 or float64 where its are, and the generator is its MT19937.
//
//	s, err := sample.New(sample.Defaults())
//	id, margin := s.Sample(logits) // logits [vocabulary]
//
// A logit that is NaN or infinite is never chosen; if none is finite, id 0 is. The package knows neither text nor
// models, and it keeps no history: there are no penalties for repetition.
package sample
