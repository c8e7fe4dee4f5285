package corpus

import (
	"errors"
	"fmt"
	"maps"
	"slices"
)

// check reports every table, column and section that the plot names and has not, so that telling cannot fail.
func (p *plot) check() error {
	var errs []error
	if len(p.sections["story"]) == 0 {
		errs = append(errs, fmt.Errorf("%s: no section story", p.file))
	}
	for _, r := range p.cast {
		if p.tables[r.table] == nil {
			errs = append(errs, fmt.Errorf("%s: cast %s: no table %s", p.file, r.slot, r.table))
			continue
		}
		for _, row := range p.tables[r.table].rows {
			for _, cell := range row {
				errs = append(errs, p.checkTemplate(cell))
			}
		}
	}
	for _, name := range p.reachable() {
		for _, t := range p.sections[name] {
			errs = append(errs, p.checkTemplate(t))
		}
	}
	return errors.Join(errs...)
}

// reachable lists the sections that a story can use; the others of common.txt may name slots that the plot lacks.
func (p *plot) reachable() []string {
	seen := map[string]bool{}
	var visit func(name string)
	walk := func(x part) {
		if s, ok := x.(section); ok {
			visit(string(s))
		}
	}
	visit = func(name string) {
		if seen[name] {
			return
		}
		seen[name] = true
		for _, t := range p.sections[name] {
			t.each(walk)
		}
	}
	visit("story")
	return slices.Sorted(maps.Keys(seen))
}

// each calls f for every part of the template, inside choices too.
func (t template) each(f func(part)) {
	for _, x := range t {
		f(x)
		if ways, ok := x.(choice); ok {
			for _, way := range ways {
				way.each(f)
			}
		}
	}
}

func (p *plot) checkTemplate(t template) error {
	var errs []error
	t.each(func(x part) {
		switch x := x.(type) {
		case section:
			if len(p.sections[string(x)]) == 0 {
				errs = append(errs, fmt.Errorf("%s: no section <%s>", p.file, string(x)))
			}
		case slot:
			errs = append(errs, p.checkSlot(x))
		}
	})
	return errors.Join(errs...)
}

func (p *plot) checkSlot(s slot) error {
	i := slices.IndexFunc(p.cast, func(r role) bool { return r.slot == s.name })
	if i < 0 {
		return fmt.Errorf("%s: no slot {%s}", p.file, s.name)
	}
	t := p.tables[p.cast[i].table]
	if t != nil && s.column != "" && t.column(s.column) < 0 {
		return fmt.Errorf("%s: slot {%s}: its table has no column %s", p.file, s.name, s.column)
	}
	return nil
}
