# module: signals
# provides: rt_signals_on rt_signals_early
# requires: process report

# rt_signals_early: before the lock is held a signal ends this call, which
# has done nothing; the shells differ in what they would do by themselves.
rt_signals_early() {
	trap 'rt_exit 129' HUP
	trap 'rt_exit 130' INT
	trap 'rt_exit 131' QUIT
	trap 'rt_exit 143' TERM
}

# rt_signals_on: from here on INT, TERM, HUP and QUIT end the running step
# and are recorded as its failure: with the lock held, so that a call that
# loses the race undoes nothing.
rt_signals_on() {
	trap 'rt_signals_got 1' HUP
	trap 'rt_signals_got 2' INT
	trap 'rt_signals_got 3' QUIT
	trap 'rt_signals_got 15' TERM
}

# rt_signals_got N: notes the first signal and ends the child, so that the
# wait for it returns; the place that waits does the rest.
rt_signals_got() {
	rt_signals=$((rt_signals + 1))
	[ -z "$rt_signal" ] || return 0
	rt_signal=$1
	[ -z "$rt_child" ] || rt_process_end "$rt_child"
}
