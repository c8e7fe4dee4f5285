package plotting_test

import (
	"fmt"
	"log"

	"github.com/sonde-ml/sonde/plotting"
)

// Products with weights are near the roof when a prompt is read at once, and on the slope when tokens come one by one.
func ExampleRoofline() {
	f, err := plotting.Roofline{
		Title:    "Ops under the ceilings of the machine",
		ReadGBps: 83,
		Roofs:    []plotting.Roof{{Name: "int8", GMACs: 1090}},
		Points: []plotting.RooflinePoint{
			{Name: "token_embd", Group: "prefill", Share: 0.01},
			{Name: "ffn_up", Group: "prefill", Intensity: 390, GMACs: 560, Share: 0.2},
			{Name: "ffn_up", Group: "decode", Intensity: 0.93, GMACs: 70, Share: 0.2},
		},
	}.Draw()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(f.Caption)
	// Output:
	// The area of a point is its share of the time. Without multiply-adds, and so not drawn: token_embd.
}

func ExampleCosts() {
	f, err := plotting.Costs{
		Title: "What a token costs as there are more",
		Phases: []plotting.CostPhase{{Name: "decode", Points: []plotting.CostPoint{
			{Tokens: 16, Seconds: 0.0142, Products: 0.0137, Attention: 0.0001},
			{Tokens: 4096, Seconds: 0.0223, Products: 0.0137, Attention: 0.0081},
		}}},
	}.Draw()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%s: %g cm × %g cm\n", f.Title, f.Width, f.Height)
	// Output:
	// What a token costs as there are more: 16 cm × 7 cm
}

func ExampleTypeErrors() {
	f, err := plotting.TypeErrors{
		Title: "Error of each type",
		Types: []plotting.TypeError{
			{Type: "Q8_0", Bits: 8.5, NMSE: 3.4e-5}, {Type: "Q4_K", Bits: 4.5, NMSE: 5.1e-3}, {Type: "F32", Bits: 32},
		},
	}.Draw()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(f.Caption)
	// Output:
	// Without an error that could be drawn: F32.
}
