// Package quant knows the block formats of ggml: how the numbers of a tensor are packed into the bytes of a GGUF file.
//
// The unit is the block: so many weights in so many bytes, scales and codes together. Rows are whole blocks, one after
// another. [Decode] unpacks blocks to float32, [Unpack] to codes and scales for integer products, [Encode] packs them,
// [Format.Fields] shows what is in one. Formats are those of ggml-common.h and ggml-quants.c of llama.cpp, state of
// August 2026. Both directions give the bits of the reference code there; encoders those of a build without fused
// multiply-add, as ordinary x86-64 builds are. In others, on arm64 say, the codes of single blocks may differ.
//
// The package does not choose types for tensors, multiplies nothing, looks for no NaN, and reads no files.
//
//	y := make([]float32, 256)
//	if err := quant.Decode(gguf.Q4_K, y, row[:144]); err != nil { … }
//
// # All types
//
// Fields are in the order in which they lie, with their bytes; all numbers are little-endian. A code belongs to a
// weight, a scale to a sub-block of consecutive weights. Fields of the same bytes are joined by a +; where bits of a
// code lie apart, the rest of them is in high. ± is the sign of the weight in signs, e2m1 and e4m3 are small floats,
// t is a table of sixteen values, grid stands for the magnitude that the point of a lattice gives the weight.
//
//	type     bits    block         sub-block  fields                                        weight
//	F32      32      1 in 4                   value 4                                       value
//	F16      16      1 in 2                   value 2                                       value
//	BF16     16      1 in 2                   value 2                                       value
//	F64      64      1 in 8                   value 8                                       value
//	I8       8       1 in 1                   value 1                                       value
//	I16      16      1 in 2                   value 2                                       value
//	I32      32      1 in 4                   value 4                                       value
//	I64      64      1 in 8                   value 8                                       value
//	Q4_0     4.5     32 in 18      32         d 2, codes 16                                 d·(code − 8)
//	Q4_1     5       32 in 20      32         d 2, m 2, codes 16                            d·code + m
//	Q5_0     5.5     32 in 22      32         d 2, high 4, codes 16                         d·(code − 16)
//	Q5_1     6       32 in 24      32         d 2, m 2, high 4, codes 16                    d·code + m
//	Q8_0     8.5     32 in 34      32         d 2, codes 32                                 d·code
//	Q8_1     9       32 in 36      32         d 2, s 2, codes 32                            d·code
//	Q8_K     9.125   256 in 292    256        d 4, codes 256, sums 32                       d·code
//	Q1_0     1.125   128 in 18     128        d 2, codes 16                                 d·(2·code − 1)
//	Q2_0     2.25    64 in 18      64         d 2, codes 16                                 d·(code − 1)
//	Q2_K     2.625   256 in 84     16         scales+mins 16, codes 64, d 2, dmin 2         d·scale·code − dmin·min
//	Q3_K     3.4375  256 in 110    16         high 32, codes 64, scales 12, d 2             d·(scale − 32)·(code − 4)
//	Q4_K     4.5     256 in 144    32         d 2, dmin 2, scales+mins 12, codes 128        d·scale·code − dmin·min
//	Q5_K     5.5     256 in 176    32         d 2, dmin 2, scales+mins 12, high 32, codes 128  d·scale·code − dmin·min
//	Q6_K     6.5625  256 in 210    16         codes 128, high 64, scales 16, d 2            d·scale·(code − 32)
//	IQ1_S    1.5625  256 in 50     32         d 2, grid 32, high+scales+shifts 16           d·(2·scale + 1)·(grid + shift)
//	IQ1_M    1.75    256 in 56     16         grid 32, high+shifts 16, scales+d 8           d·(2·scale + 1)·(grid + shift)
//	IQ2_XXS  2.0625  256 in 66     32         d 2, grid+signs+scales 64                     ±d·(scale + 1/2)/4·grid
//	IQ2_XS   2.3125  256 in 74     16         d 2, grid+signs 64, scales 8                  ±d·(scale + 1/2)/4·grid
//	IQ2_S    2.5625  256 in 82     16         d 2, grid 32, signs 32, high 8, scales 8      ±d·(scale + 1/2)/4·grid
//	IQ3_XXS  3.0625  256 in 98     32         d 2, grid 64, signs+scales 32                 ±d·(scale + 1/2)/2·grid
//	IQ3_S    3.4375  256 in 110    32         d 2, grid 64, high 8, signs 32, scales 4      ±d·(2·scale + 1)·grid
//	IQ4_NL   4.5     32 in 18      32         d 2, codes 16                                 d·t[code]
//	IQ4_XS   4.25    256 in 136    32         d 2, scales 6, codes 128                      d·(scale − 32)·t[code]
//	TQ1_0    1.6875  256 in 54     256        codes 52, d 2                                 d·(code − 1)
//	TQ2_0    2.0625  256 in 66     256        codes 64, d 2                                 d·(code − 1)
//	MXFP4    4.25    32 in 17      32         e 1, codes 16                                 2^(e − 127)·e2m1(code)
//	NVFP4    4.5     64 in 36      16         scales 4, codes 32                            e4m3(scale)·e2m1(code)
//
// Which bits of a field belong to which weight is drawn in the file of the format. IQ1_S, IQ2_XXS and IQ2_XS are
// encoded with an importance matrix only; Q8_1 and Q8_K are what ggml makes of activations, and odd in a file.
package quant
