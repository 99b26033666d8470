# module: require-disk
# provides: rt_require_disk rt_require_room rt_require_size
# requires: base require report folder status signals

# rt_require_disk KIB TEXT: that much must be free where the checkpoint
# directory is or will be, and where the home is. A run that goes on has taken
# some of it already: then nobody can tell.
rt_require_disk() {
	rt_room='' rt_places='' rt_verdict=met rt_advice='Make room there.'
	rt_require_room "$1" "$rt_dir"
	[ "$rt_verdict" = met ] || rt_advice="$rt_advice $RT_ELSEWHERE"
	case ${HOME-} in
	/*) rt_require_room "$1" "$HOME" ;;
	esac
	[ "$rt_verdict" != unmet ] || ! rt_require_under_way || {
		rt_verdict=unknown
		rt_places="$rt_places, and this run has taken its part"
	}
	rt_require_note disk_space "$rt_verdict" "$2" "$rt_places" "$rt_advice"
}

# rt_require_room KIB PATH: adds to rt_places what is free where PATH is or
# would be made; rt_verdict is unmet where that is less than KIB.
rt_require_room() {
	rt_place=$2
	while [ ! -d "$rt_place" ]; do
		rt_place=${rt_place%/*} rt_place=${rt_place:-/}
	done
	rt_line=$(LC_ALL=C df -Pk "$rt_place" 2>/dev/null | tail -n 1)
	# The same file system needs no second look.
	set -- "$1" "${rt_line%% *} ${rt_line##* }"
	[ "$2" != "$rt_room" ] || [ -z "$rt_line" ] || return 0
	rt_room=$2
	rt_free=$(printf '%s\n' "$rt_line" |
		sed -n 's/.* \([0-9-][0-9]*\)  *[0-9-][0-9]*%  *\/.*/\1/p')
	rt_places=$rt_places${rt_places:+, }
	case $rt_free in
	'')
		[ "$rt_verdict" = unmet ] || rt_verdict=unknown
		rt_places="${rt_places}df does not tell for $rt_place"
		return 0
		;;
	-*) rt_free=0 ;;
	esac
	rt_require_digits "$rt_free" "$1"
	[ "$RT_REPLY" != lt ] || rt_verdict=unmet
	rt_require_size "$rt_free"
	rt_places="$rt_places$RT_REPLY free in $rt_place"
}

# rt_require_size KIB: RT_REPLY is that as a person says it. The numbers stay
# below 2^31, which is where mksh ends.
rt_require_size() {
	case ${#1} in
	[1-4]) RT_REPLY="$1 KiB" ;;
	[5-9]) RT_REPLY="$(($1 / 1024)) MiB" ;;
	1[0-2])
		set -- "${1%???}"
		RT_REPLY="$(($1 / 1049)) GiB"
		;;
	*) RT_REPLY='more than 900 TiB' ;;
	esac
}

# rt_require_under_way: true where the store has a run of this plan that is
# not rolled back: run and resume go on with it, or find it completed. It is
# looked at by a child, so that nothing is open here when it was.
rt_require_under_way() {
	[ -z "$rt_fresh" ] && rt_folder_has || return 1
	(
		rt_tmp='' rt_fifo='' rt_store_pid=''
		rt_signals_early
		rt_status_open && [ "$rt_run_status" != rolled_back ] &&
			[ "$rt_old_plan" = "$RT_FINGERPRINT" ]
		rt_exit "$?"
	) </dev/null >/dev/null 2>&1 &
	wait "$!"
}
