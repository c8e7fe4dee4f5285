package plotting

import "testing"

func TestOpsAreGroupedByLayer(t *testing.T) {
	tests := []struct{ op, want string }{
		{"token_embd", ""},
		{"blk.3.attn_q", "3"},
		{"blk.31.ffn_down", "31"},
		{"norm-3#2", "3"},
		{"Qcur-0", "0"},
		{"result_norm", ""},
		{"attn-mix", ""},
		{"7", ""},
		{"", ""},
	}
	for _, tt := range tests {
		if got := (OpError{Op: tt.op}).layer(); got != tt.want {
			t.Errorf("%q: got layer %q, want %q", tt.op, got, tt.want)
		}
	}
}

func TestFirstDivergenceIsTheFirstOpOverTheTolerance(t *testing.T) {
	tests := []struct {
		name string
		ops  []OpError
		want int
	}{
		{"none", []OpError{{NMSE: 1e-12}, {Equal: true}, {NMSE: 1e-10}}, -1},
		{"an error", []OpError{{NMSE: 1e-12}, {NMSE: 0.3}, {NMSE: 0.4}}, 1},
		{"not a number", []OpError{{Equal: true}, {NMSE: 1e-11}, {NMSE: nan}, {NMSE: 0.4}}, 2},
		{"equal bits, whatever the error says", []OpError{{NMSE: nan, Equal: true}}, -1},
	}
	for _, tt := range tests {
		if got := (OpErrors{Ops: tt.ops, Tolerance: 1e-10}).divergence().first; got != tt.want {
			t.Errorf("%s: got op %d, want %d", tt.name, got, tt.want)
		}
	}
}
