package nn_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/sonde-ml/sonde/engine/nn"
)

func TestStopwatchSeesWhatIsComputedAndChangesNothing(t *testing.T) {
	want := runToy(t, nn.Fast, 2, nil, toyPrompt)
	var names []string
	var total time.Duration
	r := nn.NewRunner(newToy().Forward, nn.Fast, nn.NewCache(64), nil, 2)
	defer r.Close()
	r.Watch(func(op *nn.Op, took time.Duration) { names, total = append(names, op.Name), total+took })
	start := time.Now()
	got, err := r.Run(context.Background(), nn.Batch{Tokens: toyPrompt})
	passed := time.Since(start)
	if err != nil {
		t.Fatal(err)
	}
	if !sameBits(got.Data, want.Data) {
		t.Error("the logits differ from those of a pass that is not timed")
	}
	if total <= 0 || total > passed {
		t.Errorf("the ops took %v of a pass of %v", total, passed)
	}
	var computed []string // nobody looks inside of the attention
	for _, p := range toyPoints(t) {
		if p.Kind != nn.AttnScores && p.Kind != nn.AttnProbs {
			computed = append(computed, p.Name)
		}
	}
	if !slices.Equal(names, computed) {
		t.Errorf("timed %q, want %q", names, computed)
	}
	r.Watch(nil)
	if _, err := r.Run(context.Background(), nn.Batch{Tokens: toyPrompt[:1], Start: len(toyPrompt)}); err != nil || len(names) != len(computed) {
		t.Errorf("after Watch(nil): %v, %d ops timed, want still %d", err, len(names), len(computed))
	}
}
