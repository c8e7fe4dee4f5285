package nn

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"

	"github.com/sonde-ml/sonde/gguf"
)

// Pass is what a family's Forward calls ops on: one run of the model over one batch of tokens.
// A Pass made by [Pass.Block] puts "blk.i." before every name.
//
// The first op that fails ends the work: the ops behind it keep their shapes and compute nothing,
// and [Runner.Run] returns the error. So Forward needs no error handling.
type Pass struct {
	*Runner
	prefix string
	layer  int
	memory *buffers
}

// Batch is the tokens of one pass and where they stand in the text.
type Batch struct {
	Tokens  []int32
	Start   int  // position of the first token; the KV cache holds those before it
	LastRow bool // only the logits of the last token are wanted
}

// Runner runs a Forward again and again and keeps its memory: from the second pass of a kind on nothing
// is allocated. It is used by one goroutine at a time.
type Runner struct {
	forward  func(*Pass) *Tensor
	numerics *Numerics
	cache    *Cache
	hooks    *Hooks
	watch    Stopwatch
	work     *workspace

	ctx       context.Context
	batch     Batch
	pos       []int32 // of the tokens of the batch
	rows      []int32 // of the rows that ops work on: pos, or the last of it behind Last
	tokens    Tensor
	last      Tensor
	root      Pass
	blocks    []*Pass
	slots     []*slot // the ops of a pass, in order
	next      int     // the slot of the next op
	now       *slot   // the op at work, for errors that come from outside
	err       error   // of the first op that failed
	nonFinite string  // the first op whose output was not finite
	unseen    []*slot // those whose outputs were not looked at
	out       *Tensor
	body      func() error
	memory    [4]buffers      // outside of the blocks; even and odd blocks; what one block alone reads
	local     map[string]bool // names of the ops whose outputs those are
	unhooked  bool            // nobody looks at this pass

	plan []Point // collected instead of computing, when planning
	dry  bool
}

// NewRunner returns a runner for forward with the given numerics, cache and hooks. threads workers share
// the rows of each op; Close ends them.
func NewRunner(forward func(*Pass) *Tensor, n *Numerics, cache *Cache, hooks *Hooks, threads int) *Runner {
	r := &Runner{forward: forward, numerics: n, cache: cache, hooks: hooks, work: newWorkspace(threads), local: hooks.local()}
	r.init()
	return r
}

// SetBatchInvariant asks for the same bits whether tokens come one by one or together, where the numerics leave it open.
func (r *Runner) SetBatchInvariant(yes bool) { r.work.products.BatchInvariant = yes }

func (r *Runner) init() {
	r.root = Pass{Runner: r, layer: -1, memory: &r.memory[0]}
	r.body = func() error { r.out = r.forward(&r.root); return nil }
}

// Close ends the runner's threads.
func (r *Runner) Close() { r.work.close() }

// Run computes one pass and returns the logits, [tokens, vocabulary] or, for Batch.LastRow, [1, vocabulary].
// They are valid until the next Run. An error is an [OpError], ctx's error included.
func (r *Runner) Run(ctx context.Context, b Batch) (logits *Tensor, err error) {
	if err := r.begin(ctx, b); err != nil {
		return nil, err
	}
	defer func() {
		if v := recover(); v != nil {
			logits, err = nil, r.opError(&PanicError{v, debug.Stack()})
		}
	}()
	err = gguf.Guard(r.body)
	r.look()
	if err != nil {
		return nil, r.opError(err)
	}
	if r.err != nil {
		return nil, r.err
	}
	r.cache.used = b.Start + len(b.Tokens)
	return r.out, nil
}

// FirstNonFinite returns the name of the first op of the last pass whose output held a NaN or an infinity, "" for none.
// Finite logits alone prove nothing: rounding to integers on the way drops NaN.
func (r *Runner) FirstNonFinite() string { return r.nonFinite }

