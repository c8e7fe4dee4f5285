package gguf_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/sonde-ml/sonde/gguf"
)

// Write a file with one tensor of two rows, and read it.
func Example() {
	dir, err := os.MkdirTemp("", "gguf")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "planets.gguf")

	w := gguf.Create(context.Background(), path)
	defer w.Abort()
	w.Set("general.architecture", gguf.ValueOf("planets"))
	w.Set("planets.names", gguf.ArrayOf([]string{"Mercury", "Venus", "Earth", "Mars"}))
	w.Declare("moons", gguf.I8, 2, 4) // names, and moons known in 1610 and today
	w.Write([]byte{0, 0, 1, 0})
	w.Write([]byte{0, 0, 1, 2})
	if err := w.Commit(); err != nil {
		fmt.Println(err)
		return
	}

	f, err := gguf.Open(path)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer f.Close()
	names, _ := f.Strings("planets.names")
	moons, _ := f.Tensor("moons")
	fmt.Println(names, moons.Type, moons.Shape, moons.Bytes())
	// Output: [Mercury Venus Earth Mars] I8 [2 4] [0 0 1 0 0 0 1 2]
}

// An error tells what is wrong, where, and what to do; its parts can be asked for.
func ExampleError() {
	_, err := gguf.OpenBytes("model.gguf", []byte("GGUF\x03\x00\x00\x00\x01\x00"))
	fmt.Println(err)
	var e *gguf.Error
	if errors.As(err, &e) && errors.Is(err, gguf.ErrTruncated) {
		fmt.Println("at byte", e.Offset)
	}
	// Output:
	// model.gguf: cut short: tensor count has 2 bytes, want 8 bytes, at byte 8: the file ends at byte 10: download or copy it again
	// at byte 8
}

func ExampleFile_Uint() {
	f, err := gguf.OpenBytes("empty.gguf", []byte("GGUF\x03\x00\x00\x00"+"\x00\x00\x00\x00\x00\x00\x00\x00"+"\x00\x00\x00\x00\x00\x00\x00\x00"))
	if err != nil {
		fmt.Println(err)
		return
	}
	_, err = f.Uint("llama.block_count")
	fmt.Println(err)
	// Output: empty.gguf: key "llama.block_count": missing key: want an integer from 0 on
}

func ExampleType_RowBytes() {
	bytes, ok := gguf.Q4_K.RowBytes(2048) // 8 blocks of 256 weights
	fmt.Println(bytes, ok)
	_, ok = gguf.Q4_K.RowBytes(100)
	fmt.Println(ok)
	// Output:
	// 1152 true
	// false
}

func ExampleValue_Any() {
	fmt.Println(gguf.ArrayOf([]float32{0.5, 1, 1.5, 2}).Any(2))
	// Output: [0.5 1]
}
