package audit

import "github.com/sonde-ml/sonde/kernels"

// samplePiece is how many weights are looked at side by side: whole blocks of every type, and not more, since weights of a
// block are alike.
const samplePiece = 256

// sampler collects weights of a sample until there are enough to be counted fast.
type sampler struct {
	*kernels.Distribution
	buffer []float32
	filled int
}

// add counts what a piece decodes to.
func (s *sampler) add(p part, piece []byte) error {
	if err := p.format.Decode(s.buffer[s.filled:][:samplePiece], piece); err != nil {
		return err
	}
	if s.filled += samplePiece; s.filled == len(s.buffer) {
		s.flush()
	}
	return nil
}

func (s *sampler) flush() {
	s.Add(s.buffer[:s.filled])
	s.filled = 0
}

// sample counts about n weights of a tensor, from everywhere in it.
func (s *stream) sample(parts []part, n int) (*kernels.Distribution, error) {
	samplers := make([]sampler, s.pool.Threads())
	for i := range samplers {
		s.distributions[i].Reset()
		samplers[i] = sampler{Distribution: &s.distributions[i], buffer: s.buffers[i]}
	}
	step := max(1, parts[0].Elements()/n)
	err := s.run(newJob(len(parts), func(worker, i int) error { return s.samplePart(&samplers[worker], parts[i], step) }))
	if err != nil {
		return nil, err
	}
	for i := range samplers {
		samplers[i].flush()
	}
	return s.distribution(), nil
}

// samplePart counts one piece of every so many, not always the same one: it would always be of the same columns.
func (s *stream) samplePart(to *sampler, p part, pieces int) error {
	at, end := p.row*p.RowLen(), (p.row+p.rows)*p.RowLen()
	n := (end - at) / (pieces * samplePiece)
	for i := range n {
		if err := s.ctx.Err(); err != nil {
			return err
		}
		if i+1 < n {
			kernels.Prefetch(p.piece(at, i+1, pieces))
		}
		if err := to.add(p, p.piece(at, i, pieces)); err != nil {
			return err
		}
	}
	return nil
}

// piece returns the blocks of one piece of group i, of so many pieces each, from at on.
func (p part) piece(at, i, pieces int) []byte {
	width, size := p.Type.BlockWeights(), p.Type.BlockBytes()
	at += (i*pieces + scattered(uint32(p.index<<16+i), pieces)) * samplePiece
	return p.Bytes()[at/width*size:][:samplePiece/width*size]
}

// scattered returns a number below n that looks random, but is always the same for i.
func scattered(i uint32, n int) int {
	i *= 0x9e3779b1
	i ^= i >> 15
	i *= 0x85ebca77
	i ^= i >> 13
	return int(uint64(i) * uint64(n) >> 32)
}
