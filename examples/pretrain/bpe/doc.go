// Package bpe makes a SentencePiece vocabulary from text: byte pair encoding, with scores in place of merge ranks.
//
// The unit of data is a word with its space in front, "▁boy", and how often it occurs. The vocabulary is, in order:
// <unk>, <s>, </s>, the 256 bytes <0x00> … <0xFF>, the joined pieces in the order in which they were found, and the
// single characters. Piece i of the joined ones has the score −i, so that a tokenizer that always joins the neighbours
// with the best score does what training did.
//
//	words := bpe.Words{}
//	words.Add("The boy saw the boy next door.")
//	v := bpe.Train(words, 300)
//	v.Write(w) // the metadata tokenizer.ggml.* of a GGUF file
//
// Encoding is not done here: engine/token reads what Write writes. Papers: arXiv 1508.07909, 1808.06226.
package bpe
