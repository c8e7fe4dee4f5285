// Command gen writes the assembly of package kernels, and the Go declarations beside it.
//
//	go run . -o ..          # all units
//	go run . -o .. tile dot # some
//
// A unit is one pair of files: NAME_amd64.s and NAME_amd64.go. Its functions are built with avo: virtual registers,
// which avo allocates, and Go's order of operands (sources first, destination last).
package main

import (
	"bytes"
	"flag"
	"fmt"
	"log"
	"os"
	"path"
	"path/filepath"
	"slices"

	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/ir"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/pass"
	"github.com/mmcloughlin/avo/printer"
)

// unit is a pair of files, of package kernels or of one beneath it.
type unit struct {
	name  string
	build func(a *asm)
}

var units = []unit{
	{"tile", tiles},
	{"tile_avx2", narrowTiles},
	{"unpack", unpackers},
	{"unpack_avx2", narrowUnpackers},
	{"peak", peaks},
	{"dot", dots},
	{"dot_avx2", narrowDots},
	{"across", acrosses},
	{"codebook", codebooks},
	{"unpackrows", rowUnpackers},
	{"float", floats},
	{"floatpanel", floatPanels},
	{"prefetch", prefetches},
	{"round", rounders},
	{"vec", vectors},
	{"norm", norms},
	{"activate", activations},
	{"rope", rotations},
	{"attention", attentions},
	{"pause", pauses},
	{"moments", statistics},
	{"counting", counters},
	{"quant/decode", decoders},
}

// asm collects the functions of one unit.
type asm struct {
	*build.Context
	tables map[string]operand.Mem // memory with constants
	labels int                    // of the function so far
}

func newAsm() *asm { return &asm{Context: build.NewContext()} }

func main() {
	log.SetFlags(0)
	dir := flag.String("o", "..", "`folder` of package kernels")
	flag.Parse()
	for _, u := range units {
		if flag.NArg() > 0 && !slices.Contains(flag.Args(), u.name) {
			continue
		}
		files, err := u.files()
		if err != nil {
			log.Fatalf("gen: %s: %v", u.name, err)
		}
		for name, data := range files {
			if err := os.WriteFile(filepath.Join(*dir, name), data, 0o644); err != nil {
				log.Fatalf("gen: %v", err)
			}
		}
	}
}

// files returns the contents of the unit's files by name.
func (u unit) files() (map[string][]byte, error) {
	a := newAsm()
	a.ConstraintExpr("amd64,!purego")
	u.build(a)
	f, err := a.Result()
	if err != nil {
		return nil, err
	}
	if err := pass.Compile.Execute(f); err != nil {
		return nil, err
	}
	config := printer.Config{Argv: []string{"kernels/gen"}, Name: "kernels/gen", Pkg: path.Base(path.Dir("kernels/" + u.name))}
	code, err := print(printer.NewGoAsm(config), f)
	if err != nil {
		return nil, err
	}
	stubs, err := print(printer.NewStubs(config), f)
	if err != nil {
		return nil, err
	}
	return map[string][]byte{u.name + "_amd64.s": code, u.name + "_amd64.go": stubs}, nil
}

func print(p printer.Printer, f *ir.File) ([]byte, error) {
	text, err := p.Print(f)
	if err != nil {
		return nil, fmt.Errorf("print: %w", err)
	}
	return bytes.TrimLeft(text, "\n"), nil
}

// function begins a function with the given signature, such as "func(x *float32, n int)".
func (a *asm) function(name, signature, doc string) {
	a.labels = 0
	a.Function(name)
	a.SignatureExpr(signature)
	a.Pragma("noescape")
	a.Doc(doc)
}

// written returns the function that is being written.
func (a *asm) written() *ir.Function {
	f, _ := a.Result() // errors are found at the end
	functions := f.Functions()
	return functions[len(functions)-1]
}