func (r *Runner) begin(ctx context.Context, b Batch) error {
	if len(b.Tokens) == 0 {
		return errors.New("a pass needs at least one token")
	}
	if b.Start+len(b.Tokens) > r.cache.size {
		return &ContextFullError{r.cache.size, b.Start + len(b.Tokens)}
	}
	r.ctx, r.batch, r.err, r.nonFinite, r.next, r.now = ctx, b, nil, "", 0, nil
	r.pos = r.pos[:0]
	for i := range b.Tokens {
		r.pos = append(r.pos, int32(b.Start+i))
	}
	r.rows, r.work.input = r.pos, nil
	r.tokens = Tensor{Shape: append(r.tokens.Shape[:0], len(b.Tokens)), IDs: b.Tokens}
	r.memory[0].next, r.unseen = 0, r.unseen[:0]
	r.unhooked = r.hooks.Empty()
	return nil
}

func (r *Runner) opError(err error) error {
	if r.now == nil {
		return err
	}
	return &OpError{r.now.op.Name, r.now.op.Kind, err}
}

// ContextFullError says that a batch does not fit behind the tokens that the KV cache holds.
type ContextFullError struct{ Size, Need int }

func (e *ContextFullError) Error() string {
	return fmt.Sprintf("the context holds %d tokens and %d are needed: start a new session or make its context larger", e.Size, e.Need)
}

// localMemory is the memory of outputs that no other block reads. It serves all blocks, so a pass takes half as much. Where
// there are hooks it is not used: they may have kept an output until the next block.
const localMemory = 3

// Block returns a pass whose ops belong to block i. What they return may be used until the end of
// block i+1, if another block used it when the pass was planned; what is needed longer must come from the pass outside of
// the blocks.
func (p *Pass) Block(i int) *Pass {
	for len(p.blocks) <= i {
		n := len(p.blocks)
		block := &Pass{Runner: p.Runner, layer: n, prefix: fmt.Sprintf("blk.%d.", n), memory: &p.Runner.memory[1+n%2]}
		p.blocks = append(p.blocks, block)
	}
	p.look()
	p.blocks[i].memory.next, p.Runner.memory[localMemory].next = 0, 0
	return p.blocks[i]
}

// Tokens returns the number of tokens in the batch.
func (p *Pass) Tokens() int { return p.tokens.Shape[0] }

// Last returns the rows of x whose logits are wanted: all, or only that of the last token.
func (p *Pass) Last(x *Tensor) *Tensor {
	if p.dry || !p.batch.LastRow || x.Shape[0] == 1 {
		return x
	}
	w := x.Width()
	p.rows = p.pos[len(p.pos)-1:]
	p.last = Tensor{Shape: append(p.last.Shape[:0], 1, w), Data: x.Data[len(x.Data)-w:]}
	return &p.last
}

// do is the one function that every op goes through.
func (p *Pass) do(s *slot) *Tensor {
	op := &s.op
	if p.dry {
		p.planOp(s)
		return op.Out
	}
	if p.err != nil {
		return op.Out
	}
	p.now = s
	if err := p.readable(op); err != nil {
		p.err = &OpError{op.Name, op.Kind, err}
		return op.Out
	}
	name, kind := op.Name, op.Kind // a hook may spoil them
	if err := p.compute(s); err != nil {
		p.err = &OpError{name, kind, err}
		op.Out = &s.out
		return op.Out
	}
	p.notice(s)
	return op.Out
}

// readable reports an input of another block that is not there any more, since no other block read it when the pass was planned.
func (p *Pass) readable(op *Op) error {
	for _, t := range op.In {
		if t.block != 0 && t.block != p.layer+1 {
			return fmt.Errorf("it reads an output of blk.%d, which no other block did when the pass was planned: a pass must have the same ops each time", t.block-1)
		}
	}
	return nil
}

func (p *Pass) compute(s *slot) error {
	op := &s.op
	if err := p.ctx.Err(); err != nil {
		return err
	}
	h := p.hooks.of(s)
	defer p.work.forget(op)
	if h == nil {
		return p.computeOp(op)
	}
	if h.before != nil || h.replace != nil {
		p.work.input = nil // they may edit it in place
	}
	shape := slices.Clone(op.Out.Shape)
	if err := h.runBefore(op); err != nil {
		return err
	}
	compute := p.computeOp
	if h.replace != nil {
		compute = h.runReplace
	}
	if err := compute(op); err != nil {
		return err
	}
	if err := op.checkOut(shape); err != nil {
		return err
	}
	if err := h.runAfter(op); err != nil {
		return err
	}
	return op.checkOut(shape)
}
