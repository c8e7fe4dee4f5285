// Package plugins turns a .go file into hooks, replaced ops and model families, with no build: the file is checked and
// interpreted (github.com/traefik/yaegi), so an edit takes effect at the next [Load].
//
//	p, err := plugins.Load("fix.go")
//	if err != nil { … }                     // every finding, with file:line and what to write instead
//	detach, err := p.Attach(session.Hooks)  // a selector that matches nothing is an error
//
// What a file looks like is told in package api, the one package of Sonde that it imports. The same file compiles as
// ordinary Go and gives the same bits there.
//
// # The dialect
//
// The interpreter knows less Go than the compiler, and gets some forms wrong without a word. [Check] refuses those, each
// with its place and what to write instead. What remains is Go for numbers: functions and closures, structs with
// methods, slices, arrays, maps, pointers, if, for, switch. Not in it, in short:
//
//   - goroutines, channels, defer and recover, goto, labels inside a switch;
//   - interfaces (but error), type parameters, named results, method values, types that contain each other;
//   - range over integers, functions, strings and pointers to arrays; the builtins min, max and clear;
//   - v, ok := m[k] (but _, ok := m[k]); a, b = f(), c; x = T{…} for a struct; & of a slice or array literal;
//   - closures over, and addresses of, variables of a loop, unless each iteration makes a new one by v := v;
//   - constants that divide integers with a remainder, compare, or are made from constants of package math.
//
// Two differences remain in what is accepted: the sign of a zero is lost when it is passed to a function of the plugin,
// and a shift by a negative count gives 0 where compiled code panics.
//
// # What may be promised
//
// A plugin is code that you run. It cannot import files, network, processes or unsafe memory; a mistake in it becomes an
// error that names file, line and op; it can still stop the program by using up memory or stack. It is no sandbox: do not
// load files that you would not run.
//
// The functions of a plugin's hooks run one at a time, also when several sessions share the plugin, so it may keep
// state in variables. A family's forward pass runs in each session on its own and must only read.
package plugins
