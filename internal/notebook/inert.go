package notebook

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
)

// elements that a page shows without doing anything: text, tables, and SVG's shapes. All others are refused.
const inertElements = " a b br caption code div em hr i li ol p pre progress small span strong sub sup table tbody td " +
	"tfoot th thead tr u ul circle clippath defs desc ellipse g image line lineargradient marker path polygon " +
	"polyline radialgradient rect stop svg symbol text title tspan use "

// loaders are attributes whose value a browser fetches or follows.
const loaders = " action background cite data formaction href poster src srcset "

// htmlProblems returns what in a piece of a page is not inert. Comments and declarations do nothing.
func htmlProblems(page string) []error {
	d := xml.NewDecoder(strings.NewReader(page))
	d.Strict = false
	d.AutoClose = xml.HTMLAutoClose
	d.Entity = xml.HTMLEntity
	var all []error
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			return append(all, fmt.Errorf("has HTML that cannot be read to its end: %w", err))
		}
		if start, ok := token.(xml.StartElement); ok {
			all = append(all, elementProblems(start)...)
		}
	}
}

func elementProblems(e xml.StartElement) []error {
	var all []error
	name := strings.ToLower(e.Name.Local)
	if !strings.Contains(inertElements, " "+name+" ") {
		all = append(all, fmt.Errorf("has HTML with the element <%s>: only text, tables and SVG are allowed", name))
	}
	for _, attr := range e.Attr {
		if !isInert(strings.ToLower(attr.Name.Local), attr.Value) {
			all = append(all, fmt.Errorf("has HTML with %s=%q in <%s>: nothing may run or be loaded", attr.Name.Local, attr.Value, name))
		}
	}
	return all
}

// isInert reports whether an attribute neither runs nor fetches anything. Within the output (#…) and its own bytes
// (data:image/png) may be referred to.
func isInert(name, value string) bool {
	value = strings.ToLower(strings.TrimSpace(value))
	switch {
	case strings.HasPrefix(name, "on"):
		return false
	case strings.Contains(loaders, " "+name+" "):
		return strings.HasPrefix(value, "#") || strings.HasPrefix(value, "data:image/png;base64,")
	}
	urls := strings.ReplaceAll(value, "url(#", "")
	return !slices.ContainsFunc([]string{"url(", "@import", "javascript:", "expression("}, func(s string) bool {
		return strings.Contains(urls, s)
	})
}

// activeMarkdown is what in Markdown may run or be loaded.
var activeMarkdown = []struct {
	what    string
	pattern *regexp.Regexp
}{
	{"HTML", regexp.MustCompile(`<[a-zA-Z!/?]`)},
	{"a picture that is loaded", regexp.MustCompile(`!\[[^\]]*\]\(`)},
	{"a link that runs", regexp.MustCompile(`(?i)\]\(\s*(javascript|data|vbscript):`)},
}

var markdownCode = regexp.MustCompile("(?s)```.*?```|`[^`\n]*`")

// markdownProblems returns what in Markdown is not inert. What stands in code is shown as it is.
func markdownProblems(text string) []error {
	text = markdownCode.ReplaceAllString(text, "")
	var all []error
	for _, active := range activeMarkdown {
		if found := active.pattern.FindString(text); found != "" {
			all = append(all, fmt.Errorf("has Markdown with %s: %q", active.what, found))
		}
	}
	return all
}
