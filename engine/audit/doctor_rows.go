package audit

import (
	"fmt"

	"github.com/sonde-ml/sonde/gguf"
)

const (
	// Fewer rows of zeros than this part of a matrix are usual: vocabularies are padded to a round number, and unused
	// tokens, pruned neurons and dimensions that pad a matrix for many devices are zero, too.
	zeroPart     = 8
	leastZeroRun = 4

	// page is what files are copied and cached in: a run of zeros that begins or ends at a multiple of it, in the middle
	// of a row, was made by no training.
	page      = 4096
	leastHole = 2 * page
)

// unusedTokens tells which tokens a text may never have: unused ones, and those that are reserved for control. Their rows
// in the embedding, in the head and in whatever else has a row for each token may be zero.
func unusedTokens(f *gguf.File) []bool {
	v, _ := f.Lookup("tokenizer.ggml.token_type")
	types, _ := v.Int32s()
	const control, userDefined, unused = 3, 4, 5
	rows := make([]bool, len(types))
	for i, t := range types {
		rows[i] = t == control || t == userDefined || t == unused
	}
	return rows
}

// zeroRun is a run of rows without a weight other than zero.
type zeroRun struct{ row, rows int }

// zeroRuns looks for rows of zeros that follow each other.
func (l *look) zeroRuns(unused []bool) []Finding {
	if l.moments.Finite() == l.moments.Zeros() || !isMatrix(l.tensor) {
		return nil // all of it: see flat
	}
	if len(unused) != l.tensor.Rows() {
		unused = nil
	}
	var longest, counted int
	var run zeroRun
	for _, r := range l.runsOfZeros() {
		if hole := l.hole(r); hole != "" {
			return []Finding{l.zeroRunFinding(r, SeverityError, hole)}
		}
		if n := r.rows - unusedIn(unused, r); n > longest {
			longest, run = n, r
		}
		counted += r.rows
	}
	if longest < max(leastZeroRun, l.tensor.Rows()/zeroPart) {
		return nil
	}
	return []Finding{l.zeroRunFinding(run, SeverityWarning, fmt.Sprintf("%d of %d rows are zero in all", counted, l.tensor.Rows()))}
}

func (l *look) zeroRunFinding(r zeroRun, severity Severity, more string) Finding {
	f := l.finding(ZeroRun, severity, int64(r.rows)*int64(l.tensor.RowLen()), r.row*l.tensor.RowLen())
	f.Rows = r.rows
	f.Evidence = fmt.Sprintf("rows %d to %d of %d are zero; %s", r.row, r.row+r.rows-1, l.tensor.Rows(), more)
	f.Why = "so many outputs, or tokens, that are nothing: a copy was interrupted, or part of the tensor never written"
	return f
}

func (l *look) runsOfZeros() []zeroRun {
	var runs []zeroRun
	for row := 0; row < len(l.nonzero); row++ {
		begin := row
		for row < len(l.nonzero) && !l.nonzero[row] {
			row++
		}
		if row > begin {
			runs = append(runs, zeroRun{begin, row - begin})
		}
	}
	return runs
}

// unusedIn counts the rows of a run that need not be anything.
func unusedIn(unused []bool, r zeroRun) (n int) {
	for i := r.row; i < min(r.row+r.rows, len(unused)); i++ {
		if unused[i] {
			n++
		}
	}
	return n
}

// hole says that the zero bytes of a run begin and end where pages of the file, or the tensor, do, and one of these
// places is in the middle of a row. It returns "" where that is not so.
func (l *look) hole(r zeroRun) string {
	b, t := l.tensor.Bytes(), l.tensor
	row := len(b) / t.Rows()
	from, to := r.row*row, (r.row+r.rows)*row
	for from > 0 && b[from-1] == 0 {
		from--
	}
	for to < len(b) && b[to] == 0 {
		to++
	}
	begin, end := t.Offset+int64(from), t.Offset+int64(to)
	// The number in front of the hole may end with zero bytes, the one behind begin with some.
	pageBegins, pageEnds := (page-begin%page)%page < slack, end%page < slack
	inRow := pageBegins && row-from%row >= slack && from%row > 0 || pageEnds && to%row >= slack
	if to-from < leastHole || !inRow || !pageBegins && from > 0 || !pageEnds && to < len(b) || !allZeroBytes(b[from:to]) {
		return ""
	}
	return fmt.Sprintf("zero are bytes %d to %d of the file, which are whole pages of %d bytes and no whole rows", begin, end-1, page)
}

// slack is less than the size of the largest number in a block.
const slack = 4

func allZeroBytes(b []byte) bool {
	for _, v := range b {
		if v != 0 {
			return false
		}
	}
	return true
}
