package nn

// Cache holds the keys (rotated) and values of the tokens seen so far, float32, for each block.
// Cell i is the token at position i.
type Cache struct {
	size   int // cells
	used   int
	layers []cacheLayer
}

// firstCells is how many cells a block takes memory for at first: enough for a prompt and a short answer.
const firstCells = 256

type cacheLayer struct {
	k, v  []float32 // [cells, G·d], as many as were needed so far
	kView Tensor    // [cells in use, G, d]
	vView Tensor
}

// NewCache returns an empty cache of size tokens. It takes memory for the tokens that it holds, growing by doubling:
// 2 · kv_heads · head_dim · 4 bytes for each token and block.
func NewCache(size int) *Cache { return &Cache{size: size} }

// Len returns the number of tokens that the cache holds.
func (c *Cache) Len() int { return c.used }

// Size returns the number of tokens that it can hold.
func (c *Cache) Size() int { return c.size }

// Truncate forgets the tokens from position n on.
func (c *Cache) Truncate(n int) { c.used = min(c.used, max(0, n)) }

// put writes the batch's keys and values, [T, G, d], at position start and returns all cells up to them.
func (c *Cache) put(layer, start int, k, v *Tensor) (keys, values *Tensor) {
	for len(c.layers) <= layer {
		c.layers = append(c.layers, cacheLayer{})
	}
	l := &c.layers[layer]
	tokens, heads, dim := k.Shape[0], k.Shape[1], k.Shape[2]
	width, cells := heads*dim, start+tokens
	if len(l.k) < cells*width {
		room := min(c.size, max(cells, 2*len(l.k)/width, firstCells)) * width
		l.k, l.v = append(make([]float32, 0, room), l.k...)[:room], append(make([]float32, 0, room), l.v...)[:room]
	}
	copy(l.k[start*width:], k.Data)
	copy(l.v[start*width:], v.Data)
	l.kView = Tensor{Shape: append(l.kView.Shape[:0], cells, heads, dim), Data: l.k[:cells*width]}
	l.vView = Tensor{Shape: append(l.vView.Shape[:0], cells, heads, dim), Data: l.v[:cells*width]}
	return &l.kView, &l.vView
}
