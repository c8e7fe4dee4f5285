//go:build unix

package gguf

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestOpenRefusesWhatIsNoRegularFile(t *testing.T) {
	dir := t.TempDir()
	in := func(name string) string { return filepath.Join(dir, name) }
	if err := syscall.Mkfifo(in("fifo"), 0o600); err != nil {
		t.Skip(err)
	}
	symlink := func(from, to string) {
		if err := os.Symlink(to, in(from)); err != nil {
			t.Skip(err)
		}
	}
	symlink("loop", "loop")
	symlink("dangling", "nothing")
	symlink("link-to-fifo", "fifo")
	for _, tt := range []struct {
		path, says string
		kind       error
		system     error
	}{
		{dir, "directory", ErrNotRegular, nil},
		{in("fifo"), "pipe", ErrNotRegular, nil}, // must not block
		{in("link-to-fifo"), "pipe", ErrNotRegular, nil},
		{"/dev/zero", "device", ErrNotRegular, nil},
		{in("loop"), "link to loop", ErrUnreadable, syscall.ELOOP},
		{in("dangling"), "link to nothing", ErrUnreadable, fs.ErrNotExist},
		{in("a\x1b]0;b"), `a\x1b]0;b`, ErrUnreadable, fs.ErrNotExist},
		{"/proc/self/status", "0 bytes", ErrTruncated, nil}, // calls itself regular and empty
	} {
		f, err := Open(tt.path)
		if f != nil || !errors.Is(err, tt.kind) || tt.system != nil && !errors.Is(err, tt.system) {
			t.Errorf("Open(%q) = %v, want %v, %v", tt.path, err, tt.kind, tt.system)
		}
		if err != nil && !strings.Contains(err.Error(), tt.says) {
			t.Errorf("Open(%q) says %q, want %q in it", tt.path, err, tt.says)
		}
	}
}

func TestOpenFollowsLinks(t *testing.T) {
	dir := t.TempDir()
	target, link := filepath.Join(dir, "blob"), filepath.Join(dir, "model.gguf")
	writeFile(t, target, small())
	if err := os.Symlink(target, link); err != nil {
		t.Skip(err)
	}
	f, err := Open(link)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if f.Name != link {
		t.Errorf("Name = %q, want the name it was opened by, %q", f.Name, link)
	}
}

