package notebook

import (
	"errors"
	"fmt"
	"os"
	"strings"
)

// Lines that a code cell may have.
const (
	maxLines       = 8
	maxImportLines = 15 // the one cell that begins with import
	maxFileLines   = 25 // a cell that writes a file: a plugin
)

// Check returns an error for each thing that keeps an executed notebook from being committed: cells that failed, that
// were not run, show nothing or are too long; outputs with absolute paths, this machine's name, or anything but inert
// text and pictures. The errors name the file and the cell, counted from 1, and are joined.
func Check(name string, data []byte) error {
	nb, err := parse(data)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	host, _ := os.Hostname() // where it has no name, none is looked for
	var all []error
	imports := 0
	for i, c := range nb.Cells {
		if c.imports() {
			imports++
		}
		for _, problem := range c.problems(host) {
			all = append(all, fmt.Errorf("%s: cell %d: %w", name, i+1, problem))
		}
	}
	if imports > 1 {
		all = append(all, fmt.Errorf("%s: %d cells begin with import: there should be one", name, imports))
	}
	return errors.Join(all...)
}

func (c cell) problems(host string) []error {
	switch c.Type {
	case "code":
		return append(c.codeProblems(), c.outputProblems(host)...)
	case "markdown":
		return markdownProblems(string(c.Source))
	}
	return []error{fmt.Errorf("is of type %q: only code and markdown are expected", c.Type)}
}

func (c cell) codeProblems() []error {
	var all []error
	if n, most := c.lines(), c.maxLines(); n > most {
		all = append(all, fmt.Errorf("has %d lines: at most %d are allowed", n, most))
	}
	if c.Run == nil {
		all = append(all, errors.New(`was not run: "make notebooks" does that`))
	} else if len(c.Outputs) == 0 && !c.imports() && !c.writesFile() {
		all = append(all, errors.New("shows nothing: print or show something in it"))
	}
	return all
}

func (c cell) outputProblems(host string) []error {
	var all []error
	for _, o := range c.Outputs {
		all = append(all, o.problems(host)...)
	}
	return all
}

func (o output) problems(host string) []error {
	if o.Type == "error" {
		return []error{o.failure()}
	}
	all := placeProblems(string(o.Text), host)
	for mime, data := range o.Data {
		switch mime {
		case "text/plain":
			all = append(all, placeProblems(string(data), host)...)
		case "text/html", "image/svg+xml":
			all = append(all, placeProblems(string(data), host)...)
			all = append(all, htmlProblems(string(data))...)
		case "text/markdown":
			all = append(all, placeProblems(string(data), host)...)
			all = append(all, markdownProblems(string(data))...)
		case "image/png":
		default:
			all = append(all, fmt.Errorf("has an output of type %q: only text, HTML, Markdown, PNG and SVG are inert", mime))
		}
	}
	return all
}

// failure is the story of a cell that ended with an error.
func (o output) failure() error {
	story := strings.TrimSpace(strings.Join(o.Traceback, "\n"))
	if story == "" {
		story = strings.TrimSpace(o.ErrorName + " " + o.ErrorValue)
	}
	return fmt.Errorf("failed: %s", story)
}

func (c cell) imports() bool {
	return c.Type == "code" && strings.HasPrefix(strings.TrimSpace(string(c.Source)), "import")
}

func (c cell) writesFile() bool { return strings.HasPrefix(string(c.Source), "%%writefile") }

func (c cell) maxLines() int {
	switch {
	case c.imports():
		return maxImportLines
	case c.writesFile():
		return maxFileLines
	}
	return maxLines
}

func (c cell) lines() int { return strings.Count(strings.TrimSpace(string(c.Source)), "\n") + 1 }
