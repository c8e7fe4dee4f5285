package nn

import (
	"fmt"

	"github.com/sonde-ml/sonde/gguf"
	"github.com/sonde-ml/sonde/kernels"
	"github.com/sonde-ml/sonde/kernels/quant"
)

// Cache holds the keys (rotated) and values of the tokens seen so far, for each block, in one type of numbers.
// Cell i is the token at position i. What the type rounds is rounded when a token is stored, so a token attends to
// rounded keys and values, its own included, in whatever batches the tokens come.
type Cache struct {
	size   int // cells
	used   int
	likely int // cells that will be used, see Expect
	format *quant.Format
	err    error // why there is none
	layers []cacheLayer

	numbers [2]cacheRows // keys and values of the block that was looked into last, decoded
}

// firstCells is how many cells a block takes memory for at first: enough for a prompt and a short answer.
const firstCells = 256

type cacheLayer struct{ k, v cacheRows }

// cacheRows are the keys, or the values, of a block: floats if they are float32, else bytes.
type cacheRows struct {
	floats []float32 // [cells, G·d], as many as were needed so far
	bytes  []byte    // the same in blocks
	packed kernels.Cells
	view   Tensor // [cells in use, G, d]
}

// NewCache returns an empty cache of size tokens in float32, see [NewCacheOf].
func NewCache(size int) *Cache { return NewCacheOf(gguf.F32, size) }

// NewCacheOf returns an empty cache of size tokens in numbers of type t: those that quant.Encode makes of each head without
// an importance matrix. It takes memory for the tokens that it holds or expects, growing by doubling: 2 · kv_heads · head_dim
// numbers for each token and block. A type that cannot hold the heads of the model is a [CacheTypeError] of the first pass.
//
// Of what [Fast] computes, looking into the attention changes the last bits. Behind that block a number may then be rounded
// the other way: in a toy with an F16 cache the logits changed by NMSE 3e-11, against 1e-12 at most in float32.
func NewCacheOf(t gguf.Type, size int) *Cache {
	c := &Cache{size: size}
	c.format, c.err = quant.Of(t)
	return c
}

// Len returns the number of tokens that the cache holds.
func (c *Cache) Len() int { return c.used }

// Size returns the number of tokens that it can hold.
func (c *Cache) Size() int { return c.size }

// Bytes returns the memory that its keys and values take by now.
func (c *Cache) Bytes() int {
	n := 0
	for i := range c.layers {
		for _, r := range []*cacheRows{&c.layers[i].k, &c.layers[i].v} {
			n += 4*len(r.floats) + len(r.bytes)
		}
	}
	return n
}

// Expect says that the cache will likely hold n tokens, so that it need not grow, and copy what it holds, on the way there.
// Where a system hands memory out when it is written, a number that is too large takes room, but no memory.
func (c *Cache) Expect(n int) { c.likely = max(c.likely, min(n, c.size)) }

// Truncate forgets the tokens from position n on.
func (c *Cache) Truncate(n int) { c.used = min(c.used, max(0, n)) }

// CacheTypeError says that a KV cache of a type cannot hold the heads of a model.
type CacheTypeError struct {
	Type    gguf.Type
	HeadDim int
}

func (e *CacheTypeError) Error() string {
	return fmt.Sprintf("a KV cache of %v needs a head_dim that is a multiple of %d, this model's is %d: choose F16 or F32",
		e.Type, e.Type.BlockWeights(), e.HeadDim)
}

// put writes the batch's keys and values, [T, G, d], at position start.
func (c *Cache) put(layer, start int, k, v *Tensor) error {
	for len(c.layers) <= layer {
		c.layers = append(c.layers, cacheLayer{})
	}
	l := &c.layers[layer]
	return firstError(c.err, c.store(&l.k, start, k), c.store(&l.v, start, v))
}

// store writes x to r from cell start on, and makes the view of all cells up to it.
func (c *Cache) store(r *cacheRows, start int, x *Tensor) error {
	cells, heads, dim := start+x.Shape[0], x.Shape[1], x.Shape[2]
	r.view = Tensor{Shape: append(r.view.Shape[:0], cells, heads, dim)}
	if c.err != nil {
		return nil
	}
	if c.format.Type == gguf.F32 {
		r.floats = grown(r.floats, heads*dim, cells, c)
		r.view.Data = r.floats[:cells*heads*dim]
		copy(r.view.Data[start*heads*dim:], x.Data)
		return nil
	}
	width, ok := c.format.Type.RowBytes(dim)
	if !ok {
		return &CacheTypeError{c.format.Type, dim}
	}
	width *= heads
	r.bytes = grown(r.bytes, width, cells, c)
	if err := c.format.Encode(r.bytes[start*width:cells*width], x.Data, nil); err != nil {
		return fmt.Errorf("KV cache: %w", err)
	}
	var err error
	r.packed, err = kernels.NewCells(c.format.Type, dim, r.bytes[:cells*width])
	r.view.packed = &r.packed
	return err
}

// grown returns s with room for cells of c that have width elements each.
func grown[E float32 | byte](s []E, width, cells int, c *Cache) []E {
	if len(s) >= cells*width {
		return s
	}
	room := min(c.size, max(cells, c.likely, 2*len(s)/width, firstCells)) * width
	return append(make([]E, 0, room), s...)[:room]
}

// all returns the keys and values of all cells that put wrote last, as they are stored.
func (c *Cache) all(layer int) (keys, values *Tensor) {
	l := &c.layers[layer]
	return &l.k.view, &l.v.view
}

// decoded is all with numbers that can be read. They are valid until the next call.
func (c *Cache) decoded(layer int) (keys, values *Tensor, err error) {
	l := &c.layers[layer]
	keys, err1 := c.decode(&c.numbers[0], &l.k)
	values, err2 := c.decode(&c.numbers[1], &l.v)
	return keys, values, firstError(err1, err2)
}

func (c *Cache) decode(to, r *cacheRows) (*Tensor, error) {
	if r.view.packed == nil {
		return &r.view, nil
	}
	n, cells := r.view.Len(), r.view.Shape[0]
	to.floats = grown(to.floats, n/cells, cells, c)
	to.view = Tensor{Shape: append(to.view.Shape[:0], r.view.Shape...), Data: to.floats[:n]}
	size, _ := c.format.Type.RowBytes(n)
	return &to.view, c.format.Decode(to.view.Data, r.bytes[:size])
}
