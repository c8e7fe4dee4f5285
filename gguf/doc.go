// Package gguf reads and writes GGUF files: language models in one file, as llama.cpp keeps them.
//
// A file is a header, metadata, a list of tensors, and their data. Numbers are little-endian (a big-endian file is
// known by its version, which reads as 0x03000000); nothing is aligned before the data.
//
//	"GGUF"  u32 version 2 or 3  u64 tensors  u64 keys
//	key:    string key  u32 type  value                        as often as there are keys
//	tensor: string name  u32 n  n × u64 dimension, innermost first  u32 type  u64 offset
//	zeros up to the alignment: general.alignment, or 32
//	data:   tensor i begins offset i bytes behind this place, aligned; the last is padded, too
//
//	string: u64 length, bytes                  array: u32 element type, u64 count, elements
//	types of values: 0 u8, 1 i8, 2 u16, 3 i16, 4 u32, 5 i32, 6 f32, 7 bool, 8 string, 9 array, 10 u64, 11 i64, 12 f64
//
// A model in several files, NAME-00001-of-00003.gguf, has the keys split.no (from 0), split.count and split.tensors.count
// in each; all other metadata stands in the first. The specification is docs/gguf.md of the ggml repository.
//
// # Reading
//
// The unit is the tensor: a name, a [Type], a shape, and bytes that are used where they lie in the map. Shapes are
// outermost first everywhere but in the file: a matrix of 5632 rows of 2048 weights is [5632, 2048].
//
//	f, err := gguf.Open("tinyllama.gguf")
//	if err != nil {
//		return err // all that is wrong with the file, each an *gguf.Error
//	}
//	defer f.Close()
//	layers, err := f.Uint("llama.block_count")
//	q, ok := f.Tensor("blk.0.attn_q.weight") // q.Type, q.Shape, q.Bytes()
//
// [Open] believes nothing: every count, length and offset is checked against the bytes that are there before it is used,
// and what two readers could understand in different ways is refused, with the reason, the value and its place. What is
// odd but clear is among the [File.Warnings]. [Examine] shows what can be read of a file that Open refuses. A file that
// is cut short while it is open becomes an error in whatever runs under [Guard]; [File.Rewritten] tells of other writes.
//
// # Writing
//
// [Create] and [Writer] write a file, or a split, in bounded memory; it appears whole or not at all.
//
// # What it does not do
//
// The package knows bytes, not numbers: what a block of Q4_K means is in kernels/quant, what the keys and tensors of a
// family mean in engine/arch. It changes no file in place, and it reads no version 1, which nobody writes any more.
package gguf
