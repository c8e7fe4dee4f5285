package corpus

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
)

//go:embed plots/*.txt
var files embed.FS

// plot is one file of the grammar, with what common.txt adds to it.
type plot struct {
	file     string
	source   []byte // the text of the file, and of common.txt
	cast     []role
	tables   map[string]*table
	sections map[string][]template
}

// role is a slot of a story and the table from which it is drawn.
type role struct{ slot, table string }

// table is what a slot may be. Rows have one cell per column.
type table struct {
	columns []string
	rows    [][]template
}

func (t *table) column(name string) int { return slices.Index(t.columns, name) }

// load parses all plots. Each inherits the tables and sections of common.txt.
func load(fsys fs.FS) ([]*plot, error) {
	common, err := parse(fsys, "plots/common.txt")
	if err != nil {
		return nil, err
	}
	names, err := fs.Glob(fsys, "plots/*.txt")
	var plots []*plot
	errs := []error{err}
	for _, name := range names {
		if name == common.file {
			continue
		}
		p, err := parse(fsys, name)
		if err == nil {
			err = errors.Join(p.inherit(common), p.check())
		}
		plots, errs = append(plots, p), append(errs, err)
	}
	return plots, errors.Join(errs...)
}

// inherit adds the tables and sections of common.txt. None may have the name of an own one: it would be mistaken for it.
func (p *plot) inherit(common *plot) error {
	var errs []error
	p.source = slices.Concat(p.source, common.source)
	for name, t := range common.tables {
		if p.tables[name] != nil {
			errs = append(errs, fmt.Errorf("%s: table %s is in %s too", p.file, name, common.file))
		}
		p.tables[name] = t
	}
	for name, s := range common.sections {
		if p.sections[name] != nil {
			errs = append(errs, fmt.Errorf("%s: section %s is in %s too", p.file, name, common.file))
		}
		p.sections[name] = s
	}
	return errors.Join(errs...)
}

// parse reads one file: headings at the margin, their lines indented by two spaces.
func parse(fsys fs.FS, name string) (*plot, error) {
	text, err := fs.ReadFile(fsys, name)
	if err != nil {
		return nil, err
	}
	p := &plot{file: name, source: text, tables: map[string]*table{}, sections: map[string][]template{}}
	var errs []error
	line := func(string) error { return errors.New("a line before the first heading") }
	for i, s := range strings.Split(string(text), "\n") {
		var err error
		switch body, indented := strings.CutPrefix(s, "  "); {
		case s == "" || s[0] == '#':
		case indented:
			err = line(body)
		default:
			line, err = p.heading(s)
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("%s:%d: %w", name, i+1, err))
		}
	}
	return p, errors.Join(errs...)
}

// heading begins a cast, a table or a section, and returns what is to be done with each line below it.
func (p *plot) heading(s string) (func(string) error, error) {
	refuse := func(string) error { return nil }
	name, rest, ok := strings.Cut(s, ":")
	if !ok {
		return refuse, fmt.Errorf("%q: want a heading with a colon, or a line that begins with two spaces", s)
	}
	if name == "cast" {
		p.setCast(rest)
		return func(string) error { return errors.New("a line below cast: want a heading") }, nil
	}
	if name, ok := strings.CutPrefix(name, "table "); ok {
		t := &table{columns: splitCells(rest)}
		p.tables[name] = t
		return t.add, nil
	}
	return func(s string) error { return p.addLine(name, s) }, nil
}

func (p *plot) setCast(s string) {
	for _, f := range strings.Fields(s) {
		slot, table, ok := strings.Cut(f, "=")
		if !ok {
			table = slot
		}
		p.cast = append(p.cast, role{slot, table})
	}
}

func (p *plot) addLine(section, s string) error {
	t, err := compile(strings.ReplaceAll(s, " / ", "\n"))
	p.sections[section] = append(p.sections[section], t)
	return err
}

// add adds a row, or several that differ in the first cell only.
func (t *table) add(s string) error {
	cells := splitCells(s)
	if len(cells) != len(t.columns) {
		return fmt.Errorf("%q: %d cells, want %d (%s)", s, len(cells), len(t.columns), strings.Join(t.columns, ", "))
	}
	var errs []error
	for _, first := range strings.Split(cells[0], "; ") {
		row := make([]template, len(cells))
		for i, c := range append([]string{first}, cells[1:]...) {
			var err error
			row[i], err = compile(c)
			errs = append(errs, err)
		}
		t.rows = append(t.rows, row)
	}
	return errors.Join(errs...)
}

func splitCells(s string) []string {
	cells := strings.Split(s, " | ")
	for i := range cells {
		cells[i] = strings.TrimSpace(cells[i])
	}
	return cells
}
