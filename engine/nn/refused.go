package nn

import "fmt"

// DifferentValueError says that a foreign name means a value that no op of Sonde's has, so that to map it
// onto the nearest one would compare different things.
type DifferentValueError struct {
	Name    string
	Reason  string
	Nearest string // the nearest op
}

func (e *DifferentValueError) Error() string {
	return fmt.Sprintf("%q is %s: no op here has that value; the nearest is %s", e.Name, e.Reason, e.Nearest)
}

type foreignValue struct{ name, reason string }

const (
	beforeWeight = "the norm before its weight is applied"
	permutedRows = "the same numbers in another order within each head (the converter permutes the rows of its weight)"
	withoutBias  = "the product before its bias is added"
)

// differs lists foreign names for values that ours differ from, by the op that is nearest.
var differs = map[string][]foreignValue{
	"attn_norm":          {{"norm-%d", beforeWeight}, {"blocks.%d.ln1.hook_normalized", beforeWeight}},
	"ffn_norm":           {{"norm-%d#2", beforeWeight}, {"blocks.%d.ln2.hook_normalized", beforeWeight}},
	"output_norm":        {{"norm", beforeWeight}, {"ln_final.hook_normalized", beforeWeight}},
	"attn_scores":        {{"blocks.%d.attn.hook_attn_scores", "the scores after scale and mask"}},
	"ffn_expert_weights": {{"ffn_moe_weights-%d", "the experts' weights before they are divided by their sum"}},
}

// foreignValues lists the names that mean another value than p, and are nearest to it.
func (p *Point) foreignValues() []foreignValue {
	var all []foreignValue
	for _, d := range differs[p.short] {
		all = append(all, foreignValue{inLayer(d.name, p.Layer), d.reason})
	}
	for _, name := range p.Aliases.permuted {
		all = append(all, foreignValue{name, permutedRows})
	}
	if name := p.productNode(); name != "" {
		all = append(all, foreignValue{name, withoutBias})
	}
	return all
}

// productNode names llama.cpp's node of the product below p's bias, "" where there is none.
func (p *Point) productNode() string {
	if !p.bias || p.short == "attn_out" { // attn_out's has no name
		return ""
	}
	if p.short == "ffn_down" {
		return inLayer("ffn_down-%d", p.Layer)
	}
	return inLayer(aliases[p.short].Node, p.Layer)
}

// different returns the error for a name, or pattern, that means another value than p's, nil for any other.
func (p *Point) different(sel string) error {
	for _, d := range p.foreignValues() {
		if d.name != "" && matches(fullHF(sel), d.name) {
			return &DifferentValueError{d.name, d.reason, p.Name}
		}
	}
	return nil
}
