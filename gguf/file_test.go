package gguf

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestOpenBytesAlignsTensors(t *testing.T) {
	b := small()
	for shift := range 33 {
		shifted := append(make([]byte, shift), b...)[shift:]
		f, err := OpenBytes("embedded", shifted)
		if err != nil {
			t.Fatal(err)
		}
		for _, tensor := range f.Tensors() {
			if off := offBase(tensor.Bytes()); off != 0 {
				t.Errorf("shifted by %d, tensor %s is %d bytes off", shift, tensor.Name, off)
			}
		}
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestExamineHeaderWantsNoData(t *testing.T) {
	whole, err := OpenBytes("whole", small())
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "cut.gguf")
	listEnd := whole.Tensors()[2].offsetAt() + 8
	for _, tt := range []struct {
		size      int
		want      error
		withBytes int
	}{
		{listEnd, nil, 0},
		{listEnd - 1, ErrTruncated, 0},
		{int(whole.Tensors()[1].Offset), nil, 1},
		{len(small()), nil, 3},
	} {
		writeFile(t, path, small()[:tt.size])
		f, err := ExamineHeader(path)
		if f == nil || !errors.Is(err, tt.want) {
			t.Errorf("%d bytes: %v, want %v", tt.size, err, tt.want)
			continue
		}
		got := 0
		for _, tensor := range f.Tensors() {
			if tensor.Bytes() != nil {
				got++
			}
		}
		if got != tt.withBytes || tt.want == nil && f.DataOffset != whole.DataOffset {
			t.Errorf("%d bytes: %d tensors have data, want %d", tt.size, got, tt.withBytes)
		}
		f.Close()
	}
	if _, err := ExamineHeader(filepath.Join(t.TempDir(), "none")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a missing file: %v", err)
	}
}

func TestExamineShowsWhatCouldBeRead(t *testing.T) {
	path := filepath.Join(t.TempDir(), "cut.gguf")
	whole, _ := OpenBytes("whole", small())
	second := whole.Tensors()[1]
	for _, tt := range []struct{ size, keys, tensors int }{
		{4, -1, -1}, // no version
		{8, 0, 0},
		{whole.Keys()[2].at + 3, 2, 0},
		{second.at, 5, 1},
		{len(small()) - 70, 5, 3},
	} {
		writeFile(t, path, small()[:tt.size])
		f, err := Examine(path)
		if err == nil {
			t.Fatalf("%d bytes are accepted", tt.size)
		}
		if f == nil {
			if tt.keys >= 0 {
				t.Errorf("%d bytes: nothing, want %d keys", tt.size, tt.keys)
			}
			continue
		}
		if len(f.Keys()) != tt.keys || len(f.Tensors()) != tt.tensors {
			t.Errorf("%d bytes: %d keys and %d tensors, want %d and %d", tt.size, len(f.Keys()), len(f.Tensors()), tt.keys, tt.tensors)
		}
		f.Close()
	}
}

func TestProblemsAreCountedNotKept(t *testing.T) {
	var tensors []*Tensor
	for i := range 5000 {
		tensors = append(tensors, &Tensor{Name: fmt.Sprint("t", i), Type: 99})
	}
	_, err := OpenBytes("bad", appendHeader(nil, tensors))
	list := flatten(err)
	if len(list) != mostProblems+1 || !strings.Contains(list[mostProblems].Error(), "4900 more problems") {
		t.Errorf("%d problems, the last is %q", len(list), list[len(list)-1])
	}
}

func TestTensorGeometry(t *testing.T) {
	for _, tt := range []struct {
		shape                  []int
		rows, rowLen, elements int
	}{
		{nil, 1, 1, 1},
		{[]int{5}, 1, 5, 5},
		{[]int{2, 3, 4}, 6, 4, 24},
	} {
		x := Tensor{Shape: tt.shape}
		if x.Rows() != tt.rows || x.RowLen() != tt.rowLen || x.Elements() != tt.elements {
			t.Errorf("%v: %d rows of %d, %d in all", tt.shape, x.Rows(), x.RowLen(), x.Elements())
		}
	}
}

func TestMapFaultErrorSaysWhatBecameOfTheFile(t *testing.T) {
	for _, tt := range []struct {
		fault MapFaultError
		want  string
	}{
		{MapFaultError{"m", "a", 70, 100, 50}, `m: tensor "a": lost byte 70: the file changed from 100 to 50 bytes while in use: restore it and open it again`},
		{MapFaultError{"m", "", 7, 100, 100}, "m: metadata: lost byte 7: the disk cannot read it"},
		{MapFaultError{"m\x1b", "", 7, 100, -1}, `m\x1b: metadata: lost byte 7: the file was cut short and removed while in use: open another copy`},
	} {
		if got := tt.fault.Error(); got != tt.want {
			t.Errorf("%q, want %q", got, tt.want)
		}
	}
}

func TestErrorsAreEscaped(t *testing.T) {
	err := &Error{File: "a\x1b[2J", Kind: ErrBadKey, Key: "k\a\u202e", Field: "f\r", Seen: "s\x9b", Expected: "e\n", Advice: "x\x7f", Offset: -1, Err: errors.New("y\x00")}
	if got := err.Error(); strings.ContainsFunc(got, func(r rune) bool { return r < ' ' || r == 0x7f || r == '\u202e' || r == 0xfffd }) {
		t.Errorf("%q has control characters", got)
	}
}
