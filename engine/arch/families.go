package arch

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/sonde-ml/sonde/engine/nn"
	"github.com/sonde-ml/sonde/gguf"
)

// Network is a model with its weights bound: what a family makes of a file.
type Network interface {
	// Forward computes the logits [tokens, vocab] of the pass's batch.
	Forward(p *nn.Pass) *nn.Tensor
}

// Build fills a family's struct from the loader, which collects all problems on the way.
type Build func(l *Loader) Network

// Family is an architecture that can be run.
type Family struct {
	Name    string        // value of general.architecture
	Build   Build         //
	Aliases nn.AliasTable // foreign names of its ops, where they differ from the common ones
}

// Families returns the families that Sonde has, by the name in general.architecture.
func Families() []Family {
	return []Family{
		{"llama", newLlama, nn.PermutedQK()},
	}
}

// Model is a file opened as a model.
type Model struct {
	Family   Family
	Network  Network
	Points   []nn.Point
	Warnings []error

	Vocab   int // rows of the embedding
	Context int // tokens that the model was made for, 0 when the file does not say
	Weights map[string]*nn.Weight
}

// Load binds the tensors of f to its family, one of Families or of extra, which comes first.
// The error joins everything that is wrong with the file as a model.
func Load(f *gguf.File, extra ...Family) (*Model, error) {
	families := append(slices.Clone(extra), Families()...)
	family, err := choose(f, families)
	if err != nil {
		return nil, err
	}
	l := newLoader(f, family)
	if len(f.Tensors()) == 0 {
		return nil, &gguf.Error{File: f.Name, Kind: ErrNoWeights, Advice: "it is a vocabulary only, and cannot be run", Offset: -1}
	}
	network := family.Build(l)
	l.finish()
	if len(l.problems) > 0 {
		return nil, errors.Join(l.problems...)
	}
	points, err := nn.Plan(network.Forward, family.Aliases)
	if err != nil {
		return nil, fmt.Errorf("%s: family %q: %w", f.Name, family.Name, err)
	}
	return &Model{
		Family: family, Network: network, Points: points, Warnings: l.warnings,
		Vocab: l.vocab, Context: l.context, Weights: l.weights,
	}, nil
}

func choose(f *gguf.File, families []Family) (Family, error) {
	name, err := f.String("general.architecture")
	if err != nil {
		return Family{}, err
	}
	var known []string
	for _, family := range families {
		if family.Name == name {
			return family, nil
		}
		known = append(known, family.Name)
	}
	l := newLoader(f, Family{Name: name})
	return Family{}, l.aboutKey(ErrUnknownArchitecture, "general.architecture",
		fmt.Sprintf("%q", name), strings.Join(known, ", "), "a plugin can add a family")
}
