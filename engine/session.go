package engine

import (
	"context"
	"fmt"
	"runtime"

	"github.com/sonde-ml/sonde/engine/nn"
	"github.com/sonde-ml/sonde/gguf"
)

// Options say how a session computes. The zero value is a good choice.
type Options struct {
	Numerics *nn.Numerics // nil is nn.Fast
	Threads  int          // 0 is GOMAXPROCS, MaxThreads the most; results never depend on it
	Context  int          // tokens that fit, prompt and answer; 0 is the model's, at most DefaultContext; MaxContext the most

	// KVCache is the type of the keys and values that the session keeps: F32, which is the zero value, F16, Q8_0, or another
	// that encodes without an importance matrix. One that cannot hold the model's heads is an [nn.CacheTypeError] of the
	// first pass: Q8_0 needs a head_dim that is a multiple of 32.
	KVCache gguf.Type

	// BatchInvariant asks for the same bits whether tokens come one by one or together. nn.Exact and products with quantised
	// weights give them anyway. nn.Fast multiplies float weights (F32, F16, BF16) faster by many tokens than in the order
	// that suits one: it does without where this is set.
	BatchInvariant bool
}

// DefaultContext bounds the context of a session that does not ask for one: a cache for more takes memory that few expect.
const DefaultContext = 4096

// MaxContext bounds the context of a session: positions are int32, and no model was made for more.
const MaxContext = 1 << 24

// MaxThreads bounds the threads of a session: more than any machine has processors, and few enough to start at once.
const MaxThreads = 1024

// Session is one run of a model: a KV cache, hooks and threads. It is used by one goroutine at a time.
// The methods of Hooks belong to it: s.On, s.Before, s.Replace.
type Session struct {
	*nn.Hooks
	model  *Model
	opt    Options
	cache  *nn.Cache
	runner *nn.Runner
	batch  []func(tokens []int32, start int) // told of each pass
}

// NewSession returns a session with an empty context. Close it after use, for its threads to end.
func (m *Model) NewSession(opt Options) *Session {
	if opt.Numerics == nil {
		opt.Numerics = nn.Fast
	}
	if opt.Threads <= 0 {
		opt.Threads = runtime.GOMAXPROCS(0)
	}
	opt.Threads = min(opt.Threads, MaxThreads)
	if opt.Context <= 0 {
		opt.Context = DefaultContext
		if c := m.Context(); c > 0 {
			opt.Context = min(opt.Context, c)
		}
	}
	opt.Context = min(opt.Context, MaxContext)
	s := &Session{Hooks: nn.NewHooks(m.Points()), model: m, opt: opt, cache: nn.NewCacheOf(opt.KVCache, opt.Context)}
	s.runner = nn.NewRunner(m.arch.Network.Forward, opt.Numerics, s.cache, s.Hooks, opt.Threads)
	s.runner.SetBatchInvariant(opt.BatchInvariant)
	return s
}

// Watch has each op of the passes to come timed, see [nn.Stopwatch]; nil ends it.
func (s *Session) Watch(w nn.Stopwatch) { s.runner.Watch(w) }

// Close ends the session's threads.
func (s *Session) Close() { s.runner.Close() }

// Model returns the model that the session runs.
func (s *Session) Model() *Model { return s.model }

// Numerics returns the numerics that the session computes in.
func (s *Session) Numerics() *nn.Numerics { return s.opt.Numerics }

// Context returns the number of tokens that fit.
func (s *Session) Context() int { return s.opt.Context }

// Len returns the number of tokens that the session has seen.
func (s *Session) Len() int { return s.cache.Len() }

// Reset forgets all tokens, and keeps hooks.
func (s *Session) Reset() { s.cache.Truncate(0) }

// Truncate forgets the tokens from position n on.
func (s *Session) Truncate(n int) { s.cache.Truncate(n) }

// Forward runs one pass over tokens, behind those that the session has seen, and returns the logits of every position,
// [tokens, vocabulary]. They are valid until the next pass.
func (s *Session) Forward(ctx context.Context, tokens ...int32) (*nn.Tensor, error) {
	return s.pass(ctx, tokens, false)
}

// prefillChunk bounds the tokens of one pass of Next where nobody looks, and with it the memory of activations. 512 tokens of
// TinyLlama's shape took 3 to 8 % longer by passes of 128.
const prefillChunk = 256

// Next is Forward for the last position only: the logits [vocabulary] of the token that follows.
func (s *Session) Next(ctx context.Context, tokens ...int32) ([]float32, error) {
	s.cache.Expect(s.Len() + len(tokens))
	for s.Hooks.Empty() && len(tokens) > prefillChunk {
		if _, err := s.pass(ctx, tokens[:prefillChunk], true); err != nil {
			return nil, err
		}
		tokens = tokens[prefillChunk:]
	}
	logits, err := s.pass(ctx, tokens, true)
	if err != nil {
		return nil, err
	}
	return logits.Data, nil
}

func (s *Session) pass(ctx context.Context, tokens []int32, lastRow bool) (*nn.Tensor, error) {
	for i, id := range tokens {
		if id < 0 || int(id) >= s.model.Vocab() {
			return nil, fmt.Errorf("token %d has id %d, the vocabulary of %s goes from 0 to %d", i, id, s.model.Name(), s.model.Vocab()-1)
		}
	}
	for _, tell := range s.batch {
		tell(tokens, s.Len())
	}
	return s.runner.Run(ctx, nn.Batch{Tokens: tokens, Start: s.Len(), LastRow: lastRow})
}
