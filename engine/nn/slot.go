package nn

// slot keeps one op of the pass from run to run, with the memory behind its slices.
type slot struct {
	op      Op
	short   string // the name without its block
	out     Tensor
	in      [4]*Tensor
	weights [2]*Weight

	hooks   *opHooks // those for this op, as of version
	version int

	passedOn bool // what is not finite in out shows in the output of another op
	local    bool // no other block reads out
}

// slot returns the description of the next op, named p.prefix + name, with an output of the given shape
// for each row of the batch. It reuses the one that stood here in the last pass.
func (p *Pass) slot(name string, kind Kind) *slot {
	r := p.Runner
	if r.next == len(r.slots) {
		r.slots = append(r.slots, &slot{})
	}
	s := r.slots[r.next]
	r.next++
	if s.short != name || s.op.Layer != p.layer || s.op.Kind != kind {
		*s = slot{short: name, version: -1}
		s.op = Op{Name: p.prefix + name, Kind: kind, Layer: p.layer, work: r.work}
		s.local = r.local[s.op.Name]
	}
	s.op.Out, s.op.Pos = &s.out, r.rows
	s.op.In, s.op.Weights = s.in[:0], s.weights[:0]
	return s
}

func (s *slot) inputs(in ...*Tensor) *slot {
	s.op.In = append(s.op.In, in...)
	return s
}

func (s *slot) weighs(weights ...*Weight) *slot {
	for _, w := range weights {
		if w != nil {
			s.op.Weights = append(s.op.Weights, w)
		}
	}
	return s
}

// numbers gives the op an output of float32 numbers.
func (p *Pass) numbers(s *slot, shape ...int) *slot {
	s.out.Shape, s.out.block = append(s.out.Shape[:0], shape...), 0
	switch {
	case p.dry:
	case s.local && p.unhooked:
		s.out.Data, s.out.block = p.Runner.memory[localMemory].floats(elements(shape)), p.layer+1
	default:
		s.out.Data = p.memory.floats(elements(shape))
	}
	return s
}

// ids gives the op an output of ids.
func (p *Pass) ids(s *slot, shape ...int) *slot {
	s.out.Shape = append(s.out.Shape[:0], shape...)
	if n := elements(shape); p.dry {
		s.out.IDs = []int32{}
	} else if cap(s.out.IDs) < n {
		s.out.IDs = make([]int32, n)
	} else {
		s.out.IDs = s.out.IDs[:n]
	}
	return s
}

// buffers hands out memory for outputs, the same for the same sequence of calls after next was set to 0.
type buffers struct {
	list [][]float32
	next int
}

func (b *buffers) floats(n int) []float32 {
	if b.next == len(b.list) {
		b.list = append(b.list, nil)
	}
	buf := b.list[b.next]
	if cap(buf) < n {
		buf = make([]float32, n)
		b.list[b.next] = buf
	}
	b.next++
	return buf[:n]
}
