package model

// Batch is stories laid end to end: Inputs[i] is followed by Targets[i]. Ends holds where each story ends.
type Batch struct {
	Inputs, Targets []int32
	Ends            []int
}

// Add appends a story: its tokens, of which each is to be predicted from those before it.
func (b *Batch) Add(tokens []int32) {
	b.Inputs = append(b.Inputs, tokens[:len(tokens)-1]...)
	b.Targets = append(b.Targets, tokens[1:]...)
	b.Ends = append(b.Ends, len(b.Inputs))
}

// Run owns the memory of a pass: the activations that the way back needs. It is used by one goroutine at a time.
type Run[F Float] struct {
	config  Config
	threads int
	rot     rotation[F]

	n       int // tokens
	spans   []span
	layers  []activations[F]
	x       []F // [n, dim] after the last layer
	normed  []F
	scale   []F // [n]
	logits  []F // [n, vocab]; after Loss, probabilities
	scratch []F
	heads   []*[]F // scratch of a thread in attention
	back    gradients[F]
}

// activations of a layer.
type activations[F Float] struct {
	x, h, q, mix, mid, h2 []F // [n, dim]: the residual stream before attention is x, before the FFN mid
	k, v                  []F // [n, kvDim]
	probs                 []F // per span [heads, len, wide]
	gate, up, sigma, act  []F // [n, ffn]; sigma is sigmoid(gate)
	scale, scale2         []F // [n]
}

// gradients of activations of the layer at hand.
type gradients[F Float] struct {
	x, h, q, mix  []F
	k, v          []F
	gate, up, act []F
}

// NewRun returns a run for models of one shape.
func NewRun[F Float](c Config, threads int) *Run[F] {
	r := &Run[F]{config: c, threads: max(1, threads), rot: newRotation[F](c), layers: make([]activations[F], c.Layers)}
	for range r.threads {
		r.heads = append(r.heads, new([]F))
	}
	return r
}

// Loss runs p over the batch and returns the mean loss per token, in nats.
func (r *Run[F]) Loss(p *Params[F], b *Batch) float64 {
	r.Logits(p, b)
	return r.crossEntropy(r.logits, b.Targets) / float64(r.n)
}

// Logits runs p over the batch and returns the logits, [n, vocab], which are valid until the next run.
func (r *Run[F]) Logits(p *Params[F], b *Batch) []F {
	r.resize(b)
	c := r.config
	x := r.layers[0].x
	for i, id := range b.Inputs {
		copy(x[i*c.Dim:][:c.Dim], p.Embed[int(id)*c.Dim:])
	}
	for i := range r.layers {
		next := r.x
		if i+1 < len(r.layers) {
			next = r.layers[i+1].x
		}
		r.layer(next, &r.layers[i], &p.Blocks[i])
	}
	r.norm(r.normed, r.scale, r.x, p.OutputNorm)
	r.linear(r.logits, r.normed, p.Embed, c.Dim, c.Vocab)
	return r.logits
}

// layer computes one layer from a.x and writes the residual stream behind it to next.
func (r *Run[F]) layer(next []F, a *activations[F], w *Block[F]) {
	c := r.config
	r.norm(a.h, a.scale, a.x, w.AttnNorm)
	r.linear(a.q, a.h, w.Q, c.Dim, c.Dim)
	r.linear(a.k, a.h, w.K, c.Dim, c.KVDim())
	r.linear(a.v, a.h, w.V, c.Dim, c.KVDim())
	r.turn(a.q, c.Dim, 1)
	r.turn(a.k, c.KVDim(), 1)
	r.attend(a.mix, a.probs, a.q, a.k, a.v)
	r.linear(a.mid, a.mix, w.O, c.Dim, c.Dim)
	add(a.mid, a.x)

	r.norm(a.h2, a.scale2, a.mid, w.FFNNorm)
	r.linear(a.gate, a.h2, w.Gate, c.Dim, c.FFN)
	r.linear(a.up, a.h2, w.Up, c.Dim, c.FFN)
	r.swiglu(a.act, a.sigma, a.gate, a.up)
	r.linear(next, a.act, w.Down, c.FFN, c.Dim)
	add(next, a.mid)
}

