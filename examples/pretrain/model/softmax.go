package model

// softmax replaces the first n of x by exp(scale·x)/Σ exp(scale·x), and the rest by 0.
func softmax[F Float](x []F, n int, scale F) {
	clear(x[n:])
	x = x[:n]
	top := x[0]
	for _, v := range x {
		if v > top { // the built-in max would look for NaN and −0 as well
			top = v
		}
	}
	for i, v := range x {
		x[i] = scale * (v - top)
	}
	expAll(x)
	inv := 1 / sum(x)
	for i := range x {
		x[i] *= inv
	}
}

// softmaxBack replaces the gradient d of the first n probabilities p by that of the scores before the scale, and the
// rest of d by 0.
func softmaxBack[F Float](d, p []F, n int, scale F) {
	clear(d[n:])
	d, p = d[:n], p[:n]
	mean := dot(d, p)
	for i, v := range p {
		d[i] = F(scale*v) * (d[i] - mean)
	}
}

// sum adds in four sums, element i in sum i mod 4.
func sum[F Float](x []F) F {
	var s0, s1, s2, s3 F
	for len(x) >= 4 {
		s0, s1, s2, s3 = s0+x[0], s1+x[1], s2+x[2], s3+x[3]
		x = x[4:]
	}
	for _, v := range x {
		s0 += v
	}
	return (s0 + s2) + (s1 + s3)
}
