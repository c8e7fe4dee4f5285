package model

import "math"

// rotation is the cosines and sines of all positions: [context, headDim/2].
type rotation[F Float] struct {
	cos, sin []F
	pairs    int
}

func newRotation[F Float](c Config) rotation[F] {
	pairs := c.HeadDim() / 2
	rot := rotation[F]{make([]F, c.Context*pairs), make([]F, c.Context*pairs), pairs}
	for pos := range c.Context {
		for i := range pairs {
			angle := float64(pos) * math.Pow(c.Base, -float64(i)/float64(pairs))
			rot.cos[pos*pairs+i] = F(math.Cos(angle))
			rot.sin[pos*pairs+i] = F(math.Sin(angle))
		}
	}
	return rot
}

// turn rotates the pairs (2i, 2i+1) of every head of x [n, width] by the position of its token. A direction of -1
// turns back, which is the gradient of turning.
func (r *Run[F]) turn(x []F, width int, direction F) {
	pairs := r.rot.pairs
	for _, s := range r.spans {
		for pos := range s.len() {
			row := x[(s.lo+pos)*width:][:width]
			cos, sin := r.rot.cos[pos*pairs:][:pairs], r.rot.sin[pos*pairs:][:pairs]
			for head := 0; head < width; head += 2 * pairs {
				turnHead(row[head:][:2*pairs], cos, sin, direction)
			}
		}
	}
}

func turnHead[F Float](x, cos, sin []F, direction F) {
	for i, c := range cos {
		s := sin[i] * direction
		a, b := x[2*i], x[2*i+1]
		x[2*i] = F(a*c) - F(b*s)
		x[2*i+1] = F(a*s) + F(b*c)
	}
}
