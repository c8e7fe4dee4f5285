package gguf

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/sonde-ml/sonde/internal/checked"
)

const mostParts = 99999 // as many as have a name

// The keys of a file that is one part of several.
const (
	splitNo      = "split.no"            // from 0
	splitCount   = "split.count"         // of the parts
	splitTensors = "split.tensors.count" // of all parts together
)

// When the parts of a split do not fit together.
var (
	ErrBadSplit    = errors.New("parts do not fit together")
	ErrSplitName   = errors.New("not named as a part")
	ErrMissingPart = errors.New("part missing")
)

var partName = regexp.MustCompile(`^(.*)-(\d{5})-of-(\d{5})\.gguf$`)

// SplitName returns the name of part number no of count, counted from 1, of the file PREFIX.gguf.
func SplitName(prefix string, no, count int) string {
	return fmt.Sprintf("%s-%05d-of-%05d.gguf", prefix, no, count)
}

// series is a split: the part that somebody named, and those beside it.
type series struct {
	opened   *File
	parts    []*File // those that could be opened, in order
	numbers  []int   // theirs, by their names, from 1
	problems problems
	warnings problems
}

// readSeries opens the other parts if f is one of several; else it returns nil.
func readSeries(f *File) *series {
	if _, ok := f.Lookup(splitCount); !ok {
		return nil
	}
	s := &series{opened: f}
	count, err := f.Uint(splitCount)
	switch {
	case err != nil:
		s.problems.add(err)
		return s
	case count == 0:
		f.warn(s.problem(f, ErrBadSplit, splitCount, "0", "at least 1", "the file is taken for a whole one"))
		return nil
	case count == 1:
		return nil
	}
	if prefix, no, ok := s.checkName(count); ok {
		n, _ := checked.Int(count, mostParts)
		s.openAll(prefix, no, n)
		s.check()
	}
	return s
}

// problem describes the value of a key in one of the parts.
func (s *series) problem(f *File, kind error, key, seen, expected, advice string) error {
	e := &Error{File: f.Name, Kind: kind, Key: key, Field: "value", Seen: seen, Expected: expected, Offset: -1, Advice: advice}
	if v, ok := f.Lookup(key); ok {
		e.Offset = v.Offset()
	}
	return e
}

// checkName takes the name of the opened part apart. The names of the others are made from it,
// never from what stands in a file.
func (s *series) checkName(count uint64) (prefix string, no int, ok bool) {
	f := s.opened
	dir, base := filepath.Split(f.Name)
	m := partName.FindStringSubmatch(base)
	if m == nil {
		s.problems.add(&Error{
			File: f.Name, Kind: ErrSplitName, Key: splitCount, Field: "value", Seen: fmt.Sprint(count), Offset: -1,
			Expected: fmt.Sprintf("the name NAME-00001-of-%05d.gguf for the first part", count), Advice: "give the parts their names back",
		})
		return "", 0, false
	}
	if named, _ := strconv.ParseUint(m[3], 10, 64); named != count {
		s.problems.add(s.problem(f, ErrBadSplit, splitCount, fmt.Sprint(count), strings.TrimLeft(m[3], "0")+", as the file's name says", ""))
		return "", 0, false
	}
	no, _ = strconv.Atoi(m[2])
	if no < 1 || uint64(no) > count {
		s.problems.add(&Error{File: f.Name, Kind: ErrSplitName, Field: "part", Seen: m[2], Offset: -1, Expected: fmt.Sprintf("1 to %d", count)})
	}
	return dir + m[1], no, len(s.problems.list) == 0
}

// openAll opens the parts, of which the opened one is number no.
func (s *series) openAll(prefix string, no, count int) {
	present := partsBeside(prefix, count)
	var missing missingParts
	for i := 1; i <= count; i++ {
		switch {
		case i == no:
			s.parts, s.numbers = append(s.parts, s.opened), append(s.numbers, i)
		case present(i):
			s.open(SplitName(prefix, i, count), i)
		default:
			missing.add(prefix, i, count)
		}
	}
	if missing.count > 0 {
		s.problems.add(&Error{File: s.opened.Name, Kind: ErrMissingPart, Seen: missing.String(), Offset: -1, Advice: "all parts must lie in one folder"})
	}
}

