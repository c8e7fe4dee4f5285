package token

// neighbours is the set of pairs of characters that stand side by side in some token. Between two characters that
// do in none, symbols are never joined, so a text can be cut there and its stretches encoded one by one: with Llama 2's
// vocabulary English falls into words and Chinese into characters. The ids are the same, in a fraction of the time.
//
// It is a Bloom filter with one hash: a pair may be in it by accident, which costs time and nothing else.
type neighbours [1 << 14]uint64 // 2^20 bits; the 3538 pairs in Llama 2's 32,000 tokens take 3531 of them

func neighboursIn(texts []string) *neighbours {
	var n neighbours
	for _, text := range texts {
		left := charLen(text)
		for at := 0; at+left < len(text); {
			right := charLen(text[at+left:])
			word, bit := place(text[at:at+left], text[at+left:at+left+right])
			n[word] |= bit
			at, left = at+left, right
		}
	}
	return &n
}

// stretch returns text, which is not empty, up to the first place where no token can join.
func (n *neighbours) stretch(text string) string {
	left := charLen(text)
	for at := 0; at+left < len(text); {
		right := charLen(text[at+left:])
		word, bit := place(text[at:at+left], text[at+left:at+left+right])
		if n[word]&bit == 0 {
			return text[:at+left]
		}
		at, left = at+left, right
	}
	return text
}

// place hashes a pair of characters to a bit.
func place(left, right string) (word int, bit uint64) {
	var key uint64
	for i := range len(left) {
		key = key<<8 | uint64(left[i])
	}
	for i := range len(right) {
		key = key<<8 | uint64(right[i])
	}
	const golden = 0x9E3779B97F4A7C15 // Knuth's multiplicative hashing, for 64 bits
	h := key * golden >> 44
	return int(h >> 6), 1 << (h & 63)
}

// charLen returns the length of the character that text begins with, as its first byte says and as far as text goes.
// It is 0 for an empty text only.
func charLen(text string) int {
	if text == "" {
		return 0
	}
	n := 1
	switch lead := text[0]; {
	case lead >= 0xF0:
		n = 4
	case lead >= 0xE0:
		n = 3
	case lead >= 0xC0:
		n = 2
	}
	return min(n, len(text))
}
