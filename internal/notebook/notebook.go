// Package notebook reads Jupyter notebooks after they were run, makes them fit to be committed and checks that they are.
//
// The format is nbformat 4 (https://nbformat.readthedocs.io). [Clean] removes what differs from run to run and from
// machine to machine; [Check] reports all that a committed notebook must not have:
//
//	data, err := notebook.Clean(data, notebook.Places{Root: root, Home: home})
//	…
//	err = notebook.Check("notebooks/01-tour.ipynb", data)
//
// It runs nothing; that is for package jupyter.
package notebook

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// notebook is what [Check] looks at.
type notebook struct {
	Cells []cell `json:"cells"`
}

type cell struct {
	Type    string   `json:"cell_type"` // code, markdown or raw
	Source  text     `json:"source"`
	Run     *int     `json:"execution_count"` // nil: never
	Outputs []output `json:"outputs"`
}

type output struct {
	Type string          `json:"output_type"` // stream, display_data, execute_result or error
	Text text            `json:"text"`        // of a stream
	Data map[string]text `json:"data"`        // by MIME type

	ErrorName  string   `json:"ename"`
	ErrorValue string   `json:"evalue"`
	Traceback  []string `json:"traceback"`
}

// text is written as one string or as a list of lines with their ends. What is neither, as for JSON, is kept as it is.
type text string

func (t *text) UnmarshalJSON(data []byte) error {
	var lines []string
	if json.Unmarshal(data, &lines) == nil {
		*t = text(strings.Join(lines, ""))
		return nil
	}
	var s string
	if json.Unmarshal(data, &s) != nil {
		s = string(data)
	}
	*t = text(s)
	return nil
}

var errNoCells = errors.New("not a notebook in format 4: it has no cells")

func parse(data []byte) (*notebook, error) {
	var nb notebook
	if err := json.Unmarshal(data, &nb); err != nil {
		return nil, fmt.Errorf("not a notebook: %w", err)
	}
	if len(nb.Cells) == 0 {
		return nil, errNoCells
	}
	return &nb, nil
}