func TestReadFaultsBecomeErrors(t *testing.T) {
	path := filepath.Join(t.TempDir(), "m.gguf")
	page := os.Getpagesize()
	write(t, path, func(w *Writer) {
		w.Set("x.names", ArrayOf([]string{strings.Repeat("a", 2*page), "b"}))
		w.Declare("first", F32, 4, page)
		w.Declare("second", F32, page)
	})
	f, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	second, _ := f.Tensor("second")
	if err := os.Truncate(path, second.Offset); err != nil {
		t.Fatal(err)
	}
	var last byte
	err = Guard(func() error {
		b := second.Bytes()
		last = b[len(b)-1]
		return nil
	})
	var fault *MapFaultError
	if !errors.As(err, &fault) || fault.Tensor != "second" || fault.File != path || fault.Size != second.Offset {
		t.Errorf("reading lost data: %v (%v), want a MapFaultError for tensor second", err, last)
	}
	if want := second.Offset + second.Size() - 1; fault != nil && fault.Offset != want {
		t.Errorf("fault at byte %d, want %d", fault.Offset, want)
	}
	if err := os.Truncate(path, 100); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Strings("x.names"); !errors.As(err, &fault) || fault.Tensor != "" {
		t.Errorf("reading a lost array: %v, want a MapFaultError for metadata", err)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Strings("x.names"); !errors.As(err, &fault) || fault.Size != -1 {
		t.Errorf("reading a lost array of a removed file: %v, want a MapFaultError", err)
	}
}

func TestRewrittenTellsOfWritesInPlace(t *testing.T) {
	path := filepath.Join(t.TempDir(), "m.gguf")
	writeFile(t, path, small())
	f, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	memory, err := OpenBytes("memory", small())
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range []*File{f, memory} {
		if err := file.Rewritten(); err != nil {
			t.Errorf("nobody has written: %v, want nil", err)
		}
	}
	writeFile(t, path+".new", small())
	if err := errors.Join(os.Rename(path, path+".old"), os.Rename(path+".new", path)); err != nil {
		t.Fatal(err)
	}
	if err := f.Rewritten(); err != nil {
		t.Errorf("another file has its name: %v, want nil", err)
	}
	if err := errors.Join(os.Rename(path+".old", path), os.Chtimes(path, time.Time{}, time.Unix(1e9, 0))); err != nil {
		t.Fatal(err)
	}
	var e *Error
	if err := f.Rewritten(); !errors.Is(err, ErrRewritten) || !errors.As(err, &e) || e.File != path {
		t.Errorf("written at another time: %v, want %v of %s", err, ErrRewritten, path)
	}
}

func TestGuardCoversWorkersOfItsOwn(t *testing.T) {
	path := filepath.Join(t.TempDir(), "m.gguf")
	write(t, path, func(w *Writer) { w.Declare("x", F32, 64, os.Getpagesize()) })
	f, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	x, _ := f.Tensor("x")
	if err := os.Truncate(path, x.Offset); err != nil {
		t.Fatal(err)
	}
	errs := make(chan error)
	for i := range 8 {
		go func() {
			sum := 0
			errs <- Guard(func() error {
				for _, b := range x.Bytes()[i*os.Getpagesize():] {
					sum += int(b)
				}
				return nil
			})
		}()
	}
	for range 8 {
		var fault *MapFaultError
		if err := <-errs; !errors.As(err, &fault) || fault.Tensor != "x" {
			t.Errorf("a worker ended with %v, want a MapFaultError", err)
		}
	}
}

func TestGuardLeavesOtherPanicsAlone(t *testing.T) {
	for name, bad := range map[string]func() error{
		"nil":    func() error { var p *Tensor; _ = p.Name; return nil },
		"index":  func() error { var b []byte; _ = b[len(b)]; return nil },
		"string": func() error { panic("by hand") },
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if recover() == nil {
					t.Error("the panic was swallowed")
				}
			}()
			_ = Guard(bad)
		})
	}
}

func TestFaultAfterCloseIsNoMapFault(t *testing.T) {
	path := filepath.Join(t.TempDir(), "m.gguf")
	write(t, path, func(w *Writer) { w.Declare("x", F32, 32, os.Getpagesize()) })
	f, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	x, _ := f.Tensor("x")
	f.Close()
	defer func() {
		if recover() == nil {
			t.Error("reading after Close was turned into an error: the mistake is in the program, not in the file")
		}
	}()
	_ = Guard(func() error { return fmt.Errorf("read %d", x.Bytes()[0]) })
}

func TestWriterSurvivesTheLossOfItsSource(t *testing.T) {
	path := filepath.Join(t.TempDir(), "m.gguf")
	page := os.Getpagesize()
	write(t, path, func(w *Writer) {
		w.Set("x.names", ArrayOf([]string{strings.Repeat("a", 2*page)}))
		w.Declare("first", F32, page)
	})
	for _, keys := range []bool{true, false} {
		f, err := Open(path)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		w := Create(t.Context(), path+".copy")
		defer w.Abort()
		if names, _ := f.Lookup("x.names"); keys {
			w.Set("x.names", names)
		}
		first, _ := f.Tensor("first")
		w.Declare(first.Name, first.Type, first.Shape...)
		defer os.WriteFile(path, nil, 0o600)
		if err := os.Truncate(path, int64(page)/2); err != nil {
			t.Fatal(err)
		}
		var fault *MapFaultError
		if _, err := w.Write(first.Bytes()[:first.Size()/2]); !errors.As(err, &fault) {
			t.Errorf("writing what was lost: %v, want a MapFaultError", err)
		}
		write(t, path, func(w *Writer) { w.Declare("first", F32, page) })
	}
}