// partsBeside tells which parts lie in their folder. It lists the folder, since to ask for each name
// takes half a second for a file that claims to be one of 65535.
func partsBeside(prefix string, count int) func(no int) bool {
	entries, err := os.ReadDir(filepath.Dir(prefix))
	if err != nil { // it may be allowed to open what it is not allowed to list
		return func(int) bool { return true }
	}
	numbers := map[int]bool{}
	for _, e := range entries {
		m := partName.FindStringSubmatch(e.Name())
		if m == nil {
			continue
		}
		if no, _ := strconv.Atoi(m[2]); e.Name() == filepath.Base(SplitName(prefix, no, count)) {
			numbers[no] = true
		}
	}
	return func(no int) bool { return numbers[no] }
}

func (s *series) open(path string, no int) {
	f, err := examineAlone(path)
	if err != nil {
		s.problems.add(err)
	}
	if f != nil {
		s.parts, s.numbers = append(s.parts, f), append(s.numbers, no)
	}
}

// missingParts names a few parts and counts all.
type missingParts struct {
	names []string
	count int
}

func (m *missingParts) add(prefix string, no, count int) {
	if m.count++; m.count <= 4 {
		m.names = append(m.names, filepath.Base(SplitName(prefix, no, count)))
	}
}

func (m *missingParts) String() string {
	s := strings.Join(m.names, ", ")
	if more := m.count - len(m.names); more > 0 {
		s += fmt.Sprintf(" and %d more", more)
	}
	return s
}

// check compares the parts with each other.
func (s *series) check() {
	for i, f := range s.parts {
		s.checkNumber(f, splitNo, uint64(s.numbers[i]-1), "for its name")
		count, _ := s.opened.Uint(splitCount)
		s.checkNumber(f, splitCount, count, "as in "+filepath.Base(s.opened.Name))
	}
	s.checkTensors()
}

// checkNumber wants key of f to be a u16 of that value.
func (s *series) checkNumber(f *File, key string, want uint64, why string) {
	got, err := f.Uint(key)
	if err == nil && got != want {
		err = s.problem(f, ErrBadSplit, key, fmt.Sprint(got), fmt.Sprintf("%d %s", want, why), "the part was renamed, or is of another split")
	}
	if err != nil {
		s.problems.add(err)
	}
	if err := f.OddWidth(key, TypeUint16); err != nil {
		s.warnings.add(err)
	}
}

// checkTensors looks for tensors that are in two parts, and compares their number with what the parts say.
func (s *series) checkTensors() {
	total, owner := uint64(0), map[string]*File{}
	for _, f := range s.parts {
		for _, t := range f.tensors {
			total++
			if first := owner[t.Name]; first != nil && first != f {
				s.problems.add(&Error{File: f.Name, Kind: ErrDuplicateTensor, Tensor: t.Name, Field: "also", Seen: "in " + filepath.Base(first.Name), Offset: int64(t.at)})
			}
			owner[t.Name] = f
		}
	}
	if len(s.problems.list) > 0 { // with a part missing the sum means nothing
		return
	}
	reported := total
	for _, f := range s.parts {
		if want, err := f.Uint(splitTensors); err == nil && want != total && want != reported {
			reported = want // the parts repeat each other
			s.problems.add(s.problem(f, ErrBadCount, splitTensors, fmt.Sprint(want), fmt.Sprintf("%d, the tensors of all parts", total), ""))
		}
	}
}

// join makes one file of all parts: the metadata of the first and the tensors of all.
func (s *series) join() *File {
	first := s.parts[0]
	f := &File{
		Name: first.Name, Version: first.Version, BigEndian: first.BigEndian, Alignment: first.Alignment,
		DataOffset: first.DataOffset, keys: first.keys, index: first.index, byName: map[string]*Tensor{}, parts: s.parts,
	}
	for _, part := range s.parts {
		f.Size += part.Size
		f.tensors = append(f.tensors, part.tensors...)
		f.warnings.list = append(f.warnings.list, part.warnings.list...)
	}
	for _, t := range f.tensors {
		f.byName[t.Name] = t
	}
	f.warnings.list = slices.Concat(f.warnings.list, s.warnings.list)
	return f
}

// closeOthers closes all parts but the one that was opened first.
func (s *series) closeOthers() error {
	var errs []error
	for _, f := range s.parts {
		if f != s.opened {
			errs = append(errs, f.Close())
		}
	}
	return errors.Join(errs...)
}
