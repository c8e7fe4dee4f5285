package convert

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"strings"
	"unicode/utf8"

	"github.com/sonde-ml/sonde/gguf"
	"github.com/sonde-ml/sonde/internal/checked"
)

// oldReader reads the older form: little-endian,
//
//	i32 entries
//	i32 length, name  i32 calls  i32 n, n × f32      as often as there are entries; the numbers are means times calls
//	i32 chunks  i32 length, dataset                  in newer files
//
// Nothing marks it as what it is, so a length is believed only when there are as many bytes.
type oldReader struct {
	m    *Imatrix
	r    *bufio.Reader
	at   int64 // bytes read
	size int64 // of the file
}

func readOldImatrix(name string, f io.Reader, size int64) (*Imatrix, error) {
	r := &oldReader{m: &Imatrix{File: name, Entries: make(map[string][]float32)}, r: bufio.NewReader(f), size: size}
	entries, err := r.count("entries", 1, 1)
	if err != nil {
		return nil, err
	}
	for range entries {
		if err := r.entry(); err != nil {
			return nil, err
		}
	}
	if r.at == r.size {
		return r.m, nil
	}
	return r.m, r.trailer()
}

func (r *oldReader) entry() error {
	name, err := r.text("length of a tensor's name", 1)
	if err != nil {
		return err
	}
	calls, err := r.int32("calls")
	if err != nil {
		return err
	}
	n, err := r.count("values of "+name, 1, 4)
	if err != nil {
		return err
	}
	b, err := r.bytes(4 * n)
	if err != nil {
		return err
	}
	values := make([]float32, n)
	for i := range values {
		values[i] = math.Float32frombits(binary.LittleEndian.Uint32(b[4*i:]))
		if calls > 0 {
			values[i] /= float32(calls)
		}
	}
	return r.m.add(name, values)
}

// trailer reads what newer files have behind the entries.
func (r *oldReader) trailer() error {
	chunks, err := r.int32("chunks")
	if err != nil {
		return err
	}
	dataset, err := r.text("length of the dataset's name", 0)
	if err != nil {
		return err
	}
	if r.at != r.size {
		return r.fault("bytes behind the end", fmt.Sprint(r.size-r.at), "none")
	}
	r.m.Chunks, r.m.Datasets = int(max(chunks, 0)), []string{dataset}
	return nil
}

// text reads a string of at least that many bytes.
func (r *oldReader) text(field string, least int32) (string, error) {
	n, err := r.count(field, least, 1)
	if err != nil {
		return "", err
	}
	b, err := r.bytes(n)
	if err != nil {
		return "", err
	}
	s := strings.TrimRight(string(b), "\x00")
	if !utf8.ValidString(s) {
		return "", r.fault(field, fmt.Sprintf("%q", s), "UTF-8")
	}
	return s, nil
}

// count reads the number of things that follow: at least so many, of so many bytes each.
func (r *oldReader) count(field string, least int32, bytes int64) (int, error) {
	n, err := r.int32(field)
	if err != nil {
		return 0, err
	}
	most := min(r.size-r.at, math.MaxInt32) / bytes
	if n < least || int64(n) > most {
		return 0, r.fault(field, fmt.Sprint(n), fmt.Sprintf("%d to %d, which the rest of the file has room for", least, most))
	}
	return int(n), nil
}

func (r *oldReader) int32(field string) (int32, error) {
	if !checked.Within(uint64(r.at), 4, uint64(r.size)) {
		return 0, r.fault(field, "missing", "4 more bytes")
	}
	b, err := r.bytes(4)
	if err != nil {
		return 0, err
	}
	return int32(binary.LittleEndian.Uint32(b)), nil
}

// bytes reads n bytes, which the file has unless it has become shorter.
func (r *oldReader) bytes(n int) ([]byte, error) {
	b := make([]byte, n)
	got, err := io.ReadFull(r.r, b)
	if err != nil {
		return nil, &gguf.Error{File: r.m.File, Kind: gguf.ErrUnreadable, Offset: r.at + int64(got), Err: err}
	}
	r.at += int64(n)
	return b, nil
}

// fault says what is wrong with the number that was read last. Any file but GGUF is read as this form, so it may be
// something else altogether.
func (r *oldReader) fault(field, seen, expected string) error {
	err := r.m.bad("", field, seen, expected)
	err.Offset = max(r.at-4, 0)
	if len(r.m.Entries) == 0 {
		err.Advice = "is it an importance matrix?"
	}
	return err
}
