package notebook

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"strings"
)

// Places are folders whose names must not stay in a notebook.
type Places struct {
	Root string // the checkout; paths below it become relative to it
	Home string // the user's; becomes ~
}

// Clean returns the notebook without what differs between two runs: times, versions, folders of this machine. Cells
// without an id get one that follows from their source. The layout is the one that Jupyter writes, so that saving a
// committed notebook changes nothing else. The error says that data is no notebook.
func Clean(data []byte, places Places) ([]byte, error) {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	var nb map[string]any
	if err := d.Decode(&nb); err != nil {
		return nil, fmt.Errorf("not a notebook: %w", err)
	}
	cells, ok := nb["cells"].([]any)
	if !ok {
		return nil, errNoCells
	}
	seen := map[string]bool{}
	for _, c := range cells {
		if c, ok := c.(map[string]any); ok {
			cleanCell(c, seen)
			strip(c["outputs"], places.replacer())
		}
	}
	cleanMetadata(nb["metadata"])
	nb["nbformat"], nb["nbformat_minor"] = 4, 5 // the first with ids
	return encode(nb)
}

func cleanCell(c map[string]any, seen map[string]bool) {
	if metadata, ok := c["metadata"].(map[string]any); ok {
		delete(metadata, "execution")   // times
		delete(metadata, "ExecuteTime") // the same, by an extension
	}
	id, _ := c["id"].(string)
	for id == "" || seen[id] {
		sum := sha256.Sum256(fmt.Append(nil, c["cell_type"], c["source"], len(seen)))
		id = fmt.Sprintf("%x", sum[:4])
	}
	c["id"], seen[id] = id, true
}

func cleanMetadata(metadata any) {
	m, ok := metadata.(map[string]any)
	if !ok {
		return
	}
	delete(m, "widgets")
	if language, ok := m["language_info"].(map[string]any); ok {
		delete(language, "version")
	}
}

func (p Places) replacer() *strings.Replacer {
	var pairs []string
	if p.Root != "" {
		pairs = append(pairs, p.Root+"/", "", p.Root, ".")
	}
	if p.Home != "" && p.Home != "/" {
		pairs = append(pairs, p.Home, "~")
	}
	return strings.NewReplacer(pairs...)
}

// strip replaces within all strings of a tree, in place, but not within base64.
func strip(tree any, r *strings.Replacer) {
	switch tree := tree.(type) {
	case []any:
		for i, v := range tree {
			if s, ok := v.(string); ok {
				tree[i] = r.Replace(s)
			}
			strip(v, r)
		}
	case map[string]any:
		for key, v := range tree {
			if s, ok := v.(string); ok && !strings.HasPrefix(key, "image/") {
				tree[key] = r.Replace(s)
			}
			strip(v, r)
		}
	}
}

func encode(nb map[string]any) ([]byte, error) {
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	err := e.Encode(nb)
	return out.Bytes(), err
}
