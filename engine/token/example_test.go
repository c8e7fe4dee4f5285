package token_test

import (
	"fmt"
	"log"

	"github.com/sonde-ml/sonde/engine/token"
)

// tiny opens a vocabulary of 272 tokens. A program has gguf.Open("model.gguf") in its place.
func tiny() *token.Vocab {
	f, err := token.TinyFile()
	if err != nil {
		log.Fatal(err)
	}
	v, err := token.New(f)
	if err != nil {
		log.Fatal(err)
	}
	return v
}

func Example() {
	v := tiny()
	ids, err := v.Encode("lower é", token.EncodeOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	pieces, _ := v.Pieces(ids)
	text, _ := v.Decode(ids, token.DecodeOptions{}) // the BOS in front keeps the space that was added
	fmt.Printf("%d\n%q\n%q\n", ids, pieces, text)
	// Output:
	// [1 262 259 263 198 172]
	// ["<s>" " low" "er" " " "\xc3" "\xa9"]
	// " lower é"
}

func ExampleVocab_Encode_specialTokens() {
	v := tiny()
	bare := token.EncodeOptions{BOS: token.Never}
	asText, _ := v.Encode("low</s>", bare)
	bare.ParseSpecial = true
	asToken, _ := v.Encode("low</s>", bare)
	fmt.Println(asText)
	fmt.Println(asToken)
	// Output:
	// [262 63 50 118 65]
	// [262 2]
}

func ExampleStream() {
	s := tiny().Stream()
	for _, id := range []int32{262, 263, 198, 172, 198} { // é is two tokens; the last is half of another letter
		text, _ := s.Next(id)
		fmt.Printf("%q ", text)
	}
	fmt.Printf("%q\n", s.Flush())
	// Output: " low" " " "" "é" "" "\xc3"
}

func ExampleVocab_IsEOG() {
	v := tiny()
	end, _ := v.EOS()
	fmt.Println(end, v.IsEOG(end), v.IsEOG(262))
	// Output: 2 true false
}

func ExampleVocab_ID() {
	v := tiny()
	fmt.Println(v.ID("▁low")) // as the file writes it
	fmt.Println(v.ID("high"))
	// Output:
	// 262 true
	// 0 false
}

func ExampleIDError() {
	_, err := tiny().Decode([]int32{262, 32000}, token.DecodeOptions{})
	fmt.Println(err)
	// Output: token id outside the vocabulary: 32000, want 0 to 271: do the ids belong to this model?
}
