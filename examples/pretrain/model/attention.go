package model

import "math"

// Attention works on one story and one head of keys at a time, and on all heads of queries that share it, so that
// gradients of keys and values have one order of sums. Scores are computed in strips of rows; a strip needs the keys
// up to its last row only.

const strip = 32 // rows that are worked on together

// span is a story's tokens in a batch: lo ≤ i < hi.
type span struct {
	lo, hi int
	probs  int // where its probabilities begin: [heads, len, wide]
}

func (s span) len() int { return s.hi - s.lo }

// wide is the length of a row of probabilities: a multiple of 16, the rest being 0.
func (s span) wide() int { return (s.len() + 15) / 16 * 16 }

// attend writes the mix of values to mix [n, dim] and the probabilities to probs.
func (r *Run[F]) attend(mix, probs, q, k, v []F) {
	clear(mix)
	r.perKVHead(func(s span, kv int, scratch []F) {
		c := r.config
		size, wide := c.HeadDim(), s.wide()
		keys := transposeHead(scratch, rows(k, c.KVDim()).from(s.lo, kv*size), s.len(), wide, size)
		values := rows(v, c.KVDim()).from(s.lo, kv*size)
		for _, h := range r.queryHeads(kv) {
			p := rows(probs[s.probs+h*s.len()*wide:], wide)
			query, out := rows(q, c.Dim).from(s.lo, h*size), rows(mix, c.Dim).from(s.lo, h*size)
			for lo := 0; lo < s.len(); lo += strip {
				hi := min(lo+strip, s.len())
				cols := (hi + 15) / 16 * 16
				fill(p, lo, hi, wide)
				addProduct(p.from(lo, 0), query.from(lo, 0), rows(keys, wide), hi-lo, cols, size)
				for i := lo; i < hi; i++ {
					softmax(p.data[i*wide:][:wide], i+1, r.attnScale())
				}
				addProduct(out.from(lo, 0), p.from(lo, 0), values, hi-lo, size, hi)
			}
		}
	})
}

// attendBack adds to dq, dk and dv. With P the probabilities, S the scores and D = dmix·vᵀ:
//
//	dv = Pᵀ·dmix    dS = scale·P∘(D − rowsum(P∘D))    dq = dS·k    dk = dSᵀ·q
func (r *Run[F]) attendBack(dq, dk, dv, dmix, probs, q, k, v []F) {
	r.perKVHead(func(s span, kv int, scratch []F) {
		c := r.config
		size, wide, n := c.HeadDim(), s.wide(), s.len()
		keys := rows(k, c.KVDim()).from(s.lo, kv*size)
		dkey, dvalue := rows(dk, c.KVDim()).from(s.lo, kv*size), rows(dv, c.KVDim()).from(s.lo, kv*size)
		values := transposeHead(scratch, rows(v, c.KVDim()).from(s.lo, kv*size), n, wide, size)
		ds := rows(scratch[size*wide:], wide)
		for _, h := range r.queryHeads(kv) {
			p := rows(probs[s.probs+h*n*wide:], wide)
			query, dquery := rows(q, c.Dim).from(s.lo, h*size), rows(dq, c.Dim).from(s.lo, h*size)
			dout := rows(dmix, c.Dim).from(s.lo, h*size)
			for lo := 0; lo < n; lo += strip {
				hi := min(lo+strip, n)
				fill(ds, lo, hi, wide)
				addProduct(ds.from(lo, 0), dout.from(lo, 0), rows(values, wide), hi-lo, (hi+15)/16*16, size)
				for i := lo; i < hi; i++ {
					softmaxBack(ds.data[i*wide:][:wide], p.data[i*wide:][:wide], i+1, r.attnScale())
				}
				addProduct(dquery.from(lo, 0), ds.from(lo, 0), keys, hi-lo, size, hi)
			}
			for lo := 0; lo < n; lo += strip {
				hi := min(lo+strip, n)
				addProduct(dvalue.from(lo, 0), p.from(lo, lo).transposed(), dout.from(lo, 0), hi-lo, size, n-lo)
				addProduct(dkey.from(lo, 0), ds.from(lo, lo).transposed(), query.from(lo, 0), hi-lo, size, n-lo)
			}
		}
	})
}

func (r *Run[F]) attnScale() F { return F(1 / math.Sqrt(float64(r.config.HeadDim()))) }

// queryHeads lists the heads of queries that share a head of keys: ⌊h/(heads/kvHeads)⌋ = kv.
func (r *Run[F]) queryHeads(kv int) []int {
	group := r.config.Heads / r.config.KVHeads
	heads := make([]int, group)
	for i := range heads {
		heads[i] = kv*group + i
	}
	return heads
}

// perKVHead calls f for every story and head of keys, with scratch memory for a transposed head and a square.
func (r *Run[F]) perKVHead(f func(s span, kv int, scratch []F)) {
	kv := r.config.KVHeads
	longest := 0
	for _, s := range r.spans {
		longest = max(longest, s.wide())
	}
	size(longest*(longest+r.config.HeadDim()), r.heads...)
	units := len(r.spans) * kv
	parallel(len(r.heads), len(r.heads), func(lo, hi int) {
		for t := lo; t < hi; t++ {
			for i := t; i < units; i += len(r.heads) {
				f(r.spans[i/kv], i%kv, *r.heads[t])
			}
		}
	})
}

// transposeHead writes n rows of a head to dst as [size, wide], the rest being 0.
func transposeHead[F Float](dst []F, x matrix[F], n, wide, size int) []F {
	dst = dst[:size*wide]
	clear(dst)
	for i := range n {
		for j := range size {
			dst[j*wide+i] = x.data[i*x.row+j]
		}
	}
	return dst
}

// fill makes rows lo ≤ i < hi of m zero.
func fill[F Float](m matrix[F], lo, hi, width int) { clear(m.data[lo*m.row:][:(hi-lo)*width]) }
