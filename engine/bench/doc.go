// Package bench measures how fast a model runs, and how fast it could: the tokens a second beside the ceilings of the
// machine, taken in the same run, since figures of different runs say little about each other.
//
//	m, err := engine.Default()
//	r, err := bench.Run(ctx, m, bench.Options{})
//	for _, res := range r.Results {
//		fmt.Println(res.Type, res.Phase, res.Tokens, res.TokensPerSecond, res.OfCeiling)
//	}
//
// Units are 10^9: GB/s, and GMAC/s for multiply-adds, of which a multiplication and an addition make one. Every figure is
// of all threads together. The ceilings are the best that loops reach which do nothing else; those of a result are from
// the repetition whose time is the median. Decoding is held against the memory's ceiling, prefill against the arithmetic's.
//
// The package does not judge: noise of other programs is in the figures, so look at the load before believing one. It
// knows no other engine, writes no files but temporary ones, and draws nothing; package plotting does.
package bench
