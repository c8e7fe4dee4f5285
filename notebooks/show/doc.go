// Package show is what a notebook cell calls to display a thing: a figure, a table, Markdown, a progress bar, an error.
//
// A cell stays short because errors are taken along: [Figure] and [SVG] accept what a constructor of plotting returns,
// and [Must] and [Check] end the cell with the error's story, one line for each problem and no stack trace:
//
//	m := show.Must(engine.Default())
//	show.Figure(plotting.Weights(m.File, "blk.0.attn_norm.weight"))
//
// What is shown comes in order with what the cell prints, and is inert: no scripts, nothing that is loaded from
// elsewhere. Text that comes from a file is escaped in tables, progress bars, errors and the arguments of [Markdown].
//
// Outside of a notebook the same calls write text to standard output, so that a cell can be run as a program.
//
// It draws nothing and computes nothing: that is for plotting and engine. There are no widgets, which block when a
// notebook is run without a browser. All that is imported here is linked into every cell, so it is little: html instead
// of html/template saves 2.7 MB of 14.
package show
