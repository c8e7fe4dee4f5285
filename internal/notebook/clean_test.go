package notebook

import (
	"bytes"
	"fmt"
	"testing"
)

const dirty = `{"nbformat":4,"nbformat_minor":4,"metadata":{"kernelspec":{"name":"sonde"},"widgets":{"a":1},
"language_info":{"name":"go","version":"go1.26.8"}},
"cells":[
{"cell_type":"markdown","metadata":{},"source":["# <é>"]},
{"cell_type":"code","id":"abc","execution_count":1,
 "metadata":{"tags":["x"],"execution":{"iopub.status.busy":"2026-11-25T17:33:16Z"}},
 "source":["%%\n","fmt.Println(1.50)"],
 "outputs":[
  {"output_type":"stream","name":"stdout","text":["/srv/sonde/out/a.png in /srv/sonde, /home/ada/m.gguf\n"]},
  {"output_type":"display_data","metadata":{"w":1.50},"data":{"image/png":"/srv/sonde/AA==","text/html":"<b>/srv/sonde/x</b>"}}]}]}`

const cleaned = `{
 "cells": [
  {
   "cell_type": "markdown",
   "id": "bdb59230",
   "metadata": {},
   "source": [
    "# <é>"
   ]
  },
  {
   "cell_type": "code",
   "execution_count": 1,
   "id": "abc",
   "metadata": {
    "tags": [
     "x"
    ]
   },
   "outputs": [
    {
     "name": "stdout",
     "output_type": "stream",
     "text": [
      "out/a.png in ., ~/m.gguf\n"
     ]
    },
    {
     "data": {
      "image/png": "/srv/sonde/AA==",
      "text/html": "<b>x</b>"
     },
     "metadata": {
      "w": 1.50
     },
     "output_type": "display_data"
    }
   ],
   "source": [
    "%%\n",
    "fmt.Println(1.50)"
   ]
  }
 ],
 "metadata": {
  "kernelspec": {
   "name": "sonde"
  },
  "language_info": {
   "name": "go"
  }
 },
 "nbformat": 4,
 "nbformat_minor": 5
}
`

var places = Places{Root: "/srv/sonde", Home: "/home/ada"}

func TestCleanLeavesNoTraceOfTheRun(t *testing.T) {
	got, err := Clean([]byte(dirty), places)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != cleaned {
		t.Errorf("Clean = %s, want %s", got, cleaned)
	}
	again, err := Clean(got, places)
	if err != nil || !bytes.Equal(again, got) {
		t.Errorf("cleaned twice: %s (%v), want the same", again, err)
	}
}

func TestCellsGetDifferentIDs(t *testing.T) {
	const same = `{"cell_type":"markdown","source":"x","id":"%s"}`
	data := fmt.Sprintf(`{"cells":[`+same+","+same+","+same+`]}`, "a", "a", "")
	got, err := Clean([]byte(data), Places{})
	if err != nil {
		t.Fatal(err)
	}
	ids := map[string]bool{}
	for part := range bytes.SplitSeq(got, []byte(`"id": "`)) {
		id, _, _ := bytes.Cut(part, []byte(`"`))
		ids[string(id)] = true
	}
	if got, want := len(ids)-1, 3; got != want { // less the part before the first
		t.Errorf("%d different ids, want %d", got, want)
	}
}

func FuzzNotebooks(f *testing.F) {
	f.Add([]byte(dirty))
	f.Add([]byte("null"))
	f.Add([]byte(`{"cells":[{"cell_type":"code","outputs":[{"data":{"text/html":"<a b='&x"}}]}]}`))
	f.Add([]byte(`{"cells":[null,1,{"id":7,"outputs":{"a":["b"]},"metadata":[]}],"metadata":{"language_info":3}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		_ = Check("x.ipynb", data) // must not panic, whatever it finds
		once, err := Clean(data, places)
		if err != nil {
			return
		}
		if _, err := Clean(once, places); err != nil {
			t.Errorf("what Clean wrote, it cannot read: %v\n%s", err, once)
		}
	})
}
