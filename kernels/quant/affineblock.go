package quant

// affineBlock is a block of Q2_K, Q4_K or Q5_K while it is encoded: sub-blocks with a scale and a minimum each, which
// are codes themselves, under one scale for all scales and one for all minima.
type affineBlock struct {
	size  int   // of a sub-block
	n     int32 // codes are 0 … n
	limit int32 // scale codes are 0 … limit

	codes                [256]byte
	scaleCodes, minCodes [16]byte
	d, dmin              float32 // rounded when stored
}

// searchPlain finds everything without an importance matrix; weigh tells the weights of a sub-block's numbers.
func (k *affineBlock) searchPlain(x []float32, search affine, weigh func(w, x []float32)) {
	var scales, mins [16]float32
	var buffer [32]float32
	w := buffer[:k.size]
	count := len(x) / k.size
	for s := range count {
		sub := x[s*k.size:][:k.size]
		weigh(w, sub)
		scales[s], mins[s] = search.search(k.codes[s*k.size:][:k.size], sub, w)
	}
	k.d = k.roundScales(k.scaleCodes[:count], scales[:count])
	k.dmin = k.roundScales(k.minCodes[:count], mins[:count])
}

// roundScales spreads the codes over 0 … limit such that the largest scale is exact.
func (k *affineBlock) roundScales(codes []byte, scales []float32) (d float32) {
	var peak float32
	for _, s := range scales {
		peak = greater(s, peak)
	}
	var r float32
	if peak > 0 {
		r = float32(k.limit) / peak
	}
	for i, s := range scales {
		codes[i] = byte(min(k.limit, int32(byte(near(r*s)))))
	}
	return peak / float32(k.limit)
}

// searchWeighted finds everything with weights: those of a sub-block count for its scale and its minimum.
func (k *affineBlock) searchWeighted(x, w []float32) {
	var scales, mins, weights [16]float32
	search := affine{n: k.n, low: -0.9, step: 0.05, steps: 36}
	count := len(x) / k.size
	for s := range count {
		i := s * k.size
		weights[s] = sum(w[i:][:k.size])
		scales[s], mins[s] = search.search(k.codes[i:][:k.size], x[i:][:k.size], w[i:][:k.size])
	}
	k.d = positive(k.scaleCodes[:count], k.limit, scales[:count], weights[:count])
	k.dmin = positive(k.minCodes[:count], k.limit, mins[:count], weights[:count])
}

// store writes d and dmin, and keeps what a decoder will read.
func (k *affineBlock) store(b []byte) {
	putF16(b[0:], k.d)
	putF16(b[2:], k.dmin)
	k.d, k.dmin = f16(b[0:]), f16(b[2:])
}

// roundAgain rounds all numbers under the scales and minima that were stored.
func (k *affineBlock) roundAgain(x []float32) {
	for s := range len(x) / k.size {
		d := k.d * float32(k.scaleCodes[s])
		if d == 0 {
			continue
		}
		m := float32(k.dmin * float32(k.minCodes[s]))
		for i := s * k.size; i < (s+1)*k.size; i++ {
			k.codes[i] = byte(clampNear((x[i]+m)/d, 0, k.n))
		}
	}
}