// Backward adds the gradient of the mean loss to grads. It must follow Loss with the same arguments.
func (r *Run[F]) Backward(p, grads *Params[F], b *Batch) {
	c, g := r.config, &r.back
	r.crossEntropyBack(r.logits, b.Targets)
	clear(g.h)
	r.linearBack(g.h, grads.Embed, r.logits, r.normed, p.Embed, c.Dim, c.Vocab)
	clear(g.x)
	r.normBack(g.x, grads.OutputNorm, g.h, r.x, r.scale, p.OutputNorm)
	for i := len(r.layers) - 1; i >= 0; i-- {
		r.layerBack(&r.layers[i], &p.Blocks[i], &grads.Blocks[i])
	}
	for i, id := range b.Inputs {
		add(grads.Embed[int(id)*c.Dim:][:c.Dim], g.x[i*c.Dim:][:c.Dim])
	}
}

// layerBack takes the gradient behind the layer in r.back.x and leaves there the one in front of it.
func (r *Run[F]) layerBack(a *activations[F], w, dw *Block[F]) {
	c, g := r.config, &r.back
	clear(g.act)
	r.linearBack(g.act, dw.Down, g.x, a.act, w.Down, c.FFN, c.Dim)
	r.swigluBack(g.gate, g.up, g.act, a.sigma, a.gate, a.up)
	clear(g.h)
	r.linearBack(g.h, dw.Gate, g.gate, a.h2, w.Gate, c.Dim, c.FFN)
	r.linearBack(g.h, dw.Up, g.up, a.h2, w.Up, c.Dim, c.FFN)
	r.normBack(g.x, dw.FFNNorm, g.h, a.mid, a.scale2, w.FFNNorm)

	clear(g.mix)
	r.linearBack(g.mix, dw.O, g.x, a.mix, w.O, c.Dim, c.Dim)
	clear(g.q)
	clear(g.k)
	clear(g.v)
	r.attendBack(g.q, g.k, g.v, g.mix, a.probs, a.q, a.k, a.v)
	r.turn(g.q, c.Dim, -1)
	r.turn(g.k, c.KVDim(), -1)
	clear(g.h)
	r.linearBack(g.h, dw.Q, g.q, a.h, w.Q, c.Dim, c.Dim)
	r.linearBack(g.h, dw.K, g.k, a.h, w.K, c.Dim, c.KVDim())
	r.linearBack(g.h, dw.V, g.v, a.h, w.V, c.Dim, c.KVDim())
	r.normBack(g.x, dw.AttnNorm, g.h, a.x, a.scale, w.AttnNorm)
}

// resize makes room for a batch.
func (r *Run[F]) resize(b *Batch) {
	c, n := r.config, len(b.Inputs)
	r.n, r.spans = n, r.spans[:0]
	lo, probs := 0, 0
	for _, hi := range b.Ends {
		s := span{lo: lo, hi: hi, probs: probs}
		r.spans = append(r.spans, s)
		lo, probs = hi, probs+c.Heads*s.len()*s.wide()
	}
	for i := range r.layers {
		a := &r.layers[i]
		size(n*c.Dim, &a.x, &a.h, &a.q, &a.mix, &a.mid, &a.h2)
		size(n*c.KVDim(), &a.k, &a.v)
		size(n*c.FFN, &a.gate, &a.up, &a.sigma, &a.act)
		size(n, &a.scale, &a.scale2)
		size(probs, &a.probs)
	}
	g := &r.back
	size(n*c.Dim, &r.x, &r.normed, &g.x, &g.h, &g.q, &g.mix)
	size(n*c.KVDim(), &g.k, &g.v)
	size(n*c.FFN, &g.gate, &g.up, &g.act)
	size(n, &r.scale)
	size(n*c.Vocab, &r.logits)
}

func size[F Float](n int, slices ...*[]F) {
	for _, s := range slices {
		*s = grow(*s, n)
	}
}

// add adds x to y.
func add[F Float](y, x []F) {
	for i, v := range x {
		y[i] += v
	}
}
